// SPDX-License-Identifier: Apache-2.0
// Views and acts of the rules through the C door: asked, refused with what is missing, done.
#include <fstream>
#include <sstream>

#include "tests/conformance/abi/enrolled_store.hpp"

namespace daybook::test {
namespace {

std::string acts_schema() {
  std::ifstream file("tests/scenarios/acts.json");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct VanPhone {
  VanPhone() : store("https://127.0.0.1:1", acts_schema()), phone(store.path()) {
    part = make("part", {{"number", "MB"}, {"serialised", true}});
    visit = make("visit", {{"technician", "li.wei"}, {"status", "offered"}});
    make("movement",
         {{"technician", "li.wei"}, {"part", part}, {"quantity", 2000}, {"why", "issued"}});
  }
  std::string make(const std::string& collection, const Json& fields) {
    const Json change = {{"collection", collection}, {"create", fields}};
    return Json::parse(phone.commit(Json{{"changes", Json::array({change})}}.dump()))
        .at("ids")
        .at(0);
  }
  Json swap(std::int64_t quantity) const {
    return {{"about", visit}, {"arguments", {{"part", part}, {"quantity", quantity}}}};
  }
  std::string first(const std::string& sql) {
    return Json::parse(phone.query_all(sql)).at("rows").at(0).at(0).dump();
  }
  std::string sets() { return first("select count(*) from movement"); }
  Answer refused(const std::string& act, const std::string& json) {
    char* text = nullptr;
    std::size_t size = 0;
    const Answer answer = answer_of([&](daybook_error* error) {
      return daybook_act(phone.handle(), act.data(), act.size(), json.data(), json.size(), &text,
                         &size, error);
    });
    CHECK(text == nullptr);
    daybook_string_free(text);
    return answer;
  }
  const EnrolledStore store;
  app::Phone phone;
  std::string part, visit;
};

}  // namespace

TEST_CASE("abi acts: what is missing is answered beside the code, and nothing is written",
          "[abi]") {
  VanPhone van;
  char* text = nullptr;
  std::size_t size = 0;
  const std::string json = van.swap(3000).dump();
  const Answer answer = answer_of([&](daybook_error* error) {
    return daybook_act(van.phone.handle(), "swap", 4, json.data(), json.size(), &text, &size,
                       error);
  });
  CHECK(answer.code == DAYBOOK_MISSING);
  CHECK(answer.field == "act");
  REQUIRE(text != nullptr);
  CHECK(std::string(text).size() == size);
  const Json told = Json::parse(text);
  daybook_string_free(text);
  REQUIRE(told.at("missing").size() == 2);
  CHECK(told.at("missing").at(0).at("zh") == "随车库存不足");
  CHECK(told.at("missing").at(1).at("en") == "A part of this kind needs its serial number");
  CHECK(told.at("warnings").empty());
  CHECK(van.sets() == "1");
}

TEST_CASE("abi acts: done is one set, with the records that it made by name", "[abi]") {
  VanPhone van;
  Json call = van.swap(1000);
  call["arguments"]["serial"] = "A17";
  const auto may = van.phone.check_act("swap", call.dump());
  CHECK(may.done);
  CHECK(Json::parse(may.json).at("missing").empty());
  CHECK(van.sets() == "1");
  const auto done = van.phone.act("swap", call.dump());
  REQUIRE(done.done);
  const Json answer = Json::parse(done.json);
  CHECK(answer.at("records").size() == 3);
  const std::string used = answer.at("records").at("used");
  CHECK(van.first("select serial from movement where id = '" + used + "'") == "\"A17\"");
  const Json set = Json::parse(van.phone.find_set(answer.at("set").get<std::string>()));
  CHECK(set.at("records").size() == 3);
  CHECK(van.first("select quantity from van_stock where technician = 'li.wei'") == "1000");
  CHECK(van.first("select count(*) from open_old_parts") == "1");
  CHECK(van.first("select _state from movement where id = '" + used + "'") == "\"pending\"");
}

TEST_CASE("abi acts: a warning is passed over by who says so", "[abi]") {
  VanPhone van;
  Json call = {{"about", van.visit}};
  const auto stopped = van.phone.act("depart", call.dump());
  CHECK_FALSE(stopped.done);
  CHECK(Json::parse(stopped.json).at("missing").empty());
  CHECK(Json::parse(stopped.json).at("warnings").size() == 1);
  CHECK_FALSE(van.phone.check_act("depart", call.dump()).done);
  call["despite_warnings"] = true;
  const auto done = van.phone.act("depart", call.dump());
  CHECK(done.done);
  CHECK(Json::parse(done.json).at("warnings").size() == 1);
  CHECK(van.first("select status from visit") == "\"departed\"");
}

TEST_CASE("abi acts: what cannot be asked is refused by the name of the place", "[abi]") {
  VanPhone van;
  const auto said = [&](const std::string& act, const Json& json) {
    const Answer answer = van.refused(act, json.dump());
    return std::string(daybook_code_name(answer.code)) + " at " + answer.field;
  };
  CHECK(said("dance", Json::object()) == "not_found at act");
  CHECK(said("issue", {{"arguments", {{"to", "x"}, {"part", van.part}, {"quantity", 1}}}}) ==
        "forbidden at act");
  CHECK(said("swap", Json::object()) == "invalid at about");
  CHECK(said("swap", {{"about", "7"}}) == "invalid at about");
  CHECK(said("swap", {{"abuot", van.visit}}) == "invalid at abuot");
  CHECK(said("depart", {{"about", van.part}}) == "unknown_record at about");
  CHECK(said("depart", {{"about", van.visit}, {"despite_warnings", 1}}) ==
        "wrong_type at despite_warnings");
  Json call = van.swap(1000);
  call["arguments"]["quantity"] = 1.5;
  CHECK(said("swap", call) == "wrong_type at arguments.quantity");
  call["arguments"]["quantity"] = 0;
  CHECK(said("swap", call) == "invalid at arguments.quantity");
  call["arguments"].erase("quantity");
  CHECK(said("swap", call) == "invalid at arguments.quantity");
  call = van.swap(1000);
  call["arguments"]["colour"] = "red";
  CHECK(said("swap", call) == "unknown_field at arguments.colour");
  CHECK(van.refused("swap", "[]").code == DAYBOOK_WRONG_TYPE);
  CHECK(van.refused("swap", "{").code == DAYBOOK_INVALID);
  CHECK(van.sets() == "1");
}

TEST_CASE("abi acts: a watched view rings with what it is derived from", "[abi]") {
  VanPhone van;
  while (van.phone.next_event(0)) {
  }
  const auto watch = van.phone.watch(R"({"collections":["van_stock"]})");
  van.make("visit", {{"technician", "li.wei"}});
  const auto is_watch = [&](const std::optional<std::string>& event) {
    return event && Json::parse(*event).value("watch", std::uint64_t{0}) == watch;
  };
  bool rung = false;
  while (const auto event = van.phone.next_event(0)) rung = rung || is_watch(event);
  CHECK_FALSE(rung);
  van.make("movement", {{"technician", "li.wei"}, {"part", van.part}, {"quantity", 1}});
  while (const auto event = van.phone.next_event(0)) rung = rung || is_watch(event);
  CHECK(rung);
  CHECK(Json::parse(van.phone.inspect()).at("views").at("van_stock") == "ok");
}

}  // namespace daybook::test
