// SPDX-License-Identifier: Apache-2.0
#include "client-lib/acts/acts.hpp"

#include "core/acts/act_door.hpp"

namespace daybook {

// The door lets read what the schema names, so it is another one under another schema.
Result<void> ActAsker::open(const std::shared_ptr<const Schema>& schema) {
  if (door_ && schema_ == schema) return success();
  door_.reset();
  DAYBOOK_ASSIGN(door_, open_act_door(path_, *schema, Where::kPhone));
  schema_ = schema;
  return success();
}

Result<ActEffect> ActAsker::evaluate(const std::shared_ptr<const Schema>& schema,
                                     const std::string& act, const ActCall& call,
                                     const std::function<Uuid()>& make_id) {
  DAYBOOK_ASSIGN(const auto* known, load_act(*schema, act));
  DAYBOOK_TRY(open(schema));
  return evaluate_act({*door_, *schema, Where::kPhone, make_id}, *known, call);
}

Result<ActEffect> ActAsker::weigh(const std::shared_ptr<const Schema>& schema,
                                  const std::string& act, const ActCall& call,
                                  const std::function<Uuid()>& make_id) {
  DAYBOOK_ASSIGN(const auto* known, load_act(*schema, act));
  DAYBOOK_TRY(open(schema));
  return weigh_act({*door_, *schema, Where::kPhone, make_id}, *known, call);
}

Result<CommitInput> commit_of(const ActSchema& act, const ActCall& call, const ActEffect& effect) {
  ensure(effect.may_go_on);
  CommitInput input;
  for (const ActRecord& created : effect.created)
    input.changes.push_back({created.record, Change::Kind::kCreate, created.values});
  if (!effect.sets.empty())
    input.changes.push_back({{act.about, *call.about}, Change::Kind::kEdit, effect.sets});
  if (input.changes.empty())
    return failure(Errc::kInvalid, "act", act.name + " would change nothing");
  return input;
}

}  // namespace daybook
