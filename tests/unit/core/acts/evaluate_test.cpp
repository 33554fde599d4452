// SPDX-License-Identifier: Apache-2.0
// What an act would do, on either side's tables: conditions, records that it creates, fields that
// it sets.
#include "core/acts/evaluate.hpp"

#include <fstream>
#include <sstream>

#include "core/acts/act_door.hpp"
#include "core/acts/act_tables.hpp"
#include "core/acts/sql_check.hpp"
#include "core/base/hex.hpp"
#include "core/schema/load.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;
using daybook::test::contains;

namespace {

const std::string kVisit = "00000000-0000-7000-8000-000000000001";
const std::string kPart = "00000000-0000-7000-8000-000000000002";

Schema rules() {
  std::ifstream file("tests/scenarios/acts.json");
  std::stringstream text;
  text << file.rdbuf();
  auto schema = load_schema(text.str(), "acts.json");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  return *std::move(schema);
}

// The tables of one side with its views, a visit, a part, and two of it on the van of zhang.
struct House {
  explicit House(Where side_in) : schema(rules()), side(side_in) {
    auto opened = open_trial_door(schema, side);
    REQUIRE(opened.ok());
    door = *std::move(opened);
    for (const auto& view : schema.views) {
      if (stands_at(view.at, side)) lay(create_view_sql(schema, view, side));
    }
    const std::string exact = side == Where::kOffice ? "exact_" : "";
    lay("insert into " + exact + "visit(id, _version, technician, window_start, status) values('" +
        kVisit + "', 1, 'zhang', 1000, 'offered')");
    lay("insert into " + exact + "part(id, _version, number, serialised) values('" + kPart +
        "', 1, 'MB', 1)");
    lay("insert into " + exact +
        "movement(id, _version, technician, part, quantity, why) "
        "values('m', 1, 'zhang', '" +
        kPart + "', 2000, 'issued')");
  }
  void lay(const std::string& sql) {
    const auto laid = door->lay(sql);
    if (!laid.ok()) FAIL(to_string(laid.error()));
  }
  Result<ActEffect> act(const std::string& name, ActCall call) {
    if (call.me.empty()) call.me = "zhang";
    call.now_ms = 500;
    const auto* known = schema.find_act(name);
    REQUIRE(known != nullptr);
    int next = 16;
    return evaluate_act({*door, schema, side,
                         [&] {
                           Uuid id;
                           id.raw.fill(static_cast<std::uint8_t>(next++));
                           return id;
                         }},
                        *known, call);
  }
  Schema schema;
  Where side;
  std::unique_ptr<sqlite::ReadDoor> door;
};

Value part() { return Value::bytes(copy_of(uuid_from(kPart)->view())); }

ActCall swap_of(std::int64_t quantity, const std::string& serial) {
  ActCall call;
  call.about = uuid_from(kVisit);
  call.arguments.set("part", part());
  call.arguments.set("quantity", Value::integer(quantity));
  if (!serial.empty()) call.arguments.set("serial", Value::text(serial));
  return call;
}

std::vector<std::string> english(const std::vector<ActSaying>& sayings) {
  std::vector<std::string> all;
  for (const auto& saying : sayings) all.push_back(saying.en);
  return all;
}

}  // namespace

TEST_CASE("acts: the SQL of the sample rules works on both sides") {
  const auto trouble = find_sql_trouble(rules());
  REQUIRE(trouble.ok());
  for (const auto& each : *trouble) FAIL_CHECK(each.place + ": " + each.detail);
  CHECK(check_sql(rules()).ok());
}

TEST_CASE("acts: everything that is missing is told, in the order of the file") {
  House phone(Where::kPhone);
  const auto effect = phone.act("swap", swap_of(3000, ""));
  REQUIRE(effect.ok());
  CHECK_FALSE(effect->may_go_on);
  CHECK(english(effect->missing) ==
        std::vector<std::string>{"There are not that many on the van",
                                 "A part of this kind needs its serial number"});
  CHECK(effect->created.empty());
  CHECK(effect->sets.empty());
}

TEST_CASE("acts: what it creates knows the others, and a `when` leaves one out") {
  House phone(Where::kPhone);
  auto effect = phone.act("swap", swap_of(1000, "A17"));
  REQUIRE(effect.ok());
  REQUIRE(effect->may_go_on);
  REQUIRE(effect->created.size() == 3);
  const auto& used = effect->created[0];
  CHECK(used.as == "used");
  CHECK(used.record.collection == "movement");
  CHECK(*used.values.find("part") == part());
  CHECK(*used.values.find("quantity") == Value::integer(1000));
  CHECK(*used.values.find("technician") == Value::text("zhang"));
  CHECK(*effect->created[1].values.find("due") == Value::integer(500 + 7 * 86'400'000));
  CHECK(*effect->created[2].values.find("kind") ==
        Value::text("swapped " + to_string(used.record.id)));
  auto call = swap_of(1000, "A17");
  call.arguments.set("keeps_old", Value::boolean(true));
  effect = phone.act("swap", call);
  REQUIRE(effect.ok());
  CHECK(effect->created.size() == 2);
}

