// SPDX-License-Identifier: Apache-2.0
// Acts of the schema, and papers that a customer signs: asked and done on the core's thread, where
// nobody writes in between.
#include "client-lib/abi/open_handle.hpp"

#include "client-lib/abi/answers.hpp"
#include "client-lib/acts/act_json.hpp"
#include "core/acts/act_tables.hpp"
#include "core/acts/sql_check.hpp"
#include "core/base/hex.hpp"
#include "core/clock/uuid7.hpp"

namespace daybook::abi {
namespace {

Result<Uuid> read_paper_id(const JsonValue& asked) {
  const auto* id = asked.find("id");
  const auto paper =
      id != nullptr && id->is(JsonValue::Kind::kText) ? uuid_from(id->text) : std::nullopt;
  if (!paper) return failure(Errc::kInvalid, "id", "expected the id that presenting gave");
  return *paper;
}

}  // namespace

Result<OpenHandle::ActAnswer> OpenHandle::act(const std::string& name, std::string_view json,
                                              bool only_weigh) {
  DAYBOOK_ASSIGN(const auto schema, load_rules());
  DAYBOOK_ASSIGN(const auto* const act, load_act(*schema, name));
  DAYBOOK_ASSIGN(ActCall call, read_act_call(json, *act));
  const auto make_id = [this] { return make_uuid7(clock_.wall_ms(), rng_); };
  std::optional<RightOfWay::Passage> passage;  // its way to the office begins here
  if (!only_weigh) passage.emplace(way_);
  DAYBOOK_ASSIGN(auto answer, worker_->ask<ActAnswer>([&](Desk& desk) -> Result<ActAnswer> {
    const auto enrolment = desk.core->enrolment();
    if (!enrolment) return failure(Errc::kClosed, "device", "not enrolled");
    call.me = enrolment->actor;
    call.now_ms = clock_.wall_ms();
    call.today_ms = start_of_day(call.now_ms, clock_.utc_offset_min());
    DAYBOOK_ASSIGN(const auto status, desk.core->status());
    call.revision = status.complete_version;
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

Result<std::string> OpenHandle::present_paper(std::string_view json) {
  DAYBOOK_ASSIGN(const JsonValue asked, read_json(json, "present"));
  return worker_->ask<std::string>([&](Desk& desk) -> Result<std::string> {
    return papers_.present({desk.core.get(), desk.store}, asked);
  });
}

Result<std::string> OpenHandle::sign_paper(std::string_view json) {
  DAYBOOK_ASSIGN(const JsonValue asked, read_json(json, "sign"));
  DAYBOOK_ASSIGN(const Uuid paper, read_paper_id(asked));
  DAYBOOK_ASSIGN(const papers::Signing signing, papers::read_signing(asked));
  return worker_->ask<std::string>(
      [&](Desk&) -> Result<std::string> { return papers_.sign(paper, signing); });
}

Result<std::string> OpenHandle::seal_paper(const Uuid& paper) {
  const RightOfWay::Passage passage(way_);  // its way to the office begins here
  DAYBOOK_ASSIGN(const auto sealed,
                 worker_->ask<papers::Sealed>([&](Desk& desk) -> Result<papers::Sealed> {
                   return papers_.seal({desk.core.get(), desk.store}, paper);
                 }));
  courier_->wake();
  attachments_->wake();
  JsonWriter out;
  out.begin_object().key("id").text(to_string(paper)).key("paper").text(sealed.paper);
  out.key("version").count(sealed.version).key("content_hash");
  out.text(to_hex(sealed.content_hash.view())).key("signed").boolean(sealed.is_signed);
  out.key("committed").raw(commit_answer(sealed.committed, sealed.input)).end_object();
  return out.take();
}

Result<void> OpenHandle::close_paper(const Uuid& paper) {
  const auto closed = worker_->ask<bool>([&](Desk&) -> Result<bool> {
    DAYBOOK_TRY(papers_.close(paper));
    return true;
  });
  return closed.ok() ? success() : Result<void>(closed.error());
}

Result<std::vector<JsonValue>> OpenHandle::ask_rows(const std::string& sql,
                                                    const std::string& about) {
  JsonValue parameters;
  parameters.kind = JsonValue::Kind::kArray;
  JsonValue id;
  id.kind = JsonValue::Kind::kText;
  id.text = about;
  parameters.items.push_back(std::move(id));
  DAYBOOK_ASSIGN(const auto reader, doors_.open(sql, parameters));
  std::vector<JsonValue> rows;
  for (;;) {
    DAYBOOK_ASSIGN(const bool found, reader->step());
    if (!found) return rows;
    if (rows.size() == kFormRecordsMax)
      return failure(Errc::kTooLarge, "form", "more rows than a paper holds");
    DAYBOOK_ASSIGN(auto row, read_json(reader->row(), "row"));
    rows.push_back(std::move(row));
  }
}

}  // namespace daybook::abi
