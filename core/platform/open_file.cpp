// SPDX-License-Identifier: Apache-2.0
// The half of folder.hpp about one open file, and the errors of both halves (system_error.hpp).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/platform/folder.hpp"
#include "core/platform/system_error.hpp"

namespace daybook {

Error system_failure(int reason, const char* what, const std::string& name) {
  const bool no_room = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
  return failure(no_room ? Errc::kDiskFull : Errc::kIo, {},
                 std::string(what) + " " + name + ": " + std::generic_category().message(reason));
}

OpenFile::OpenFile(OpenFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(name_, other.name_);
  return *this;
}

OpenFile::~OpenFile() {
  if (fd_ >= 0) close(fd_);
}

Result<std::uint64_t> OpenFile::size() const {
  struct stat seen {};
  if (fstat(fd_, &seen) != 0) return system_failure(errno, "look at", name_);
  return static_cast<std::uint64_t>(seen.st_size);
}

Result<bool> OpenFile::has_other_names() const {
  struct stat seen {};
  if (fstat(fd_, &seen) != 0) return system_failure(errno, "look at", name_);
  return seen.st_nlink > 1;
}

Result<std::size_t> OpenFile::read_at(std::uint64_t offset, std::span<std::uint8_t> into) const {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const auto got =
        pread(fd_, into.data() + filled, into.size() - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure(errno, "read", name_);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

Result<void> OpenFile::write_at(std::uint64_t offset, BytesView bytes) const {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const auto put = pwrite(fd_, bytes.data() + written, bytes.size() - written,
                            static_cast<off_t>(offset + written));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return system_failure(errno, "write", name_);
    written += static_cast<std::size_t>(put);
  }
  return {};
}

Result<void> OpenFile::cut_at(std::uint64_t size) const {
  if (ftruncate(fd_, static_cast<off_t>(size)) == 0) return {};
  return system_failure(errno, "shorten", name_);
}

Result<void> OpenFile::sync() const {
#if defined(__APPLE__)
  // There fsync() leaves the bytes in the drive's own memory.
  if (fcntl(fd_, F_FULLFSYNC) == 0) return {};
#else
  if (fdatasync(fd_) == 0) return {};
#endif
  return system_failure(errno, "sync", name_);
}

}  // namespace daybook
