// SPDX-License-Identifier: Apache-2.0
#include "core/domain/signature/sealed_form.hpp"

#include <algorithm>

#include "core/crypto/sha256.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::string_view kTag = "daybook form 1\n";
constexpr std::size_t kReasonSizeMax = 2000;
constexpr std::size_t kOwnMax = 64;
constexpr std::size_t kLengthSize = 8;

bool stands_before(const FormRecord& a, const FormRecord& b) { return a.record < b.record; }

Bytes encode_content(const SealedForm& form) {
  CborWriter out;
  out.array(10).unsigned_integer(kFormat).text(form.paper).bytes(form.id.view());
  out.unsigned_integer(form.version);
  if (form.previous) {
    out.bytes(form.previous->view());
  } else {
    out.null();
  }
  out.text(form.reason).bytes(form.subject.view()).text(form.rules);
  out.unsigned_integer(form.rules_version).array(form.records.size());
  for (const auto& one : form.records)
    out.array(3).text(one.record.collection).bytes(one.record.id.view()).fields(one.values);
  return out.take();
}

Bytes encode_manifest(const std::vector<ManifestItem>& manifest) {
  CborWriter out;
  out.array(manifest.size());
  for (const auto& item : manifest) {
    out.array(4).text(item.kind).bytes(item.id.view()).bytes(item.digest.view());
    out.unsigned_integer(item.size);
  }
  return out.take();
}

Bytes encode_upto(const IncludedUpto& upto) {
  CborWriter out;
  out.array(3).bytes(upto.office.epoch.view()).unsigned_integer(upto.office.version);
  out.array(upto.own.size());
  for (const auto& own : upto.own)
    out.array(2).bytes(own.incarnation.view()).unsigned_integer(own.seq);
  return out.take();
}

Result<void> decode_content(BytesView bytes, SealedForm& form) {
  CborReader in(bytes);
  in.array_of("form", 10);
  if (in.unsigned_integer("form.format") != kFormat)
    in.fail(Errc::kNotSupported, "form.format", "not 1");
  form.paper = in.text("form.paper", kNameSizeMax);
  form.id = in.fixed<Uuid>("form.id");
  form.version = in.unsigned_integer("form.version");
  if (!in.take_null()) form.previous = in.fixed<Digest>("form.previous");
  form.reason = in.text("form.reason", kReasonSizeMax);
  form.subject = in.fixed<Uuid>("form.subject");
  form.rules = in.text("form.rules", kNameSizeMax);
  form.rules_version = in.unsigned_integer("form.rules_version");
  const std::size_t count = in.array("form.records", kFormRecordsMax);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    in.array_of("form.records", 3);
    FormRecord one;
    one.record.collection = in.text("form.records.collection", kNameSizeMax);
    one.record.id = in.fixed<Uuid>("form.records.id");
    one.values = in.fields("form.records.values", kFieldsPerChangeMax, kValueSizeMax);
    if (!form.records.empty() && !stands_before(form.records.back(), one))
      in.fail(Errc::kInvalid, "form.records", "out of order or twice");
    form.records.push_back(std::move(one));
  }
  return in.finish("form");
}

Result<void> decode_manifest(BytesView bytes, SealedForm& form) {
  CborReader in(bytes);
  const std::size_t count = in.array("manifest", kFormRecordsMax);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    in.array_of("manifest", 4);
    ManifestItem item;
    item.kind = in.text("manifest.kind", kNameSizeMax);
    item.id = in.fixed<Uuid>("manifest.id");
    item.digest = in.fixed<Digest>("manifest.digest");
    item.size = in.unsigned_integer("manifest.size");
    form.manifest.push_back(std::move(item));
  }
  return in.finish("manifest");
}

Result<void> decode_upto(BytesView bytes, SealedForm& form) {
  CborReader in(bytes);
  in.array_of("included_upto", 3);
  form.included_upto.office.epoch = in.fixed<EpochId>("included_upto.epoch");
  form.included_upto.office.version = in.unsigned_integer("included_upto.version");
  const std::size_t count = in.array("included_upto.own", kOwnMax);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    in.array_of("included_upto.own", 2);
    OwnWork own;
    own.incarnation = in.fixed<IncarnationId>("included_upto.incarnation");
    own.seq = in.unsigned_integer("included_upto.seq");
    form.included_upto.own.push_back(own);
  }
  return in.finish("included_upto");
}

