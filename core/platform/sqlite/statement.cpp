// SPDX-License-Identifier: Apache-2.0
#include "core/platform/sqlite/statement.hpp"

#include <sqlite3.h>

#include "core/base/ensure.hpp"
#include "core/platform/sqlite/errors.hpp"

namespace daybook::sqlite {

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      sql_(other.sql_),
      statement_(std::exchange(other.statement_, nullptr)),
      error_(std::move(other.error_)) {}

Statement::~Statement() {
  if (statement_ != nullptr) connection_->give_back(*sql_, statement_);
}

void Statement::bound(int at, int code) {
  if (code == SQLITE_OK || error_.code != Errc::kOk) return;
  error_ = error_of(connection_->db_, code, "bind");
  error_.field += "[" + std::to_string(at) + "]";
}

void Statement::bind_int64(int at, std::int64_t value) {
  bound(at, sqlite3_bind_int64(statement_, at, value));
}

void Statement::bind_text(int at, std::string_view value) {
  // A null pointer would bind NULL; an empty text is not that.
  const char* const text = value.empty() ? "" : value.data();
  const auto kept = borrows_ ? SQLITE_STATIC : SQLITE_TRANSIENT;
  bound(at, sqlite3_bind_text64(statement_, at, text, value.size(), kept, SQLITE_UTF8));
}

void Statement::bind_bytes(int at, BytesView value) {
  if (value.empty()) return bound(at, sqlite3_bind_zeroblob(statement_, at, 0));
  const auto kept = borrows_ ? SQLITE_STATIC : SQLITE_TRANSIENT;
  bound(at, sqlite3_bind_blob64(statement_, at, value.data(), value.size(), kept));
}

Statement& Statement::bind_borrowed(int at, std::string_view value) {
  borrows_ = true;
  bind_text(at, value);
  borrows_ = false;
  return *this;
}

Statement& Statement::bind_borrowed(int at, BytesView value) {
  borrows_ = true;
  bind_bytes(at, value);
  borrows_ = false;
  return *this;
}

void Statement::clear_parameters() { sqlite3_clear_bindings(statement_); }

void Statement::bind_null(int at) { bound(at, sqlite3_bind_null(statement_, at)); }

int Statement::parameter_count() const { return sqlite3_bind_parameter_count(statement_); }

int Statement::find_parameter(const std::string& name) const {
  return sqlite3_bind_parameter_index(statement_, name.c_str());
}

Result<bool> Statement::step() {
  DAYBOOK_TRY(check());
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = error_of(connection_->db_, code, "step");
  sqlite3_reset(statement_);
  return error;
}

Result<void> Statement::run() {
  while (true) {
    DAYBOOK_ASSIGN(const bool more, step());
    if (!more) break;
  }
  sqlite3_reset(statement_);
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
  error_ = Error{Errc::kOk, {}, {}};
}

Result<void> Statement::check() const {
  if (error_.code != Errc::kOk) return error_;
  return {};
}

int Statement::column_count() const { return sqlite3_column_count(statement_); }

std::string_view Statement::column_name(int at) const {
  const char* const name = sqlite3_column_name(statement_, at);
  return name == nullptr ? std::string_view{} : name;
}

ColumnKind Statement::kind(int at) const {
  switch (sqlite3_column_type(statement_, at)) {
    case SQLITE_INTEGER: return ColumnKind::kInteger;
    case SQLITE_FLOAT: return ColumnKind::kReal;
    case SQLITE_TEXT: return ColumnKind::kText;
    case SQLITE_BLOB: return ColumnKind::kBytes;
    default: return ColumnKind::kNull;
  }
}

void Statement::wrong_column(int at, std::string detail) {
  if (error_.code != Errc::kOk) return;
  error_ = failure(Errc::kCorrupt, "column " + std::string(column_name(at)), std::move(detail));
}

bool Statement::expect(int at, ColumnKind wanted) {
  ensure(at >= 0 && at < column_count());
  if (kind(at) == wanted) return true;
  wrong_column(at, "not of the kind that this build stores");
  return false;
}

std::int64_t Statement::int64(int at) {
  return expect(at, ColumnKind::kInteger) ? sqlite3_column_int64(statement_, at) : 0;
}

std::uint64_t Statement::uint64(int at) {
  const std::int64_t value = int64(at);
  if (value < 0) wrong_column(at, "negative");
  return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

std::string_view Statement::text(int at) {
  return expect(at, ColumnKind::kText) ? any_text(at) : std::string_view{};
}

BytesView Statement::bytes(int at) {
  if (!expect(at, ColumnKind::kBytes)) return {};
  const auto* const found = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, at));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, at));
  return found == nullptr ? BytesView{} : BytesView{found, size};
}

std::string_view Statement::any_text(int at) {
  const auto* const found = reinterpret_cast<const char*>(sqlite3_column_text(statement_, at));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, at));
  return found == nullptr ? std::string_view{} : std::string_view{found, size};
}

}  // namespace daybook::sqlite
