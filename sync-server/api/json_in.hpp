// SPDX-License-Identifier: Apache-2.0
// JSON from people's programs, read strictly: bounded depth before a parser sees it, no duplicate
// keys, no numbers with a fraction or beyond int64, UTF-8 only; and typed by the schema where it
// becomes a value. Errors name the field. Pure; any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/model/ids.hpp"
#include "core/model/value.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

using Json = nlohmann::ordered_json;

inline constexpr int kJsonDepthMax = 16;

// An object; an empty text is an empty object.
Result<Json> read_json(std::string_view text);

// What a route asks of a body: members by name and kind, and no others (`allow_only`).
class JsonObject {
 public:
  // REQUIRES: json is an object.
  explicit JsonObject(const Json& json) : json_(json) {}

  Result<void> allow_only(std::initializer_list<std::string_view> names) const;
  bool has(std::string_view name) const { return json_.contains(name); }
  Result<std::string> text(std::string_view name, std::size_t size_max) const;
  Result<std::optional<std::string>> find_text(std::string_view name, std::size_t size_max) const;
  Result<std::optional<bool>> find_flag(std::string_view name) const;
  Result<std::uint64_t> count(std::string_view name) const;  // an integer, not negative
  Result<const Json*> object(std::string_view name) const;
  const Json* find(std::string_view name) const;

 private:
  const Json& json_;
};

// The value that `json` means for `field`: references as uuid text, bytes and digests as hex.
// Errors name `place`.
Result<Value> value_from(const FieldSchema& field, const Json& json, const std::string& place);
// Every member a field of `collection`. Errors name "set.<field>".
Result<Fields> fields_from(const CollectionSchema& collection, const Json& json);

}  // namespace daybook