void append_part(Bytes& out, const Bytes& part) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(part.size() >> shift));
  out.insert(out.end(), part.begin(), part.end());
}

}  // namespace

FormParts form_parts_of(const Fields& paper) {
  const auto part = [&](std::string_view name) {
    const auto* value = paper.find(name);
    return value != nullptr && value->kind() == Value::Kind::kBytes ? value->as_bytes() : Bytes{};
  };
  return {part("content"), part("manifest"), part("included_upto")};
}

Result<FormParts> encode_form(const SealedForm& form) {
  const auto too_many = [&](std::string_view what) {
    return failure(Errc::kTooLarge, "form", std::string(what));
  };
  if (form.records.size() > kFormRecordsMax || form.manifest.size() > kFormRecordsMax)
    return too_many("at most " + std::to_string(kFormRecordsMax) + " records");
  if (form.reason.size() > kReasonSizeMax) return too_many("the reason: at most 2000 bytes");
  if (form.included_upto.own.size() > kOwnMax) return too_many("at most 64 incarnations");
  for (std::size_t i = 1; i < form.records.size(); ++i) {
    if (!stands_before(form.records[i - 1], form.records[i]))
      return failure(Errc::kInvalid, "form.records", "out of order or twice");
  }
  FormParts parts{encode_content(form), encode_manifest(form.manifest),
                  encode_upto(form.included_upto)};
  // Each is one value of a record: a paper that does not fit there could not be kept.
  if (parts.content.size() > kValueSizeMax || parts.manifest.size() > kValueSizeMax)
    return too_many("more than " + std::to_string(kValueSizeMax) + " bytes");
  return parts;
}

Result<SealedForm> decode_form(const FormParts& parts) {
  SealedForm form;
  DAYBOOK_TRY(decode_content(parts.content, form));
  DAYBOOK_TRY(decode_manifest(parts.manifest, form));
  DAYBOOK_TRY(decode_upto(parts.included_upto, form));
  return form;
}

Bytes signed_bytes(const FormParts& parts) {
  Bytes out(kTag.begin(), kTag.end());
  out.reserve(kTag.size() + 3 * kLengthSize + parts.content.size() + parts.manifest.size() +
              parts.included_upto.size());
  for (const auto* part : {&parts.content, &parts.manifest, &parts.included_upto})
    append_part(out, *part);
  return out;
}

Digest content_hash(const FormParts& parts) { return sha256(signed_bytes(parts)); }

Result<FormParts> split_signed_bytes(BytesView bytes) {
  if (bytes.size() > kFormBytesMax) return failure(Errc::kTooLarge, "form", "more than 1 MiB");
  if (bytes.size() < kTag.size() || !same_bytes(bytes.first(kTag.size()), view_of(kTag)))
    return failure(Errc::kInvalid, "form.tag", "does not begin with 'daybook form 1'");
  BytesView rest = bytes.subspan(kTag.size());
  FormParts parts;
  for (auto* part : {&parts.content, &parts.manifest, &parts.included_upto}) {
    if (rest.size() < kLengthSize) return failure(Errc::kInvalid, "form.length", "cut short");
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < kLengthSize; ++i) length = length << 8 | rest[i];
    rest = rest.subspan(kLengthSize);
    if (length > rest.size()) return failure(Errc::kInvalid, "form.length", "longer than the file");
    const auto taken = rest.first(static_cast<std::size_t>(length));
    part->assign(taken.begin(), taken.end());
    rest = rest.subspan(static_cast<std::size_t>(length));
  }
  if (!rest.empty()) return failure(Errc::kInvalid, "form", "goes on behind its end");
  return parts;
}

ManifestItem manifest_row(const FormRecord& row) {
  const Bytes values = encode(row.values);
  return {row.record.collection, row.record.id, sha256(values), values.size()};
}

}  // namespace daybook
