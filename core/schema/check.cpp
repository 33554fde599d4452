// SPDX-License-Identifier: Apache-2.0
#include "core/schema/check.hpp"

#include <algorithm>

#include "core/model/strokes.hpp"

namespace daybook {
namespace {

struct FieldPlace {
  std::string path;  // "changes[2].edits[0].qty"
  bool strict = false;
};

std::string path_of(std::string_view list, std::size_t index, std::string_view member = {}) {
  std::string path = std::string(list) + "[" + std::to_string(index) + "]";
  if (!member.empty()) path += "." + std::string(member);
  return path;
}

bool is_bytes_of(const Value& value, std::size_t size) {
  return value.kind() == Value::Kind::kBytes && value.as_bytes().size() == size;
}

bool is_list_of(const Value& value, bool (*fits)(const Value&)) {
  return value.kind() == Value::Kind::kList &&
         std::all_of(value.as_list().begin(), value.as_list().end(), fits);
}

bool has_type(const Value& value, FieldType type) {
  switch (type) {
    case FieldType::kBool: return value.kind() == Value::Kind::kBool;
    case FieldType::kText: return value.kind() == Value::Kind::kText;
    case FieldType::kBytes: return value.kind() == Value::Kind::kBytes;
    case FieldType::kDigest: return is_bytes_of(value, Digest::kSize);
    case FieldType::kStrokes:
      return value.kind() == Value::Kind::kBytes && are_strokes(value.as_bytes());
    case FieldType::kReference: return is_bytes_of(value, Uuid::kSize);
    case FieldType::kInt:
    case FieldType::kTime:
    case FieldType::kMoney:
    case FieldType::kQuantity:
    case FieldType::kGeo: return value.kind() == Value::Kind::kInt;
    case FieldType::kTextList:
      return is_list_of(value, [](const Value& item) { return item.kind() == Value::Kind::kText; });
    case FieldType::kReferenceList:
      return is_list_of(value, [](const Value& item) { return is_bytes_of(item, Uuid::kSize); });
  }
  return false;
}

std::size_t size_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kText: return value.as_text().size();
    case Value::Kind::kBytes: return value.as_bytes().size();
    case Value::Kind::kList: return value.as_list().size();
    default: return 0;
  }
}

Result<void> check_named_value(const FieldSchema& field, const std::string& text,
                               const std::string& path) {
  if (std::find(field.values.begin(), field.values.end(), text) != field.values.end())
    return success();
  return failure(Errc::kInvalid, path, "'" + text.substr(0, 64) + "' is not one of the values");
}

Result<void> check_limits(const FieldSchema& field, const Value& value, const std::string& path) {
  if (field.size_max != 0 && size_of(value) > field.size_max) {
    return failure(Errc::kTooLarge, path,
                   std::to_string(size_of(value)) + ", at most " + std::to_string(field.size_max));
  }
  if (value.kind() == Value::Kind::kInt) {
    if (field.min && value.as_int() < *field.min)
      return failure(Errc::kInvalid, path, "at least " + std::to_string(*field.min));
    if (field.max && value.as_int() > *field.max)
      return failure(Errc::kInvalid, path, "at most " + std::to_string(*field.max));
  }
  if (field.values.empty()) return success();
  if (value.kind() == Value::Kind::kText) return check_named_value(field, value.as_text(), path);
  for (const auto& item : value.as_list())
    DAYBOOK_TRY(check_named_value(field, item.as_text(), path));
  return success();
}

// A wrong type is refused from everybody: no rule and no column could hold it. Null stands for
// "known to be empty" in any field.
Result<void> check_value(const CollectionSchema& collection, std::string_view name,
                         const Value& value, const FieldPlace& at) {
  const auto* field = collection.find(name);
  if (field == nullptr) {
    return at.strict ? Result<void>(failure(Errc::kUnknownField, at.path, collection.name))
                     : success();
  }
  if (value.is_null()) {
    if (at.strict && field->required) return failure(Errc::kInvalid, at.path, "must not be empty");
    return success();
  }
  if (!has_type(value, field->type))
    return failure(Errc::kWrongType, at.path, "expects " + std::string(name_of(field->type)));
  return at.strict ? check_limits(*field, value, at.path) : success();
}

