// SPDX-License-Identifier: Apache-2.0
// Acts of the schema: asked and done on the core's thread, where nobody writes in between.
#include "client-lib/abi/open_handle.hpp"

#include "client-lib/acts/act_json.hpp"
#include "core/acts/act_tables.hpp"
#include "core/acts/sql_check.hpp"
#include "core/clock/uuid7.hpp"

namespace daybook::abi {

Result<OpenHandle::ActAnswer> OpenHandle::act(const std::string& name, std::string_view json,
                                              bool only_weigh) {
  DAYBOOK_ASSIGN(const auto schema, load_rules());
  const ActSchema* const act = schema->find_act(name);
  if (act == nullptr)
    return failure(Errc::kNotFound, "act", name + " is no act of " + schema->name);
  DAYBOOK_ASSIGN(ActCall call, read_act_call(json, *act));
  const auto make_id = [this] { return make_uuid7(clock_.wall_ms(), rng_); };
  DAYBOOK_ASSIGN(auto answer, worker_->ask<ActAnswer>([&](Desk& desk) -> Result<ActAnswer> {
    const auto enrolment = desk.core->enrolment();
    if (!enrolment) return failure(Errc::kClosed, "device", "not enrolled");
    call.me = enrolment->actor;
    call.now_ms = clock_.wall_ms();
    call.today_ms = start_of_day(call.now_ms, clock_.utc_offset_min());
    if (!asker_) asker_.emplace(opening_.path);
    DAYBOOK_ASSIGN(const auto effect, only_weigh ? asker_->weigh(schema, name, call, make_id)
                                                 : asker_->evaluate(schema, name, call, make_id));
    if (only_weigh || !effect.may_go_on) return ActAnswer{effect.may_go_on, weighed_answer(effect)};
    DAYBOOK_ASSIGN(const CommitInput input, commit_of(*act, call, effect));
    DAYBOOK_ASSIGN(const auto result, desk.core->commit(input));
    return ActAnswer{true, done_answer(result, effect)};
  }));
  if (!only_weigh && answer.may_go_on) courier_->wake();
  return answer;
}

// Why a view of the schema is not there, by its name.
void OpenHandle::write_view_trouble(JsonWriter& out) {
  out.key("views").begin_object();
  const auto schema = rules();
  if (schema) {
    const auto trouble = find_view_trouble(*schema, Where::kPhone);
    for (const auto& view : schema->views) {
      if (!stands_at(view.at, Where::kPhone)) continue;
      std::string word = "ok";
      const auto opened =
          doors_.open("select 1 from " + quoted_sql_name(view.name) + " limit 0", {});
      if (!opened.ok()) word = opened.error().detail;
      if (trouble.ok()) {
        for (const auto& each : *trouble) {
          if (each.place == "views." + view.name) word = each.detail;
        }
      }
      out.key(view.name).text(word);
    }
  }
  out.end_object();
}

}  // namespace daybook::abi
