// SPDX-License-Identifier: Apache-2.0
#include "core/platform/sqlite/errors.hpp"

#include <sqlite3.h>

#include <cerrno>

#include "core/base/result.hpp"

namespace daybook::sqlite {
namespace {

Errc constraint_code(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return Errc::kAlreadyExists;
    default: return Errc::kInvalid;
  }
}

// Some full disks reach us as an I/O error with the system's number behind it.
Errc io_code(sqlite3* db) {
  const int system = db == nullptr ? 0 : sqlite3_system_errno(db);
  return system == ENOSPC || system == EDQUOT ? Errc::kDiskFull : Errc::kIo;
}

Errc code_of(sqlite3* db, int extended) {
  switch (extended & 0xff) {
    case SQLITE_FULL: return Errc::kDiskFull;
    case SQLITE_IOERR: return io_code(db);
    case SQLITE_CANTOPEN: return io_code(db);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT: return Errc::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM: return Errc::kBusy;
    case SQLITE_READONLY:
    case SQLITE_AUTH:
    case SQLITE_PERM: return Errc::kReadOnly;
    case SQLITE_TOOBIG: return Errc::kTooLarge;
    case SQLITE_CONSTRAINT: return constraint_code(extended);
    case SQLITE_MISMATCH: return Errc::kWrongType;
    case SQLITE_INTERRUPT: return Errc::kTimedOut;
    case SQLITE_ERROR: return Errc::kInvalid;  // SQL that does not compile
    default: return Errc::kInternal;
  }
}

}  // namespace

Error error_of(sqlite3* db, int code, std::string_view doing) {
  const int extended = db == nullptr ? code : sqlite3_extended_errcode(db);
  // The connection remembers its last error only; when that is of another kind, the code in hand is
  // the truth.
  const bool same_kind = (extended & 0xff) == (code & 0xff);
  const int chosen = same_kind ? extended : code;
  std::string detail = db != nullptr && same_kind ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  return failure(code_of(db, chosen), "sqlite." + std::string(doing),
                 std::move(detail) + " (" + std::to_string(chosen) + ")");
}

}  // namespace daybook::sqlite
