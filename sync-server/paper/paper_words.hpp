// SPDX-License-Identifier: Apache-2.0
// The words of a paper in Chinese, English or both: labels from the schema, values as people say
// them, times, amounts, names. Reads names from the store; the thread of its owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/auth/territory.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

enum class PaperTongue : std::uint8_t { kChinese, kEnglish, kBoth };
std::optional<PaperTongue> paper_tongue_from(std::string_view name);  // "zh", "en", "both"

// What stands where nothing was written.
inline constexpr const char* kNothing = "—";

class PaperWords {
 public:
  PaperWords(ServerStore& store, const Schema& schema, PaperTongue tongue,
             std::int16_t utc_offset_min, const Territory* sees = nullptr)
      : store_(store),
        schema_(schema),
        tongue_(tongue),
        utc_offset_min_(utc_offset_min),
        sees_(sees) {}

  std::string say(std::string_view zh, std::string_view en) const;
  std::string label(const CollectionSchema* collection) const;
  std::string label(const CollectionSchema* collection, const std::string& field) const;
  // A value of a field as one text; kNothing for none.
  Result<std::string> text(const FieldSchema* field, const Value* value) const;
  // The value of a field of a record.
  Result<std::string> text(const RecordState& record, const std::string& field) const;
  // "王小明 (wang)": the account's name, when there is one.
  Result<std::string> person(const ActorId& actor) const;
  std::string time(std::int64_t ms) const;
  const Schema& schema() const { return schema_; }
  ServerStore& store() const { return store_; }

 private:
  Result<std::string> scalar(const FieldSchema* field, const Value& value) const;
  std::string value_word(const std::string& value) const;

  ServerStore& store_;
  const Schema& schema_;
  PaperTongue tongue_;
  std::int16_t utc_offset_min_;
  const Territory* sees_;
};

// The value of a field, null when the record has none or null.
const Value* held(const RecordState& record, const std::string& field);
std::string text_held(const RecordState& record, const std::string& field);
std::int64_t number_held(const RecordState& record, const std::string& field);

}  // namespace daybook
