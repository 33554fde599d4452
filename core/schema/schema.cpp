// SPDX-License-Identifier: Apache-2.0
#include "core/schema/schema.hpp"

#include <algorithm>

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

std::string_view name_of_side(Where side) {
  return side == Where::kPhone ? "technician" : name_of_place(side);
}

std::string_view name_of_place(Where place) {
  switch (place) {
    case Where::kPhone: return "phone";
    case Where::kOffice: return "office";
    case Where::kBoth: return "both";
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

const ViewSchema* Schema::find_view(std::string_view view) const {
  for (const auto& candidate : views) {
    if (candidate.name == view) return &candidate;
  }
  return nullptr;
}

bool LedgerSchema::is_counted() const {
  return std::any_of(entries.begin(), entries.end(),
                     [](const LedgerEntry& entry) { return entry.states; });
}

bool LedgerSchema::is_awaited() const {
  return std::any_of(entries.begin(), entries.end(),
                     [](const LedgerEntry& entry) { return !entry.within.empty(); });
}

const ActSchema* Schema::find_act(std::string_view act) const {
  for (const auto& candidate : acts) {
    if (candidate.name == act) return &candidate;
  }
  return nullptr;
}

const FieldSchema* ActSchema::find_argument(std::string_view argument) const {
  for (const auto& candidate : takes) {
    if (candidate.name == argument) return &candidate;
  }
  return nullptr;
}

}  // namespace daybook
