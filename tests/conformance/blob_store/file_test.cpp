// SPDX-License-Identifier: Apache-2.0
// The store in files under the suite, and what only files can do: have permissions, be links, cost
// syncs, outgrow what is kept. Power cuts: power_cut_test.cpp.
#include "core/platform/file_blob_store.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "core/base/hex.hpp"
#include "tests/conformance/blob_store/sick_disk.hpp"
#include "tests/conformance/blob_store/suite.hpp"
#include "tests/support/temporary_folder.hpp"

namespace daybook::test {

namespace {

namespace fs = std::filesystem;

class FileUnderTest final : public BlobStoreUnderTest {
 public:
  FileUnderTest() {
    sick_disk().get_well();
    reopen();
  }
  ~FileUnderTest() override { sick_disk().get_well(); }
  BlobStore& store() override { return *store_; }
  void reopen() override {
    store_.reset();
    store_ = good(FileBlobStore::open(root()));
  }
  void set_full(bool full) override { set_disk_full(full); }
  void fail_next_write() override { fail_next("fdatasync", EIO); }

  std::string root() const { return folder_.file("attachments"); }
  // The only upload there is.
  std::string upload_file() const {
    return fs::directory_iterator(root() + "/uploads")->path().string();
  }
  std::string content_file(const Digest& digest) const {
    const auto name = to_hex(digest.raw);
    return root() + "/contents/" + name.substr(0, 2) + "/" + name;
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<FileBlobStore> store_;
};

unsigned mode_of(const std::string& path) {
  struct stat seen {};
  REQUIRE(lstat(path.c_str(), &seen) == 0);
  return seen.st_mode & 07777u;
}

}  // namespace

TEST_CASE("blob_store/file: keeps the contract of the port") {
  for (const auto& one : all_blob_store_cases()) {
    DYNAMIC_SECTION(one.sentence) {
      FileUnderTest under_test;
      one.run(under_test);
    }
  }
}

TEST_CASE("blob_store/file: a content in one piece costs one sync of its bytes and two of names") {
  FileUnderTest files;
  put(files.store(), sample(200 * 1024, 1), 1);
  CHECK(sick_disk().counts["fdatasync"] == 1);
  CHECK(sick_disk().counts["fsync"] == 3 + 2);  // the root, what it lies in; the new shelf
  good(files.store().remove(sha256(sample(200 * 1024, 1))));
  sick_disk().counts.clear();
  put(files.store(), sample(200 * 1024, 1), 1);
  CHECK(sick_disk().counts["fdatasync"] == 1);
  CHECK(sick_disk().counts["fsync"] == 2);
  sick_disk().counts.clear();
  put(files.store(), sample(200 * 1024, 1), 2);  // there already, but perhaps not yet synced
  CHECK(sick_disk().counts["fdatasync"] == 1);
  CHECK(sick_disk().counts["fsync"] == 2);
}

TEST_CASE("blob_store/file: what it makes is for its owner only") {
  const auto before = umask(0);
  FileUnderTest files;
  const auto digest = put(files.store(), sample(10, 1), 1);
  good(files.store().grow(upload_number(2), 0, sample(10, 2)));
  umask(before);
  CHECK(mode_of(files.root()) == 0700);
  CHECK(mode_of(files.root() + "/contents") == 0700);
  CHECK(mode_of(files.root() + "/uploads") == 0700);
  CHECK(mode_of(fs::path(files.content_file(digest)).parent_path().string()) == 0700);
  CHECK(mode_of(files.content_file(digest)) == 0600);
  CHECK(mode_of(files.upload_file()) == 0600);
}

TEST_CASE("blob_store/file: a symbolic link is not followed, to a file or to a folder") {
  FileUnderTest files;
  TemporaryFolder elsewhere;
  const auto secret = elsewhere.file("secret");
  std::ofstream(secret) << "secret";
  const auto digest = sha256(view_of("secret"));
  fs::create_directory(fs::path(files.content_file(digest)).parent_path());
  fs::create_symlink(secret, files.content_file(digest));
  CHECK(code_name(files.store().read(digest, 0, 10)) == "io");
  CHECK_FALSE(good(files.store().size_of(digest)).has_value());

  good(files.store().grow(upload_number(1), 0, sample(6, 1)));
  const auto name = files.upload_file();
  fs::remove(name);
  fs::create_symlink(secret, name);
  CHECK(good(files.store().kept(upload_number(1))) == 0);
  CHECK_FALSE(files.store().grow(upload_number(1), 6, sample(6, 2)).ok());
  CHECK(fs::file_size(secret) == 6);

  const auto shelf = fs::path(files.content_file(digest)).parent_path();
  fs::remove_all(shelf);
  fs::create_directory_symlink(elsewhere.file("."), shelf);
  CHECK(code_name(files.store().size_of(digest)) == "io");
}

TEST_CASE("blob_store/file: what lies behind what is kept is cut off, never counted") {
  const auto bytes = sample(1'000, 1);
  const BytesView all(bytes);
  FileUnderTest files;
  good(files.store().grow(upload_number(1), 0, all.first(600)));
  std::ofstream(files.upload_file(), std::ios::app) << std::string(5'000, '?');
  CHECK(good(files.store().kept(upload_number(1))) == 600);
  SECTION("by the next piece, though it is shorter") {
    good(files.store().grow(upload_number(1), 600, all.subspan(600)));
    CHECK(fs::file_size(files.upload_file()) == 1'000);
  }
  SECTION("or at the end") {
    good(files.store().finish(upload_number(1), sha256(all.first(600)), 600));
    CHECK(good(files.store().read(sha256(all.first(600)), 0, 9'999)) == copy_of(all.first(600)));
    good(files.store().grow(upload_number(1), 0, all));
  }
  good(files.store().finish(upload_number(1), sha256(bytes), 1'000));
  CHECK(good(files.store().read(sha256(bytes), 0, 9'999)) == bytes);
}

TEST_CASE("blob_store/file: an upload that lost bytes goes on from what is left of it") {
  const auto bytes = sample(1'000, 2);
  const BytesView all(bytes);
  FileUnderTest files;
  good(files.store().grow(upload_number(1), 0, all.first(600)));
  fs::resize_file(files.upload_file(), 250);
  CHECK(good(files.store().kept(upload_number(1))) == 250);
  CHECK(verdict_of(files.store().grow(upload_number(1), 600, all.subspan(600))) ==
        "invalid at offset");
  SECTION("to its end") {
    good(files.store().grow(upload_number(1), 250, all.subspan(250)));
    good(files.store().finish(upload_number(1), sha256(bytes), 1'000));
  }
  SECTION("which may be all there ever was") {
    good(files.store().finish(upload_number(1), sha256(all.first(250)), 250));
  }
  CHECK(good(files.store().uploads()).empty());
}

TEST_CASE("blob_store/file: a disk that fails at any call of a piece leaves what was kept") {
  const auto bytes = sample(1'000, 3);
  const BytesView all(bytes);
  for (const std::string call : {"pwrite", "fdatasync", "renameat", "fsync"}) {
    CAPTURE(call);
    FileUnderTest files;
    for (const std::uint64_t kept : {0, 400}) {
      fail_next(call, EIO);
      CHECK(code_name(files.store().grow(upload_number(1), kept, all.subspan(kept))) == "io");
      sick_disk().get_well();
      CHECK(good(files.store().kept(upload_number(1))) == kept);
      if (kept == 0) CHECK(good(files.store().uploads()).empty());
      if (kept == 0) good(files.store().grow(upload_number(1), 0, all.first(400)));
    }
    CHECK(fs::file_size(files.upload_file()) == 400);
    good(files.store().grow(upload_number(1), 400, all.subspan(400)));
    good(files.store().finish(upload_number(1), sha256(bytes), 1'000));
  }
}

TEST_CASE("blob_store/file: a disk that fails at the end leaves an upload that can be finished") {
  const auto bytes = sample(1'000, 4);
  for (const std::string call : {"linkat", "fsync", "unlinkat"}) {
    CAPTURE(call);
    FileUnderTest files;
    good(files.store().remove(put(files.store(), bytes, 2)));  // its shelf is there now
    good(files.store().grow(upload_number(1), 0, bytes));
    fail_next(call, EIO);
    CHECK(code_name(files.store().finish(upload_number(1), sha256(bytes), 1'000)) == "io");
    sick_disk().get_well();
    CHECK(good(files.store().kept(upload_number(1))) == 1'000);
    // Its bytes may be the content's already: nothing is written behind them.
    if (call != "linkat")
      CHECK(verdict_of(files.store().grow(upload_number(1), 1'000, bytes)) == "invalid at offset");
    good(files.store().finish(upload_number(1), sha256(bytes), 1'000));
    CHECK(good(files.store().read(sha256(bytes), 0, 9'999)) == bytes);
    CHECK(good(files.store().uploads()).empty());
  }
}

TEST_CASE("blob_store/file: finishing works where a file can have one name only") {
  FileUnderTest files;
  for (std::uint64_t upload = 1; upload <= 2; ++upload) {
    good(files.store().grow(upload_number(upload), 0, sample(100, 5)));
    fail_next("linkat", EPERM);
    good(files.store().finish(upload_number(upload), sha256(sample(100, 5)), 100));
    sick_disk().get_well();
    CHECK(good(files.store().read(sha256(sample(100, 5)), 0, 999)) == sample(100, 5));
    CHECK(good(files.store().uploads()).empty());
  }
}

TEST_CASE("blob_store/file: a content that a sick disk shortened is replaced when it comes again") {
  FileUnderTest files;
  const auto digest = put(files.store(), sample(100, 6), 1);
  fs::resize_file(files.content_file(digest), 40);
  put(files.store(), sample(100, 6), 2);
  CHECK(good(files.store().read(digest, 0, 999)) == sample(100, 6));
  CHECK(good(files.store().uploads()).empty());
}

TEST_CASE("blob_store/file: what others put into its folders is neither an upload nor a content") {
  FileUnderTest files;
  const auto digest = put(files.store(), sample(10, 1), 1);
  const auto hex = to_hex(digest.raw);
  const auto shelf = files.root() + "/contents/" + hex.substr(0, 2) + "/";
  std::ofstream(shelf + "README") << "x";
  std::ofstream(shelf + std::string(64, '0')) << "x";
  for (const auto* name :
       {"README", "0.0", "01890000-0000-7000-8000-000000000000",
        "01890000-0000-7000-8000-000000000000.", "01890000-0000-7000-8000-000000000000.x",
        "01890000-0000-7000-8000-000000000000.01",
        "01890000-0000-7000-8000-000000000000.99999999999999999999"})
    std::ofstream(files.root() + "/uploads/" + name) << "x";
  CHECK(good(files.store().uploads()).empty());
  CHECK(good(files.store().list(std::nullopt, 99)) == std::vector{digest});
}

TEST_CASE("blob_store/file: an error says what was tried on which file, and what the system said") {
  FileUnderTest files;
  set_disk_full(true);
  const auto refused = files.store().grow(upload_number(1), 0, sample(10, 1));
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().detail, contains("write " + files.root() + "/uploads/"));
  CHECK_THAT(refused.error().detail, contains("No space left"));
  CHECK(code_name(FileBlobStore::open(files.root() + "/no/where")) == "io");
}

}  // namespace daybook::test
