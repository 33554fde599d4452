// SPDX-License-Identifier: Apache-2.0
#include "core/model/case_event.hpp"

#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr std::size_t kEventItems = 10;
constexpr auto kLastKind = static_cast<std::uint64_t>(CaseEventKind::kClosed);

}  // namespace

std::string_view name_of(CaseEventKind kind) {
  switch (kind) {
    case CaseEventKind::kOpened: return "opened";
    case CaseEventKind::kClaimed: return "claimed";
    case CaseEventKind::kAssigned: return "assigned";
    case CaseEventKind::kAsked: return "asked";
    case CaseEventKind::kAnswered: return "answered";
    case CaseEventKind::kProposed: return "proposed";
    case CaseEventKind::kApproved: return "approved";
    case CaseEventKind::kDeclined: return "declined";
    case CaseEventKind::kResolved: return "resolved";
    case CaseEventKind::kUndone: return "undone";
    case CaseEventKind::kClosed: return "closed";
  }
  return "unknown";
}

void write(CborWriter& out, const CaseEvent& event) {
  out.array(kEventItems)
      .unsigned_integer(static_cast<std::uint64_t>(event.kind))
      .text(event.by)
      .text(event.to)
      .integer(event.at_ms)
      .unsigned_integer(event.commit)
      .text(event.choice)
      .optional(event.value)
      .optional(event.displaced)
      .text(event.text)
      .bytes(event.act.view());
}

CaseEvent read_case_event(CborReader& in, std::size_t size_max) {
  CaseEvent event;
  in.array_of("case.event", kEventItems);
  event.kind = static_cast<CaseEventKind>(in.unsigned_integer("case.event.kind", kLastKind));
  event.by = in.text("case.event.by", kNameSizeMax);
  event.to = in.text("case.event.to", kNameSizeMax);
  event.at_ms = in.integer("case.event.at_ms");
  event.commit = in.unsigned_integer("case.event.commit");
  event.choice = in.text("case.event.choice", kNameSizeMax);
  event.value = in.optional("case.event.value", size_max);
  event.displaced = in.optional("case.event.displaced", size_max);
  event.text = in.text("case.event.text", size_max);
  event.act = in.fixed<Uuid>("case.event.act");
  return event;
}

}  // namespace daybook
