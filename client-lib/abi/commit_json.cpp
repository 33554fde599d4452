// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/commit_json.hpp"

#include <set>

#include "client-lib/abi/json/value_json.hpp"
#include "core/base/hex.hpp"
#include "core/model/limits.hpp"

namespace daybook::abi {
namespace {

using Kind = JsonValue::Kind;

Result<void> refuse_unknown(const JsonValue& object, const std::string& place,
                            std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object.members) {
    bool found = false;
    for (const std::string_view candidate : known) found = found || name == candidate;
    if (!found)
      return failure(Errc::kInvalid, place_in(place, name), "not a member of this object");
  }
  return success();
}

Result<const JsonValue*> load_member(const JsonValue& object, const std::string& place,
                                     std::string_view key, Kind kind) {
  const JsonValue* member = object.find(key);
  const std::string inner = place_in(place, key);
  if (member == nullptr) return failure(Errc::kInvalid, inner, "missing");
  if (member->is(kind)) return member;
  return failure(
      Errc::kWrongType, inner,
      "expected " + std::string(name_of(kind)) + ", not " + std::string(name_of(member->kind)));
}

Result<Uuid> read_id(const JsonValue& json, const std::string& place) {
  const auto id = json.is(Kind::kText) ? uuid_from(json.text) : std::nullopt;
  if (!id || id->is_zero()) return failure(Errc::kInvalid, place, "expected an id, 8-4-4-4-12");
  return *id;
}

Result<std::string> read_collection(const JsonValue& object, const std::string& place,
                                    const Schema& schema) {
  DAYBOOK_ASSIGN(const JsonValue* const name,
                 load_member(object, place, "collection", Kind::kText));
  if (schema.find(name->text) == nullptr) {
    return failure(Errc::kUnknownCollection, place_in(place, "collection"),
                   name->text.substr(0, kNameSizeMax));
  }
  return name->text;
}

Result<Fields> read_fields(const JsonValue& object, const std::string& place,
                           const CollectionSchema& collection) {
  if (object.members.size() > kFieldsPerChangeMax) {
    return failure(Errc::kTooLarge, place,
                   "at most " + std::to_string(kFieldsPerChangeMax) + " fields");
  }
  Fields fields;
  for (const auto& [name, json] : object.members) {
    const std::string inner = place_in(place, name);
    const FieldSchema* const field = collection.find(name);
    if (field == nullptr)
      return failure(Errc::kUnknownField, inner, "not a field of " + collection.name);
    DAYBOOK_ASSIGN(auto value, read_value(json, field->type, inner));
    fields.set(name, std::move(value));
  }
  return fields;
}

Result<RecordInput> read_change(const JsonValue& json, const std::string& place,
                                const CommitReading& reading) {
  if (!json.is(Kind::kObject)) return failure(Errc::kWrongType, place, "expected an object");
  DAYBOOK_TRY(refuse_unknown(json, place, {"collection", "id", "create", "set"}));
  RecordInput change;
  DAYBOOK_ASSIGN(change.record.collection, read_collection(json, place, reading.schema));
  const bool creates = json.find("create") != nullptr;
  if (creates == (json.find("set") != nullptr)) {
    return failure(Errc::kInvalid, place, "expected either \"create\" or \"set\"");
  }
  change.kind = creates ? Change::Kind::kCreate : Change::Kind::kEdit;
  const std::string_view verb = creates ? "create" : "set";
  const JsonValue* const id = json.find("id");
  if (id != nullptr) {
    DAYBOOK_ASSIGN(change.record.id, read_id(*id, place_in(place, "id")));
  } else if (creates) {
    change.record.id = reading.make_id();
  } else {
    return failure(Errc::kInvalid, place_in(place, "id"), "missing");
  }
  DAYBOOK_ASSIGN(const JsonValue* const fields, load_member(json, place, verb, Kind::kObject));
  const CollectionSchema* const collection = reading.schema.find(change.record.collection);
  DAYBOOK_ASSIGN(change.values, read_fields(*fields, place_in(place, verb), *collection));
  if (!creates && change.values.empty())
    return failure(Errc::kInvalid, place_in(place, verb), "changes nothing");
  return change;
}

Result<void> read_content(const JsonValue& json, const std::string& place,
                          const CommitReading& reading, Attachment& attachment) {
  const bool has_path = json.find("path") != nullptr;
  if (has_path == (json.find("digest") != nullptr)) {
    return failure(Errc::kInvalid, place, "expected either \"path\" or \"digest\" with \"size\"");
  }
  if (has_path) {
    DAYBOOK_ASSIGN(const JsonValue* const path, load_member(json, place, "path", Kind::kText));
    if (json.find("size") != nullptr)
      return failure(Errc::kInvalid, place_in(place, "size"), "the file knows it");
    auto content = reading.read_file(path->text);
    if (!content.ok())
      return failure(content.error().code, place_in(place, "path"), content.error().detail);
    attachment.digest = content->first;
    attachment.size = content->second;
    return success();
  }
  DAYBOOK_ASSIGN(const JsonValue* const digest, load_member(json, place, "digest", Kind::kText));
  const auto bytes = from_hex(digest->text);
  const auto known = bytes ? Digest::from(*bytes) : std::nullopt;
  if (!known) return failure(Errc::kInvalid, place_in(place, "digest"), "expected 64 hex digits");
  DAYBOOK_ASSIGN(const JsonValue* const size, load_member(json, place, "size", Kind::kInt));
  if (size->integer < 0)
    return failure(Errc::kInvalid, place_in(place, "size"), "less than nothing");
  attachment.digest = *known;
  attachment.size = static_cast<std::uint64_t>(size->integer);
  return success();
}

Result<Attachment> read_attachment(const JsonValue& json, const std::string& place,
                                   const CommitReading& reading) {
  if (!json.is(Kind::kObject)) return failure(Errc::kWrongType, place, "expected an object");
  DAYBOOK_TRY(
      refuse_unknown(json, place, {"path", "digest", "size", "media_type", "role", "record"}));
  Attachment attachment;
  DAYBOOK_TRY(read_content(json, place, reading, attachment));
  if (json.find("media_type") != nullptr) {
    DAYBOOK_ASSIGN(const JsonValue* const media_type,
                   load_member(json, place, "media_type", Kind::kText));
    attachment.media_type = media_type->text;
  }
  if (attachment.media_type.empty()) attachment.media_type = "application/octet-stream";
  DAYBOOK_ASSIGN(const JsonValue* const role, load_member(json, place, "role", Kind::kText));
  attachment.role = role->text;
  DAYBOOK_ASSIGN(const JsonValue* const record, load_member(json, place, "record", Kind::kObject));
  const std::string inner = place_in(place, "record");
  DAYBOOK_TRY(refuse_unknown(*record, inner, {"collection", "id"}));
  DAYBOOK_ASSIGN(attachment.record.collection, read_collection(*record, inner, reading.schema));
  DAYBOOK_ASSIGN(const JsonValue* const id, load_member(*record, inner, "id", Kind::kText));
  DAYBOOK_ASSIGN(attachment.record.id, read_id(*id, place_in(inner, "id")));
  return attachment;
}

}  // namespace

