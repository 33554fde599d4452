// SPDX-License-Identifier: Apache-2.0
#include "sync-server/acts/handlers.hpp"

#include "core/base/hex.hpp"
#include "core/clock/uuid7.hpp"
#include "sync-server/acts/office_acts.hpp"
#include "sync-server/api/acts.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/office/bounds.hpp"
#include "sync-server/reports/reports_reader.hpp"

namespace daybook {
namespace {

constexpr std::size_t kTextMax = 256;

Json json_of(const std::vector<ActSaying>& sayings) {
  Json all = Json::array();
  for (const auto& saying : sayings) all.push_back({{"zh", saying.zh}, {"en", saying.en}});
  return all;
}

struct Asked {
  ActCall call;
  bool only_weigh = false;
};

Result<Asked> read_asked(const Call& call, const ActSchema& act, Clock& clock) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"about", "arguments", "despite_warnings", "check"}));
  Asked asked;
  DAYBOOK_ASSIGN(const auto about, body.find_text("about", kTextMax));
  if (about) {
    DAYBOOK_ASSIGN(asked.call.about, id_in(*about, "about"));
  }
  if (body.has("arguments")) {
    DAYBOOK_ASSIGN(const auto* arguments, body.object("arguments"));
    for (const auto& [name, given] : arguments->items()) {
      const std::string place = "arguments." + name;
      const auto* argument = act.find_argument(name);
      if (argument == nullptr)
        return failure(Errc::kUnknownField, place, "not an argument of " + act.name);
      if (given.is_null()) continue;
      DAYBOOK_ASSIGN(auto value, value_from(*argument, given, place));
      asked.call.arguments.set(name, std::move(value));
    }
  }
  DAYBOOK_ASSIGN(const auto despite, body.find_flag("despite_warnings"));
  DAYBOOK_ASSIGN(const auto check, body.find_flag("check"));
  asked.call.despite_warnings = despite.value_or(false);
  asked.only_weigh = check.value_or(false);
  asked.call.me = call.user.actor;
  asked.call.now_ms = clock.wall_ms();
  asked.call.today_ms = start_of_day(asked.call.now_ms, clock.utc_offset_min());
  return asked;
}

// In the snapshot that the act is weighed in.
Result<std::int64_t> count_open_cases(ServerStore& book) {
  constexpr std::size_t kAtOnce = 500;
  std::int64_t count = 0;
  std::uint64_t after = 0;
  for (;;) {
    DAYBOOK_ASSIGN(const auto cases, book.list_cases(CaseState::kOpen, after, kAtOnce));
    count += static_cast<std::int64_t>(cases.size());
    if (cases.size() < kAtOnce) return count;
    after = cases.back().number;
  }
}

Json done_json(const Schema& schema, const Receipt& receipt, const Json& records,
               const std::vector<ActSaying>& warnings) {
  return {{"receipt", daybook::json_of(schema, receipt)},
          {"records", records},
          {"warnings", json_of(warnings)}};
}

// The answer to an act that was done before under the caller's id; empty when there is none.
Result<std::optional<http::Response>> done_before(const Call& call, const ActSchema& act,
                                                  ReadDesk& desk) {
  if (!call.key) return std::optional<http::Response>();
  DAYBOOK_ASSIGN(const auto before, desk.book.find_set(*call.key));
  if (!before) return std::optional<http::Response>();
  DAYBOOK_ASSIGN(const auto body, decode_body(before->body));
  const Error other = failure(Errc::kAlreadyExists, "id", "used before for something else");
  if (body.actor != call.user.actor) return other;
  Json records = Json::object();
  auto creation = act.creates.begin();
  for (const auto& change : body.changes) {
    if (change.kind != Change::Kind::kCreate) continue;
    while (creation != act.creates.end() && creation->collection != change.record.collection)
      ++creation;
    if (creation == act.creates.end()) return other;
    records[creation->as] = to_string(change.record.id);
    ++creation;
  }
  DAYBOOK_ASSIGN(const auto last, desk.book.find_last_verdict(*call.key));
  if (!last) return failure(Errc::kInternal, "id", "a set without a verdict");
  DAYBOOK_ASSIGN(const auto receipt, receipt_of(*last));
  return std::optional(json_reply(done_json(desk.schema, receipt, records, {}), 201));
}

// What is not his is told before the act's conditions look at it.
Result<void> check_his(const Call& call, const ActCall& asked, const ActSchema& act,
                       ReadDesk& desk) {
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.book, desk.schema));
  if (territory.is_whole()) return {};
  if (asked.about) {
    DAYBOOK_ASSIGN(const auto about, find_his(territory, desk.book, {act.about, *asked.about}));
  }
  for (const auto& argument : act.takes) {
    const auto* value = asked.arguments.find(argument.name);
    if (value == nullptr || argument.references.empty()) continue;
    for (const auto& id : references_in(*value)) {
      const auto target = find_his(territory, desk.book, {argument.references, id});
      if (!target.ok()) return target.error();
    }
  }
  return {};
}

Result<Staged> do_act(const Call& call, ReadDesk& desk) {
  DAYBOOK_ASSIGN(const auto* act, load_act(desk.schema, call.parts.front()));
  DAYBOOK_ASSIGN(auto before, done_before(call, *act, desk));
  if (before) return Staged{*std::move(before), {}};
  DAYBOOK_ASSIGN(auto asked, read_asked(call, *act, desk.parts.clock));
  DAYBOOK_TRY(check_his(call, asked.call, *act, desk));
  DAYBOOK_ASSIGN(const auto acts, OfficeActs::open(desk.reports.path(), desk.schema));
  // The file's one writer is this thread, so what is asked is the state that it stands at.
  DAYBOOK_ASSIGN(const Version stood_at, desk.reports.stands_at());
  asked.call.revision = stood_at;
  asked.call.open_cases = [&] { return count_open_cases(desk.book); };
  const auto make_id = [&] { return make_uuid7(desk.parts.clock.wall_ms(), desk.parts.rng); };
  DAYBOOK_ASSIGN(const auto effect, asked.only_weigh
                                        ? acts->weigh(act->name, asked.call, make_id)
                                        : acts->evaluate(act->name, asked.call, make_id));
  const Json told = {{"may", effect.may_go_on},
                     {"missing", json_of(effect.missing)},
                     {"warnings", json_of(effect.warnings)}};
  if (asked.only_weigh) return Staged{json_reply(told), {}};
  if (!effect.may_go_on) {
    Json refused = error_json(failure(Errc::kMissing, "act", act->name));
    refused.update(told);
    return Staged{json_reply(refused, 422), {}};
  }
  DAYBOOK_ASSIGN(const auto edits, edits_of(*act, asked.call, effect, stood_at));
  Json records = Json::object();
  for (const auto& created : effect.created) records[created.as] = to_string(created.record.id);
  Staged staged;
  staged.stood_at = stood_at;
  staged.work = [edits, records, warnings = effect.warnings, digest = desk.schema.digest,
                 user = call.user, key = call.key](CoreDesk& core) -> Result<http::Response> {
    if (core.schema().digest != digest)
      return failure(Errc::kBusy, {}, "the rules were replaced meanwhile");
    DAYBOOK_ASSIGN(const auto receipt, act_once(core, user, edits, key));
    return json_reply(done_json(core.schema(), receipt, records, warnings), 201);
  };
  return staged;
}

}  // namespace

StagedRoute acts_staged(Action action) {
  return {action == Action::kDoAct ? do_act : nullptr, {.reports = true}};
}

}  // namespace daybook
