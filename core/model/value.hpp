// SPDX-License-Identifier: Apache-2.0
// What a field can hold: null, bool, int64, text (UTF-8), bytes, and lists of these. No floating
// point anywhere: money is int64 minor units, quantity thousandths, geo 1e-7 degrees, time ms UTC;
// so the same value has the same bytes on every machine. Value types; no thread rule.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/bytes.hpp"

namespace daybook {

class Value;
using ValueList = std::vector<Value>;

class Value {
 public:
  enum class Kind : std::uint8_t { kNull, kBool, kInt, kText, kBytes, kList };

  Value() = default;  // null
  static Value null() { return {}; }
  static Value boolean(bool b) { return Value(Held(b)); }
  static Value integer(std::int64_t i) { return Value(Held(i)); }
  static Value text(std::string t) { return Value(Held(std::move(t))); }
  static Value bytes(Bytes b) { return Value(Held(std::move(b))); }
  static Value list(ValueList l) { return Value(Held(std::move(l))); }

  Kind kind() const { return static_cast<Kind>(held_.index()); }
  bool is_null() const { return kind() == Kind::kNull; }

  // REQUIRES: the kind asked for.
  bool as_bool() const;
  std::int64_t as_int() const;
  const std::string& as_text() const;
  const Bytes& as_bytes() const;
  const ValueList& as_list() const;

  bool operator==(const Value&) const = default;

 private:
  using Held = std::variant<std::monostate, bool, std::int64_t, std::string, Bytes, ValueList>;
  explicit Value(Held held) : held_(std::move(held)) {}
  Held held_;
};

// The canonical order of map keys (RFC 8949 §4.2.1): shorter first, then bytewise. Fields are kept
// in it, so encoding needs no sorting.
bool canonical_less(std::string_view a, std::string_view b);

// A sorted map from field name to value. Absent and null are different things.
class Fields {
 public:
  using Entry = std::pair<std::string, Value>;
  using const_iterator = std::vector<Entry>::const_iterator;

  Fields() = default;
  Fields(std::initializer_list<Entry> entries);

  const Value* find(std::string_view name) const;  // nullptr when absent
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  void set(std::string name, Value value);  // inserts or replaces
  bool erase(std::string_view name);
  void reserve(std::size_t n) { entries_.reserve(n); }
  // Appends without a search. REQUIRES: `name` comes after every name already held.
  void append(std::string name, Value value);

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  const_iterator begin() const { return entries_.begin(); }
  const_iterator end() const { return entries_.end(); }

  bool operator==(const Fields&) const = default;

 private:
  std::vector<Entry> entries_;
};

// A short form for logs, plans and tests: `"text"`, 42, true, null, h'0a0b', [1, 2]. Not JSON and
// never parsed.
std::string to_string(const Value& value);

}  // namespace daybook
