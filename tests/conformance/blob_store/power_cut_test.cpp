// SPDX-License-Identifier: Apache-2.0
// A story of uploads, with the power going between any two of its calls to the disk and every
// remainder a file system may leave: what was acknowledged is there, and what is there is what was
// sent.
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include "core/platform/file_blob_store.hpp"
#include "tests/conformance/blob_store/power_cut.hpp"
#include "tests/conformance/blob_store/suite.hpp"
#include "tests/support/temporary_folder.hpp"

namespace daybook::test {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPhoto = 1, kVideo = 2, kNote = 3, kPhotoAgain = 4, kDropped = 5;

// What was sent under each number; the photo is sent twice.
Bytes sent(std::uint64_t upload) {
  static const std::map<std::uint64_t, std::size_t> sizes{
      {kPhoto, 700}, {kVideo, 900}, {kNote, 50}, {kPhotoAgain, 700}, {kDropped, 300}};
  return sample(sizes.at(upload), upload == kPhotoAgain ? kPhoto : upload);
}

struct Act {
  std::string words;
  std::function<Result<void>(BlobStore&)> run;
  std::uint64_t upload = 0;
  std::uint64_t kept = 0;    // then, of this upload
  bool ends_upload = false;  // it may be there again after a power cut
  bool makes_content = false;
  bool takes_content = false;
};

Act piece(std::uint64_t upload, std::size_t from, std::size_t to) {
  return {"piece",
          [=](BlobStore& store) {
            const auto bytes = sent(upload);
            return store.grow(upload_number(upload), from,
                              BytesView(bytes).subspan(from, to - from));
          },
          upload, to};
}
Act ending(std::uint64_t upload) {
  return {"finish",
          [=](BlobStore& store) {
            const auto bytes = sent(upload);
            return store.finish(upload_number(upload), sha256(bytes), bytes.size());
          },
          upload,
          0,
          true,
          true};
}
Act dropping(std::uint64_t upload) {
  return {"drop", [=](BlobStore& store) { return store.drop(upload_number(upload)); }, upload, 0,
          true};
}
Act removal(std::uint64_t upload) {
  return {"remove", [=](BlobStore& store) { return store.remove(sha256(sent(upload))); },
          upload,   0,
          false,    false,
          true};
}

std::vector<Act> story() {
  return {piece(kPhoto, 0, 700),   piece(kVideo, 0, 300),   ending(kPhoto),
          piece(kVideo, 300, 301), piece(kDropped, 0, 200), piece(kPhotoAgain, 0, 400),
          piece(kVideo, 301, 900), dropping(kDropped),      piece(kPhotoAgain, 400, 700),
          ending(kPhotoAgain),     ending(kVideo),          removal(kPhoto),
          piece(kNote, 0, 50)};
}

// What may be found after a power cut.
struct Allowed {
  std::map<std::uint64_t, std::set<std::uint64_t>> kept;  // by upload
  std::map<Digest, std::set<bool>> there;
};

Allowed allowed_at(const std::vector<Act>& acts, const DiskMoment& moment) {
  Allowed allowed;
  for (const auto& act : acts) {
    allowed.kept[act.upload].insert(0);
    allowed.there[sha256(sent(act.upload))].insert(false);
  }
  for (std::size_t i = 0; i < moment.acts; ++i) {
    const auto& act = acts[i];
    const bool is_open = moment.in_act && i + 1 == moment.acts;
    auto& kept = allowed.kept[act.upload];
    auto& there = allowed.there[sha256(sent(act.upload))];
    if (!is_open && !act.ends_upload && !act.takes_content) kept.clear();
    if (!act.takes_content) kept.insert(act.kept);
    if (!is_open && (act.makes_content || act.takes_content)) there.clear();
    if (act.makes_content || act.takes_content) there.insert(act.makes_content);
  }
  return allowed;
}

// In the folder of a store: what is there goes.
void lay_out(const std::string& root, const std::map<std::string, Bytes>& files) {
  std::vector<fs::path> old;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) old.push_back(entry.path());
  }
  for (const auto& path : old) fs::remove(path);
  for (const auto& [path, bytes] : files) {
    fs::create_directories(fs::path(root + "/" + path).parent_path());
    std::ofstream file(root + "/" + path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
}

void judge(BlobStore& store, const Allowed& allowed) {
  for (const auto& [digest, wanted] : allowed.there) {
    const auto size = good(store.size_of(digest));
    CHECK(wanted.contains(size.has_value()));
    if (size) CHECK(sha256(good(store.read(digest, 0, 9'999))) == digest);
  }
  for (const auto& [upload, wanted] : allowed.kept) {
    const auto kept = good(store.kept(upload_number(upload)));
    CAPTURE(upload, kept);
    REQUIRE(wanted.contains(kept));
    // What is kept is what was sent: the phone goes on, and it all fits together.
    const auto bytes = sent(upload);
    good(store.grow(upload_number(upload), kept, BytesView(bytes).subspan(kept)));
    good(store.finish(upload_number(upload), sha256(bytes), bytes.size()));
    CHECK(good(store.read(sha256(bytes), 0, 9'999)) == bytes);
  }
  CHECK(good(store.uploads()).empty());
}

}  // namespace

TEST_CASE(
    "blob_store/file: the power may go at any call and nothing acknowledged is lost or wrong") {
  TemporaryFolder folder;
  const auto root = folder.file("attachments");
  const auto store = good(FileBlobStore::open(root));
  const auto acts = story();
  std::vector<DiskMoment> moments;
  {
    PowerCutObserver observer(fs::canonical(root).string());
    for (const auto& act : acts) {
      CAPTURE(act.words, act.upload);
      observer.begin_act();
      good(act.run(*store));
      observer.end_act();
    }
    moments = observer.moments();
  }
  REQUIRE(moments.size() > 50);
  // Many calls and outcomes leave the same disk and the same promises.
  std::set<std::pair<std::size_t, std::map<std::string, Bytes>>> judged;
  const auto after = folder.file("after");
  good(FileBlobStore::open(after));
  for (const auto& moment : moments) {
    const auto allowed = allowed_at(acts, moment);
    for (const auto& outcome : all_outcomes()) {
      const auto files = files_after(moment, outcome);
      if (!judged.emplace(2 * moment.acts + (moment.in_act ? 0 : 1), files).second) continue;
      CAPTURE(moment.acts, moment.in_act, acts[moment.acts - 1].words, outcome.uploads_names_there,
              outcome.contents_names_there, static_cast<int>(outcome.bytes));
      lay_out(after, files);
      judge(*good(FileBlobStore::open(after)), allowed);
    }
  }
  CHECK(judged.size() > 60);
}

}  // namespace daybook::test
