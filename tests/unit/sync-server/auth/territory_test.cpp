// SPDX-License-Identifier: Apache-2.0
// What a territory asks of the store: nothing for the whole house, and for a branch no more than
// the branch is large.
#include "sync-server/auth/territory.hpp"

#include "core/schema/load.hpp"
#include "sync-server/scope/membership.hpp"
#include "sync-server/store/memory/memory_server_store.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr std::string_view kPlaces = R"json({
  "daybook_schema": 1, "name": "places", "version": 1,
  "organisations": {"tree": "place", "people": "person"},
  "collections": {
    "place": {"kind": "document", "organisation_field": "above", "fields": {
      "above": {"type": "reference", "references": "place", "rule": "office"}}},
    "person": {"kind": "document", "scope_field": "login", "organisation_field": "at", "fields": {
      "login": {"type": "text", "rule": "office"},
      "at": {"type": "reference", "references": "place", "follow": true, "rule": "office"}}},
    "loaner": {"kind": "document", "scope_field": "keeper", "organisation_field": "owner", "fields": {
      "keeper": {"type": "text", "rule": "office"},
      "owner": {"type": "reference", "references": "place", "rule": "office"}}},
    "visit": {"kind": "document", "scope_field": "technician", "fields": {
      "technician": {"type": "text", "rule": "office"}}}
  }
})json";

// Counts what it is asked, by scope and by record.
class CountingStore : public MemoryServerStore {
 public:
  Result<std::vector<Uuid>> present_in(const std::string& scope,
                                       const std::string& collection) override {
    ++asked;
    auto present = MemoryServerStore::present_in(scope, collection);
    if (present.ok()) given += present->size();
    return present;
  }
  Result<std::vector<MemberRow>> members_of(const RecordRef& record) override {
    ++asked;
    return MemoryServerStore::members_of(record);
  }
  Result<std::optional<RecordState>> find_record(const RecordRef& record) override {
    ++asked;
    return MemoryServerStore::find_record(record);
  }
  std::size_t asked = 0;
  std::size_t given = 0;
};

class Company {
 public:
  Company() : schema(must(load_schema(kPlaces, "places.json"))), membership(schema, store) {}

  RecordRef put(const char* collection, Fields fields) {
    const RecordRef ref{collection, rng.draw<Uuid>()};
    RecordState state;
    state.record = ref;
    state.version = ++version;
    for (const auto& [name, value] : fields) state.fields[name].value = value;
    must(store.begin());
    must(store.put_record(state, std::nullopt));
    must(membership.record_changed(nullptr, state, version));
    must(store.commit());
    return ref;
  }
  RecordRef place(const RecordRef& above) { return put("place", {{"above", id_value(above.id)}}); }
  RecordRef person(const std::string& login, const RecordRef& at) {
    return put("person", {{"login", text(login)}, {"at", id_value(at.id)}});
  }
  Territory seen_by(const RecordRef& organisation) {
    OfficeUser user{"clerk", Role::kViewer};
    user.organisation = organisation.id;
    return must(Territory::of(store, schema, user));
  }

  Schema schema;
  SeededRng rng{7};
  CountingStore store;
  Membership membership;
  Version version = 0;
};

}  // namespace

TEST_CASE("territory: who sees the whole house asks the store nothing") {
  Company company;
  const auto top = company.put("place", {});
  const auto visit = company.put("visit", {{"technician", text("li")}});
  company.store.asked = 0;
  const auto whole =
      must(Territory::of(company.store, company.schema, OfficeUser{"boss", Role::kAdmin}));
  CHECK(whole.is_whole());
  CHECK(must(whole.holds(visit)));
  CHECK(must(whole.holds({"visit", Uuid{}})));
  CHECK(must(whole.owns(top)));
  CHECK(must(whole.has_account("anybody")));
  CHECK(must(whole.has_device(DeviceId{})));
  ConflictCase conflict;
  conflict.record = visit;
  CHECK(must(whole.shows(conflict)));
  CHECK(must(whole.shows_set(Body{})));
  CHECK(company.store.asked == 0);
}

TEST_CASE("territory: what a branch asks does not grow with what the others have") {
  Company company;
  const auto top = company.put("place", {});
  const auto north = company.place(top);
  const auto outlet = company.place(north);
  company.person("li", outlet);
  for (int i = 0; i < 20; ++i) company.put("visit", {{"technician", text("li")}});
  const auto measure = [&] {
    company.store.asked = 0;
    company.store.given = 0;
    const auto territory = company.seen_by(north);
    CHECK(must(territory.records_of("visit")).size() == 20);
    return std::pair(company.store.asked, company.store.given);
  };
  const auto alone = measure();
  const auto south = company.place(top);
  for (int i = 0; i < 50; ++i) {
    const std::string login = "other" + std::to_string(i);
    company.person(login, company.place(south));
    for (int j = 0; j < 20; ++j) company.put("visit", {{"technician", text(login)}});
  }
  CHECK(measure() == alone);
  CHECK(must(company.seen_by(top).records_of("visit")).size() == 1020);
}

TEST_CASE("territory: a thing that a stranger keeps makes the stranger none of its people") {
  Company company;
  const auto top = company.put("place", {});
  const auto north = company.place(top);
  const auto south = company.place(top);
  company.person("li", north);
  company.person("wang", south);
  const auto visit = company.put("visit", {{"technician", text("wang")}});
  const auto loaner =
      company.put("loaner", {{"keeper", text("wang")}, {"owner", id_value(north.id)}});
  const auto territory = company.seen_by(north);
  CHECK(must(territory.holds(loaner)));
  CHECK_FALSE(must(territory.holds(visit)));
  CHECK(must(company.seen_by(south).holds(loaner)));
  CHECK_FALSE(territory.has_organisation(south.id));
}

TEST_CASE("territory: under rules without a tree nothing is anybody's but what all hold") {
  Company company;
  const auto north = company.put("place", {});
  company.person("li", north);
  const auto visit = company.put("visit", {{"technician", text("li")}});
  CHECK(must(company.seen_by(north).holds(visit)));
  company.schema.organisations = {};
  CHECK_FALSE(must(company.seen_by(north).holds(visit)));
  CHECK_FALSE(must(company.seen_by(north).holds(north)));
}
