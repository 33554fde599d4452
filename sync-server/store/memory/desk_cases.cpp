// SPDX-License-Identifier: Apache-2.0
// How the desk finds its cases, and who still lacks a decision.
#include <algorithm>

#include "sync-server/store/memory/memory_server_store.hpp"

namespace daybook {
namespace {

bool fits(const CaseQuestion& question, const ConflictCase& conflict) {
  return (!question.state || conflict.state == *question.state) &&
         (!question.kind || conflict.kind == *question.kind) &&
         (question.collection.empty() || conflict.record.collection == question.collection) &&
         (question.field.empty() || conflict.field == question.field) &&
         (question.holder.empty() || conflict.holder == question.holder);
}

}  // namespace

Result<std::vector<ConflictCase>> MemoryServerStore::find_cases(
    const CaseQuestion& question, const std::optional<CasePlace>& after, std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  const auto place = after.value_or(CasePlace{INT64_MIN, 0});
  std::vector<std::pair<std::int64_t, std::uint64_t>> places;
  for (const auto& [number, conflict] : tables_.cases.rows()) {
    const auto own = std::pair(due_place(*conflict), number);
    if (own > std::pair(place.due, place.number) && fits(question, *conflict))
      places.push_back(own);
  }
  std::sort(places.begin(), places.end());
  std::vector<ConflictCase> cases;
  for (std::size_t i = 0; i < places.size() && i < limit; ++i)
    cases.push_back(*tables_.cases.find(places[i].second));
  return cases;
}

Result<std::vector<ConflictCase>> MemoryServerStore::cases_about(const RecordRef& record,
                                                                 std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  std::vector<ConflictCase> cases;
  const auto& keys = tables_.cases_of_record.keys();
  const auto first = keys.lower_bound({record, 0});
  auto at = keys.upper_bound({record, UINT64_MAX});
  while (at != first && cases.size() < limit) cases.push_back(*tables_.cases.find((--at)->second));
  return cases;
}

Result<void> MemoryServerStore::put_case_wait(const CaseWait& wait) {
  DAYBOOK_TRY(check_writing());
  tables_.case_waits.add(journal_, {wait.device, wait.version, wait.number});
  tables_.waits_of_case.add(journal_, {wait.number, wait.device, wait.version});
  return success();
}

Result<void> MemoryServerStore::erase_case_wait(const CaseWait& wait) {
  DAYBOOK_TRY(check_writing());
  tables_.case_waits.remove(journal_, {wait.device, wait.version, wait.number});
  tables_.waits_of_case.remove(journal_, {wait.number, wait.device, wait.version});
  return success();
}

Result<std::vector<CaseWait>> MemoryServerStore::case_waits_of(const DeviceId& device,
                                                               Version through) {
  DAYBOOK_TRY(check_standing());
  std::vector<CaseWait> waits;
  const auto& keys = tables_.case_waits.keys();
  for (auto at = keys.lower_bound({device, 0, 0}); at != keys.end(); ++at) {
    const auto& [of, version, number] = *at;
    if (of != device || version > through) break;
    waits.push_back({of, version, number});
  }
  return waits;
}

Result<std::vector<CaseWait>> MemoryServerStore::case_waits_for(std::uint64_t wanted) {
  DAYBOOK_TRY(check_standing());
  std::vector<CaseWait> waits;
  const auto& keys = tables_.waits_of_case.keys();
  for (auto at = keys.lower_bound({wanted, DeviceId{}, 0}); at != keys.end(); ++at) {
    const auto& [number, device, version] = *at;
    if (number != wanted) break;
    waits.push_back({device, version, number});
  }
  return waits;
}

}  // namespace daybook
