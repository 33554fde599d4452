// SPDX-License-Identifier: Apache-2.0
#include "sync-server/conflicts/evidence_lost.hpp"

#include <algorithm>
#include <map>

#include "core/base/hex.hpp"
#include "core/schema/case_terms.hpp"
#include "sync-server/scope/membership.hpp"

namespace daybook {
namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kPromisesMax = 10'000;  // of one content
constexpr int kDepthMax = 8;                  // of records below one another
// Named one by one; of more, a line says how many.
constexpr std::size_t kNamedMax = 200;
constexpr std::size_t kTrailMax = 256;

bool is_in_use(const DeviceRow& device) {
  return device.status == DeviceStatus::kActive || device.status == DeviceStatus::kHeld;
}

// The record at the top, that people know it by: the visit of a signature, say.
Result<RecordRef> top_of(ServerStore& store, const Schema& rules, RecordRef record) {
  const Membership membership(rules, store);
  for (int depth = 0; depth < kDepthMax; ++depth) {
    const auto* collection = rules.find(record.collection);
    const auto* field = collection == nullptr ? nullptr : collection->find(collection->parent);
    if (field == nullptr) return record;
    DAYBOOK_ASSIGN(const auto state, store.find_record(record));
    const auto parent = state ? membership.parent_of(*state) : std::nullopt;
    if (!parent) return record;
    record = {field->references, *parent};
  }
  return record;
}

// Whether nobody is left who may bring it.
Result<bool> is_lost(ServerStore& store, const Digest& content) {
  DAYBOOK_ASSIGN(const auto held, store.find_content(content));
  if (held) return false;
  DAYBOOK_ASSIGN(const auto promises, store.promises_of(content, kPromisesMax));
  for (const auto& promise : promises) {
    DAYBOOK_ASSIGN(const auto device, store.find_device(promise.device));
    if (device && is_in_use(*device)) return false;
  }
  return true;
}

std::string line_of(const PromiseRow& promise) {
  return promise.role + " " + promise.media_type + " " + std::to_string(promise.size) + " " +
         to_hex(promise.digest.view());
}

bool names(const Value& line, const Digest& content) {
  return line.kind() == Value::Kind::kText && line.as_text().ends_with(to_hex(content.view()));
}

void tell_count(ConflictCase& conflict, std::size_t missing) {
  conflict.detail = std::to_string(missing) + " missing";
}

using Lost = std::vector<PromiseRow>;

Result<std::map<RecordRef, Lost>> lost_with(ServerStore& store, const Schema& rules,
                                            const DeviceId& device) {
  std::map<RecordRef, Lost> lost;
  std::optional<PromisePlace> place;
  for (;;) {
    DAYBOOK_ASSIGN(const auto page, store.open_promises(place, kPage));
    if (page.empty()) return lost;
    for (const auto& promise : page) {
      place = PromisePlace{promise.commit, promise.digest};
      if (promise.device != device) continue;
      DAYBOOK_ASSIGN(const bool is_gone, is_lost(store, promise.digest));
      if (!is_gone) continue;
      DAYBOOK_ASSIGN(const auto top, top_of(store, rules, promise.record));
      lost[top].push_back(promise);
    }
  }
}

// What the case names already stays as it is; another phone may have been lost before.
void name_lost(ConflictCase& conflict, const Lost& lost) {
  ValueList lines;
  if (conflict.device_value) lines = conflict.device_value->as_list();
  for (const auto& promise : lost) {
    const bool known = std::any_of(lines.begin(), lines.end(),
                                   [&](const Value& line) { return names(line, promise.digest); });
    if (!known && lines.size() < kNamedMax) lines.push_back(Value::text(line_of(promise)));
    const bool in_trail = std::find(conflict.trail.begin(), conflict.trail.end(), promise.set) !=
                          conflict.trail.end();
    if (!in_trail && conflict.trail.size() < kTrailMax) conflict.trail.push_back(promise.set);
  }
  tell_count(conflict, lines.size());
  conflict.device_value = Value::list(std::move(lines));
}

Result<void> open_or_go_on(ServerStore& store, const Schema& rules, const DeviceRow& device,
                           const RecordRef& top, const Lost& lost, std::int64_t now_ms) {
  DAYBOOK_ASSIGN(auto found, store.find_open_case(CaseKind::kEvidenceLost, top, {}, DeviceId{}));
  if (!found) {
    ConflictCase fresh;
    fresh.kind = CaseKind::kEvidenceLost;
    fresh.record = top;
    fresh.rule = "evidence";
    fresh.device_actor = device.actor;
    fresh.opened_ms = now_ms;
    DAYBOOK_ASSIGN(const auto head, store.head());
    fresh.opened = head.version;
    DAYBOOK_ASSIGN(fresh.number, store.next_case_number());
    begin_case(fresh, rules);
    found = std::move(fresh);
  }
  name_lost(*found, lost);
  return store.put_case(*found);
}

void close(ConflictCase& conflict, std::int64_t now_ms) {
  conflict.state = CaseState::kClosed;
  conflict.resolved_by = "daybook";
  conflict.choice = "arrived";
  conflict.reason = "all of it is here";
  CaseEvent closed;
  closed.kind = CaseEventKind::kClosed;
  closed.at_ms = now_ms;
  closed.text = conflict.reason;
  conflict.events.push_back(std::move(closed));
}

}  // namespace

Result<void> evidence_went_with(ServerStore& store, const Schema& rules, const DeviceRow& device,
                                std::int64_t now_ms) {
  DAYBOOK_ASSIGN(const auto lost, lost_with(store, rules, device.device));
  for (const auto& [top, promises] : lost)
    DAYBOOK_TRY(open_or_go_on(store, rules, device, top, promises, now_ms));
  return {};
}

Result<void> evidence_came(ServerStore& store, const Digest& content, std::int64_t now_ms) {
  std::optional<CasePlace> after;
  const CaseQuestion question{CaseState::kOpen, CaseKind::kEvidenceLost, {}, {}, {}};
  std::vector<ConflictCase> changed;
  for (;;) {
    DAYBOOK_ASSIGN(auto page, store.find_cases(question, after, kPage));
    if (page.empty()) break;
    after = CasePlace{due_place(page.back()), page.back().number};
    for (auto& conflict : page) {
      if (!conflict.device_value) continue;
      ValueList lines = conflict.device_value->as_list();
      if (std::erase_if(lines, [&](const Value& line) { return names(line, content); }) == 0)
        continue;
      tell_count(conflict, lines.size());
      const bool is_all = lines.empty();
      conflict.device_value = Value::list(std::move(lines));
      if (is_all) close(conflict, now_ms);
      changed.push_back(std::move(conflict));
    }
  }
  for (const auto& conflict : changed) DAYBOOK_TRY(store.put_case(conflict));
  return {};
}

}  // namespace daybook
