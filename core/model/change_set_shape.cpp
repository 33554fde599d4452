// SPDX-License-Identifier: Apache-2.0
// check_shape(): what every set must keep to, whatever the schema says. commit() asks before it
// acknowledges, decode_body() asks of everything that comes from outside, so both sides mean the
// same by "well formed".
#include <algorithm>
#include <functional>

#include "core/model/cbor.hpp"
#include "core/model/change_set.hpp"
#include "core/model/change_set_shape.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

std::string item(const char* list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

Error under(const std::string& place, Error error) {
  const bool joined = error.field.empty() || error.field[0] == '[';
  error.field = place + (joined ? "" : ".") + error.field;
  return error;
}

Error too_many(const char* field, std::size_t count, std::size_t max) {
  return failure(Errc::kTooLarge, field,
                 std::to_string(count) + " items, at most " + std::to_string(max));
}

Error too_long(std::string field, std::size_t size, std::size_t max) {
  return failure(Errc::kTooLarge, std::move(field),
                 std::to_string(size) + " bytes, at most " + std::to_string(max));
}

// Names become columns, JSON keys and words in logs, so they keep to a-z, 0-9 and _, a letter
// first.
Result<void> check_name(const char* field, const std::string& name) {
  if (name.empty()) return failure(Errc::kInvalid, field, "empty");
  if (name.size() > kNameSizeMax) return too_long(field, name.size(), kNameSizeMax);
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (!(name[0] >= 'a' && name[0] <= 'z') || !std::all_of(name.begin(), name.end(), allowed)) {
    return failure(Errc::kInvalid, field, "not a name: a-z, then a-z, 0-9 or _");
  }
  return {};
}

Result<void> check_actor(const ActorId& actor) {
  if (actor.empty()) return failure(Errc::kInvalid, "actor", "empty");
  if (actor.size() > kNameSizeMax) return too_long("actor", actor.size(), kNameSizeMax);
  if (!is_utf8(view_of(actor))) return failure(Errc::kInvalid, "actor", "not UTF-8");
  for (const char c : actor) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return failure(Errc::kInvalid, "actor", "control character");
  }
  return {};
}

Result<void> check_media_type(const std::string& type) {
  if (type.size() > kMediaTypeSizeMax)
    return too_long("media_type", type.size(), kMediaTypeSizeMax);
  const auto printable = [](char c) { return c >= 0x20 && c <= 0x7e; };
  if (type.find('/') == std::string::npos || !std::all_of(type.begin(), type.end(), printable)) {
    return failure(Errc::kInvalid, "media_type", "not a media type");
  }
  return {};
}

Result<void> check_value(const Value& value, int depth) {
  switch (value.kind()) {
    case Value::Kind::kNull:
    case Value::Kind::kBool:
    case Value::Kind::kInt: return {};
    case Value::Kind::kText: {
      const std::string& text = value.as_text();
      if (text.size() > kValueSizeMax) return too_long({}, text.size(), kValueSizeMax);
      // No store keeps U+0000 in text reliably.
      if (text.find('\0') != std::string::npos)
        return failure(Errc::kInvalid, {}, "U+0000 in text");
      if (!is_utf8(view_of(text))) return failure(Errc::kInvalid, {}, "not UTF-8");
      return {};
    }
    case Value::Kind::kBytes:
      if (value.as_bytes().size() > kValueSizeMax)
        return too_long({}, value.as_bytes().size(), kValueSizeMax);
      return {};
    case Value::Kind::kList: break;
  }
  if (depth >= kValueDepthMax) return failure(Errc::kTooLarge, {}, "a list inside a list");
  const ValueList& list = value.as_list();
  if (list.size() > kListItemsMax) return too_many("", list.size(), kListItemsMax);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto checked = check_value(list[i], depth + 1);
    if (!checked) return under(item("", i), checked.error());
  }
  return {};
}

Result<void> check_value_at(const char* field, const Value& value) {
  const auto checked = check_value(value, 1);
  if (!checked) return under(field, checked.error());
  return {};
}

Result<void> check_base(const Base& base) {
  if (base.version > static_cast<Version>(INT64_MAX))
    return failure(Errc::kTooLarge, "base", "version");
  return {};
}

Result<void> check_create(const Change& change) {
  if (!change.edits.empty()) return failure(Errc::kInvalid, "edits", "a create has none");
  if (change.created.size() > kFieldsPerChangeMax) {
    return too_many("created", change.created.size(), kFieldsPerChangeMax);
  }
  for (const auto& [name, value] : change.created) {
    DAYBOOK_TRY(check_name("created", name));
    const auto checked = check_value(value, 1);
    if (!checked) return under("created." + name, checked.error());
  }
  return {};
}

Result<void> check_field_edit(const FieldEdit& edit) {
  DAYBOOK_TRY(check_name("field", edit.field));
  DAYBOOK_TRY(check_base(edit.base));
  if (edit.was) DAYBOOK_TRY(check_value_at("was", *edit.was));
  return check_value_at("now", edit.now);
}

