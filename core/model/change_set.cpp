// SPDX-License-Identifier: Apache-2.0
#include "core/model/change_set.hpp"

#include <algorithm>

#include "core/base/ensure.hpp"
#include "core/model/cbor.hpp"
#include "core/model/change_set_shape.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr std::string_view kBodyTag = "daybook.body";
constexpr std::size_t kBodyItems = 13;
// Room for formats to come: their number of items is not ours to judge, their format number is.
constexpr std::size_t kBodyItemsOfAnyFormat = 64;

void write_stamp(CborWriter& out, const Stamp& stamp) {
  out.array(6).integer(stamp.wall_ms).integer(stamp.utc_offset_min).integer(stamp.steady_ms);
  out.unsigned_integer(stamp.boot).integer(stamp.skew_ms).integer(stamp.skew_bound_ms);
}

void write_base(CborWriter& out, const Base& base, const std::vector<EpochId>& epochs) {
  const std::size_t index = index_of(base.epoch, epochs);
  ensure(index < epochs.size());
  out.unsigned_integer(index).unsigned_integer(base.version);
}

void write_change(CborWriter& out, const Change& change, const std::vector<EpochId>& epochs) {
  out.array(4).text(change.record.collection).bytes(change.record.id.view());
  out.unsigned_integer(static_cast<std::uint64_t>(change.kind));
  if (change.kind == Change::Kind::kCreate) {
    out.fields(change.created);
    return;
  }
  out.array(change.edits.size());
  for (const FieldEdit& edit : change.edits) {
    out.array(5).text(edit.field).optional(edit.was);
    write_base(out, edit.base, epochs);
    out.value(edit.now);
  }
}

void write_claim(CborWriter& out, const Claim& claim, const std::vector<EpochId>& epochs) {
  out.array(6).text(claim.record.collection).bytes(claim.record.id.view()).text(claim.field);
  out.optional(claim.seen);
  write_base(out, claim.base, epochs);
}

void write_attachment(CborWriter& out, const Attachment& attachment) {
  out.array(6)
      .bytes(attachment.digest.view())
      .unsigned_integer(attachment.size)
      .text(attachment.media_type);
  out.text(attachment.role).text(attachment.record.collection).bytes(attachment.record.id.view());
}

// Reads a body in one pass. Errors carry the name of the item; the loops around it put the place in
// front, so a good body costs no strings.
class BodyReader {
 public:
  explicit BodyReader(BytesView bytes) : in_(bytes) {}

  Result<Body> read() {
    read_front();
    read_list("depends", kDependsMax, body_.depends,
              [this](SetId& id) { id = in_.fixed<SetId>("id"); });
    read_list("changes", kChangesPerSetMax, body_.changes,
              [this](Change& change) { read_change(change); });
    read_list("claims", kClaimsMax, body_.claims, [this](Claim& claim) { read_claim(claim); });
    read_list("attachments", kAttachmentsMax, body_.attachments,
              [this](Attachment& a) { read_attachment(a); });
    if (!in_.take_null()) body_.replaces = in_.fixed<SetId>("replaces");
    // An epoch that no base names could not have been written.
    if (!in_.failed() && epochs_used_ != epochs_.size())
      in_.fail(Errc::kInvalid, "epochs", "one is not used");

    const auto finished = in_.finish("body");
    if (!finished) {
      Error error = finished.error();
      if (!place_.empty()) error.field = place_ + "." + error.field;
      return error;
    }
    DAYBOOK_TRY(check_shape_but_size(body_));
    return std::move(body_);
  }

 private:
  void read_front() {
    const std::size_t items = in_.array("body", kBodyItemsOfAnyFormat);
    if (in_.text("tag", kNameSizeMax) != kBodyTag)
      in_.fail(Errc::kInvalid, "tag", "not a change set");
    const std::uint64_t format = in_.unsigned_integer("format");
    if (format != kBodyFormat) in_.fail(Errc::kNotSupported, "format", std::to_string(format));
    if (items != kBodyItems) in_.fail(Errc::kInvalid, "body", "expected 13 items");
    body_.id = in_.fixed<SetId>("id");
    body_.salt = in_.fixed<Uuid>("salt");
    body_.actor = in_.text("actor", kNameSizeMax);
    read_stamp();
    body_.schema_version = in_.unsigned_integer("schema_version");
    read_list("epochs", kBaseEpochsMax, epochs_,
              [this](EpochId& epoch) { epoch = in_.fixed<EpochId>("epoch"); });
    for (std::size_t i = 0; i < epochs_.size(); ++i) {
      if (index_of(epochs_[i], epochs_) != i)
        in_.fail(Errc::kInvalid, "epochs", "one is there twice");
    }
  }

  void read_stamp() {
    in_.array_of("stamp", 6);
    body_.stamp.wall_ms = in_.integer("stamp.wall_ms");
    const std::int64_t offset = in_.integer("stamp.utc_offset_min");
    if (offset < INT16_MIN || offset > INT16_MAX)
      in_.fail(Errc::kTooLarge, "stamp.utc_offset_min", "not 16 bits");
    body_.stamp.utc_offset_min = static_cast<std::int16_t>(offset);
    body_.stamp.steady_ms = in_.integer("stamp.steady_ms");
    body_.stamp.boot = in_.unsigned_integer("stamp.boot", UINT64_MAX);
    body_.stamp.skew_ms = in_.integer("stamp.skew_ms");
    body_.stamp.skew_bound_ms = in_.integer("stamp.skew_bound_ms");
  }

