// SPDX-License-Identifier: Apache-2.0
// The calls with which this program asks the system to change the disk, taken over by the test it
// is linked into: each may be refused, and somebody may look on. What nobody asked about is done as
// ever, but for syncs: they are seen, and cost nothing. Threads may
// call as long as nobody gives orders meanwhile. Takes over what
// core/platform calls; other ways to write (stdio, streams) go past it.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace daybook::test {

struct DiskCall {
  std::string name;  // "pwrite", "ftruncate", "fdatasync", "fsync", "renameat", "linkat", …
  int fd = -1;       // the file; for calls about names the folder of the first name
  std::string path;  // that name
};

struct SickDisk {
  // An errno to refuse the call with, 0 to let it happen.
  std::function<int(const DiskCall& call)> before;
  std::function<void(const DiskCall& call)> after;  // it happened
  std::map<std::string, int> counts;                // of what happened, by name

  void get_well() { *this = {}; }
};

SickDisk& sick_disk();

// Every write of bytes meets a full disk, with half of them written all the same.
void set_disk_full(bool full);
// The next call of this name fails with `reason`.
void fail_next(const std::string& name, int reason);

}  // namespace daybook::test
