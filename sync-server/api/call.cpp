// SPDX-License-Identifier: Apache-2.0
#include "sync-server/api/call.hpp"

#include <charconv>

#include "core/base/hex.hpp"

namespace daybook {

const std::string* Call::find_query(std::string_view name) const {
  for (const auto& [given, value] : query) {
    if (given == name) return &value;
  }
  return nullptr;
}

CoreHandler handler_of(Action action) {
  switch (action) {
    case Action::kListUsers: return list_users;
    case Action::kCreateUser: return create_user;
    case Action::kChangeUser: return change_user;
    case Action::kMakeEnrolment: return make_enrolment;
    case Action::kShowUser: return show_user;
    case Action::kListDevices: return list_devices;
    case Action::kShowDevice: return show_device;
    case Action::kRevokeDevice: return revoke_device;
    case Action::kStatus: return show_status;
    case Action::kShowRecord: return show_record;
    case Action::kCreateRecord: return create_record;
    case Action::kEditRecord: return edit_record;
    case Action::kRecordHistory: return record_history;
    case Action::kFieldHistory: return field_history;
    case Action::kShowSet: return show_set;
    case Action::kShowSeen: return show_seen;
    case Action::kListCases: return list_cases;
    case Action::kShowCase: return show_case;
    case Action::kResolveCase: return resolve_case;
    case Action::kListAlike: return list_alike;
    case Action::kClaimCase: return claim_case;
    case Action::kAssignCase: return assign_case;
    case Action::kAskCase: return ask_about_case;
    case Action::kAnswerCase: return answer_about_case;
    case Action::kApproveCase: return approve_case;
    case Action::kDeclineCase: return decline_case;
    case Action::kUndoCase: return undo_case;
    case Action::kResolveAlike: return resolve_alike;
    case Action::kListParked: return list_parked;
    case Action::kListBackups: return list_backups;
    case Action::kTakeBackup: return register_backup;
    case Action::kForgetBackup: return forget_backup;
    case Action::kVisitsPage: return show_visits_page;
    case Action::kVisitPage: return show_visit_page;
    default: return nullptr;  // the loop's own, or another room's
  }
}

Result<RecordState> find_his(const Territory& territory, ServerStore& store,
                             const RecordRef& record) {
  DAYBOOK_ASSIGN(auto state, store.find_record(record));
  DAYBOOK_ASSIGN(const bool his, territory.holds(record));
  if (!state || !his) return failure(Errc::kUnknownRecord, record.collection, to_string(record.id));
  return *std::move(state);
}

Result<Uuid> id_in(const std::string& part, const char* name) {
  const auto id = uuid_from(part);
  if (!id) return failure(Errc::kInvalid, name, "expected an id of the form 8-4-4-4-12");
  return *id;
}

Result<std::uint64_t> number_in(const std::string& text, const char* name) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return failure(Errc::kInvalid, name, "expected a number");
  return number;
}

Result<std::size_t> limit_in(const Call& call, std::size_t usual, std::size_t most) {
  const auto* given = call.find_query("limit");
  if (given == nullptr) return usual;
  DAYBOOK_ASSIGN(const auto limit, number_in(*given, "limit"));
  if (limit == 0 || limit > most)
    return failure(Errc::kInvalid, "limit", "1 to " + std::to_string(most));
  return static_cast<std::size_t>(limit);
}

}  // namespace daybook
