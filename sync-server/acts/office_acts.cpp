// SPDX-License-Identifier: Apache-2.0
#include "sync-server/acts/office_acts.hpp"

#include "core/acts/act_door.hpp"

namespace daybook {

Result<std::unique_ptr<OfficeActs>> OfficeActs::open(const std::string& reports,
                                                     const Schema& schema) {
  DAYBOOK_ASSIGN(auto door, open_act_door(reports, schema, Where::kOffice));
  return std::unique_ptr<OfficeActs>(new OfficeActs(std::move(door), schema));
}

Result<ActEffect> OfficeActs::evaluate(const std::string& act, const ActCall& call,
                                       const std::function<Uuid()>& make_id) {
  DAYBOOK_ASSIGN(const auto* known, load_act(schema_, act));
  return evaluate_act({*door_, schema_, Where::kOffice, make_id}, *known, call);
}

Result<ActEffect> OfficeActs::weigh(const std::string& act, const ActCall& call,
                                    const std::function<Uuid()>& make_id) {
  DAYBOOK_ASSIGN(const auto* known, load_act(schema_, act));
  return weigh_act({*door_, schema_, Where::kOffice, make_id}, *known, call);
}

Result<std::vector<OfficeEdit>> edits_of(const ActSchema& act, const ActCall& call,
                                         const ActEffect& effect, Version seen) {
  ensure(effect.may_go_on);
  std::vector<OfficeEdit> edits;
  for (const ActRecord& created : effect.created)
    edits.push_back({created.record, true, created.values, 0, true});
  if (!effect.sets.empty())
    edits.push_back({{act.about, *call.about}, false, effect.sets, seen, true});
  if (edits.empty()) return failure(Errc::kInvalid, "act", act.name + " would change nothing");
  return edits;
}

}  // namespace daybook
