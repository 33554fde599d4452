// SPDX-License-Identifier: Apache-2.0
#include "core/platform/sqlite/gathering_vfs.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

namespace daybook::sqlite {
namespace {

// A longer transaction is written in such pieces. SQLite's own door takes at most 128 KiB less a
// byte at a time, and one more page (at most as large as this) may still be added to the last
// piece.
constexpr std::size_t kGatheredMax = 60 * 1024;

// Writes that follow each other without a gap. They are dropped only once they are written: an
// error is told to whoever made us write, and the next one who does tries again.
struct Gathered {
  std::vector<std::uint8_t> bytes;
  sqlite3_int64 at = 0;
  bool commit = false;  // the page to come is the last of a transaction

  sqlite3_int64 end() const { return at + static_cast<sqlite3_int64>(bytes.size()); }
};

// In the memory that SQLite gives for it; the system's file lies behind.
struct LogFile {
  sqlite3_file base;
  Gathered* gathered;
};

sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<LogFile*>(file) + 1);
}

Gathered& gathered_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file)->gathered; }

int write_out(sqlite3_file* file) {
  Gathered& gathered = gathered_of(file);
  if (gathered.bytes.empty()) return SQLITE_OK;
  sqlite3_file* const real = real_of(file);
  const int code = real->pMethods->xWrite(real, gathered.bytes.data(),
                                          static_cast<int>(gathered.bytes.size()), gathered.at);
  if (code == SQLITE_OK) gathered.bytes.clear();
  return code;
}

int close_file(sqlite3_file* file) {
  // What was not synced is of no commit.
  static_cast<void>(write_out(file));
  delete reinterpret_cast<LogFile*>(file)->gathered;
  sqlite3_file* const real = real_of(file);
  return real->pMethods->xClose(real);
}

int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  const Gathered& gathered = gathered_of(file);
  if (offset < gathered.end() && offset + size > gathered.at) {
    const int code = write_out(file);
    if (code != SQLITE_OK) return code;
  }
  sqlite3_file* const real = real_of(file);
  return real->pMethods->xRead(real, into, size, offset);
}

// The head of a frame says in its second word how large the file is after a commit; 0 within one
// (https://sqlite.org/fileformat2.html#walformat).
bool is_head_of_commit(const std::uint8_t* bytes, int size) {
  constexpr int kFrameHeadSize = 24;
  return size == kFrameHeadSize && (bytes[4] | bytes[5] | bytes[6] | bytes[7]) != 0;
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  Gathered& gathered = gathered_of(file);
  const bool follows = gathered.bytes.empty() || offset == gathered.end();
  if (!follows || gathered.bytes.size() >= kGatheredMax) {
    const int code = write_out(file);
    if (code != SQLITE_OK) return code;
  }
  if (gathered.bytes.empty()) gathered.at = offset;
  const auto* const bytes = static_cast<const std::uint8_t*>(from);
  try {
    gathered.bytes.insert(gathered.bytes.end(), bytes, bytes + size);
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
  // Whoever does not sync the log (synchronous=NORMAL) tells others of a commit after this write.
  if (std::exchange(gathered.commit, is_head_of_commit(bytes, size))) return write_out(file);
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const int code = write_out(file);
  if (code != SQLITE_OK) return code;
  sqlite3_file* const real = real_of(file);
  return real->pMethods->xTruncate(real, size);
}

int sync_file(sqlite3_file* file, int flags) {
  const int code = write_out(file);
  if (code != SQLITE_OK) return code;
  sqlite3_file* const real = real_of(file);
  return real->pMethods->xSync(real, flags);
}

int measure_file(sqlite3_file* file, sqlite3_int64* size) {
  const int code = write_out(file);
  if (code != SQLITE_OK) return code;
  sqlite3_file* const real = real_of(file);
  return real->pMethods->xFileSize(real, size);
}

int lock_file(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}

int unlock_file(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

int check_lock(sqlite3_file* file, int* locked) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), locked);
}

int control_file(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

int sector_size(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }

int characteristics(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

// Version 1: the log has no shared memory of its own and is not mapped.
constexpr sqlite3_io_methods kMethods{
    1,         close_file,  read_file,  write_file,   truncate_file, sync_file,       measure_file,
    lock_file, unlock_file, check_lock, control_file, sector_size,   characteristics, nullptr,
    nullptr,   nullptr,     nullptr,    nullptr,      nullptr};

sqlite3_vfs* system_vfs() {
  static sqlite3_vfs* const found = sqlite3_vfs_find(nullptr);
  return found;
}

int open_file_of(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags,
                 int* flags_out) {
  sqlite3_vfs* const system = system_vfs();
  if ((flags & SQLITE_OPEN_WAL) == 0) return system->xOpen(system, name, file, flags, flags_out);
  file->pMethods = nullptr;
  auto* const gathered = new (std::nothrow) Gathered;
  if (gathered == nullptr) return SQLITE_NOMEM;
  sqlite3_file* const real = real_of(file);
  const int code = system->xOpen(system, name, real, flags, flags_out);
  if (code != SQLITE_OK) {
    if (real->pMethods != nullptr) real->pMethods->xClose(real);
    delete gathered;
    return code;
  }
  reinterpret_cast<LogFile*>(file)->gathered = gathered;
  file->pMethods = &kMethods;
  return SQLITE_OK;
}

const char* register_vfs() {
  constexpr const char* kName = "daybook-gathering";
  if (sqlite3_initialize() != SQLITE_OK || system_vfs() == nullptr) return nullptr;
  // All but opening is the system's, which does not look at whose door it was called through.
  static sqlite3_vfs vfs = *system_vfs();
  vfs.pNext = nullptr;
  vfs.zName = kName;
  vfs.szOsFile = system_vfs()->szOsFile + static_cast<int>(sizeof(LogFile));
  vfs.xOpen = open_file_of;
  return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? kName : nullptr;
}

}  // namespace

const char* gathering_vfs() {
  static const char* const name = register_vfs();
  return name;
}

}  // namespace daybook::sqlite
