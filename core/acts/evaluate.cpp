// SPDX-License-Identifier: Apache-2.0
#include "core/acts/evaluate.hpp"

#include "core/acts/act_tables.hpp"
#include "core/acts/act_values.hpp"
#include "core/base/hex.hpp"
#include "core/schema/check.hpp"

namespace daybook {
namespace {

class Evaluation {
 public:
  Evaluation(const ActWorld& world, const ActSchema& act, const ActCall& call)
      : world_(world), act_(act), call_(call), place_("acts." + act.name) {}

  Result<ActEffect> weigh() {
    DAYBOOK_TRY(check_call());
    for (const auto& creation : act_.creates) ids_.emplace_back(creation.as, world_.make_id());
    ActEffect effect;
    for (std::size_t i = 0; i < act_.conditions.size(); ++i) {
      const auto& condition = act_.conditions[i];
      const std::string at = place_ + ".requires[" + std::to_string(i) + "]";
      DAYBOOK_ASSIGN(const bool holds, is_true(at, condition.holds));
      if (holds) continue;
      (condition.warn ? effect.warnings : effect.missing)
          .push_back({condition.say_zh, condition.say_en});
    }
    effect.may_go_on =
        effect.missing.empty() && (effect.warnings.empty() || call_.despite_warnings);
    return effect;
  }

  Result<void> add_effect(ActEffect& effect) {
    for (std::size_t i = 0; i < act_.creates.size(); ++i) {
      const auto& creation = act_.creates[i];
      const std::string at = place_ + ".creates." + creation.as;
      if (!creation.when.empty()) {
        DAYBOOK_ASSIGN(const bool wanted, is_true(at + ".when", creation.when));
        if (!wanted) continue;
      }
      ActRecord record{creation.as, {creation.collection, ids_[i].second}, {}};
      DAYBOOK_TRY(set_fields(at + ".set.", creation.set, *world_.schema.find(creation.collection),
                             record.values));
      effect.created.push_back(std::move(record));
    }
    if (act_.sets.empty()) return success();
    return set_fields(place_ + ".sets.", act_.sets, *world_.schema.find(act_.about), effect.sets);
  }

 private:
  Result<void> check_call() {
    if (!stands_at(act_.by, world_.side)) {
      return failure(Errc::kForbidden, "act",
                     act_.name + " is done by " + std::string(name_of_side(act_.by)));
    }
    if (act_.about.empty() == call_.about.has_value()) {
      return failure(
          Errc::kInvalid, "about",
          act_.about.empty() ? "this act is about no record" : "needs the id of a " + act_.about);
    }
    DAYBOOK_TRY(check_arguments(act_, call_.arguments));
    if (!call_.about) return success();
    DAYBOOK_ASSIGN(const bool found,
                   is_true(place_, "exists(select 1 from " + quoted_sql_name(act_.about) +
                                       " where id = :about)"));
    if (!found) return failure(Errc::kUnknownRecord, "about", act_.about);
    return success();
  }

  Result<sqlite::Statement> begin(const std::string& sql) {
    DAYBOOK_ASSIGN(auto statement, world_.door.prepare(sql));
    const auto at = [&](const std::string& name) { return statement.find_parameter(":" + name); };
    const auto give = [&](const std::string& name, const auto& value) {
      if (const int place = at(name)) statement.bind(place, value);
    };
    if (call_.about) give("about", to_string(*call_.about));
    give("me", call_.me);
    give("now", call_.now_ms);
    give("today", call_.today_ms);
    give("rules", static_cast<std::int64_t>(world_.schema.version));
    give("revision", static_cast<std::int64_t>(call_.revision));
    if (const int place = at("cases"); place > 0 && call_.open_cases) {
      DAYBOOK_ASSIGN(const auto cases, call_.open_cases());
      statement.bind(place, cases);
    }
    if (!ids_.empty()) give("new", to_string(ids_.front().second));
    for (const auto& [as, id] : ids_) give("new_" + as, to_string(id));
    for (const auto& argument : act_.takes) {
      if (const int place = at(argument.name)) {
        bind_argument(statement, place, call_.arguments.find(argument.name), argument.type,
                      world_.side);
      }
    }
    DAYBOOK_TRY(statement.check());
    return statement;
  }

