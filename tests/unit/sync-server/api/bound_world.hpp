// SPDX-License-Identifier: Apache-2.0
// A company with two branches that do the same work: visits, photos, disputes, parked sets, phones
// and accounts of each. For the tests of accounts that are bound to an organisation: what is the
// one's must not show to the other.
#pragma once

#include <map>

#include "core/crypto/sha256.hpp"
#include "tests/unit/sync-server/api/office_world.hpp"

namespace daybook::test {

inline constexpr std::string_view kBranchSchema = R"json({
  "daybook_schema": 1, "name": "small", "version": 1,
  "organisations": {"tree": "organisation", "people": "person"},
  "collections": {
    "organisation": {"kind": "document", "organisation_field": "above", "unique": [["code"]], "fields": {
      "code": {"type": "text", "rule": "immutable"},
      "name": {"type": "text", "rule": "office"},
      "above": {"type": "reference", "references": "organisation", "rule": "three_way(office)"}}},
    "person": {"kind": "document", "scope_field": "login", "organisation_field": "outlet", "fields": {
      "login": {"type": "text", "rule": "immutable"},
      "name": {"type": "text", "rule": "office"},
      "outlet": {"type": "reference", "references": "organisation", "follow": true, "rule": "office"}}},
    "customer": {"kind": "document", "organisation_field": "organisation", "unique": [["phone"]], "fields": {
      "name": {"type": "text", "rule": "three_way(ask_human)"},
      "phone": {"type": "text", "rule": "office"},
      "organisation": {"type": "reference", "references": "organisation", "rule": "office"}}},
    "visit": {"kind": "document", "scope_field": "technician", "fields": {
      "technician": {"type": "text", "rule": "office_until(departed)"},
      "customer": {"type": "reference", "references": "customer", "follow": true, "rule": "three_way(office)"},
      "earlier": {"type": "reference", "references": "visit", "rule": "office"},
      "category": {"type": "text", "rule": "three_way(ask_human)"},
      "notes": {"type": "text", "rule": "keep_both"}},
      "events": {"departed": {"fact": "visit_event", "about": "visit", "field": "kind", "equals": "departed"}}},
    "visit_event": {"kind": "fact", "parent": "visit", "fields": {
      "visit": {"type": "reference", "references": "visit"},
      "kind": {"type": "text"}}},
    "part": {"kind": "document", "shared": true, "fields": {
      "name": {"type": "text", "rule": "office"}}}
  },
  "acts": {
    "note_down": {"by": "office", "about": "visit",
      "takes": {"text": {"type": "text"}, "other": {"type": "reference", "references": "visit"}},
      "requires": [{"holds": "trim(coalesce(:text, '')) <> ''", "say": {"zh": "缺", "en": "Say what"}}],
      "sets": {"notes": ":text"}}
  }
})json";

// What one branch has.
struct Branch {
  std::string name;  // stands in every text of it
  Uuid id, outlet;
  RecordRef person, customer, visit;
  std::unique_ptr<Pen> phone;
  Digest photo;
  SetId set;  // the disputed one, with the photo
  SetId parked;
  std::uint64_t dispute = 0;
  std::uint64_t trouble = 0;  // the case of the parked set
  ActorId clerk, technician;
};

class BoundWorld : public OfficeWorld {
 public:
  BoundWorld() : OfficeWorld(must(load_schema(kBranchSchema, "branches.json"))) {
    world.office_create({"part", part}, {{"name", text("Tuner")}});
    world.office_create({"organisation", head}, {{"code", text("HQ")}, {"name", text("HQ")}});
    north = make_branch("north");
    south = make_branch("south");
  }

  // As the branch's people; what is asked for by their role.
  Told as(const Branch& branch, Role role, const std::string& method, const std::string& path,
          const std::string& body = {}) {
    return send(method, path, token_of(role, branch.id), body);
  }
  // All that would give it away.
  std::vector<std::string> marks_of(const Branch& branch) const {
    std::vector<std::string> marks{branch.name, to_hex(branch.photo.view()),
                                   to_string(branch.phone->device)};
    for (const auto& id : {branch.id, branch.outlet, branch.person.id, branch.customer.id,
                           branch.visit.id, branch.set, branch.parked})
      marks.push_back(to_string(id));
    return marks;
  }
  void put_account(const ActorId& actor, const char* role, std::optional<Uuid> organisation) {
    world.within([&] {
      must(world.store.put_user({actor, actor, role, "", true, organisation}));
      return 0;
    });
  }

  Uuid head = world.rng.draw<Uuid>();
  Uuid part = world.rng.draw<Uuid>();
  Branch north, south;

 private:
  RecordRef record(const char* collection) { return {collection, world.rng.draw<Uuid>()}; }

  Branch make_branch(const std::string& name) {
    Branch branch;
    branch.name = name;
    branch.id = world.rng.draw<Uuid>();
    branch.outlet = world.rng.draw<Uuid>();
    branch.technician = "tech." + name;
    branch.clerk = "clerk." + name;
    world.office_create(
        {"organisation", branch.id},
        {{"code", text(name)}, {"name", text("Branch " + name)}, {"above", id_value(head)}});
    world.office_create({"organisation", branch.outlet},
                        {{"code", text(name + " outlet")}, {"above", id_value(branch.id)}});
    branch.person = record("person");
    world.office_create(branch.person, {{"login", text(branch.technician)},
                                        {"name", text("Technician " + name)},
                                        {"outlet", id_value(branch.outlet)}});
    branch.phone = std::make_unique<Pen>(world, branch.technician);
    put_account(branch.clerk, "dispatcher", branch.id);
    branch.customer = record("customer");
    world.office_create(branch.customer, {{"name", text("Customer " + name)}});
    branch.visit = record("visit");
    make_work(branch);
    return branch;
  }

  // A visit whose category the office and the phone changed unseen, a photo of it, and a set that
  // nobody can apply.
  void make_work(Branch& branch) {
    const std::string& name = branch.name;
    const auto made = world.office_create(branch.visit, {{"technician", text(branch.technician)},
                                                         {"customer", id_value(branch.customer.id)},
                                                         {"category", text("base " + name)},
                                                         {"notes", text("notes " + name)}});
    world.office_edit(branch.visit, "category", text("office " + name));
    Body body = branch.phone->blank();
    Change change;
    change.record = branch.visit;
    change.kind = Change::Kind::kEdit;
    change.edits.push_back({"category",
                            text("base " + name),
                            {must(world.store.head()).epoch, made.commit},
                            text("device " + name)});
    body.changes.push_back(change);
    branch.photo = sha256(view_of("photo " + name));
    body.attachments.push_back({branch.photo, 10, "image/jpeg", "evidence", branch.visit});
    branch.set = branch.phone->write(body);
    branch.parked =
        branch.phone->edit({"visit", world.rng.draw<Uuid>()}, "notes", {}, 0, text("lost " + name));
    branch.phone->sync();
    for (const auto& one : world.open_cases()) {
      if (one.device != branch.phone->device) continue;
      (one.kind == CaseKind::kParked ? branch.trouble : branch.dispute) = one.number;
    }
    REQUIRE(branch.trouble != 0);
    REQUIRE(branch.dispute != 0);
  }
};

}  // namespace daybook::test
