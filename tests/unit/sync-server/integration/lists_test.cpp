// SPDX-License-Identifier: Apache-2.0
// Filters, orders and pages, against what a plain walk over the same records says.
#include <algorithm>
#include <map>

#include "tests/unit/sync-server/api/office_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Visit {
  std::string id;
  std::optional<std::string> technician;
  std::optional<std::int64_t> priority;
};

std::vector<Visit> make_visits(OfficeWorld& office, std::size_t count) {
  std::vector<Visit> visits;
  for (std::size_t i = 0; i < count; ++i) {
    Visit visit;
    const RecordRef record = office.world.visit();
    visit.id = to_string(record.id);
    Fields fields;
    if (i % 5 != 0) visit.technician = i % 2 == 0 ? "wang" : "li";
    if (i % 7 != 0) visit.priority = static_cast<std::int64_t>(i % 4);
    if (visit.technician) fields.set("technician", text(*visit.technician));
    if (visit.priority) fields.set("priority", number(*visit.priority));
    fields.set("notes", text("note " + std::to_string(i)));
    office.world.office_create(record, fields);
    visits.push_back(visit);
  }
  return visits;
}

// All pages of a list, with how many there were said to be.
std::vector<std::string> all_of_list(OfficeWorld& office, const std::string& query,
                                     std::size_t limit, std::uint64_t& total) {
  const auto viewer = office.token_of(Role::kViewer);
  std::vector<std::string> ids;
  std::string after;
  for (int page = 0; page < 200; ++page) {
    const auto told = office.send("GET",
                                  "/api/records/visit?limit=" + std::to_string(limit) +
                                      (query.empty() ? "" : "&" + query) +
                                      (after.empty() ? "" : "&after=" + after),
                                  viewer);
    REQUIRE(told.status == 200);
    if (after.empty()) total = told.json["total"];
    for (const auto& record : told.json["records"]) ids.push_back(record["id"]);
    if (told.json["next"].is_null()) return ids;
    after = told.json["next"];
  }
  FAIL("pages without end");
  return ids;
}

}  // namespace

TEST_CASE("lists: every filter, order and page size gives each record once, in order") {
  OfficeWorld office;
  auto visits = make_visits(office, 61);
  const auto by_priority = [](const Visit& a, const Visit& b) {
    return std::make_tuple(a.priority.value_or(-1), a.id) <
           std::make_tuple(b.priority.value_or(-1), b.id);
  };
  const auto by_id = [](const Visit& a, const Visit& b) { return a.id < b.id; };
  using Keep = std::function<bool(const Visit&)>;
  const std::map<std::string, Keep> filters = {
      {"", [](const Visit&) { return true; }},
      {"technician=wang", [](const Visit& v) { return v.technician == "wang"; }},
      {"technician.not=wang", [](const Visit& v) { return v.technician != "wang"; }},
      {"technician.empty=1", [](const Visit& v) { return !v.technician; }},
      {"technician.filled=1", [](const Visit& v) { return v.technician.has_value(); }},
      {"priority.ge=2", [](const Visit& v) { return v.priority && *v.priority >= 2; }},
      {"priority.le=1&technician=li",
       [](const Visit& v) { return v.priority && *v.priority <= 1 && v.technician == "li"; }}};
  for (const auto& [query, keep] : filters) {
    for (const std::string order : {"", "order=priority", "order=-priority", "order=-technician"}) {
      for (const std::size_t limit : {1U, 4U, 100U}) {
        INFO(query << " " << order << " by " << limit);
        std::vector<Visit> wanted;
        std::copy_if(visits.begin(), visits.end(), std::back_inserter(wanted), keep);
        std::sort(wanted.begin(), wanted.end(), by_id);
        if (order.find("priority") != std::string::npos)
          std::sort(wanted.begin(), wanted.end(), by_priority);
        if (order == "order=-priority") std::reverse(wanted.begin(), wanted.end());
        std::uint64_t total = 0;
        const auto ids = all_of_list(
            office, query + (query.empty() || order.empty() ? "" : "&") + order, limit, total);
        CHECK(total == wanted.size());
        REQUIRE(ids.size() == wanted.size());
        if (order == "order=-technician") continue;  // counted only
        for (std::size_t i = 0; i < ids.size(); ++i) CHECK(ids[i] == wanted[i].id);
      }
    }
  }
}

