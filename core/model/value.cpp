// SPDX-License-Identifier: Apache-2.0
#include "core/model/value.hpp"

#include <algorithm>

#include "core/base/ensure.hpp"
#include "core/base/hex.hpp"

namespace daybook {

bool Value::as_bool() const {
  ensure(kind() == Kind::kBool);
  return std::get<bool>(held_);
}
std::int64_t Value::as_int() const {
  ensure(kind() == Kind::kInt);
  return std::get<std::int64_t>(held_);
}
const std::string& Value::as_text() const {
  ensure(kind() == Kind::kText);
  return std::get<std::string>(held_);
}
const Bytes& Value::as_bytes() const {
  ensure(kind() == Kind::kBytes);
  return std::get<Bytes>(held_);
}
const ValueList& Value::as_list() const {
  ensure(kind() == Kind::kList);
  return std::get<ValueList>(held_);
}

bool canonical_less(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size();
  return a < b;
}

namespace {

template <class Entries>
auto position_of(Entries& entries, std::string_view name) {
  return std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const auto& entry, std::string_view key) { return canonical_less(entry.first, key); });
}

}  // namespace

Fields::Fields(std::initializer_list<Entry> entries) {
  for (const auto& [name, value] : entries) set(name, value);
}

const Value* Fields::find(std::string_view name) const {
  const auto at = position_of(entries_, name);
  return at != entries_.end() && at->first == name ? &at->second : nullptr;
}

void Fields::set(std::string name, Value value) {
  const auto at = position_of(entries_, name);
  if (at != entries_.end() && at->first == name) {
    at->second = std::move(value);
  } else {
    entries_.emplace(at, std::move(name), std::move(value));
  }
}

bool Fields::erase(std::string_view name) {
  const auto at = position_of(entries_, name);
  if (at == entries_.end() || at->first != name) return false;
  entries_.erase(at);
  return true;
}

void Fields::append(std::string name, Value value) {
  ensure(entries_.empty() || canonical_less(entries_.back().first, name));
  entries_.emplace_back(std::move(name), std::move(value));
}

std::string to_string(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: return "null";
    case Value::Kind::kBool: return value.as_bool() ? "true" : "false";
    case Value::Kind::kInt: return std::to_string(value.as_int());
    case Value::Kind::kText: return "\"" + value.as_text() + "\"";
    case Value::Kind::kBytes: return "h'" + to_hex(value.as_bytes()) + "'";
    case Value::Kind::kList: break;
  }
  std::string text = "[";
  for (const auto& element : value.as_list()) {
    if (text.size() > 1) text += ", ";
    text += to_string(element);
  }
  return text + "]";
}

}  // namespace daybook
