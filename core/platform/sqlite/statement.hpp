// SPDX-License-Identifier: Apache-2.0
// A prepared statement on loan from its connection. Parameters count from 1, columns from 0, as in
// SQLite. The first error sticks: binds and columns read straight through, step() or check() report
// it. Used by one thread at a time.
//
//   DAYBOOK_ASSIGN(auto find, connection.prepare("select body, version from record where id = ?"));
//   find.bind_all(id);
//   DAYBOOK_ASSIGN(const bool found, find.step());
//   if (found) { row.body = copy_of(find.bytes(0)); row.version = find.uint64(1);
//   DAYBOOK_TRY(find.check()); }
#pragma once

#include <type_traits>

#include "core/base/fixed_bytes.hpp"
#include "core/platform/sqlite/connection.hpp"

namespace daybook::sqlite {

enum class ColumnKind : std::uint8_t { kInteger, kReal, kText, kBytes, kNull };

class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();  // gives it back, reset

  // Integers, bool, enums, text, bytes, Uuid, Digest, nullptr and optionals of these. Copies what
  // it is given.
  template <class Parameter>
  Statement& bind(int at, const Parameter& parameter);
  // For large texts and bytes that stay where they are until the statement is given back or bound
  // anew: not copied.
  Statement& bind_borrowed(int at, std::string_view value);
  Statement& bind_borrowed(int at, BytesView value);
  template <class... Parameters>
  Statement& bind_all(const Parameters&... parameters) {
    int at = 0;
    (bind(++at, parameters), ...);
    return *this;
  }
  int parameter_count() const;
  // 0 when there is no such parameter; `name` with its ':'.
  int find_parameter(const std::string& name) const;

  Result<bool> step();  // true: a row is there
  Result<void> run();   // to the end
  // As bind_all() and run(), without copies; nothing stays bound.
  template <class... Parameters>
  Result<void> run_with(const Parameters&... parameters) {
    borrows_ = true;
    bind_all(parameters...);
    borrows_ = false;
    auto ran = run();
    clear_parameters();
    return ran;
  }
  void reset();  // for the next round; parameters stay bound
  Result<void> check() const;

  int column_count() const;
  std::string_view column_name(int at) const;
  ColumnKind kind(int at) const;
  bool is_null(int at) const { return kind(at) == ColumnKind::kNull; }

  // The column must hold what is asked for, else kCorrupt sticks and the answer is empty. Views
  // live until the next step.
  std::int64_t int64(int at);
  std::uint64_t uint64(int at);  // negative is kCorrupt
  bool boolean(int at) { return int64(at) != 0; }
  std::string_view text(int at);
  BytesView bytes(int at);
  Uuid uuid(int at) { return fixed<Uuid>(at); }
  Digest digest(int at) { return fixed<Digest>(at); }
  // SQLite's text form of whatever is there, for host apps that compute (an average has no other
  // form here).
  std::string_view any_text(int at);

 private:
  friend class Connection;
  friend class ReadDoor;
  Statement(Connection& connection, const std::string& sql, sqlite3_stmt* statement)
      : connection_(&connection), sql_(&sql), statement_(statement) {}

  void bind_int64(int at, std::int64_t value);
  void bind_text(int at, std::string_view value);
  void bind_bytes(int at, BytesView value);
  void bind_null(int at);
  void bound(int at, int code);
  void clear_parameters();
  bool expect(int at, ColumnKind wanted);
  void wrong_column(int at, std::string detail);

  template <class Fixed>
  Fixed fixed(int at) {
    const auto found = Fixed::from(bytes(at));
    if (!found) wrong_column(at, "wrong length");
    return found.value_or(Fixed{});
  }

  Connection* connection_;
  const std::string* sql_;  // the connection's key for it
  sqlite3_stmt* statement_;
  bool borrows_ = false;
  Error error_{Errc::kOk, {}, {}};
};

template <class Parameter>
Statement& Statement::bind(int at, const Parameter& parameter) {
  if constexpr (std::is_same_v<Parameter, std::nullptr_t> ||
                std::is_same_v<Parameter, std::nullopt_t>) {
    bind_null(at);
  } else if constexpr (std::is_enum_v<Parameter> || std::is_integral_v<Parameter>) {
    if constexpr (sizeof(Parameter) == 8 && std::is_unsigned_v<Parameter>) {
      ensure(parameter <= static_cast<std::uint64_t>(INT64_MAX));
    }
    bind_int64(at, static_cast<std::int64_t>(parameter));
  } else if constexpr (std::is_convertible_v<const Parameter&, std::string_view>) {
    bind_text(at, parameter);
  } else if constexpr (std::is_convertible_v<const Parameter&, BytesView>) {
    bind_bytes(at, parameter);
  } else if constexpr (requires { parameter.has_value(); }) {
    if (parameter.has_value()) return bind(at, *parameter);
    bind_null(at);
  } else {
    bind_bytes(at, parameter.view());
  }
  return *this;
}

template <class... Parameters>
Result<void> Connection::run(std::string_view sql, const Parameters&... parameters) {
  DAYBOOK_ASSIGN(auto statement, prepare(sql));
  return statement.run_with(parameters...);
}

template <class... Parameters>
Result<std::optional<std::int64_t>> Connection::find_int64(std::string_view sql,
                                                           const Parameters&... parameters) {
  DAYBOOK_ASSIGN(auto statement, prepare(sql));
  DAYBOOK_ASSIGN(const bool found, statement.bind_all(parameters...).step());
  if (!found || statement.is_null(0)) return std::optional<std::int64_t>{};
  const std::int64_t value = statement.int64(0);
  DAYBOOK_TRY(statement.check());
  return std::optional<std::int64_t>(value);
}

}  // namespace daybook::sqlite
