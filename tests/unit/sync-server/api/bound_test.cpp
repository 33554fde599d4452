// SPDX-License-Identifier: Apache-2.0
// What somebody who is bound to an organisation reads: every route, against what his sister branch
// has.
#include "tests/unit/sync-server/api/bound_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr std::array kOfficeRoles = {Role::kViewer, Role::kSupport, Role::kDispatcher};

// The path with each of its parts filled in in every way that names something of the branch.
std::vector<std::string> paths_to(const Branch& branch, std::string_view pattern) {
  using Parts = std::map<std::string, std::string>;
  std::vector<Parts> ways;
  const bool of_device = pattern.find("/devices/") != std::string_view::npos;
  const bool of_set = pattern.find("/sets/") != std::string_view::npos;
  for (const auto& record :
       {branch.visit, branch.customer, branch.person, RecordRef{"organisation", branch.outlet}}) {
    for (const auto number : {branch.dispute, branch.trouble}) {
      for (const auto& actor : {branch.clerk, branch.technician}) {
        Parts parts{{"collection", record.collection},
                    {"id", to_string(record.id)},
                    {"field", record.collection == "visit" ? "notes" : "name"},
                    {"number", std::to_string(number)},
                    {"actor", actor},
                    {"content", to_hex(branch.photo.view())},
                    {"act", "note_down"}};
        if (of_device) parts["id"] = to_string(branch.phone->device);
        if (of_set) parts["id"] = to_string(number == branch.dispute ? branch.set : branch.parked);
        ways.push_back(parts);
      }
    }
  }
  std::set<std::string> paths;
  for (const auto& parts : ways) {
    std::string path;
    for (std::size_t at = 0; at < pattern.size();) {
      if (pattern[at] != '{') {
        path += pattern[at++];
        continue;
      }
      const auto end = pattern.find('}', at);
      const auto part = parts.find(std::string(pattern.substr(at + 1, end - at - 1)));
      path += part == parts.end() ? "1" : part->second;
      at = end + 1;
    }
    paths.insert(path);
  }
  return {paths.begin(), paths.end()};
}

// Lists are asked in every way that could tell of others.
std::vector<std::string> questions_of(const Route& route, const Branch& branch) {
  switch (route.action) {
    case Action::kListRecords:
    case Action::kExport: return {"", "?limit=1", "?order=-name", "?format=csv"};
    case Action::kListAttachments:
      return {"", "?missing=1", "?record=" + to_string(branch.visit.id),
              "?digest=" + to_hex(branch.photo.view()),
              "?missing=1&device=" + to_string(branch.phone->device)};
    case Action::kListCases: return {"", "?state=all", "?limit=1", "?collection=visit"};
    default: return {""};
  }
}

Told ask(BoundWorld& office, const Route& route, const std::string& path, Role role,
         const std::optional<Uuid>& organisation) {
  OfficeUser user{std::string(name_of(role)), role};
  user.organisation = organisation;
  if (route.kind != RouteKind::kPage)
    return office.send(std::string(route.method), path, office.sessions.open(user).text);
  return office.page(path, office.sessions.open_page(user).text);
}

bool tells(const Told& told, const std::string& mark) {
  if (told.text.find(mark) != std::string::npos) return true;
  return std::any_of(told.headers.begin(), told.headers.end(), [&](const http::Header& header) {
    return header.value.find(mark) != std::string::npos;
  });
}

std::string without(std::string text, const std::string& part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part))
    text.erase(at, part.size());
  return text;
}

bool is_reading(const Route& route) {
  return route.method == "GET" && reach_of(route.action) == Reach::kTerritory;
}

}  // namespace

TEST_CASE("bound: no route shows a branch anything of its sister") {
  BoundWorld office;
  std::size_t asked = 0;
  for (const auto& route : routes()) {
    if (!is_reading(route)) continue;
    for (const Role role : kOfficeRoles) {
      if (!may(role, route)) continue;
      for (const auto& path : paths_to(office.south, route.pattern)) {
        for (const auto& question : questions_of(route, office.south)) {
          const auto told = ask(office, route, path + question, role, office.north.id);
          INFO(path << question << " as " << name_of(role) << ": " << told.text);
          ++asked;
          for (const auto& mark : office.marks_of(office.south)) {
            // What he asked for himself is no news.
            const bool named_it = (path + question).find(mark) != std::string::npos;
            if (!named_it) CHECK_FALSE(tells(told, mark));
          }
          CHECK_FALSE(tells(told, "notes south"));
          CHECK_FALSE(tells(told, "Customer south"));
        }
      }
    }
  }
  CHECK(asked > 100);
}

