// SPDX-License-Identifier: Apache-2.0
#include "sync-server/rules/handlers.hpp"

#include "core/acts/sql_check.hpp"
#include "core/base/hex.hpp"
#include "core/schema/compare.hpp"
#include "core/schema/load.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/ingest/publication.hpp"
#include "sync-server/rules/proposal.hpp"
#include "sync-server/rules/rehearsals.hpp"

namespace daybook {
namespace {

constexpr std::size_t kSourceMax = 4 << 20;
constexpr std::size_t kReasonMax = 4096;
constexpr std::size_t kPieceMax = 4'000;  // commits judged for one question

Json fields_json(const CollectionSchema& collection) {
  Json fields = Json::array();
  for (const auto& field : collection.fields) {
    Json one = {{"name", field.name}, {"type", name_of(field.type)}};
    if (!collection.is_fact) one["rule"] = to_string(field.rule);
    if (!field.references.empty()) one["references"] = field.references;
    one["required"] = field.required;
    one["label"] = {{"zh", field.label_zh}, {"en", field.label_en}};
    fields.push_back(std::move(one));
  }
  return fields;
}

Json json_of(const std::vector<SchemaChange>& changes) {
  Json all = Json::array();
  for (const auto& change : changes) {
    all.push_back({{"collection", change.collection},
                   {"name", change.name},
                   {"before", change.before},
                   {"after", change.after},
                   {"zh", sentence_of(change, true)},
                   {"en", sentence_of(change, false)}});
  }
  return all;
}

Json json_of(const RehearsalTally& tally) {
  return {{"decisions", tally.decisions},
          {"cases_more", tally.cases_more},
          {"cases_less", tally.cases_less}};
}

Json json_of(const Difference& one) {
  Json json = {{"version", one.commit}, {"by", one.actor}};
  if (!one.field.empty()) {
    json["record"] = daybook::json_of(one.record);
    json["field"] = one.field;
    json["rule_was"] = one.rule_was;
    json["rule_would"] = one.rule_would;
  }
  if (!one.reason.empty()) json["reason"] = one.reason;
  json["was"] = one.was;
  json["would"] = one.would;
  json["case_was"] = one.case_was;
  json["case_would"] = one.case_would;
  return json;
}

Json json_of(const Rehearsal& rehearsal) {
  Json json = {{"done", rehearsal.done()},
               {"commits", rehearsal.through()},
               {"finished", rehearsal.done() == rehearsal.through()},
               {"total", json_of(rehearsal.tally())}};
  Json by_field = Json::array();
  for (const auto& [name, tally] : rehearsal.by_field()) {
    Json one = json_of(tally);
    one["field"] = name.empty() ? Json(nullptr) : Json(name);
    by_field.push_back(std::move(one));
  }
  json["by_field"] = std::move(by_field);
  Json shown = Json::array();
  for (const auto& one : rehearsal.shown()) shown.push_back(json_of(one));
  json["differences"] = std::move(shown);
  return json;
}

Result<http::Response> list_rule_sets(const Call&, ReadDesk& desk) {
  DAYBOOK_ASSIGN(const auto rows, desk.book.list_schemas());
  Json sets = Json::array();
  for (const auto& row : rows) {
    sets.push_back({{"version", row.version},
                    {"digest", to_hex(row.digest.view())},
                    {"in_force", row.digest == desk.schema.digest}});
  }
  return json_reply({{"rule_sets", std::move(sets)}});
}

Result<http::Response> show_rule_set(const Call& call, ReadDesk& desk) {
  DAYBOOK_ASSIGN(const auto version, number_in(call.parts.front(), "version"));
  DAYBOOK_ASSIGN(const auto rows, desk.book.list_schemas());
  for (const auto& row : rows) {
    if (row.version != version) continue;
    DAYBOOK_ASSIGN(const auto schema, load_schema(row.json, "stored"));
    Json collections = Json::array();
    for (const auto& collection : schema.collections) {
      collections.push_back({{"name", collection.name},
                             {"kind", collection.is_fact ? "fact" : "document"},
                             {"label", {{"zh", collection.label_zh}, {"en", collection.label_en}}},
                             {"fields", fields_json(collection)}});
    }
    return json_reply({{"version", row.version},
                       {"digest", to_hex(row.digest.view())},
                       {"name", schema.name},
                       {"collections", std::move(collections)},
                       {"source", row.json}});
  }
  return failure(Errc::kNotFound, "version", std::to_string(version));
}

// The same publication may come twice, when the answer to the first was lost.
Result<http::Response> publish_rules(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"source", "reason", "replaces"}));
  DAYBOOK_ASSIGN(const auto source, body.text("source", kSourceMax));
  DAYBOOK_ASSIGN(const auto reason, body.text("reason", kReasonMax));
  DAYBOOK_ASSIGN(const auto replaces, body.count("replaces"));
  if (reason.empty()) return failure(Errc::kInvalid, "reason", "say why");
  DAYBOOK_ASSIGN(auto next, load_schema(source, "source"));
  const Schema& now = desk.schema();
  const bool again = next.digest == now.digest;
  if (again && !call.key) return failure(Errc::kAlreadyExists, "source", "in force already");
  if (!again) {
    if (replaces != now.version) {
      return failure(Errc::kBusy, "replaces",
                     "version " + std::to_string(now.version) + " is in force by now");
    }
    DAYBOOK_TRY(check_may_follow(desk.store(), now, next));
    DAYBOOK_TRY(check_sql(next));
  }
  const Change publication = publication_of(next, replaces, reason);
  DAYBOOK_ASSIGN(const auto receipt, publish_once(desk, call.user, publication, call.key));
  Json json = {{"version", next.version},
               {"digest", to_hex(next.digest.view())},
               {"receipt", daybook::json_of(now, receipt)}};
  if (!again) DAYBOOK_TRY(desk.core.put_rules(std::move(next)));
  return json_reply(json, 201);
}

