// SPDX-License-Identifier: Apache-2.0
// JSON as it crosses the C door: read strictly into a tree, written without a tree. Whole numbers
// of 64 bits only, no key twice, bounded depth and size; errors name the place,
// "changes[2].set.qty". Used by the rest of abi. Values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"

namespace daybook::abi {

inline constexpr int kJsonDepthMax = 16;
inline constexpr std::size_t kJsonTextSizeMax = 16u << 20;  // a set of 1 MiB, written as \u escapes

struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kBool, kInt, kText, kArray, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;
  std::vector<JsonValue> items;                            // kArray
  std::vector<std::pair<std::string, JsonValue>> members;  // kObject, in the order of the text

  const JsonValue* find(std::string_view key) const;
  bool is(Kind wanted) const { return kind == wanted; }
};
std::string_view name_of(JsonValue::Kind kind);

// kInvalid, kTooLarge (size or depth), kWrongType (a number that is not whole or too large). The
// field is the place, or `what` where the text as a whole is meant.
Result<JsonValue> read_json(std::string_view text, std::string_view what);

// "changes" + 2 + "set" as people read it: "changes[2].set".
std::string place_in(std::string_view parent, std::string_view key);
std::string place_in(std::string_view parent, std::size_t index);

// Writes straight through; commas come by themselves. Text that is not UTF-8 (other people's error
// messages) is mended.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& count(std::uint64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);  // an object or value written before
  JsonWriter& value(const JsonValue& value);

  std::size_t size() const { return out_.size(); }
  std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char sign);
  JsonWriter& close(char sign);
  void separate();
  std::string out_;
  bool fresh_ = true;  // nothing stands before in this object or array
};

}  // namespace daybook::abi
