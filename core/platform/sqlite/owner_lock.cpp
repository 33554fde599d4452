// SPDX-License-Identifier: Apache-2.0
#include "core/platform/sqlite/owner_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace daybook::sqlite {

namespace {

Error system_error(const std::string& doing, const std::string& path) {
  const Errc code = errno == ENOSPC || errno == EDQUOT ? Errc::kDiskFull : Errc::kIo;
  return failure(code, "sqlite." + doing, path + ": " + std::strerror(errno));
}

// What the owner wrote into its lock: its process number, for the person who has to find it.
std::string owner_in(int file) {
  char text[32] = {};
  const ssize_t size = ::pread(file, text, sizeof text - 1, 0);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string("unknown");
}

}  // namespace

Result<OwnerLock> OwnerLock::take(const std::string& database_path) {
  const std::string path = database_path + ".lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return system_error("lock", path);
  OwnerLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("lock", path);
    return failure(Errc::kBusy, "store", database_path + " is in use by process " + owner_in(file));
  }
  // A courtesy to whoever is refused: on a full disk the lock holds all the same.
  const std::string owner = std::to_string(::getpid());
  const bool emptied = ::ftruncate(file, 0) == 0;
  static_cast<void>(emptied && ::pwrite(file, owner.data(), owner.size(), 0) > 0);
  return lock;
}

OwnerLock::OwnerLock(OwnerLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

OwnerLock::~OwnerLock() {
  if (file_ >= 0) ::close(file_);
}

Result<void> rename_durably(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", to);
  const auto slash = to.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : to.substr(0, slash);
  const int file = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return system_error("rename", folder);
  const int synced = ::fsync(file);
  const Error error = system_error("rename", folder);
  ::close(file);
  if (synced != 0) return error;
  return {};
}

}  // namespace daybook::sqlite
