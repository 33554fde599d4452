// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/blob_store/power_cut.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "core/base/ensure.hpp"
#include "tests/conformance/blob_store/sick_disk.hpp"

namespace daybook::test {

namespace {

namespace fs = std::filesystem;

Bytes bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::uint64_t inode_of(const fs::path& path) {
  struct stat seen {};
  ensure(lstat(path.c_str(), &seen) == 0);
  return seen.st_ino;
}

// The size came to the disk, the bytes did not: zeros, or what lay there before.
Bytes with_garbage(const Bytes& certain, const Bytes& present) {
  auto bytes = certain;
  if (present.size() > bytes.size()) bytes.resize(present.size(), 0xdb);
  return bytes;
}

const FolderNames& names_of_shelves(const DiskMoment& moment, const Outcome& outcome) {
  static const FolderNames none;
  const auto& names = outcome.contents_names_there ? moment.present_names : moment.certain_names;
  const auto found = names.find("contents");
  return found == names.end() ? none : found->second;
}

}  // namespace

std::vector<Outcome> all_outcomes() {
  std::vector<Outcome> all;
  for (const bool uploads : {false, true}) {
    for (const bool contents : {false, true}) {
      for (const auto bytes : {Tail::kLost, Tail::kGarbage, Tail::kThere})
        all.push_back({uploads, contents, bytes});
    }
  }
  return all;
}

std::map<std::string, Bytes> files_after(const DiskMoment& moment, const Outcome& outcome) {
  std::map<std::string, Bytes> files;
  const auto bytes_at = [](const std::map<std::uint64_t, Bytes>& bytes, std::uint64_t number) {
    const auto found = bytes.find(number);
    return found == bytes.end() ? Bytes() : found->second;
  };
  for (const auto& [folder, present] : moment.present_names) {
    if (folder == "." || folder == "contents") continue;  // folders of folders
    const bool names_there =
        folder == "uploads" ? outcome.uploads_names_there : outcome.contents_names_there;
    const auto certain = moment.certain_names.find(folder);
    if (folder.starts_with("contents/") &&
        !names_of_shelves(moment, outcome).contains(folder.substr(9)))
      continue;
    const auto& names = names_there                             ? present
                        : certain == moment.certain_names.end() ? FolderNames()
                                                                : certain->second;
    for (const auto& [name, number] : names) {
      const auto sure = bytes_at(moment.certain_bytes, number);
      // A file without a name any more has no bytes to be looked at: what is certain is all.
      const bool is_open = moment.present_bytes.contains(number);
      const auto present_bytes = is_open ? bytes_at(moment.present_bytes, number) : sure;
      auto& bytes = files[folder + "/" + name];
      if (outcome.bytes == Tail::kLost) bytes = sure;
      if (outcome.bytes == Tail::kGarbage) bytes = with_garbage(sure, present_bytes);
      if (outcome.bytes == Tail::kThere) bytes = present_bytes;
    }
  }
  return files;
}

PowerCutObserver::PowerCutObserver(std::string root) : root_(std::move(root)) {
  sick_disk().before = [this](const DiskCall& call) {
    struct stat seen {};
    // The number goes with the last name.
    if (call.name == "unlinkat" &&
        fstatat(call.fd, call.path.c_str(), &seen, AT_SYMLINK_NOFOLLOW) == 0 && seen.st_nlink == 1)
      numbers_.erase(seen.st_ino);
    return 0;
  };
  sick_disk().after = [this](const DiskCall& call) {
    const auto path = fs::read_symlink("/proc/self/fd/" + std::to_string(call.fd));
    if (call.name == "fdatasync") now_.certain_bytes[number_of(inode_of(path))] = bytes_of(path);
    if (call.name == "fsync") {
      const auto folder = fs::relative(path, root_).string();
      now_.certain_names[folder] = names_in(folder);
    }
    note_moment();
  };
}

PowerCutObserver::~PowerCutObserver() { sick_disk().get_well(); }

std::uint64_t PowerCutObserver::number_of(std::uint64_t inode) {
  const auto [at, is_new] = numbers_.emplace(inode, last_number_ + 1);
  if (is_new) ++last_number_;
  return at->second;
}

FolderNames PowerCutObserver::names_in(const std::string& folder) {
  FolderNames names;
  for (const auto& entry : fs::directory_iterator(fs::path(root_) / folder))
    names[entry.path().filename().string()] = number_of(inode_of(entry.path()));
  return names;
}

void PowerCutObserver::note_moment() {
  now_.present_names.clear();
  now_.present_bytes.clear();
  for (const auto& entry : fs::recursive_directory_iterator(root_)) {
    const auto folder = fs::relative(entry.path().parent_path(), root_).string();
    const auto number = number_of(inode_of(entry.path()));
    now_.present_names[folder][entry.path().filename().string()] = number;
    if (entry.is_directory()) {
      now_.present_names[fs::relative(entry.path(), root_).string()];  // it may hold nothing now
      continue;
    }
    now_.present_bytes[number] = bytes_of(entry.path());
  }
  moments_.push_back(now_);
}

void PowerCutObserver::begin_act() {
  ++now_.acts;
  now_.in_act = true;
}

void PowerCutObserver::end_act() {
  now_.in_act = false;
  note_moment();
}

}  // namespace daybook::test