TEST_CASE("acts: an expression may ask by which rules, and up to which version of the book") {
  auto schema = load_schema(R"({"daybook_schema": 1, "name": "s", "version": 7, "collections": {
    "month": {"kind": "document", "fields": {"rules": {"type": "int", "rule": "immutable"},
                                             "revision": {"type": "int", "rule": "immutable"}}}},
    "acts": {"publish": {"label": {"zh": "发布", "en": "Publish"}, "by": "office",
      "creates": [{"collection": "month", "set": {"rules": ":rules", "revision": ":revision"}}]}}})",
                            "s.json");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  const auto door = open_trial_door(*schema, Where::kOffice);
  REQUIRE(door.ok());
  ActCall call;
  call.me = "rui";
  call.revision = 41;
  const auto effect = evaluate_act({**door, *schema, Where::kOffice, [] { return Uuid{}; }},
                                   *schema->find_act("publish"), call);
  if (!effect.ok()) FAIL(to_string(effect.error()));
  CHECK(*effect->created.at(0).values.find("rules") == Value::integer(7));
  CHECK(*effect->created.at(0).values.find("revision") == Value::integer(41));
}

TEST_CASE("acts: a warning stops who does not insist") {
  House phone(Where::kPhone);
  ActCall call;
  call.about = uuid_from(kVisit);
  call.today_ms = 2000;
  auto effect = phone.act("depart", call);
  REQUIRE(effect.ok());
  CHECK_FALSE(effect->may_go_on);
  CHECK(effect->missing.empty());
  CHECK(english(effect->warnings) ==
        std::vector<std::string>{"The appointment was on an earlier day"});
  call.despite_warnings = true;
  effect = phone.act("depart", call);
  REQUIRE(effect.ok());
  CHECK(effect->may_go_on);
  CHECK(effect->warnings.size() == 1);
  CHECK(*effect->sets.find("status") == Value::text("departed"));
}

TEST_CASE(
    "acts: an argument that is not given leaves its field alone, and null in the file empties") {
  House phone(Where::kPhone);
  phone.lay("update visit set status = 'departed', finding = 'dust'");
  ActCall call;
  call.about = uuid_from(kVisit);
  auto effect = phone.act("finish", call);
  REQUIRE(effect.ok());
  REQUIRE(effect->may_go_on);
  CHECK(effect->sets.find("finding") == nullptr);
  CHECK(effect->sets.find("photos") == nullptr);
  call.arguments.set("photo", Value::list({Value::text("a \"b\""), Value::text("二")}));
  effect = phone.act("finish", call);
  REQUIRE(effect.ok());
  CHECK(*effect->sets.find("photos") == *call.arguments.find("photo"));
  House office(Where::kOffice);
  office.lay("insert into exact_old_part(id, _version, visit) values('" + kPart + "', 1, '" +
             kVisit + "')");
  call = {};
  call.about = uuid_from(kPart);
  effect = office.act("receive_old_part", call);
  REQUIRE(effect.ok());
  CHECK(*effect->sets.find("received") == Value::boolean(true));
  CHECK(effect->sets.find("due")->is_null());
}

TEST_CASE("acts: headquarters reads the exact tables under the collections' names") {
  House office(Where::kOffice);
  ActCall call;
  call.arguments.set("to", Value::text("zhang"));
  call.arguments.set("part", part());
  call.arguments.set("quantity", Value::integer(1000));
  auto effect = office.act("issue", call);
  REQUIRE(effect.ok());
  CHECK(effect->may_go_on);
  for (const char* id : {"a", "b"})
    office.lay("insert into exact_old_part(id, _version, visit) values('" + std::string(id) +
               "', 1, '" + kVisit + "')");
  effect = office.act("issue", call);
  REQUIRE(effect.ok());
  CHECK(english(effect->missing) == std::vector<std::string>{"He owes too many old parts"});
}

TEST_CASE("acts: a call that cannot be is refused by name") {
  House phone(Where::kPhone);
  CHECK(phone.act("issue", {}).error().code == Errc::kForbidden);
  CHECK(phone.act("swap", {}).error().field == "about");
  ActCall call = swap_of(1000, "A17");
  call.about = uuid_from(kPart);
  CHECK(phone.act("swap", call).error().code == Errc::kUnknownRecord);
  call = swap_of(0, "A17");
  CHECK(to_string(phone.act("swap", call).error()) == "invalid at arguments.quantity: at least 1");
  call = swap_of(1000, std::string(41, 'x'));
  CHECK(phone.act("swap", call).error().code == Errc::kTooLarge);
  call = swap_of(1000, "A17");
  call.arguments.set("colour", Value::text("red"));
  CHECK(phone.act("swap", call).error().code == Errc::kUnknownField);
  ActCall nothing;
  nothing.about = uuid_from(kVisit);
  CHECK(phone.act("swap", nothing).error().field == "arguments.part");
}

TEST_CASE("acts: the day begins at the midnight before, wherever it is") {
  constexpr std::int64_t kHour = 3'600'000;
  CHECK(start_of_day(25 * kHour, 0) == 24 * kHour);
  CHECK(start_of_day(25 * kHour, 480) == 16 * kHour);
  CHECK(start_of_day(24 * kHour, 0) == 24 * kHour);
  CHECK(start_of_day(25 * kHour, -120) == 2 * kHour);
  CHECK(start_of_day(-1, 0) == -24 * kHour);
}