Result<CommitInput> read_commit(std::string_view json, const CommitReading& reading) {
  DAYBOOK_ASSIGN(const JsonValue root, read_json(json, "commit"));
  if (!root.is(Kind::kObject)) return failure(Errc::kWrongType, "commit", "expected an object");
  DAYBOOK_TRY(refuse_unknown(root, "", {"changes", "attachments", "actor"}));
  CommitInput input;
  if (root.find("actor") != nullptr) {
    DAYBOOK_ASSIGN(const JsonValue* const actor, load_member(root, "", "actor", Kind::kText));
    if (actor->text.empty()) return failure(Errc::kInvalid, "actor", "empty");
    input.actor = actor->text;
  }
  DAYBOOK_ASSIGN(const JsonValue* const changes, load_member(root, "", "changes", Kind::kArray));
  if (changes->items.size() > kChangesPerSetMax) {
    return failure(Errc::kTooLarge, "changes", "at most " + std::to_string(kChangesPerSetMax));
  }
  for (std::size_t i = 0; i < changes->items.size(); ++i) {
    DAYBOOK_ASSIGN(auto change, read_change(changes->items[i], place_in("changes", i), reading));
    input.changes.push_back(std::move(change));
  }
  if (root.find("attachments") != nullptr) {
    DAYBOOK_ASSIGN(const JsonValue* const attachments,
                   load_member(root, "", "attachments", Kind::kArray));
    if (attachments->items.size() > kAttachmentsMax) {
      return failure(Errc::kTooLarge, "attachments", "at most " + std::to_string(kAttachmentsMax));
    }
    for (std::size_t i = 0; i < attachments->items.size(); ++i) {
      DAYBOOK_ASSIGN(auto attachment,
                     read_attachment(attachments->items[i], place_in("attachments", i), reading));
      input.attachments.push_back(std::move(attachment));
    }
  }
  return input;
}

}  // namespace daybook::abi
