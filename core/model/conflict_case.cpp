// SPDX-License-Identifier: Apache-2.0
#include "core/model/conflict_case.hpp"

#include <algorithm>

#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr std::string_view kCaseTag = "daybook.case";
constexpr std::uint64_t kCaseFormat = 2;
constexpr std::size_t kCaseItems = 27;
constexpr std::uint64_t kCaseFormatBare = 1;  // without terms and events
constexpr std::size_t kCaseItemsBare = 22;
constexpr auto kLastKind = static_cast<std::uint64_t>(CaseKind::kUnsealed);
constexpr auto kLastState = static_cast<std::uint64_t>(CaseState::kClosed);
constexpr auto kLastSeverity = static_cast<std::uint64_t>(Severity::kHigh);

// The newest event of the kind `what`, unless one that takes it back came later.
const CaseEvent* newest(const std::vector<CaseEvent>& events, CaseEventKind what,
                        std::initializer_list<CaseEventKind> taken_back_by) {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (event->kind == what) return &*event;
    if (std::find(taken_back_by.begin(), taken_back_by.end(), event->kind) != taken_back_by.end())
      return nullptr;
  }
  return nullptr;
}

}  // namespace

std::string_view name_of(CaseState state) {
  switch (state) {
    case CaseState::kOpen: return "open";
    case CaseState::kDecided: return "decided";
    case CaseState::kClosed: return "closed";
  }
  return "unknown";
}

std::int64_t due_place(const ConflictCase& conflict) {
  return conflict.due_ms == 0 ? INT64_MAX : conflict.due_ms;
}

const CaseEvent* open_question(const ConflictCase& conflict) {
  using enum CaseEventKind;
  return newest(conflict.events, kAsked, {kAnswered, kResolved});
}

const CaseEvent* waiting_proposal(const ConflictCase& conflict) {
  using enum CaseEventKind;
  return newest(conflict.events, kProposed, {kApproved, kDeclined, kResolved, kUndone});
}

const CaseEvent* decision_in_force(const ConflictCase& conflict) {
  return newest(conflict.events, CaseEventKind::kResolved, {CaseEventKind::kUndone});
}

const CaseEvent* find_act(const ConflictCase& conflict, const Uuid& act) {
  if (act.is_zero()) return nullptr;
  const auto& events = conflict.events;
  const auto found = std::find_if(events.begin(), events.end(),
                                  [&](const CaseEvent& event) { return event.act == act; });
  return found == events.end() ? nullptr : &*found;
}

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
    case CaseKind::kEvidenceLost: return "evidence_lost";
    case CaseKind::kUnsealed: return "unsealed_contribution";
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
  out.unsigned_integer(c.rules_version).unsigned_integer(static_cast<std::uint64_t>(c.severity));
  out.integer(c.due_ms).text(c.holder).array(c.events.size());
  for (const CaseEvent& event : c.events) write(out, event);
  return out.take();
}

namespace {

void read_desk_part(CborReader& in, ConflictCase& c, std::size_t size_max) {
  c.rules_version = in.unsigned_integer("case.rules_version");
  c.severity = static_cast<Severity>(in.unsigned_integer("case.severity", kLastSeverity));
  c.due_ms = in.integer("case.due_ms");
  c.holder = in.text("case.holder", kNameSizeMax);
  const std::size_t events = in.array("case.events", size_max);
  for (std::size_t i = 0; i < events && !in.failed(); ++i)
    c.events.push_back(read_case_event(in, size_max));
}

}  // namespace

Result<ConflictCase> decode_case(BytesView bytes) {
  const std::size_t size_max = bytes.size();
  CborReader in(bytes);
  ConflictCase c;
  const std::size_t items = in.array("case", kCaseItems);
  if (in.text("case.tag", kNameSizeMax) != kCaseTag)
    in.fail(Errc::kInvalid, "case.tag", "not a case");
  const std::uint64_t format = in.unsigned_integer("case.format");
  if (format != kCaseFormat && format != kCaseFormatBare)
    in.fail(Errc::kNotSupported, "case.format", std::to_string(format));
  if (items != (format == kCaseFormat ? kCaseItems : kCaseItemsBare))
    in.fail(Errc::kInvalid, "case", "wrong number of items");
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
  if (format == kCaseFormat) {
    read_desk_part(in, c, size_max);
  } else if (c.state != CaseState::kOpen) {
    // Settled then was the end of it: nobody waited for devices.
    c.state = CaseState::kClosed;
  }
  DAYBOOK_TRY(in.finish("case"));
  return c;
}

}  // namespace daybook
