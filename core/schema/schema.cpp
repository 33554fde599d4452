// SPDX-License-Identifier: Apache-2.0
#include "core/schema/schema.hpp"

namespace daybook {

std::string_view name_of(FieldType type) {
  switch (type) {
    case FieldType::kBool: return "bool";
    case FieldType::kInt: return "int";
    case FieldType::kText: return "text";
    case FieldType::kBytes: return "bytes";
    case FieldType::kDigest: return "digest";
    case FieldType::kReference: return "reference";
    case FieldType::kTime: return "time";
    case FieldType::kMoney: return "money";
    case FieldType::kQuantity: return "quantity";
    case FieldType::kGeo: return "geo";
    case FieldType::kTextList: return "text_list";
    case FieldType::kReferenceList: return "reference_list";
    case FieldType::kStrokes: return "strokes";
  }
  return "unknown";
}

std::string_view name_of(SafeDefault safe_default) {
  switch (safe_default) {
    case SafeDefault::kOffice: return "office";
    case SafeDefault::kTechnician: return "technician";
    case SafeDefault::kSmaller: return "smaller";
    case SafeDefault::kLarger: return "larger";
    case SafeDefault::kFirst: return "first";
  }
  return "unknown";
}

// A collection has some dozens of fields: a scan is as fast as any index, and keeps the order of
// the file.
const FieldSchema* CollectionSchema::find(std::string_view field) const {
  for (const auto& candidate : fields) {
    if (candidate.name == field) return &candidate;
  }
  return nullptr;
}

const EventSchema* CollectionSchema::find_event(std::string_view event) const {
  for (const auto& candidate : events) {
    if (candidate.name == event) return &candidate;
  }
  return nullptr;
}

const CollectionSchema* Schema::find(std::string_view collection) const {
  for (const auto& candidate : collections) {
    if (candidate.name == collection) return &candidate;
  }
  return nullptr;
}

}  // namespace daybook