TEST_CASE("bound: what is the sister's is told as what does not exist, word for word") {
  BoundWorld office;
  Branch nobody;
  nobody.visit = {"visit", office.world.rng.draw<Uuid>()};
  nobody.customer = {"customer", office.world.rng.draw<Uuid>()};
  nobody.person = {"person", office.world.rng.draw<Uuid>()};
  nobody.outlet = office.world.rng.draw<Uuid>();
  nobody.photo = sha256(view_of("no photo"));
  nobody.set = office.world.rng.draw<Uuid>();
  nobody.parked = office.world.rng.draw<Uuid>();
  nobody.dispute = 9001;
  nobody.trouble = 9002;
  nobody.clerk = "clerk.nobody";
  nobody.technician = "tech.nobody";
  nobody.phone = std::make_unique<Pen>(office.world, "tech.none");
  nobody.phone->device = office.world.rng.draw<DeviceId>();
  std::size_t compared = 0;
  for (const auto& route : routes()) {
    if (!is_reading(route) || route.pattern.find('{') == std::string_view::npos) continue;
    for (const Role role : kOfficeRoles) {
      if (!may(role, route)) continue;
      const auto theirs = paths_to(office.south, route.pattern);
      const auto nobodys = paths_to(nobody, route.pattern);
      if (route.action == Action::kListRecords || route.action == Action::kExport) continue;
      std::set<std::string> of_theirs, of_nobodys;
      const auto collect = [&](const std::vector<std::string>& paths, const Branch& of,
                               std::set<std::string>& into) {
        for (const auto& path : paths) {
          const auto told = ask(office, route, path, role, office.north.id);
          INFO(path << ": " << told.text);
          CHECK(told.status == 404);
          std::string text = told.text;
          for (const auto& id : {of.visit.id, of.customer.id, of.person.id, of.outlet, of.set,
                                 of.parked, of.phone->device})
            text = without(text, to_string(id));
          for (const auto& word : {to_hex(of.photo.view()), of.clerk, of.technician})
            text = without(text, word);
          for (const auto number : {of.dispute, of.trouble})
            text = without(text, "\"" + std::to_string(number) + "\"");
          into.insert(std::to_string(told.status) + text);
          ++compared;
        }
      };
      collect(theirs, office.south, of_theirs);
      collect(nobodys, nobody, of_nobodys);
      INFO(route.pattern << " as " << name_of(role));
      CHECK(of_theirs == of_nobodys);
    }
  }
  CHECK(compared > 100);
}

TEST_CASE("bound: his own he reads as head office does, from the branch and from the outlet") {
  BoundWorld office;
  std::size_t shown = 0;
  for (const auto& route : routes()) {
    if (!is_reading(route) || route.action == Action::kStatus) continue;
    const bool prints = route.action == Action::kVisitForm ||
                        route.action == Action::kRecordPaper ||
                        route.action == Action::kVisitFormPage;
    for (const Role role : kOfficeRoles) {
      if (!may(role, route) || prints) continue;
      for (const auto& path : paths_to(office.north, route.pattern)) {
        const auto whole = ask(office, route, path, role, std::nullopt);
        const auto own = ask(office, route, path, role, office.north.id);
        INFO(path << " as " << name_of(role) << ": " << own.text);
        CHECK(own.status == whole.status);
        shown += own.status == 200 ? 1U : 0U;
        // A page of one thing is the same page; a list is shorter.
        const bool of_one = route.pattern.find("{id}") != std::string_view::npos ||
                            route.pattern.find("{number}") != std::string_view::npos;
        if (of_one && route.action != Action::kListAlike) CHECK(own.text == whole.text);
        // The outlet where all of it happened has it too.
        if (path.find(to_string(office.north.visit.id)) != std::string::npos)
          CHECK(ask(office, route, path, role, office.north.outlet).status == whole.status);
      }
    }
  }
  CHECK(shown > 80);
  CHECK(office.as(office.north, Role::kViewer, "GET", "/api/records/visit").json["total"] == 1);
  CHECK(office.send("GET", "/api/records/visit", office.token_of(Role::kViewer)).json["total"] ==
        2);
}

