// SPDX-License-Identifier: Apache-2.0
// Scenarios are played and judged: what holds, what fails and how that is said, what is pending.
#include "tools/scenario/run.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace daybook;
using namespace daybook::scenario;
using daybook::test::contains;
using daybook::test::TemporaryFolder;

namespace {

constexpr const char* kStory = R"(scenario S "a story" "一个故事"
technician zhang
technician li
office dora
dora creates visit V technician=zhang window_start=09:00 priority=3 notes=a
zhang offline
zhang creates visit_event visit=V kind=departed at=08:10 as departure
dora sets V window_start=14:00 as change
zhang sets V cause=tuner
zhang online
li sets V cause=x fails unknown_record
)";

struct Run {
  int code = 0;
  std::string text;
};

Run run(const std::string& text, Language language = Language::kEnglish, bool brief = false) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("story.txt")) << text;
  std::ostringstream out;
  RunOptions options;
  options.paths = {folder.file("story.txt")};
  options.language = language;
  options.brief = brief;
  const int code = run_scenarios(options, out);
  return {code, out.str()};
}

std::string page_of_scenarios() {
  std::ifstream in("tests/scenarios/SCENARIOS.md");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("scenario: expectations of every kind hold where they are true") {
  const Run story = run(std::string(kStory) + R"(expect departure accepted
expect departure told V.window_start taken_over rule office_until(departed) why claim_stands
expect zhang told nothing
expect V.window_start 09:00
expect V.result absent
expect on zhang V.window_start 09:00
expect on li no V
expect kept V.window_start 14:00
expect cases 0
expect count visit_event 1 kind=departed
expect skew zhang 0s
expect paper V 售后服务处理单 "Service form" zhang
expect history V.window_start 3
expect history V.window_start 1 by=zhang outcome=taken_over
expect history V.window_start 1 by=dora was=09:00 asked=14:00 outcome=taken
expect history V.window_start 0 by=dora device=zhang
expect history V.cause 1 by=zhang device=zhang asked=tuner was=absent captured=08:04 learnt=08:05
expect alike zhang
)");
  INFO(story.text);
  CHECK(story.code == 0);
  CHECK_THAT(story.text, contains("Scenarios: 1 hold, 0 failed, 0 mistaken, 0 PENDING"));
}

TEST_CASE(
    "scenario: a false expectation of any kind fails, and says where, what and what instead") {
  const std::pair<const char*, const char*> kFalse[] = {
      {"expect departure merged", "expected merged, found accepted"},
      {"expect departure told nothing",
       "expected that there was nothing to tell, found V.window_start taken_over"},
      {"expect departure told V.window_start proposed",
       "expected V.window_start proposed, found V.window_start taken_over"},
      {"expect departure told V.window_start taken_over rule office",
       "found V.window_start taken_over rule office_until(departed)"},
      {"expect departure told V.window_start taken_over why seen", "why claim_stands"},
      {"expect departure told V.window_start taken_over case",
       "expected V.window_start taken_over"},
      {"expect V.window_start 14:00", "expected 14:00 at headquarters, found 09:00"},
      {"expect V.cause absent", "expected absent at headquarters, found \"tuner\""},
      {"expect on zhang V.priority 1", "expected 1 on zhang, found 3"},
      {"expect on li V.priority 3", "expected V on li, found that it is not there"},
      {"expect on zhang no V", "expected no V on zhang, found that it is there"},
      {"expect kept V.window_start 09:00", "found that it is in force"},
      {"expect kept V.window_start 15:00", "found nothing of it there"},
      {"expect cases 1", "expected 1 open cases, found 0: no open case"},
      {"expect case field V.technician",
       "expected an open case of the kind field, found no open case"},
      {"expect count visit_event 2 kind=departed", "expected 2 visit_event, found 1"},
      {"expect skew zhang 1h", "expected 3600000 ms, found 0 ms"},
      {"expect paper V tuner 投影仪", "that it is printed: 投影仪, found "},
      {"expect history V.cause 1 by=li", "expected in the history 1, found 0: "},
      {"expect history V.cause 1 learnt=09:05", "found 0: "},
      {"expect alike li", "expected records that they hold, found none"},
      {"zhang sets V cause=y fails immutable",
       "expected that it fails with immutable, found that it was done"},
      {"li sets V cause=y", "this could not be done: unknown_record"},
  };
  for (const auto& [line, found] : kFalse) {
    const Run story = run(std::string(kStory) + line + "\n");
    INFO(line);
    CHECK(story.code == 1);
    CHECK_THAT(story.text, contains("story.txt:12: "));
    CHECK_THAT(story.text, contains(found));
    CHECK_THAT(story.text, contains("0 hold, 1 failed"));
  }
}

TEST_CASE("scenario: what is pending is played, listed loudly, and no failure") {
  const std::string pending =
      "scenario P \"a wish\"\npending \"nobody built it\"\ntechnician zhang\noffice dora\n"
      "dora creates visit V technician=zhang\nexpect cases 1\n"
      "scenario Q \"another\"\npending \"needs what is not there\"\n";
  const Run story = run(pending);
  CHECK(story.code == 0);
  CHECK_THAT(story.text, contains("0 hold, 0 failed, 0 mistaken, 2 PENDING"));
  CHECK_THAT(story.text, contains("!!  P  a wish\n!!       nobody built it"));
  CHECK_THAT(story.text, contains("!!  Q  another\n!!       needs what is not there"));
  CHECK_THAT(story.text, contains("story.txt:6: expected 1 open cases"));
}

TEST_CASE("scenario: what is marked pending and holds is a failure, so that the mark goes") {
  const Run story =
      run("scenario P \"t\"\npending \"r\"\noffice dora\ndora creates visit V technician=zhang\n");
  CHECK(story.code == 1);
  CHECK_THAT(story.text, contains("marked pending and holds"));
}

TEST_CASE("scenario: one that cannot be followed is no failure of the product, pending or not") {
  const Run typo = run("scenario P \"t\"\npending \"r\"\noffice dora\ndora sets V a=1\n");
  CHECK(typo.code == 2);
  CHECK_THAT(typo.text,
             contains("story.txt:4: expected the name of a record that was created, found V"));
  CHECK_THAT(run("scenario P \"t\"\noffice dora\ndora dances\n").text, contains("story.txt:3: "));
  CHECK(run("scenario P \"t\"\nschema none.json\noffice dora\ndora looks V\n").code == 2);
  CHECK(run("scenario P \"t\"\noffice dora\n").code == 2);
  RunOptions nowhere;
  nowhere.paths = {"no/such/file.txt"};
  std::ostringstream out;
  CHECK(run_scenarios(nowhere, out) == 2);
}

TEST_CASE("scenario: a story is told in either language, and the same each time") {
  const Run english = run(kStory), chinese = run(kStory, Language::kChinese);
  CHECK(english.text == run(kStory).text);
  CHECK_THAT(english.text, contains("zhang offline"));
  CHECK_THAT(english.text, contains("the author relied on this value when it happened"));
  CHECK_THAT(chinese.text, contains("zhang 离线"));
  CHECK_THAT(chinese.text, contains("一个故事"));
  CHECK_THAT(chinese.text, contains("V.预约时间起 取代"));
  CHECK_THAT(run(std::string(kStory) + "expect cases 1\n", Language::kChinese).text,
             contains("预期 1 个未决案件，实得 0"));
}

TEST_CASE("scenario: told briefly, only what goes wrong is told whole") {
  CHECK_THAT(run(kStory, Language::kEnglish, true).text, !contains("zhang offline"));
  CHECK_THAT(run(std::string(kStory) + "expect cases 1\n", Language::kEnglish, true).text,
             contains("zhang offline"));
}

TEST_CASE("scenario: answers can be lost and late, and an app may die, without a set sent twice") {
  const Run story = run(R"(scenario S "t"
technician zhang
office dora
dora creates visit V technician=zhang notes=a
zhang offline
zhang sets V notes+=b
zhang sends
zhang loses
zhang restarts
zhang sets V notes+=c
zhang sends
wait 2h
dora sets V notes+=d
zhang hears
zhang online
expect V.notes "a\nb\nc\nd"
expect on zhang V.notes "a\nb\nc\nd"
zhang resends
)");
  INFO(story.text);
  CHECK(story.code == 0);
}

TEST_CASE("scenario: the examples on the page hold") {
  const std::string page = page_of_scenarios();
  std::string stories;
  for (std::size_t at = 0; (at = page.find("```scenario\n", at)) != std::string::npos;) {
    at += 12;
    stories += page.substr(at, page.find("```", at) - at);
  }
  const Run story = run(stories);
  INFO(story.text);
  CHECK(story.code == 0);
  CHECK_THAT(story.text, contains("Scenarios: 2 hold"));
}

TEST_CASE("scenario: every row of the table of collisions has one") {
  for (int row = 1; row <= 73; ++row) {
    const std::string name = std::string(row < 10 ? "C0" : "C") + std::to_string(row) + "_";
    bool found = false;
    for (const auto& entry : std::filesystem::directory_iterator("tests/scenarios"))
      found = found || entry.path().filename().string().rfind(name, 0) == 0;
    INFO(name);
    CHECK(found);
  }
}

TEST_CASE("scenario: an act that lacks nothing, another row of a view: told with what was found") {
  const auto acts = [](const std::string& line) {
    const TemporaryFolder folder;
    std::filesystem::copy_file("tests/scenarios/acts.json", folder.file("acts.json"));
    std::ofstream(folder.file("s.txt")) << R"(scenario S "t"
schema acts.json
technician zhang
office dora
dora creates part P number=MB
dora creates visit V technician=zhang window_start=14:00 status=offered
dora does issue to=zhang part=P quantity=2
)" << line << "\n";
    std::ostringstream out;
    RunOptions options;
    options.paths = {folder.file("s.txt")};
    run_scenarios(options, out);
    return out.str();
  };
  CHECK_THAT(acts("zhang does depart V lacks \"x\""),
             contains("expected that it lacks x, found nothing missing"));
  CHECK_THAT(acts("zhang does depart V warns \"x\""),
             contains("expected that it warns x, found no warning"));
  CHECK_THAT(acts("zhang does finish V finding=dust"),
             contains("could not be done: He has not set out"));
  CHECK_THAT(acts("zhang does depart V fails busy"), contains("expected that it fails with busy"));
  CHECK_THAT(acts("zhang does depart V makes car=C"),
             contains("expected a record that depart made"));
  CHECK_THAT(acts("zhang does dance V"), contains("expected an act of acts, found dance"));
  CHECK_THAT(acts("zhang does depart V colour=red"),
             contains("expected an argument of depart, found colour"));
  CHECK_THAT(acts("expect view van_stock 1 quantity=3"),
             contains("found 0: (technician=zhang, part="));
  CHECK_THAT(acts("expect on zhang view van_stock 0"),
             contains("expected 0 rows of van_stock, found 1"));
  CHECK_THAT(acts("expect view van_stock 1 colour=red"),
             contains("expected a column of van_stock"));
  CHECK_THAT(acts("expect view nothing 1"), contains("expected a view of acts, found nothing"));
}

