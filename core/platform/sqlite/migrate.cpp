// SPDX-License-Identifier: Apache-2.0
#include "core/platform/sqlite/migrate.hpp"

#include <sys/stat.h>

#include <fstream>

#include "core/base/ensure.hpp"
#include "core/platform/sqlite/statement.hpp"
#include "core/platform/sqlite/transaction.hpp"

namespace daybook::sqlite {
namespace {

struct Mark {
  std::uint32_t application_id = 0;
  std::uint32_t user_version = 0;
  bool has_tables = false;
};

bool is_there(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && found.st_size > 0;
}

std::uint32_t big_endian(const std::uint8_t* at) {
  return (std::uint32_t{at[0]} << 24) | (std::uint32_t{at[1]} << 16) | (std::uint32_t{at[2]} << 8) |
         at[3];
}

// From the file's first page, by reading and nothing else. Offsets: SQLite's file format, "The
// Database Header".
Result<Mark> mark_in_header(const std::string& path) {
  constexpr std::size_t kHeaderSize = 100;
  std::uint8_t header[kHeaderSize] = {};
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(header), kHeaderSize);
  const bool whole = file.gcount() == static_cast<std::streamsize>(kHeaderSize);
  constexpr std::string_view magic("SQLite format 3\0", 16);
  if (!whole || text_of({header, magic.size()}) != magic) {
    return failure(Errc::kCorrupt, "sqlite.open", path + ": not a database");
  }
  const std::uint32_t schema_cookie = big_endian(header + 40);
  return Mark{big_endian(header + 68), big_endian(header + 60), schema_cookie != 0};
}

Result<Mark> mark_in(Connection& connection) {
  Mark mark;
  DAYBOOK_ASSIGN(const auto id, connection.find_int64("pragma application_id"));
  DAYBOOK_ASSIGN(const auto version, connection.find_int64("pragma user_version"));
  DAYBOOK_ASSIGN(const auto tables, connection.find_int64("select count(*) from sqlite_schema"));
  mark.application_id = static_cast<std::uint32_t>(id.value_or(0));
  mark.user_version = static_cast<std::uint32_t>(version.value_or(0));
  mark.has_tables = tables.value_or(0) > 0;
  return mark;
}

// A log that was left behind may hold a newer first page than the file; a read-only connection sees
// it and never writes it back.
Result<Mark> mark_of_file(const OpenOptions& options) {
  if (!is_there(options.path + "-wal")) return mark_in_header(options.path);
  OpenOptions looking = options;
  looking.read_only = true;
  DAYBOOK_ASSIGN(const auto connection, Connection::open(looking));
  return mark_in(*connection);
}

Result<void> check_mark(const Mark& mark, const FileFormat& format) {
  const bool fresh = mark.application_id == 0 && mark.user_version == 0 && !mark.has_tables;
  if (!fresh && mark.application_id != format.application_id) {
    return failure(Errc::kInvalid, "path", "another program's file");
  }
  if (mark.user_version > format.newest()) {
    return failure(Errc::kTooNew, "path",
                   "format " + std::to_string(mark.user_version) + ", this build knows " +
                       std::to_string(format.newest()));
  }
  return {};
}

Result<void> apply_step(Connection& connection, const Migration& migration,
                        const FileFormat& format) {
  DAYBOOK_TRY(connection.execute(std::string(migration.sql)));
  if (migration.step != nullptr) DAYBOOK_TRY(migration.step(connection));
  return connection.execute("pragma application_id=" + std::to_string(format.application_id) +
                            "; pragma user_version=" + std::to_string(migration.version));
}

// One step of the way, if one is left; false when the file is up to date.
Result<bool> migrate_once(Connection& connection, const FileFormat& format) {
  // Asked again under the write lock: another process may have been faster.
  DAYBOOK_ASSIGN(auto transaction, Transaction::begin(connection));
  DAYBOOK_ASSIGN(const Mark mark, mark_in(connection));
  DAYBOOK_TRY(check_mark(mark, format));
  if (mark.user_version == format.newest()) return false;
  const Migration& next = format.migrations[mark.user_version];
  ensure(next.version == mark.user_version + 1);
  auto applied = apply_step(connection, next, format);
  if (applied.ok()) applied = transaction.commit();
  if (!applied.ok()) {
    Error error = applied.error();
    error.detail = "migration " + std::string(next.name) + ": " + error.detail;
    return error;
  }
  return true;
}

}  // namespace

Result<void> migrate(Connection& connection, const FileFormat& format) {
  DAYBOOK_ASSIGN(const Mark mark, mark_in(connection));
  DAYBOOK_TRY(check_mark(mark, format));
  bool more = mark.user_version < format.newest();
  while (more) {
    DAYBOOK_ASSIGN(const bool again, migrate_once(connection, format));
    more = again;
  }
  return {};
}

Result<std::unique_ptr<Connection>> open_file(const OpenOptions& options,
                                              const FileFormat& format) {
  ensure(format.application_id != 0 &&
         format.application_id <= static_cast<std::uint32_t>(INT32_MAX));
  if (!options.key.empty())
    return failure(Errc::kNotSupported, "key", "this build does not encrypt files");
  if (is_there(options.path)) {
    DAYBOOK_ASSIGN(const Mark mark, mark_of_file(options));
    DAYBOOK_TRY(check_mark(mark, format));
    if (options.read_only && mark.user_version < format.newest()) {
      return failure(Errc::kNotSupported, "path", "an older file, to be opened for writing first");
    }
  }
  DAYBOOK_ASSIGN(auto connection, Connection::open(options));
  if (!options.read_only) DAYBOOK_TRY(migrate(*connection, format));
  return connection;
}

}  // namespace daybook::sqlite
