// SPDX-License-Identifier: Apache-2.0
// Commands that read, wait, and hold the phone against an expectation.
#include <chrono>
#include <thread>

#include "tools/phone/desk.hpp"
#include "tools/phone/display.hpp"

namespace daybook::phone {
namespace {

std::string join(const Words& words, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < words.size(); ++i) text += (i == first ? "" : " ") + words[i];
  return text;
}

std::string plain(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? std::string() : value.dump();
}

void run_show(Desk& desk, const Words& words) {
  const Json result = Json::parse(desk.phone().query_all(join(words, 1)));
  std::vector<std::vector<std::string>> rows;
  for (const Json& row : result.at("rows")) {
    auto& cells = rows.emplace_back();
    for (const Json& cell : row) cells.push_back(plain(cell));
  }
  desk.tell_lines(result, table_of(result.at("columns").get<std::vector<std::string>>(), rows));
}

std::string first_value(Desk& desk, const std::string& sql) {
  auto rows = desk.phone().query(sql);
  const auto row = rows.next();
  return row ? plain(Json::parse(*row).at(0)) : std::string();
}

void run_let(Desk& desk, const Words& words) {
  const bool asks = words[2] == "sql";
  const std::string value = asks ? first_value(desk, join(words, 3)) : join(words, 2);
  desk.variables()[words[1]] = value;
  desk.tell_lines({{"command", "let"}, {words[1], value}}, "");
}

void run_sleep(Desk&, const Words& words) {
  std::this_thread::sleep_for(std::chrono::milliseconds(read_duration_ms(words[1])));
}

void demand(const std::string& what, const std::string& expected, const std::string& found) {
  if (expected != found)
    throw Complaint("expected " + what + " to be '" + expected + "', not '" + found + "'");
}

void expect_failure(Desk& desk, const Words& words) {
  try {
    desk.run({words.begin() + 3, words.end()});
  } catch (const app::Failure& failure) {
    return demand("the error of '" + words[3] + "'", words[2], daybook_code_name(failure.code()));
  }
  throw Complaint("'" + join(words, 3) + "' was to fail with " + words[2] + ", and did not");
}

void run_expect(Desk& desk, const Words& words) {
  const std::string& subject = words[1];
  if (subject == "sql") {
    demand(join(words, 3), words[2], first_value(desk, join(words, 3)));
  } else if (subject == "status") {
    const Json status = Json::parse(desk.phone().status());
    if (!status.contains(words[2])) throw Complaint("the status has no '" + words[2] + "'");
    demand(words[2], words[3], plain(status.at(words[2])));
  } else if (subject == "receipt") {
    const Json receipts = Json::parse(desk.phone().receipts_of(words[2]));
    demand(
        "the verdict on " + words[2], words[3],
        receipts.empty() ? std::string("none") : receipts.back().at("verdict").get<std::string>());
  } else if (subject == "fails") {
    expect_failure(desk, words);
  } else {
    throw Complaint("expect sql | status | receipt | fails");
  }
  desk.tell({{"command", "expect"}, {"ok", true}}, "  ✓ " + join(words, 1),
            "  ✓ " + join(words, 1));
}

void run_echo(Desk& desk, const Words& words) {
  desk.tell_lines({{"command", "echo"}, {"text", join(words, 1)}}, join(words, 1) + "\n");
}

void run_help(Desk& desk, const Words&) {
  desk.tell_lines({{"commands", list_of_commands()}}, list_of_commands());
}

}  // namespace

std::vector<Command> script_commands() {
  return {
      {"show", "SQL", 1, run_show},
      {"let", "NAME VALUE | NAME sql SQL", 2, run_let},
      {"sleep", "SECONDS | 500ms", 1, run_sleep},
      {"expect", "sql VALUE SQL | status KEY VALUE | receipt SET VERDICT | fails CODE COMMAND", 3,
       run_expect},
      {"echo", "TEXT", 1, run_echo},
      {"help", "", 0, run_help},
  };
}

}  // namespace daybook::phone
