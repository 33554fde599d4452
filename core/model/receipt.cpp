// SPDX-License-Identifier: Apache-2.0
#include "core/model/receipt.hpp"

#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr std::string_view kOutcomeTag = "daybook.outcome";
constexpr std::uint64_t kOutcomeFormat = 1;
constexpr auto kLastOutcome = static_cast<std::uint64_t>(FieldOutcome::kOverruled);

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAccepted: return "accepted";
    case Verdict::kMerged: return "merged";
    case Verdict::kConflicted: return "conflicted";
    case Verdict::kParked: return "parked";
    case Verdict::kRefused: return "refused";
    case Verdict::kDiscarded: return "discarded";
    case Verdict::kFurther: return "further";
  }
  return "unknown";
}

std::string_view name_of(FieldOutcome outcome) {
  switch (outcome) {
    case FieldOutcome::kTaken: return "taken";
    case FieldOutcome::kSame: return "same";
    case FieldOutcome::kMerged: return "merged";
    case FieldOutcome::kProposed: return "proposed";
    case FieldOutcome::kConflict: return "conflict";
    case FieldOutcome::kRefused: return "refused";
    case FieldOutcome::kTakenOver: return "taken_over";
    case FieldOutcome::kOverruled: return "overruled";
  }
  return "unknown";
}

bool is_plain(const Receipt& receipt) {
  return receipt.verdict == Verdict::kAccepted && receipt.fields.empty() &&
         receipt.reason.empty() && receipt.detail.empty();
}

Bytes encode_outcome(const Receipt& receipt) {
  if (receipt.reason.empty() && receipt.detail.empty() && receipt.fields.empty()) return {};
  CborWriter out;
  out.array(5)
      .text(kOutcomeTag)
      .unsigned_integer(kOutcomeFormat)
      .text(receipt.reason)
      .text(receipt.detail);
  out.array(receipt.fields.size());
  for (const FieldReceipt& field : receipt.fields) {
    out.array(7).text(field.record.collection).bytes(field.record.id.view()).text(field.field);
    out.unsigned_integer(static_cast<std::uint64_t>(field.outcome))
        .text(field.rule)
        .optional(field.own);
    out.unsigned_integer(field.case_number);
  }
  return out.take();
}

Result<void> decode_outcome(BytesView bytes, Receipt& into) {
  Receipt read;
  if (!bytes.empty()) {
    CborReader in(bytes);
    in.array_of("outcome", 5);
    if (in.text("tag", kNameSizeMax) != kOutcomeTag)
      in.fail(Errc::kInvalid, "tag", "not an outcome");
    const std::uint64_t format = in.unsigned_integer("format");
    if (format != kOutcomeFormat) in.fail(Errc::kNotSupported, "format", std::to_string(format));
    read.reason = in.text("reason", bytes.size());
    read.detail = in.text("detail", bytes.size());
    const std::size_t count = in.array("fields", bytes.size());
    for (std::size_t i = 0; i < count && !in.failed(); ++i) {
      in.array_of("field", 7);
      FieldReceipt& field = read.fields.emplace_back();
      field.record.collection = in.text("field.collection", kNameSizeMax);
      field.record.id = in.fixed<Uuid>("field.id");
      field.field = in.text("field.field", kNameSizeMax);
      field.outcome = static_cast<FieldOutcome>(in.unsigned_integer("field.outcome", kLastOutcome));
      field.rule = in.text("field.rule", bytes.size());
      field.own = in.optional("field.own", bytes.size());
      field.case_number = in.unsigned_integer("field.case");
    }
    DAYBOOK_TRY(in.finish("outcome"));
    const bool says_nothing = read.reason.empty() && read.detail.empty() && read.fields.empty();
    if (says_nothing)
      return failure(Errc::kInvalid, "outcome", "nothing to say is written as no bytes");
  }
  into.reason = std::move(read.reason);
  into.detail = std::move(read.detail);
  into.fields = std::move(read.fields);
  return {};
}

}  // namespace daybook