  // Whatever goes wrong in an expression is told with its place in the schema.
  Error at_place(const std::string& place, const Error& error) const {
    return failure(error.code, place, error.detail);
  }

  Result<bool> is_true(const std::string& place, const std::string& expression) {
    const auto ask = [&]() -> Result<bool> {
      DAYBOOK_ASSIGN(auto row,
                     begin(select_sql(world_.schema, expression, world_.side) + " is true"));
      DAYBOOK_ASSIGN(const bool found, row.step());
      const bool holds = found && row.int64(0) != 0;
      DAYBOOK_TRY(row.check());
      return holds;
    };
    auto holds = ask();
    if (!holds.ok()) return at_place(place, holds.error());
    return holds;
  }

  Result<std::optional<Value>> value_of(const std::string& expression, FieldType type) {
    DAYBOOK_ASSIGN(auto row, begin(select_sql(world_.schema, expression, world_.side)));
    DAYBOOK_ASSIGN(const bool found, row.step());
    if (!found) return std::optional<Value>();
    DAYBOOK_ASSIGN(auto value, value_in_column(row, 0, type));
    DAYBOOK_TRY(row.check());
    return value;
  }

  // An expression that gives null leaves its field alone: an argument that was not given says
  // nothing about it.
  Result<void> set_fields(const std::string& place, const FieldExpressions& expressions,
                          const CollectionSchema& collection, Fields& into) {
    for (const auto& [name, sql] : expressions) {
      if (sql.empty()) {
        into.set(name, Value());
        continue;
      }
      const auto* field = collection.find(name);
      ensure(field != nullptr);  // the loader looked
      auto value = value_of(sql, field->type);
      if (!value.ok()) return at_place(place + name, value.error());
      if (*value) into.set(name, **std::move(value));
    }
    return success();
  }

  const ActWorld& world_;
  const ActSchema& act_;
  const ActCall& call_;
  const std::string place_;
  std::vector<std::pair<std::string, Uuid>> ids_;
};

// Everything the act asks is asked of one state.
template <class Work>
Result<ActEffect> in_snapshot(sqlite::ReadDoor& door, Work work) {
  DAYBOOK_TRY(door.begin_snapshot());
  auto effect = work();
  door.end_snapshot();
  return effect;
}

}  // namespace

std::int64_t start_of_day(std::int64_t now_ms, std::int64_t utc_offset_min) {
  constexpr std::int64_t kDayMs = 86'400'000;
  const std::int64_t offset_ms = utc_offset_min * 60'000;
  const std::int64_t since = (now_ms + offset_ms) % kDayMs;
  return now_ms - (since < 0 ? since + kDayMs : since);
}

Result<const ActSchema*> load_act(const Schema& schema, const std::string& name) {
  const ActSchema* const act = schema.find_act(name);
  if (act == nullptr) return failure(Errc::kNotFound, "act", name + " is no act of " + schema.name);
  return act;
}

Result<ActEffect> weigh_act(const ActWorld& world, const ActSchema& act, const ActCall& call) {
  return in_snapshot(world.door, [&] { return Evaluation(world, act, call).weigh(); });
}

Result<ActEffect> evaluate_act(const ActWorld& world, const ActSchema& act, const ActCall& call) {
  return in_snapshot(world.door, [&]() -> Result<ActEffect> {
    Evaluation evaluation(world, act, call);
    DAYBOOK_ASSIGN(auto effect, evaluation.weigh());
    if (effect.may_go_on) DAYBOOK_TRY(evaluation.add_effect(effect));
    return effect;
  });
}

}  // namespace daybook
