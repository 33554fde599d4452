// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: the JSON that people's programs send. What is read has no floats and a bounded depth,
// what becomes fields goes out as the same JSON again, and an error always names a place.
#include <cstdlib>

#include "sync-server/api/json_in.hpp"
#include "sync-server/api/json_out.hpp"

namespace {

using namespace daybook;

const CollectionSchema& collection() {
  static const CollectionSchema made = [] {
    CollectionSchema all;
    all.name = "thing";
    for (int type = 0; type <= static_cast<int>(FieldType::kReferenceList); ++type) {
      FieldSchema field;
      field.type = static_cast<FieldType>(type);
      field.name = std::string(1, static_cast<char>('a' + type));
      const bool refers =
          field.type == FieldType::kReference || field.type == FieldType::kReferenceList;
      if (refers) field.references = "thing";
      all.fields.push_back(std::move(field));
    }
    return all;
  }();
  return made;
}

void demand(bool holds) {
  if (!holds) std::abort();
}

void demand_whole_numbers(const Json& json, int depth) {
  demand(depth <= kJsonDepthMax + 1);
  demand(!json.is_number_float() && !json.is_binary());
  if (!json.is_structured()) return;
  for (const auto& item : json) demand_whole_numbers(item, depth + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto read = read_json(text_of({bytes, size}));
  if (!read.ok()) {
    demand(!read.error().field.empty());
    return 0;
  }
  demand_whole_numbers(*read, 1);
  const auto fields = fields_from(collection(), *read);
  if (!fields.ok()) {
    demand(!fields.error().field.empty());
    return 0;
  }
  for (const auto& [name, value] : *fields) {
    const auto* field = collection().find(name);
    const auto again = value_from(*field, json_of(field, value), name);
    demand(again.ok() && *again == value);
  }
  return 0;
}