TEST_CASE("lists: a page shows what was acknowledged before it was asked for") {
  OfficeWorld office;
  const auto record = office.world.visit();
  for (std::int64_t i = 1; i <= 20; ++i) {
    if (i == 1) {
      office.world.office_create(record, {{"priority", number(1)}});
    } else {
      office.world.office_edit(record, "priority", number(i));
    }
    const auto told = office.send("GET", "/api/records/visit?priority=" + std::to_string(i),
                                  office.token_of(Role::kViewer));
    CHECK(told.json["records"].size() == 1);
    CHECK(told.json["as_of"] == i);
  }
}

TEST_CASE("lists: what cannot be asked is refused by name") {
  OfficeWorld office;
  make_visits(office, 3);
  const auto viewer = office.token_of(Role::kViewer);
  const auto refused = [&](const std::string& query) {
    const auto told = office.send("GET", "/api/records/visit?" + query, viewer);
    CHECK(told.status >= 400);
    CHECK(told.status < 500);
    return told.error_field();
  };
  CHECK(refused("colour=red") == "colour");
  CHECK(refused("priority=high") == "priority");
  CHECK(refused("priority.has=1") == "priority.has");
  CHECK(refused("priority.like=1") == "priority.like");
  CHECK(refused("customer=Lee") == "customer");
  CHECK(refused("order=colour") == "order");
  CHECK(refused("limit=0") == "limit");
  CHECK(refused("limit=501") == "limit");
  CHECK(refused("after=nonsense") == "after");
  CHECK(refused("order=priority&after=nonsense") == "after");
  CHECK(refused("notes=" + std::string(2000, 'x')) == "notes");
  std::string many;
  for (int i = 0; i < 17; ++i) many += "&notes.has=x";
  CHECK(refused(many.substr(1)) == "query");
}

TEST_CASE("attachments: what was promised is listed with numbers as numbers") {
  OfficeWorld office;
  Pen pen(office.world, "wang");
  const RecordRef visit = office.world.visit();
  Body body = pen.blank();
  Change change;
  change.record = visit;
  change.created = {{"technician", text("wang")}};
  body.changes.push_back(change);
  body.attachments.push_back({Digest{}, 2'000'000'000, "image/jpeg", "evidence", visit});
  const SetId set = pen.write(body);
  REQUIRE(pen.sync().push == wire::PushStatus::kStored);
  const auto told = office.send("GET", "/api/attachments?record=" + to_string(visit.id),
                                office.token_of(Role::kViewer));
  REQUIRE(told.status == 200);
  const Json expected = {{"digest", std::string(64, '0')},
                         {"size", 2'000'000'000},
                         {"media_type", "image/jpeg"},
                         {"role", "evidence"},
                         {"collection", "visit"},
                         {"record", to_string(visit.id)},
                         {"set_id", to_string(set)},
                         {"version", office.world.version()},
                         {"actor", "wang"},
                         {"state", "promised"}};
  CHECK(told.json["attachments"] == Json::array({expected}));
  CHECK(told.json["more"] == false);
}

TEST_CASE("sql: an analyst reads views, and nothing else happens") {
  OfficeWorld office;
  make_visits(office, 10);
  const auto support = office.token_of(Role::kSupport);
  const auto ask = [&](const std::string& sql) {
    return office.send("POST", "/api/sql", support, Json{{"sql", sql}}.dump());
  };
  const auto counted = ask("select technician, count(*) from visit group by 1 order by 1");
  REQUIRE(counted.status == 200);
  CHECK(counted.json["rows"].dump() == R"([[null,2],["li",4],["wang",4]])");
  CHECK(counted.json["as_of"] == 10);
  CHECK(ask("select count(*) from daybook_commit where verdict = 'accepted'").json["rows"][0][0] ==
        10);
  CHECK(ask("select 1.5, 9e999, x'0aff', 'x', null").json["rows"].dump() ==
        R"([[1.5,"Inf","0aff","x",null]])");
  for (const std::string bad :
       {"delete from exact_visit", "create table x (a)", "attach ':memory:' as x",
        "pragma page_size", "select * from sqlite_schema", "select ?", "select 1; select 2",
        "vacuum", ""}) {
    INFO(bad);
    CHECK(ask(bad).status == 400);
  }
  const auto cut =
      office.send("POST", "/api/sql", support, R"({"sql":"select id from visit","limit":3})");
  CHECK(cut.json["rows"].size() == 3);
  CHECK(cut.json["more"] == true);
}
