// SPDX-License-Identifier: Apache-2.0
// The language of scenarios: what is understood, what is not and how that is said, in two
// spellings.
#include <fstream>
#include <set>
#include <sstream>

#include "core/domain/catalog.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/script/script.hpp"
#include "tools/scenario/values.hpp"
#include "tools/scenario/script/words.hpp"

using namespace daybook;
using namespace daybook::scenario;
using daybook::test::contains;

namespace {

std::string mistake_in(const std::string& line) {
  try {
    read_scenarios("scenario S \"t\"\ntechnician zhang\noffice dora\n" + line + "\n", "s.txt");
  } catch (const Mistake& mistake) {
    return std::to_string(mistake.line) + ": " + mistake.what();
  }
  return "understood";
}

Step step_in(const std::string& line) {
  return read_scenarios("scenario S \"t\"\n" + line + "\n", "s.txt").at(0).steps.at(0);
}

std::string page() {
  std::ifstream in("tests/scenarios/SCENARIOS.md");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("script: an act of several parts, with a label and an error that must come") {
  const Step step = step_in(
      "zhang creates swap W order=O quantity=2 and sets S1 place=\"unit of K\" as work fails "
      "immutable");
  CHECK(step.who == "zhang");
  REQUIRE(step.parts.size() == 2);
  CHECK(step.parts[0].creates);
  CHECK(step.parts[0].collection == "swap");
  CHECK(step.parts[0].record == "W");
  CHECK(step.parts[0].pairs[1].value.text == "2");
  CHECK(step.parts[1].record == "S1");
  CHECK(step.parts[1].pairs[0].value.text == "unit of K");
  CHECK(step.parts[1].pairs[0].value.quoted);
  CHECK(step.label == "work");
  CHECK(step.fails == "immutable");
}

TEST_CASE("script: quotes of both kinds, lists, signs and comments") {
  const auto pairs =
      step_in(
          "dora sets K name=“河边 店” phones=[138, \"1 39\"] notes+=\"a \\\"b\\\"\\n# c\" x-=1 # d")
          .parts[0]
          .pairs;
  REQUIRE(pairs.size() == 4);
  CHECK(pairs[0].value.text == "河边 店");
  REQUIRE(pairs[1].value.items.size() == 2);
  CHECK(pairs[1].value.items[1].text == "1 39");
  CHECK(pairs[2].sign == '+');
  CHECK(pairs[2].value.text == "a \"b\"\n# c");
  CHECK(pairs[3].sign == '-');
}

TEST_CASE(
    "script: a line that nobody can follow says which, what was expected and what was found") {
  CHECK(mistake_in("zhang dances") ==
        "4: expected one of creates/新建, sets/修改, does/办理, signs/签署, looks/查看, "
        "settles/裁决, "
        "approves/核准, "
        "revokes/吊销, "
        "offline/离线, online/联网, sends/发出, hears/收到, loses/丢失, resends/重发, "
        "restarts/重启, clock/时钟, copies/复制为, holds/拍得, carries/上传, found dances");
  CHECK(mistake_in("zhang sets V") == "4: expected field=value, found the end of the line");
  CHECK(mistake_in("zhang offline now") == "4: expected the end of the line, found now");
  CHECK(mistake_in("zhang sets V a=\"b") == "4: expected \" before the line ends");
  CHECK(mistake_in("zhang sets V a=[b") == "4: expected ] before the line ends");
  CHECK(mistake_in("wait soon") == "4: expected a duration such as 30min, 2h or 3d, found soon");
  CHECK(mistake_in("dora settles one office because \"x\"") ==
        "4: expected the number of a case, found one");
  CHECK(mistake_in("dora settles 1 office") ==
        "4: expected because/理由, found the end of the line");
  CHECK(mistake_in("expect on zhang V 1") == "4: expected RECORD.FIELD, found V");
  CHECK(mistake_in("expect V.a") == "4: expected a value, or absent, found the end of the line");
  CHECK(mistake_in("expect case field V.a winner=x") ==
        "4: expected office=… or device=…, found winner");
  CHECK(mistake_in("unsteady often") ==
        "4: expected a number that chance is drawn from, found often");
  CHECK(mistake_in("zhang holds plate 900") == "4: expected a number with kB, found 900");
  CHECK(mistake_in("zhang carries plate half") == "4: expected a number with %, found half");
  CHECK(mistake_in("expect zhang carried all") == "4: expected a number with %, found all");
  CHECK(mistake_in("expect paper V") ==
        "4: expected what is printed, in quotes, found the end of the line");
  CHECK(mistake_in("expect alike") == "4: expected a phone, found the end of the line");
  CHECK(mistake_in("expect history V 1") == "4: expected RECORD.FIELD, found V");
  CHECK(mistake_in("zhang offline\ntechnician li") == "5: expected this line before the first act");
  CHECK_THROWS_AS(read_scenarios("zhang offline\n", "s.txt"), Mistake);
}

TEST_CASE("script: the same line in both languages is the same act, word for word") {
  const Step english = step_in("zhang creates swap W order=O as work");
  const Step chinese = step_in("zhang 新建 swap W order=O 记作 work");
  CHECK(english.label == chinese.label);
  REQUIRE(english.tokens.size() == chinese.tokens.size());
  for (std::size_t i = 0; i < english.tokens.size(); ++i)
    CHECK(english.tokens[i].key == chinese.tokens[i].key);
  CHECK(chinese.tokens[1].key == "creates");
  CHECK(step_in("等待 3天").ms == step_in("wait 3d").ms);
}

TEST_CASE("words: no spelling stands for two words, and the page has them all") {
  std::set<std::string_view> english, chinese;
  const std::string text = page();
  for (const auto& word : vocabulary()) {
    CHECK(english.insert(word.english).second);
    CHECK(chinese.insert(word.chinese).second);
    CHECK(key_of(word.chinese) == word.english);
    CHECK(spelled(word.english, Language::kChinese) == word.chinese);
    INFO(word.english);
    CHECK_THAT(text, contains(std::string(word.chinese)));
  }
}

TEST_CASE("values: what is written is shown as it was written, by the type of the field") {
  const Schema schema = *load_after_sales();
  Names names;
  names.add("K", {"customer", *Uuid::from(Bytes(16, 7))});
  const auto again = [&](const char* collection, const char* field, const char* raw) {
    const auto* known = schema.find(collection)->find(field);
    return shown(read_value(literal_of(raw, 1), known, names, 1), known, names);
  };
  CHECK(again("part", "price", "120.5") == "120.50");
  CHECK(again("part_swap", "quantity", "0.5") == "0.5");
  CHECK(again("part_swap", "quantity", "2") == "2");
  CHECK(again("visit", "window_start", "09:05") == "09:05");
  CHECK(again("visit", "window_start", "3d18:00") == "3d18:00");
  CHECK(again("visit", "unit_verified", "是") == "true");
  CHECK(again("visit", "customer", "K") == "K");
  CHECK(again("visit", "customer", "null") == "null");
  CHECK(again("customer", "phones", "[1, \"2 3\"]") == "[\"1\", \"2 3\"]");
  CHECK(again("customer", "latitude", "24.4798") == "24.4798");
  CHECK_THROWS_AS(again("part", "price", "12.345"), Mistake);
  CHECK_THROWS_AS(again("visit", "priority", "high"), Mistake);
  CHECK_THROWS_AS(again("visit", "customer", "Q"), Mistake);
  CHECK_THROWS_AS(again("customer", "phones", "1"), Mistake);
}
