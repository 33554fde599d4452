// SPDX-License-Identifier: Apache-2.0
// copy_to(): a backup that another process could open the moment this returns, and that survives a
// power cut.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/platform/sqlite/connection.hpp"
#include "core/platform/sqlite/errors.hpp"

namespace daybook::sqlite {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

Error system_error(const std::string& path) {
  const Errc code = errno == ENOSPC || errno == EDQUOT ? Errc::kDiskFull : Errc::kIo;
  return failure(code, "sqlite.copy", path + ": " + std::strerror(errno));
}

// The file's bytes, then the folder that names it.
Result<void> make_durable(const std::string& path) {
  const auto slash = path.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : path.substr(0, slash);
  for (const std::string& each : {path, folder}) {
    const int file = ::open(each.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return system_error(each);
    const int synced = ::fsync(file);
    const Error error = system_error(each);
    ::close(file);
    if (synced != 0) return error;
  }
  return {};
}

Result<void> copy_pages(sqlite3* from, const std::string& path) {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  const Database target(opened);
  if (code != SQLITE_OK) return error_of(target.get(), code, "copy");
  sqlite3_backup* const backup = sqlite3_backup_init(target.get(), "main", from, "main");
  if (backup == nullptr) return error_of(target.get(), sqlite3_errcode(target.get()), "copy");
  // All pages in one step are one snapshot. A writer in another process may make it wait, so it is
  // tried for a while.
  int stepped = SQLITE_OK;
  for (int tries = 0; tries < 100; ++tries) {
    stepped = sqlite3_backup_step(backup, -1);
    if (stepped != SQLITE_BUSY && stepped != SQLITE_LOCKED) break;
    sqlite3_sleep(20);
  }
  const int finished = sqlite3_backup_finish(backup);
  if (stepped != SQLITE_DONE)
    return error_of(nullptr, finished == SQLITE_OK ? stepped : finished, "copy");
  return {};
}

}  // namespace

Result<void> Connection::copy_to(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0 && errno == EEXIST) return failure(Errc::kAlreadyExists, "path", path);
  if (file < 0) return system_error(path);
  ::close(file);
  auto copied = copy_pages(db_, path);
  if (copied.ok()) copied = make_durable(path);
  if (!copied.ok()) ::unlink(path.c_str());
  return copied;
}

}  // namespace daybook::sqlite
