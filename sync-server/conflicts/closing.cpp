// SPDX-License-Identifier: Apache-2.0
#include "sync-server/conflicts/closing.hpp"

#include <set>

#include "sync-server/scope/membership.hpp"

namespace daybook {
namespace {

bool gets_pages(const DeviceRow& device) {
  return device.status == DeviceStatus::kActive || device.status == DeviceStatus::kHeld;
}

void close(ConflictCase& conflict, std::int64_t now_ms) {
  conflict.state = CaseState::kClosed;
  CaseEvent closed;
  closed.kind = CaseEventKind::kClosed;
  closed.at_ms = now_ms;
  conflict.events.push_back(std::move(closed));
}

}  // namespace

Result<std::vector<DeviceId>> devices_concerned(ServerStore& store, const ConflictCase& conflict) {
  std::set<std::string> scopes;
  if (!conflict.record.collection.empty()) {
    DAYBOOK_ASSIGN(const auto members, store.members_of(conflict.record));
    for (const auto& member : members) {
      if (member.count > 0) scopes.insert(member.scope);
    }
  }
  std::vector<DeviceId> concerned;
  DAYBOOK_ASSIGN(const auto devices, store.list_devices());
  for (const auto& device : devices) {
    if (!gets_pages(device)) continue;
    const bool in_scope =
        scopes.contains(scope_of_user(device.actor)) || scopes.contains(kSharedScope);
    if (in_scope || device.device == conflict.device) concerned.push_back(device.device);
  }
  return concerned;
}

Result<void> await_devices(ServerStore& store, ConflictCase& conflict, Version commit,
                           std::int64_t now_ms) {
  ensure(conflict.state == CaseState::kDecided);
  bool awaits = false;
  if (commit != 0) {
    DAYBOOK_ASSIGN(const auto concerned, devices_concerned(store, conflict));
    for (const auto& device : concerned)
      DAYBOOK_TRY(store.put_case_wait({device, commit, conflict.number}));
    awaits = !concerned.empty();
  }
  if (!awaits) close(conflict, now_ms);
  return store.put_case(conflict);
}

Result<void> await_nobody(ServerStore& store, std::uint64_t number) {
  DAYBOOK_ASSIGN(const auto waits, store.case_waits_for(number));
  for (const auto& wait : waits) DAYBOOK_TRY(store.erase_case_wait(wait));
  return {};
}

Result<void> device_has(ServerStore& store, const DeviceId& device, Version through,
                        std::int64_t now_ms) {
  DAYBOOK_ASSIGN(const auto waits, store.case_waits_of(device, through));
  for (const auto& wait : waits) {
    DAYBOOK_TRY(store.erase_case_wait(wait));
    DAYBOOK_ASSIGN(const auto others, store.case_waits_for(wait.number));
    if (!others.empty()) continue;
    DAYBOOK_ASSIGN(auto conflict, store.find_case(wait.number));
    if (!conflict || conflict->state != CaseState::kDecided) continue;
    close(*conflict, now_ms);
    DAYBOOK_TRY(store.put_case(*conflict));
  }
  return {};
}

}  // namespace daybook
