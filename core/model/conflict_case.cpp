// SPDX-License-Identifier: Apache-2.0
#include "core/model/conflict_case.hpp"

#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr std::string_view kCaseTag = "daybook.case";
constexpr std::uint64_t kCaseFormat = 1;
constexpr std::size_t kCaseItems = 22;
constexpr auto kLastKind = static_cast<std::uint64_t>(CaseKind::kRevokedKey);
constexpr auto kLastState = static_cast<std::uint64_t>(CaseState::kResolved);

}  // namespace

std::string_view name_of(CaseKind kind) {
  switch (kind) {
    case CaseKind::kField: return "field";
    case CaseKind::kLate: return "late";
    case CaseKind::kDeviceForked: return "device_forked";
    case CaseKind::kParked: return "parked";
    case CaseKind::kRestore: return "restore";
    case CaseKind::kLostInRestore: return "lost_in_restore";
    case CaseKind::kDeviceHeld: return "device_held";
    case CaseKind::kAmendment: return "amendment";
    case CaseKind::kContested: return "contested";
    case CaseKind::kBalance: return "balance";
    case CaseKind::kRevokedKey: return "revoked_key";
  }
  return "unknown";
}

Bytes encode(const ConflictCase& c) {
  CborWriter out;
  out.array(kCaseItems).text(kCaseTag).unsigned_integer(kCaseFormat).unsigned_integer(c.number);
  out.unsigned_integer(static_cast<std::uint64_t>(c.kind))
      .unsigned_integer(static_cast<std::uint64_t>(c.state));
  out.text(c.record.collection)
      .bytes(c.record.id.view())
      .text(c.field)
      .bytes(c.device.view())
      .text(c.rule);
  out.optional(c.base_value).optional(c.office_value).optional(c.device_value).text(c.detail);
  out.array(c.trail.size());
  for (const SetId& set : c.trail) out.bytes(set.view());
  out.unsigned_integer(c.opened).integer(c.opened_ms).text(c.device_actor);
  out.text(c.resolved_by).text(c.choice).text(c.reason).unsigned_integer(c.resolved);
  return out.take();
}

Result<ConflictCase> decode_case(BytesView bytes) {
  const std::size_t size_max = bytes.size();
  CborReader in(bytes);
  ConflictCase c;
  in.array_of("case", kCaseItems);
  if (in.text("case.tag", kNameSizeMax) != kCaseTag)
    in.fail(Errc::kInvalid, "case.tag", "not a case");
  const std::uint64_t format = in.unsigned_integer("case.format");
  if (format != kCaseFormat) in.fail(Errc::kNotSupported, "case.format", std::to_string(format));
  c.number = in.unsigned_integer("case.number");
  c.kind = static_cast<CaseKind>(in.unsigned_integer("case.kind", kLastKind));
  c.state = static_cast<CaseState>(in.unsigned_integer("case.state", kLastState));
  c.record.collection = in.text("case.collection", kNameSizeMax);
  c.record.id = in.fixed<Uuid>("case.id");
  c.field = in.text("case.field", kNameSizeMax);
  c.device = in.fixed<DeviceId>("case.device");
  c.rule = in.text("case.rule", size_max);
  c.base_value = in.optional("case.base_value", size_max);
  c.office_value = in.optional("case.office_value", size_max);
  c.device_value = in.optional("case.device_value", size_max);
  c.detail = in.text("case.detail", size_max);
  const std::size_t sets = in.array("case.trail", size_max);
  for (std::size_t i = 0; i < sets && !in.failed(); ++i)
    c.trail.push_back(in.fixed<SetId>("case.trail"));
  c.opened = in.unsigned_integer("case.opened");
  c.opened_ms = in.integer("case.opened_ms");
  c.device_actor = in.text("case.device_actor", size_max);
  c.resolved_by = in.text("case.resolved_by", size_max);
  c.choice = in.text("case.choice", size_max);
  c.reason = in.text("case.reason", size_max);
  c.resolved = in.unsigned_integer("case.resolved");
  DAYBOOK_TRY(in.finish("case"));
  return c;
}

}  // namespace daybook