TEST_CASE("scenario: a photo goes on where its line broke, and what came of it is told") {
  const auto photo = [](const std::string& line) {
    return run(R"(scenario S "t"
technician zhang
office dora
dora creates visit V technician=zhang
zhang holds plate 200kB
zhang creates photo P visit=V content=plate
zhang carries plate 25%
wait 1h
)" + line + "\n");
  };
  const Run story = photo(
      "expect content plate 25%\nzhang carries plate\nexpect zhang carried 75%\n"
      "expect content plate whole\nexpect contents 1");
  INFO(story.text);
  CHECK(story.code == 0);
  CHECK_THAT(photo("expect content plate whole").text, contains("expected 100%, found 25%"));
  CHECK_THAT(photo("expect contents 1").text, contains("expected 1 contents, found 0"));
  CHECK_THAT(photo("expect zhang carried 100%").text, contains("expected 100%, found 25%"));
  CHECK_THAT(photo("zhang holds back 9kB\nzhang carries back").text,
             contains("expected that it is to go next: back"));
  CHECK_THAT(photo("zhang carries back").text,
             contains("expected the name of a content that a phone holds, found back"));
}

TEST_CASE("scenario: lines that come and go by chance end alike, whatever chance said") {
  const auto ended = [](const char* seed) {
    return run(std::string(R"(scenario S "t"
technician zhang phones z1 z2
office dora
dora creates visit V technician=zhang meter=1
z1 offline
z2 offline
z1 sets V meter=5
z2 sets V meter=9
)") + "unsteady " +
               seed + "\nz1 online\nz2 online\nexpect alike z1 z2\nexpect V.meter 9\n");
  };
  for (const char* seed : {"1", "2", "3", "4"}) {
    const Run story = ended(seed);
    INFO(story.text);
    CHECK(story.code == 0);
    CHECK(story.text == ended(seed).text);
  }
}
