// SPDX-License-Identifier: Apache-2.0
// JSON as a tree that still knows its lines, so that an error in a rule file can say where. Strict:
// bounded in size and depth, no duplicate keys, no fractions. Used by the schema loader only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"

namespace daybook {

inline constexpr int kSchemaDepthMax = 16;
inline constexpr std::size_t kSchemaTextSizeMax = 4u << 20;

struct JsonNode {
  enum class Kind : std::uint8_t { kNull, kBool, kInt, kText, kArray, kObject };
  Kind kind = Kind::kNull;
  int line = 1;  // of its key, or of the value itself
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;
  std::vector<JsonNode> items;                            // kArray
  std::vector<std::pair<std::string, JsonNode>> members;  // kObject, in the order of the file

  const JsonNode* find(std::string_view key) const;
};

// Errors name `file_name` and the line in Error::field.
Result<JsonNode> read_json_lines(std::string_view json, std::string_view file_name);

}  // namespace daybook