  void read_record(RecordRef& record) {
    record.collection = in_.text("collection", kNameSizeMax);
    record.id = in_.fixed<Uuid>("id");
  }

  void read_change(Change& change) {
    in_.array_of("change", 4);
    read_record(change.record);
    const std::uint64_t kind = in_.unsigned_integer("kind", 1);
    change.kind = static_cast<Change::Kind>(kind);
    if (change.kind == Change::Kind::kCreate) {
      change.created = in_.fields("created", kFieldsPerChangeMax, kValueSizeMax);
    } else {
      read_list("edits", kFieldsPerChangeMax, change.edits,
                [this](FieldEdit& edit) { read_edit(edit); });
    }
  }

  void read_edit(FieldEdit& edit) {
    in_.array_of("edit", 5);
    edit.field = in_.text("field", kNameSizeMax);
    edit.was = in_.optional("was", kValueSizeMax);
    read_base(edit.base);
    edit.now = in_.value("now", kValueSizeMax);
  }

  void read_claim(Claim& claim) {
    in_.array_of("claim", 6);
    read_record(claim.record);
    claim.field = in_.text("field", kNameSizeMax);
    claim.seen = in_.optional("seen", kValueSizeMax);
    read_base(claim.base);
  }

  void read_attachment(Attachment& attachment) {
    in_.array_of("attachment", 6);
    attachment.digest = in_.fixed<Digest>("digest");
    attachment.size = in_.unsigned_integer("size");
    attachment.media_type = in_.text("media_type", kMediaTypeSizeMax);
    attachment.role = in_.text("role", kNameSizeMax);
    read_record(attachment.record);
  }

  // The table must name each epoch where a base first uses it, or two bodies could mean the same.
  void read_base(Base& base) {
    const std::uint64_t index = in_.unsigned_integer("base.epoch");
    base.version = in_.unsigned_integer("base.version");
    if (in_.failed()) return;
    if (index >= epochs_.size())
      return in_.fail(Errc::kInvalid, "base.epoch", "not in the table of epochs");
    if (index > epochs_used_)
      return in_.fail(Errc::kInvalid, "base.epoch", "table of epochs not in order of use");
    if (index == epochs_used_) ++epochs_used_;
    base.epoch = epochs_[static_cast<std::size_t>(index)];
  }

  template <class Item, class ReadItem>
  void read_list(const char* name, std::size_t count_max, std::vector<Item>& into,
                 ReadItem read_item) {
    const std::size_t count = in_.array(name, count_max);
    into.reserve(count);
    for (std::size_t i = 0; i < count && !in_.failed(); ++i) {
      read_item(into.emplace_back());
      if (!in_.failed()) continue;
      const std::string place = std::string(name) + "[" + std::to_string(i) + "]";
      place_ = place_.empty() ? place : place + "." + place_;
    }
  }

  CborReader in_;
  Body body_;
  std::vector<EpochId> epochs_;
  std::size_t epochs_used_ = 0;
  std::string place_;
};

}  // namespace

std::size_t index_of(const EpochId& epoch, const std::vector<EpochId>& epochs) {
  return static_cast<std::size_t>(std::find(epochs.begin(), epochs.end(), epoch) - epochs.begin());
}

std::vector<EpochId> epochs_of(const Body& body) {
  std::vector<EpochId> epochs;
  const auto meet = [&epochs](const Base& base) {
    if (index_of(base.epoch, epochs) == epochs.size()) epochs.push_back(base.epoch);
  };
  for (const Change& change : body.changes) {
    for (const FieldEdit& edit : change.edits) meet(edit.base);
  }
  for (const Claim& claim : body.claims) meet(claim.base);
  return epochs;
}

Bytes encode(const Body& body) {
  const std::vector<EpochId> epochs = epochs_of(body);
  CborWriter out;
  out.array(kBodyItems).text(kBodyTag).unsigned_integer(kBodyFormat);
  out.bytes(body.id.view()).bytes(body.salt.view()).text(body.actor);
  write_stamp(out, body.stamp);
  out.unsigned_integer(body.schema_version);
  out.array(epochs.size());
  for (const EpochId& epoch : epochs) out.bytes(epoch.view());
  out.array(body.depends.size());
  for (const SetId& id : body.depends) out.bytes(id.view());
  out.array(body.changes.size());
  for (const Change& change : body.changes) write_change(out, change, epochs);
  out.array(body.claims.size());
  for (const Claim& claim : body.claims) write_claim(out, claim, epochs);
  out.array(body.attachments.size());
  for (const Attachment& attachment : body.attachments) write_attachment(out, attachment);
  if (body.replaces) {
    out.bytes(body.replaces->view());
  } else {
    out.null();
  }
  return out.take();
}

Result<Body> decode_body(BytesView bytes) {
  if (bytes.size() > kBodySizeMax) {
    return failure(
        Errc::kTooLarge, "body",
        std::to_string(bytes.size()) + " bytes, at most " + std::to_string(kBodySizeMax));
  }
  return BodyReader(bytes).read();
}

}  // namespace daybook
