// SPDX-License-Identifier: Apache-2.0
// What a disk may hold when the power goes. Looks on (sick_disk.hpp) while a store works in a
// folder, and after every call that changes the disk notes what is certain (bytes that were synced,
// names whose folder was synced) and what is merely so at the moment. Every mixture of the two that
// a file system may leave behind can then be laid out in a folder again, and a store opened on it.
// One thread at a time. Knows nothing of the promises; power_cut_test.cpp does.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"

namespace daybook::test {

using FolderNames = std::map<std::string, std::uint64_t>;  // name: number of the file

// A moment between two calls.
struct DiskMoment {
  std::size_t acts = 0;  // how many of the story's acts had begun
  bool in_act = false;   // the last of them was not acknowledged yet
  std::map<std::string, FolderNames> certain_names, present_names;  // by folder
  std::map<std::uint64_t, Bytes> certain_bytes, present_bytes;      // by file
};

// What became of what was not certain, for each folder's names and for the bytes of files.
enum class Tail { kLost, kGarbage, kThere };
struct Outcome {
  bool uploads_names_there = false;
  bool contents_names_there = false;
  Tail bytes = Tail::kLost;
};
std::vector<Outcome> all_outcomes();

// The files that are there after `outcome`, by path under the root.
std::map<std::string, Bytes> files_after(const DiskMoment& moment, const Outcome& outcome);

class PowerCutObserver {
 public:
  explicit PowerCutObserver(std::string root);  // of a store that is open and has nothing in it
  ~PowerCutObserver();
  PowerCutObserver(const PowerCutObserver&) = delete;
  PowerCutObserver& operator=(const PowerCutObserver&) = delete;

  void begin_act();
  void end_act();
  const std::vector<DiskMoment>& moments() const { return moments_; }

 private:
  std::uint64_t number_of(std::uint64_t inode);
  FolderNames names_in(const std::string& folder);
  void note_moment();

  std::string root_;
  std::map<std::uint64_t, std::uint64_t> numbers_;  // inodes are used again, numbers are not
  std::uint64_t last_number_ = 0;
  DiskMoment now_;
  std::vector<DiskMoment> moments_;
};

}  // namespace daybook::test