TEST_CASE("bound: what every phone holds is read by every branch") {
  BoundWorld office;
  const auto parts = office.as(office.north, Role::kViewer, "GET", "/api/records/part");
  CHECK(parts.json["total"] == 1);
  CHECK(office.as(office.north, Role::kViewer, "GET", "/api/records/part/" + to_string(office.part))
            .status == 200);
}

TEST_CASE("bound: lists are paged, counted and filtered within the organisation") {
  BoundWorld office;
  for (int i = 0; i < 40; ++i) {
    const auto& branch = i % 4 == 0 ? office.north : office.south;
    office.world.office_create(
        office.world.visit(),
        {{"technician", text(branch.technician)}, {"category", text(i % 8 == 0 ? "even" : "odd")}});
  }
  for (const std::string order : {"", "&order=category", "&order=-category"}) {
    std::set<std::string> seen;
    std::string after;
    for (int page = 0; page < 50; ++page) {
      const auto told = office.as(
          office.north, Role::kViewer, "GET",
          "/api/records/visit?limit=3" + order + (after.empty() ? "" : "&after=" + after));
      REQUIRE(told.status == 200);
      if (after.empty()) CHECK(told.json["total"] == 11);
      for (const auto& record : told.json["records"]) {
        CHECK(record["values"]["technician"] == office.north.technician);
        CHECK(seen.insert(record["id"]).second);
      }
      if (told.json["next"].is_null()) break;
      after = told.json["next"];
    }
    CHECK(seen.size() == 11);
  }
  CHECK(office.as(office.north, Role::kViewer, "GET", "/api/records/visit?category=even")
            .json["total"] == 5);
  const auto page =
      ask(office, *find_route("GET", "/visits").route, "/visits", Role::kViewer, office.north.id);
  CHECK(tells(page, "(11)"));
}

TEST_CASE("bound: cases are paged without gaps, and those that tell of others are head office's") {
  BoundWorld office;
  const auto cases = office.as(office.north, Role::kSupport, "GET", "/api/cases?limit=1");
  REQUIRE(cases.json["cases"].size() == 1);
  const auto next = office.as(office.north, Role::kSupport, "GET",
                              "/api/cases?limit=5&after=" + cases.json["next"].dump());
  CHECK(next.json["cases"].size() == 1);
  CHECK(next.json["next"].is_null());
  // The two branches' customers turn out to have the same telephone.
  office.world.office_edit(office.north.customer, "phone", text("0592"));
  office.world.office_edit(office.south.customer, "phone", text("0592"));
  const auto all = office.send("GET", "/api/cases", office.token_of(Role::kSupport));
  CHECK(all.json["cases"].size() == 5);
  for (const auto* branch : {&office.north, &office.south})
    CHECK(office.as(*branch, Role::kSupport, "GET", "/api/cases").json["cases"].size() == 2);
  const auto number = std::to_string(office.world.open_cases().back().number);
  CHECK(office.as(office.south, Role::kSupport, "GET", "/api/cases/" + number).status == 404);
}

TEST_CASE("bound: a case between his own records is his until a stranger's comes into it") {
  BoundWorld office;
  const RecordRef other{"customer", office.world.rng.draw<Uuid>()};
  office.world.office_create(
      other, {{"name", text("Quay")}, {"organisation", id_value(office.north.outlet)}});
  office.world.office_edit(office.north.customer, "phone", text("0592"));
  office.world.office_edit(other, "phone", text("0592"));
  const auto path = "/api/cases/" + std::to_string(office.world.open_cases().back().number);
  CHECK(office.as(office.north, Role::kSupport, "GET", path).status == 200);
  CHECK(office.as(office.south, Role::kSupport, "GET", path).status == 404);
  office.world.office_edit(office.south.customer, "phone", text("0592"));
  CHECK(office.as(office.north, Role::kSupport, "GET", path).status == 404);
  CHECK(office.as(office.south, Role::kSupport, "GET", path).status == 404);
  CHECK(office.send("GET", path, office.token_of(Role::kSupport)).status == 200);
}

