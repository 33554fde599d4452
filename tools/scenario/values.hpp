// SPDX-License-Identifier: Apache-2.0
// Values as people write them in a scenario, by the type of the field: money with two decimals,
// quantities with three, times as "09:00" or "3d09:00" after the scenario's first midnight,
// references by the record's name, digests as the content they are of, or are called by;
// "@U" in a text is the id of the record U. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/ids.hpp"
#include "core/model/value.hpp"
#include "core/schema/schema.hpp"
#include "tools/scenario/script/line.hpp"

namespace daybook::scenario {

// A Monday in September 2026, 00:00 UTC. Scenarios begin at eight.
inline constexpr std::int64_t kFirstMidnightMs = 1'789'948'800'000;
inline constexpr std::int64_t kDayMs = 86'400'000;

// Records by the names that the scenario gave them, and back.
class Names {
 public:
  void add(const std::string& name, const RecordRef& record);
  const RecordRef* find(const std::string& name) const;
  std::vector<RecordRef> records() const;
  // A content that is called by this text, though it is not that text.
  void add_content(const std::string& text, const Digest& digest) { contents_[text] = digest; }
  const Digest* find_content(const std::string& text) const;
  std::string name_of(const RecordRef& record) const;  // its collection and a few digits if unnamed
  std::string name_of(const Uuid& id) const;

 private:
  std::map<std::string, RecordRef> records_;
  std::map<Uuid, std::string> names_;
  std::map<std::string, Digest> contents_;
};

// `field` may be null: one that the rules do not name, text or a whole number. Throws Mistake.
Value read_value(const Literal& literal, const FieldSchema* field, const Names& names, int line);
std::string shown(const Value& value, const FieldSchema* field, const Names& names);
std::string shown(const std::optional<Value>& value, const FieldSchema* field, const Names& names);

// Of what is a time though no field says so: the columns *_at of views, members of a history.
const FieldSchema& time_field();

// "09:00", "3d09:00"; a number where it is no whole minute of the first months.
std::string shown_time(std::int64_t ms);

}  // namespace daybook::scenario