Result<void> check_created(const CollectionSchema& collection, const Change& change,
                           const std::string& path, bool strict) {
  for (const auto& [name, value] : change.created) {
    DAYBOOK_TRY(check_value(collection, name, value, {path + ".created." + name, strict}));
  }
  if (!strict) return success();
  for (const auto& field : collection.fields) {
    const bool needed =
        field.required || (!collection.parent.empty() && field.name == collection.parent);
    const auto* value = change.created.find(field.name);
    if (needed && (value == nullptr || value->is_null())) {
      return failure(Errc::kInvalid, path + ".created." + field.name, "must not be empty");
    }
  }
  return success();
}

Result<void> check_edits(const CollectionSchema& collection, const Change& change,
                         const std::string& path, bool strict) {
  // Not strict: the facts of such a set still have to be posted, so the merge answers these edits
  // one by one.
  if (strict && collection.is_fact)
    return failure(Errc::kImmutable, path,
                   collection.name + " is a fact: created once, never edited");
  for (std::size_t i = 0; i < change.edits.size(); ++i) {
    const auto& edit = change.edits[i];
    const std::string at = path_of(path + ".edits", i, edit.field);
    DAYBOOK_TRY(check_value(collection, edit.field, edit.now, {at, strict}));
    const auto* field = collection.find(edit.field);
    const bool fixed = field != nullptr && field->rule.kind == RuleKind::kImmutable && edit.was &&
                       *edit.was != edit.now;
    if (strict && fixed) return failure(Errc::kImmutable, at, "never changes once it is set");
  }
  return success();
}

Result<void> check_change(const Schema& schema, const Change& change, const std::string& path,
                          bool strict) {
  const auto* collection = schema.find(change.record.collection);
  if (collection == nullptr)
    return failure(Errc::kUnknownCollection, path, change.record.collection);
  return change.kind == Change::Kind::kCreate ? check_created(*collection, change, path, strict)
                                              : check_edits(*collection, change, path, strict);
}

Result<void> check_claim(const Schema& schema, const Claim& claim, const std::string& path,
                         bool strict) {
  const auto* collection = schema.find(claim.record.collection);
  if (collection == nullptr)
    return failure(Errc::kUnknownCollection, path, claim.record.collection);
  const std::string at = path + "." + claim.field;
  if (strict && collection->find(claim.field) == nullptr)
    return failure(Errc::kUnknownField, at, collection->name);
  // What was seen need not keep today's limits, but it must be something the field can hold.
  return claim.seen ? check_value(*collection, claim.field, *claim.seen, {at, false}) : success();
}

}  // namespace

Result<void> check_against(const Schema& schema, const Body& body, bool strict) {
  for (std::size_t i = 0; i < body.changes.size(); ++i) {
    DAYBOOK_TRY(check_change(schema, body.changes[i], path_of("changes", i), strict));
  }
  for (std::size_t i = 0; i < body.claims.size(); ++i) {
    DAYBOOK_TRY(check_claim(schema, body.claims[i], path_of("claims", i), strict));
  }
  for (std::size_t i = 0; i < body.attachments.size(); ++i) {
    const auto& collection = body.attachments[i].record.collection;
    if (strict && schema.find(collection) == nullptr)
      return failure(Errc::kUnknownCollection, path_of("attachments", i), collection);
  }
  return success();
}

Result<void> check_arguments(const ActSchema& act, const Fields& arguments) {
  CollectionSchema taken;
  taken.name = act.name;
  taken.fields = act.takes;
  for (const auto& [name, value] : arguments)
    DAYBOOK_TRY(check_value(taken, name, value, {"arguments." + name, true}));
  for (const auto& argument : act.takes) {
    if (argument.required && arguments.find(argument.name) == nullptr)
      return failure(Errc::kInvalid, "arguments." + argument.name, "must not be empty");
  }
  return success();
}

}  // namespace daybook
