// SPDX-License-Identifier: Apache-2.0
#include "sync-server/views/trouble.hpp"

#include <algorithm>

namespace daybook {
namespace {

constexpr std::size_t kCasesMax = 2'000;
constexpr std::size_t kVersionsPerRecordMax = 100;
constexpr std::size_t kVersionsMax = 1'000;

bool worth_telling(FieldOutcome outcome) {
  return outcome != FieldOutcome::kTaken && outcome != FieldOutcome::kSame;
}

Result<void> add_story(ServerStore& store, Version version, const std::set<RecordRef>& records,
                       StoryOf& story) {
  DAYBOOK_ASSIGN(const auto row, store.find_commit(version));
  if (!row) return success();
  Receipt receipt;
  if (!row->outcome.empty()) DAYBOOK_TRY(decode_outcome(row->outcome, receipt));
  for (const auto& field : receipt.fields) {
    if (!worth_telling(field.outcome) || !records.contains(field.record)) continue;
    story.notices.push_back({field, row->actor, row->received_ms, row->version});
  }
  return success();
}

}  // namespace

Result<std::vector<UnsentPhone>> find_unsent_phones(ServerStore& store, const Territory* sees) {
  std::vector<UnsentPhone> phones;
  DAYBOOK_ASSIGN(const auto devices, store.list_devices());
  for (const auto& device : devices) {
    if (device.status == DeviceStatus::kStolen) continue;
    DAYBOOK_ASSIGN(const auto contact, store.find_contact(device.device));
    if (!contact || (contact->unsent_sets == 0 && contact->unsent_attachments == 0)) continue;
    DAYBOOK_ASSIGN(const bool seen,
                   sees == nullptr ? Result<bool>(true) : sees->has_account(device.actor));
    if (seen) phones.push_back({device, *contact});
  }
  const auto longest_silent_first = [](const UnsentPhone& a, const UnsentPhone& b) {
    return a.contact.seen_ms < b.contact.seen_ms;
  };
  std::sort(phones.begin(), phones.end(), longest_silent_first);
  return phones;
}

Result<std::map<RecordRef, std::vector<ConflictCase>>> open_cases_by_record(ServerStore& store,
                                                                            const Territory* sees) {
  std::map<RecordRef, std::vector<ConflictCase>> by_record;
  DAYBOOK_ASSIGN(auto cases, store.list_cases(CaseState::kOpen, 0, kCasesMax));
  for (auto& one : cases) {
    DAYBOOK_ASSIGN(const bool seen, sees == nullptr ? Result<bool>(true) : sees->shows(one));
    if (seen) by_record[one.record].push_back(std::move(one));
  }
  return by_record;
}

Result<StoryOf> load_story(ServerStore& store, const std::set<RecordRef>& records) {
  std::set<Version, std::greater<>> versions;
  for (const auto& record : records) {
    if (versions.size() > kVersionsMax) break;
    DAYBOOK_ASSIGN(const auto wrote, store.history_of(record, kVersionsPerRecordMax));
    versions.insert(wrote.begin(), wrote.end());
  }
  StoryOf story;
  for (const auto version : versions) DAYBOOK_TRY(add_story(store, version, records, story));
  return story;
}

}  // namespace daybook