Result<http::Response> begin_rehearsal(const Call& call, ReadDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"source"}));
  DAYBOOK_ASSIGN(const auto source, body.text("source", kSourceMax));
  DAYBOOK_ASSIGN(auto candidate, load_schema(source, "source"));
  Json json = {{"changes", json_of(compare(desk.schema, candidate))},
               {"version", candidate.version}};
  auto follows = check_may_follow(desk.book, desk.schema, candidate);
  if (follows.ok()) follows = check_sql(candidate);
  json["stands_against"] =
      follows.ok() ? Json(nullptr) : Json(follows.error().field + ": " + follows.error().detail);
  DAYBOOK_ASSIGN(const auto id,
                 desk.rehearsals->begin(desk.book, std::move(candidate), call.user.actor,
                                        desk.parts.clock, desk.parts.rng));
  DAYBOOK_ASSIGN(const auto head, desk.book.head());
  json["rehearsal"] = to_string(id);
  json["commits"] = head.version;
  return json_reply(json, 201);
}

Result<http::Response> go_on_rehearsing(const Call& call, ReadDesk& desk) {
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts.front(), "rehearsal"));
  auto* rehearsal = desk.rehearsals->find(id, call.user.actor, desk.parts.clock.steady_ms());
  if (rehearsal == nullptr) return failure(Errc::kNotFound, "rehearsal", to_string(id));
  DAYBOOK_ASSIGN(const bool finished, rehearsal->go_on(desk.book, kPieceMax));
  auto response = json_reply(json_of(*rehearsal));
  if (finished) desk.rehearsals->forget(id);
  return response;
}

Result<http::Response> propose(const Call& call, ReadDesk& desk) {
  DAYBOOK_ASSIGN(const auto number, number_in(call.parts.front(), "number"));
  DAYBOOK_ASSIGN(const auto found, desk.book.find_case(number));
  if (!found) return failure(Errc::kNotFound, "case", std::to_string(number));
  const auto* given = call.find_query("choice");
  DAYBOOK_ASSIGN(const auto proposal,
                 propose_rule(desk.schema, *found, given == nullptr ? found->choice : *given));
  return json_reply({{"collection", proposal.collection},
                     {"field", proposal.field},
                     {"now", proposal.now},
                     {"proposed", proposal.proposed},
                     {"replaces", desk.schema.version},
                     {"source", proposal.source}});
}

}  // namespace

CoreHandler rules_core(Action action) {
  return action == Action::kPublishRules ? publish_rules : nullptr;
}

ReadRoute rules_read(Action action) {
  constexpr ReadNeeds kSlowly{.slow = true};
  switch (action) {
    case Action::kListRuleSets: return {list_rule_sets};
    case Action::kShowRuleSet: return {show_rule_set};
    case Action::kProposeRule: return {propose};
    case Action::kBeginRehearsal: return {begin_rehearsal, kSlowly};
    case Action::kGoOnRehearsing: return {go_on_rehearsing, kSlowly};
    default: return {};
  }
}

}  // namespace daybook