Result<void> check_edits(const Change& change) {
  if (!change.created.empty()) return failure(Errc::kInvalid, "created", "an edit has none");
  if (change.edits.empty()) return failure(Errc::kInvalid, "edits", "an edit needs at least one");
  if (change.edits.size() > kFieldsPerChangeMax)
    return too_many("edits", change.edits.size(), kFieldsPerChangeMax);
  for (std::size_t i = 0; i < change.edits.size(); ++i) {
    const auto checked = check_field_edit(change.edits[i]);
    if (!checked) return under(item("edits", i), checked.error());
    if (i > 0 && !canonical_less(change.edits[i - 1].field, change.edits[i].field)) {
      return failure(Errc::kInvalid, item("edits", i),
                     "out of order or twice: " + change.edits[i].field);
    }
  }
  return {};
}

Result<void> check_change(const Change& change) {
  DAYBOOK_TRY(check_name("collection", change.record.collection));
  switch (change.kind) {
    case Change::Kind::kCreate: return check_create(change);
    case Change::Kind::kEdit: return check_edits(change);
  }
  return failure(Errc::kInvalid, "kind", "unknown");
}

Result<void> check_claim(const Claim& claim) {
  DAYBOOK_TRY(check_name("collection", claim.record.collection));
  DAYBOOK_TRY(check_name("field", claim.field));
  DAYBOOK_TRY(check_base(claim.base));
  if (claim.seen) DAYBOOK_TRY(check_value_at("seen", *claim.seen));
  return {};
}

Result<void> check_attachment(const Attachment& attachment) {
  if (attachment.size > kAttachmentSizeMax)
    return too_long("size", attachment.size, kAttachmentSizeMax);
  DAYBOOK_TRY(check_media_type(attachment.media_type));
  DAYBOOK_TRY(check_name("role", attachment.role));
  return check_name("collection", attachment.record.collection);
}

// Index of the first item that `less` puts equal to an earlier one, or the count. `less` orders the
// things themselves; nothing in the set is ever ordered by it.
template <class Items, class Less>
std::size_t find_twice(const Items& items, Less less) {
  std::vector<std::size_t> order(items.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (less(items[a], items[b])) return true;
    if (less(items[b], items[a])) return false;
    return a < b;
  });
  std::size_t found = items.size();
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (!less(items[order[i - 1]], items[order[i]])) found = std::min(found, order[i]);
  }
  return found;
}

template <class Items, class Check, class Less>
Result<void> check_list(const char* name, const Items& items, std::size_t max, Check check,
                        Less less) {
  if (items.size() > max) return too_many(name, items.size(), max);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Result<void> checked = check(items[i]);
    if (!checked) return under(item(name, i), checked.error());
  }
  const std::size_t twice = find_twice(items, less);
  if (twice < items.size()) return failure(Errc::kInvalid, item(name, twice), "twice in one set");
  return {};
}

Result<void> check_depends(const Body& body) {
  const auto not_itself = [&](const SetId& id) -> Result<void> {
    if (id == body.id) return failure(Errc::kInvalid, {}, "the set itself");
    return {};
  };
  DAYBOOK_TRY(check_list("depends", body.depends, kDependsMax, not_itself, std::less<SetId>()));
  if (body.replaces == body.id) return failure(Errc::kInvalid, "replaces", "the set itself");
  return {};
}

Result<void> check_stamp(const Body& body) {
  if (body.stamp.skew_bound_ms < -1)
    return failure(Errc::kInvalid, "stamp.skew_bound_ms", "below -1");
  if (body.schema_version > static_cast<std::uint64_t>(INT64_MAX))
    return failure(Errc::kTooLarge, "schema_version", {});
  return {};
}

}  // namespace

Result<void> check_shape_but_size(const Body& body) {
  if (body.id.is_zero()) return failure(Errc::kInvalid, "id", "zero");
  DAYBOOK_TRY(check_actor(body.actor));
  DAYBOOK_TRY(check_stamp(body));
  DAYBOOK_TRY(check_depends(body));
  DAYBOOK_TRY(check_list("changes", body.changes, kChangesPerSetMax, check_change,
                         [](const Change& a, const Change& b) { return a.record < b.record; }));
  DAYBOOK_TRY(check_list("claims", body.claims, kClaimsMax, check_claim,
                         [](const Claim& a, const Claim& b) {
                           return a.record != b.record ? a.record < b.record : a.field < b.field;
                         }));
  DAYBOOK_TRY(check_list("attachments", body.attachments, kAttachmentsMax, check_attachment,
                         [](const Attachment& a, const Attachment& b) {
                           if (a.digest != b.digest) return a.digest < b.digest;
                           return a.record != b.record ? a.record < b.record : a.role < b.role;
                         }));
  const std::size_t epochs = epochs_of(body).size();
  if (epochs > kBaseEpochsMax) return too_many("epochs", epochs, kBaseEpochsMax);
  return {};
}

Result<void> check_shape(const Body& body) {
  DAYBOOK_TRY(check_shape_but_size(body));
  const std::size_t size = encode(body).size();
  if (size > kBodySizeMax) return too_long("body", size, kBodySizeMax);
  return {};
}

}  // namespace daybook
