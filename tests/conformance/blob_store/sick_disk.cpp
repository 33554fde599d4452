// SPDX-License-Identifier: Apache-2.0
// A definition in the program goes before the C library's, for everything that is linked into it.
#include "tests/conformance/blob_store/sick_disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <utility>

namespace daybook::test {

SickDisk& sick_disk() {
  static SickDisk disk;
  return disk;
}

void set_disk_full(bool full) {
  if (!full) return sick_disk().get_well();
  sick_disk().before = [](const DiskCall& call) { return call.name == "pwrite" ? ENOSPC : 0; };
}

void fail_next(const std::string& name, int reason) {
  auto failed = std::make_shared<bool>(false);
  sick_disk().before = [name, reason, failed](const DiskCall& call) {
    return call.name == name && !std::exchange(*failed, true) ? reason : 0;
  };
}

namespace {

// Whoever looks on may call the system himself, and is not looked at.
thread_local bool looking = false;

template <class Call>
auto watched(DiskCall call, Call really) -> decltype(really()) {
  auto& disk = sick_disk();
  if (looking) return really();
  if (disk.before) {
    looking = true;
    const int refused = disk.before(call);
    looking = false;
    if (refused != 0) {
      errno = refused;
      return -1;
    }
  }
  const auto answer = really();
  if (answer < 0) return answer;
  {
    static std::mutex counting;
    const std::lock_guard lock(counting);
    ++disk.counts[call.name];
  }
  if (disk.after) {
    looking = true;
    disk.after(call);
    looking = false;
  }
  return answer;
}

int as_int(long answer) { return static_cast<int>(answer); }

}  // namespace

}  // namespace daybook::test

using daybook::test::as_int;
using daybook::test::watched;

extern "C" {

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  // Good days know short writes too.
  const size_t part = size > 4096 ? size / 2 : size;
  const auto answer =
      watched({"pwrite", fd, {}}, [&] { return syscall(SYS_pwrite64, fd, bytes, part, at); });
  if (answer < 0) {
    // A disk fills up, or breaks, in the middle of what it was given.
    const int reason = errno;
    syscall(SYS_pwrite64, fd, bytes, part / 2, at);
    errno = reason;
  }
  return answer;
}

int ftruncate(int fd, off_t size) noexcept {
  return watched({"ftruncate", fd, {}}, [&] { return as_int(syscall(SYS_ftruncate, fd, size)); });
}

// Nobody here pulls the plug of the real disk, and it takes its time.
int fdatasync(int fd) {
  return watched({"fdatasync", fd, {}}, [] { return 0; });
}

int fsync(int fd) {
  return watched({"fsync", fd, {}}, [] { return 0; });
}

int renameat(int from_fd, const char* from, int to_fd, const char* to) noexcept {
  return watched({"renameat", from_fd, from},
                 [&] { return as_int(syscall(SYS_renameat2, from_fd, from, to_fd, to, 0)); });
}

int linkat(int from_fd, const char* from, int to_fd, const char* to, int flags) noexcept {
  return watched({"linkat", from_fd, from},
                 [&] { return as_int(syscall(SYS_linkat, from_fd, from, to_fd, to, flags)); });
}

int unlinkat(int fd, const char* name, int flags) noexcept {
  return watched({"unlinkat", fd, name},
                 [&] { return as_int(syscall(SYS_unlinkat, fd, name, flags)); });
}

}  // extern "C"
