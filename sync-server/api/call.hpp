// SPDX-License-Identifier: Apache-2.0
// One request, read and judged, as the handlers of this room take it; and the handlers that work on
// the core thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sync-server/api/api_door.hpp"
#include "sync-server/api/json_in.hpp"
#include "sync-server/auth/accounts.hpp"
#include "sync-server/auth/policy.hpp"
#include "sync-server/auth/territory.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/office/office.hpp"

namespace daybook {

struct Call {
  Action action = Action::kHealth;
  std::vector<std::string> parts;  // of the path, in the order of the pattern
  std::vector<std::pair<std::string, std::string>> query;
  Json body = Json::object();
  OfficeUser user;
  std::string peer;
  std::optional<SetId> key;                  // Idempotency-Key
  std::string last_event;                    // Last-Event-ID of a stream that goes on
  std::optional<std::string> password_hash;  // made aside before the core is asked
  std::optional<TakenBackup> backup;         // likewise

  const std::string* find_query(std::string_view name) const;
};

// A handler's place of work: the core inside a group, and what is to be done once the group is
// durable.
struct CoreDesk {
  ServerCore& core;
  const ApiDoor::Parts& parts;
  const ApiDoor::Post& post;
  std::function<void()> after_commit;

  ServerStore& store() { return core.store(); }
  const Schema& schema() { return core.schema(); }
};

// A reading handler's place of work: one snapshot of the book, and the reports file, which holds at
// least what was durable when the question came if the question said that it needs it (ReadNeeds).
class ReportsReader;
class Rehearsals;
struct ReadDesk {
  ServerStore& book;
  ReportsReader& reports;
  const Schema& schema;
  const ApiDoor::Parts& parts;
  Rehearsals* rehearsals = nullptr;  // where slow questions are answered
};

// What a question left to do: an answer already, or work for the core that rests on the state which
// was asked. When the book has moved on since, it is asked again, a few times; then the work is
// done all the same, as that of a phone which did not know better.
struct Staged {
  http::Response answer;
  std::function<Result<http::Response>(CoreDesk& desk)> work;
  Version stood_at = 0;
};

// An error leaves nothing behind that was not there before, or is of the store (then the group is
// rolled back).
// Null for actions that the loop answers by itself.
CoreHandler handler_of(Action action);

// An office act as one change set under a caller's id: however often it comes, it acts once.
// kAlreadyExists when the id was used for something else.
// Within the territory of who acts.
Result<Receipt> act_once(CoreDesk& desk, const OfficeUser& user, std::vector<OfficeEdit> edits,
                         const std::optional<SetId>& id);
// The same for a new rule set; the only way to one.
Result<Receipt> publish_once(CoreDesk& desk, const OfficeUser& user, const Change& publication,
                             const std::optional<SetId>& id);
// What the caller sees of the house.
inline Result<Territory> territory_of(const Call& call, ServerStore& store, const Schema& schema) {
  return Territory::of(store, schema, call.user);
}
// The record, when it is there and his; else one error for both.
Result<RecordState> find_his(const Territory& territory, ServerStore& store,
                             const RecordRef& record);
Result<ConflictCase> find_his_case(const Territory& territory, ServerStore& store,
                                   std::uint64_t number);
// The record as the book has it.
Json record_json(const Schema& schema, const RecordState& state);

// people.cpp
Result<http::Response> list_users(const Call& call, CoreDesk& desk);
Result<http::Response> create_user(const Call& call, CoreDesk& desk);
Result<http::Response> change_user(const Call& call, CoreDesk& desk);
Result<http::Response> make_enrolment(const Call& call, CoreDesk& desk);
Result<http::Response> show_user(const Call& call, CoreDesk& desk);
Result<http::Response> list_devices(const Call& call, CoreDesk& desk);
Result<http::Response> show_device(const Call& call, CoreDesk& desk);
Result<http::Response> revoke_device(const Call& call, CoreDesk& desk);
Result<http::Response> show_status(const Call& call, CoreDesk& desk);
// records.cpp
Result<http::Response> show_record(const Call& call, CoreDesk& desk);
Result<http::Response> create_record(const Call& call, CoreDesk& desk);
Result<http::Response> edit_record(const Call& call, CoreDesk& desk);
// history.cpp
Result<http::Response> record_history(const Call& call, CoreDesk& desk);
Result<http::Response> field_history(const Call& call, CoreDesk& desk);
Result<http::Response> show_set(const Call& call, CoreDesk& desk);
// The commit that holds the set's body, when it is there and his (Territory::shows_set).
Result<CommitRow> find_his_set(const Call& call, CoreDesk& desk, const SetId& id);
// seen.cpp
Result<http::Response> show_seen(const Call& call, CoreDesk& desk);
// cases.cpp
Result<http::Response> list_cases(const Call& call, CoreDesk& desk);
Result<http::Response> show_case(const Call& call, CoreDesk& desk);
Result<http::Response> list_parked(const Call& call, CoreDesk& desk);
// case_acts.cpp
Result<http::Response> resolve_case(const Call& call, CoreDesk& core);
Result<http::Response> list_alike(const Call& call, CoreDesk& core);
Result<http::Response> claim_case(const Call& call, CoreDesk& core);
Result<http::Response> assign_case(const Call& call, CoreDesk& core);
Result<http::Response> ask_about_case(const Call& call, CoreDesk& core);
Result<http::Response> answer_about_case(const Call& call, CoreDesk& core);
Result<http::Response> approve_case(const Call& call, CoreDesk& core);
Result<http::Response> decline_case(const Call& call, CoreDesk& core);
Result<http::Response> undo_case(const Call& call, CoreDesk& core);
Result<http::Response> resolve_alike(const Call& call, CoreDesk& core);
// backups.cpp
Result<http::Response> list_backups(const Call& call, CoreDesk& desk);
Result<http::Response> register_backup(const Call& call, CoreDesk& desk);
Result<http::Response> forget_backup(const Call& call, CoreDesk& desk);
// visit_pages.cpp
Result<http::Response> show_visits_page(const Call& call, CoreDesk& desk);
Result<http::Response> show_visit_page(const Call& call, CoreDesk& desk);

// sign_in.cpp: on the loop thread
http::Response start_page(bool can_sign_in);
http::Response login_reply(const OfficeUser& user, const OfficeToken& token);
http::Response use_login_code(const Call& call, OfficeSessions& sessions);

// Reading what a call gives; errors name the part.
Result<Uuid> id_in(const std::string& part, const char* name);
Result<std::size_t> limit_in(const Call& call, std::size_t usual, std::size_t most);
Result<std::uint64_t> number_in(const std::string& text, const char* name);

}  // namespace daybook
