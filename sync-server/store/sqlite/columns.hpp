// SPDX-License-Identifier: Apache-2.0
// Small crossings between rows of the port and columns of SQLite. Used by the verbs of the SQLite
// store only.
#pragma once

#include <algorithm>

#include "core/platform/sqlite/statement.hpp"

namespace daybook {

// Counts and positions of callers may be as large as they like ("no limit"); SQLite's integers are
// signed.
inline std::int64_t bounded(std::uint64_t value) {
  return static_cast<std::int64_t>(std::min(value, static_cast<std::uint64_t>(INT64_MAX)));
}

// What is mostly not there costs one byte as a null.
inline std::optional<Digest> unless_zero(const Digest& digest) {
  return digest.is_zero() ? std::nullopt : std::optional(digest);
}
inline std::optional<BytesView> unless_empty(const Bytes& bytes) {
  return bytes.empty() ? std::nullopt : std::optional<BytesView>(bytes);
}
inline Digest digest_or_zero(sqlite::Statement& row, int at) {
  return row.is_null(at) ? Digest{} : row.digest(at);
}
inline Bytes bytes_or_empty(sqlite::Statement& row, int at) {
  return row.is_null(at) ? Bytes{} : copy_of(row.bytes(at));
}
inline std::string text_in(sqlite::Statement& row, int at) { return std::string(row.text(at)); }

template <class Small>
Result<Small> small_in(sqlite::Statement& row, int at) {
  const std::uint64_t value = row.uint64(at);
  if (value > static_cast<std::uint64_t>(static_cast<Small>(-1))) {
    return failure(Errc::kCorrupt, "column " + std::string(row.column_name(at)),
                   std::to_string(value));
  }
  return static_cast<Small>(value);
}

template <class Enum>
Result<Enum> enum_in(sqlite::Statement& row, int at, Enum last) {
  const std::uint64_t value = row.uint64(at);
  if (value > static_cast<std::uint64_t>(last)) {
    return failure(Errc::kCorrupt, "column " + std::string(row.column_name(at)),
                   std::to_string(value));
  }
  return static_cast<Enum>(value);
}

// What we wrote ourselves and cannot read any more is damage, not somebody's wrong input. A format
// that a newer build wrote stays kNotSupported.
template <class T>
Result<T> stored(Result<T> decoded) {
  if (decoded.ok() || decoded.error().code == Errc::kNotSupported) return decoded;
  return failure(Errc::kCorrupt, decoded.error().field, decoded.error().detail);
}

// The one row of a statement, if there is one, made by `make`.
template <class Make>
auto find_one(sqlite::Statement& statement, Make make)
    -> Result<std::optional<std::decay_t<decltype(*make(statement))>>> {
  using Row = std::decay_t<decltype(*make(statement))>;
  DAYBOOK_ASSIGN(const bool found, statement.step());
  if (!found) return std::optional<Row>();
  DAYBOOK_ASSIGN(auto row, make(statement));
  DAYBOOK_TRY(statement.check());
  return std::optional<Row>(std::move(row));
}

template <class Make>
auto all_of(sqlite::Statement& statement, Make make)
    -> Result<std::vector<std::decay_t<decltype(*make(statement))>>> {
  std::vector<std::decay_t<decltype(*make(statement))>> rows;
  while (true) {
    DAYBOOK_ASSIGN(const bool more, statement.step());
    if (!more) break;
    DAYBOOK_ASSIGN(auto row, make(statement));
    DAYBOOK_TRY(statement.check());
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace daybook
