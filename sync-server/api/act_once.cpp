// SPDX-License-Identifier: Apache-2.0
// Office acts under a caller's id: carried out once, however often they come.
#include "sync-server/api/acts.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/store/rule_book.hpp"

namespace daybook {
namespace {

bool same_edits(const Change& held, const OfficeEdit& wanted) {
  if (held.edits.size() != wanted.set.size()) return false;
  auto edit = held.edits.begin();
  for (const auto& [field, value] : wanted.set) {
    const bool same =
        edit->field == field && edit->now == value && edit->base.version == wanted.seen;
    if (!same) return false;
    ++edit;
  }
  return true;
}

// A create that was carried out stands in its own way: compared without asking the store again.
bool asks_the_same(const Body& held, const ActorId& actor, const std::vector<OfficeEdit>& edits) {
  if (held.actor != actor || held.changes.size() != edits.size()) return false;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const auto& change = held.changes[i];
    if (change.record != edits[i].record) return false;
    const bool creates = change.kind == Change::Kind::kCreate;
    if (creates != edits[i].create) return false;
    if (creates ? change.created != edits[i].set : !same_edits(change, edits[i])) return false;
  }
  return true;
}

Result<Receipt> carry_out(CoreDesk& desk, const OfficeUser& user, std::vector<OfficeEdit> edits,
                          const std::optional<SetId>& id) {
  DAYBOOK_ASSIGN(const auto territory, Territory::of(desk.store(), desk.schema(), user));
  Office office(desk.core.ingest(), desk.store(), desk.schema(), desk.core.clock(),
                desk.core.rng());
  office.bind(territory);
  office.fill_in(edits);
  if (!id) return office.act(user.actor, edits);
  DAYBOOK_ASSIGN(const auto before, desk.store().find_set(*id));
  if (!before) return office.act(user.actor, edits, false, id);
  DAYBOOK_ASSIGN(const auto held, decode_body(before->body));
  if (!asks_the_same(held, user.actor, edits))
    return failure(Errc::kAlreadyExists, "id", "used before for something else");
  DAYBOOK_ASSIGN(const auto last, desk.store().find_last_verdict(*id));
  if (!last) return failure(Errc::kInternal, "id", "a set without a verdict");
  return receipt_of(*last);
}

}  // namespace

Result<Receipt> act_once(CoreDesk& desk, const OfficeUser& user, std::vector<OfficeEdit> edits,
                         const std::optional<SetId>& id) {
  for (const auto& edit : edits) {
    if (edit.record.collection == kRuleSetCollection)
      return failure(Errc::kForbidden, "collection", "rules are published, not written");
  }
  return carry_out(desk, user, std::move(edits), id);
}

Result<Receipt> publish_once(CoreDesk& desk, const OfficeUser& user, const Change& publication,
                             const std::optional<SetId>& id) {
  return carry_out(desk, user, {{publication.record, true, publication.created, 0}}, id);
}

}  // namespace daybook
