// SPDX-License-Identifier: Apache-2.0
// `daybook month 2026-10`: a month as text for people and as CSV for a spreadsheet.
#include <fstream>
#include <iostream>

#include "core/platform/system_clock.hpp"
#include "tools/cli/command_groups.hpp"
#include "tools/cli/spreadsheets/month_report.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/talk.hpp"

namespace daybook::cli {
namespace {

struct Told {
  std::string text, csv;
};

std::string csv_cell(const std::string& cell) {
  // A spreadsheet must not take a person's name for a formula.
  const bool formula = !cell.empty() &&
                       std::string_view("=+-@\t").find(cell[0]) != std::string_view::npos &&
                       !(cell[0] == '-' && cell.size() > 1 && cell[1] >= '0' && cell[1] <= '9');
  std::string out = "\"" + std::string(formula ? "'" : "");
  for (const char c : cell) {
    out += c;
    if (c == '"') out += c;
  }
  return out + "\"";
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const auto& cell : cells) line += (line.empty() ? "" : ",") + csv_cell(cell);
  return line + "\r\n";
}

void add_section(Told& told, const MonthSection& section, const Words& words, const Json& json) {
  const auto columns = json.value("columns", std::vector<std::string>());
  Table table(columns);
  std::vector<std::string> head = {"section"};
  head.insert(head.end(), columns.begin(), columns.end());
  told.csv += csv_line(head);
  for (const auto& row : json.value("rows", Json::array())) {
    std::vector<std::string> cells;
    std::vector<std::string> line = {std::string(section.name)};
    for (const auto& cell : row) {
      cells.push_back(shown(cell));
      line.push_back(cell.is_null() ? "" : shown(cell));
    }
    table.add(std::move(cells));
    told.csv += csv_line(line);
  }
  told.text += table.empty() ? words("nothing in this month\n", "本月无记录\n") : table.text();
}

Ending ask_all(Talk& talk, const Wish& wish, const Words& words, Told& told) {
  const auto month = month_bounds(wish.month, SystemClock().utc_offset_min());
  if (!month) return complain(words("a month is 2026-10", "月份格式：2026-10"), Ending::kUsage);
  told.text = words("Month ", "月度总结 ") + wish.month +
              (wish.org.empty() ? "" : ", " + printable(wish.org)) + "\n";
  for (const auto& section : month_sections(*month, wish.org)) {
    told.text += "\n" + words(section.en, section.zh) + "\n";
    Answer answer;
    const Ending ending =
        talk.send("POST", "/api/sql", Json{{"sql", section.sql}, {"limit", 10000}}, answer);
    if (ending != Ending::kGood) return ending;
    if (answer.ok()) {
      add_section(told, section, words, answer.json);
      continue;
    }
    const auto error =
        answer.json.is_object() ? answer.json.value("error", Json::object()) : Json();
    const auto why = error.value("detail", "");
    // A schema of one's own need not have everything; whatever else went wrong ends the report.
    if (why.find("no such") == std::string::npos)
      return complain(sentence_of(words, error, section.name), Ending::kRefused);
    told.text += words("not kept in this schema: ", "本方案无此数据：") + printable(why) + "\n";
  }
  return Ending::kGood;
}

Ending write_file(const Words& words, const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return complain(words("cannot be written: ", "无法写入：") + path, Ending::kUsage);
  std::cerr << path << "\n";
  return Ending::kGood;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Ending report_month(const Wish& wish, const Words& words) {
  Talk talk(wish, words);
  Told told;
  const Ending asked = ask_all(talk, wish, words, told);
  if (asked != Ending::kGood) return asked;
  // Spreadsheets take a file without this mark for something older than UTF-8.
  const std::string csv = "\xef\xbb\xbf" + told.csv;
  if (wish.out.empty()) {
    std::cout << told.text;
    return Ending::kGood;
  }
  if (ends_with(wish.out, ".csv")) return write_file(words, wish.out, csv);
  if (ends_with(wish.out, ".txt")) return write_file(words, wish.out, told.text);
  const Ending first = write_file(words, wish.out + ".txt", told.text);
  return first != Ending::kGood ? first : write_file(words, wish.out + ".csv", csv);
}

}  // namespace

void declare_months(CLI::App& app, Wish& wish, Command& chosen) {
  auto* month = app.add_subcommand("month", "What a month was like 月度总结");
  month->add_option("month", wish.month, "2026-10")->required();
  month->add_option("--org", wish.org, "code or name of a branch; else everybody");
  month->add_option("-o,--out", wish.out,
                    "x.csv, x.txt, or x for both; else text on standard output");
  month->callback([&] { chosen = report_month; });
}

}  // namespace daybook::cli