TEST_CASE("bound: what is about the whole house is refused, and the answer says why") {
  BoundWorld office;
  std::size_t refused = 0;
  for (const auto& route : routes()) {
    if (reach_of(route.action) != Reach::kHouse) continue;
    for (const Role role : kOfficeRoles) {
      if (!may(role, route)) continue;
      const auto told =
          office.as(office.north, role, std::string(route.method), std::string(route.pattern));
      INFO(route.method << " " << route.pattern);
      CHECK(told.status == 403);
      CHECK(told.error_field() == "organisation");
      CHECK(told.json["error"]["what_to_do"].get<std::string>().find("head office") !=
            std::string::npos);
      ++refused;
    }
  }
  // Feed, live feed, SQL, metrics, rehearsals and proposals, by those who may otherwise.
  CHECK(refused == 17);
}

TEST_CASE("bound: every route says how far it reaches, and only these say nothing of records") {
  std::set<std::string> alike;
  for (const auto& route : routes()) {
    if (reach_of(route.action) == Reach::kAlike) alike.insert(std::string(route.pattern));
    // Nobody bound is an administrator, and nothing of an administrator's is cut to a part.
    const bool admins_only = route.roles == bit(Role::kAdmin);
    if (admins_only) CHECK(reach_of(route.action) == Reach::kHouse);
  }
  CHECK(alike == std::set<std::string>{"/healthz", "/readyz", "/api/login", "/api/login/oidc",
                                       "/api/logout", "/api/open-links", "/api/openapi.json",
                                       "/api/rule-sets", "/api/rule-sets/{version}", "/",
                                       "/daybook.css", "/open/{code}", "/oidc/start",
                                       "/oidc/callback"});
}

TEST_CASE("bound: the status of the house is told without its counts") {
  BoundWorld office;
  const auto status = office.as(office.north, Role::kViewer, "GET", "/api/status");
  CHECK(status.json["organisation"] == to_string(office.north.id));
  for (const char* count : {"records", "open_cases", "parked_sets", "devices", "backups"})
    CHECK_FALSE(status.json.contains(count));
}

TEST_CASE("bound: sight follows the tree, the technician's outlet and the visit's technician") {
  BoundWorld office;
  const auto sees = [&](const Branch& branch, const RecordRef& record) {
    return office
               .as(branch, Role::kViewer, "GET",
                   "/api/records/" + record.collection + "/" + to_string(record.id))
               .status == 200;
  };
  SECTION("a visit is handed to another outlet's technician") {
    office.world.office_edit(office.north.visit, "technician", text(office.south.technician));
    CHECK_FALSE(sees(office.north, office.north.visit));
    CHECK_FALSE(sees(office.north, office.north.customer));
    CHECK(sees(office.south, office.north.visit));
    CHECK(sees(office.south, office.north.customer));
  }
  SECTION("a technician changes outlet, and his work goes with him") {
    office.world.office_edit(office.north.person, "outlet", id_value(office.south.outlet));
    CHECK_FALSE(sees(office.north, office.north.visit));
    CHECK_FALSE(sees(office.north, office.north.person));
    CHECK(sees(office.south, office.north.visit));
  }
  SECTION("an outlet gets another branch above it") {
    office.world.office_edit({"organisation", office.north.outlet}, "above",
                             id_value(office.south.id));
    CHECK_FALSE(sees(office.north, office.north.visit));
    CHECK_FALSE(sees(office.north, {"organisation", office.north.outlet}));
    CHECK(sees(office.south, office.north.visit));
    CHECK(sees(office.south, {"organisation", office.north.outlet}));
  }
  SECTION("organisations that stand above each other in a circle end by themselves") {
    office.world.office_edit({"organisation", office.north.id}, "above",
                             id_value(office.north.outlet));
    CHECK(sees(office.north, office.north.visit));
    CHECK_FALSE(sees(office.north, office.south.visit));
  }
}

TEST_CASE("bound: a program at a bound account sees no more than the account") {
  BoundWorld office;
  TokenRow wish;
  wish.actor = office.north.clerk;
  wish.label = "north's own";
  wish.scopes = {"records.read", "feed"};
  wish.expires_ms = office.world.clock.wall_ms() + 86'400'000;
  const auto made = office.world.within([&] {
    return must(make_service_token(office.world.store, wish, office.world.clock.wall_ms(),
                                   office.world.rng));
  });
  must(office.sessions.programs().load(office.world.store));
  CHECK(office.send("GET", "/api/records/visit", made.text).json["total"] == 1);
  CHECK(office.send("GET", "/api/feed", made.text).status == 403);
  CHECK(office.send("GET", "/api/records/visit/" + to_string(office.south.visit.id), made.text)
            .status == 404);
}
