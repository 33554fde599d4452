// SPDX-License-Identifier: Apache-2.0
// `daybook rules …`: what headquarters' server answers of them.
#include "tools/cli/command_groups.hpp"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "core/base/percent.hpp"
#include "tools/cli/print.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/talk.hpp"

namespace daybook::cli {
namespace {

constexpr std::size_t kShownMax = 20;  // single decisions; --json has more

std::optional<std::string> text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Ending cannot_read(const Words& words, const std::string& path) {
  return complain(words("cannot read ", "无法读取 ") + path, Ending::kUsage);
}

std::string print_rule_sets(const Words& words, const Json& json) {
  Table table({words("version", "版本"), words("in force", "生效"), words("digest", "摘要")});
  for (const auto& set : json.at("rule_sets")) {
    table.add({std::to_string(set.at("version").get<std::uint64_t>()),
               set.at("in_force").get<bool>() ? words("yes", "是") : "",
               set.at("digest").get<std::string>().substr(0, 16)});
  }
  return table.text();
}

// Which set is in force: what a publication replaces.
Ending version_in_force(Talk& talk, std::uint64_t& version) {
  Json sets;
  const Ending ending = talk.fetch("GET", "/api/rule-sets", std::nullopt, sets);
  if (ending != Ending::kGood) return ending;
  for (const auto& set : sets.at("rule_sets")) {
    if (set.at("in_force").get<bool>()) version = set.at("version").get<std::uint64_t>();
  }
  return Ending::kGood;
}

void print_changes(const Json& changes, const Words& words) {
  for (const auto& change : changes)
    std::cout << printable(change.at(words("en", "zh")).get<std::string>()) << "\n";
  if (changes.empty())
    std::cout << words("no difference to the rules in force\n", "与现行规则没有差别\n");
}

void print_tally(const std::string& name, const Json& tally, Table& table) {
  table.add({name, std::to_string(tally.at("decisions").get<std::uint64_t>()),
             "+" + std::to_string(tally.at("cases_more").get<std::uint64_t>()),
             "-" + std::to_string(tally.at("cases_less").get<std::uint64_t>())});
}

std::string outcome_word(const std::string& name, const Words& words) {
  if (name == "taken") return words("in force", "生效");
  if (name == "same") return words("no change", "相同");
  if (name == "merged") return words("merged", "合并");
  if (name == "proposed") return words("a proposal", "作为建议");
  if (name == "conflict") return words("left to people", "待人裁定");
  if (name == "refused") return words("refused", "拒绝");
  if (name == "taken_over") return words("in force, over the office", "生效并取代办公室值");
  if (name == "parked") return words("parked", "挂起");
  return name;
}

std::string side_of(const Json& one, const char* what, const char* rule, const char* opened,
                    const Words& words) {
  std::string text = outcome_word(one.at(what).get<std::string>(), words);
  if (one.contains(rule) && !one.at(rule).get<std::string>().empty())
    text += " (" + one.at(rule).get<std::string>() + ")";
  if (one.at(opened).get<bool>()) text += words(", a case", "，立案");
  return text;
}

void print_findings(const Json& json, const Words& words) {
  const auto& total = json.at("total");
  if (total.at("decisions").get<std::uint64_t>() == 0) {
    std::cout << words("all ", "全部 ") << json.at("commits").get<std::uint64_t>()
              << words(" change sets would have been decided as they were\n",
                       " 个变更集的判定与当时一致\n");
    return;
  }
  Table table({words("field", "字段"), words("decided differently", "判定不同"),
               words("cases more", "多立案"), words("cases less", "少立案")});
  for (const auto& one : json.at("by_field")) {
    print_tally(one.at("field").is_null() ? words("(whole sets)", "（整个变更集）")
                                          : one.at("field").get<std::string>(),
                one, table);
  }
  print_tally(words("total", "合计"), total, table);
  std::cout << table.text();
  Table shown({words("commit", "提交"), words("by", "人员"), words("field", "字段"),
               words("was", "当时"), words("would be", "将是")});
  std::size_t left = kShownMax;
  for (const auto& one : json.at("differences")) {
    if (left-- == 0) break;
    std::string what;
    if (one.contains("record")) {
      const auto& record = one.at("record");
      what = record.at("collection").get<std::string>() + "/" +
             record.at("id").get<std::string>().substr(24) + "." +
             one.at("field").get<std::string>();
    }
    shown.add({std::to_string(one.at("version").get<std::uint64_t>()),
               one.at("by").get<std::string>(), what,
               side_of(one, "was", "rule_was", "case_was", words),
               side_of(one, "would", "rule_would", "case_would", words) +
                   (one.contains("reason") ? ": " + one.at("reason").get<std::string>() : "")});
  }
  std::cout << shown.text();
}

Ending rehearse(const Wish& wish, const Words& words) {
  const auto source = text_of_file(wish.files.front());
  if (!source) return cannot_read(words, wish.files.front());
  Talk talk(wish, words);
  Json begun;
  Ending ending = talk.fetch("POST", "/api/rehearsals", Json{{"source", *source}}, begun);
  if (ending != Ending::kGood) return ending;
  if (!wish.json) print_changes(begun.at("changes"), words);
  const bool watched = ::isatty(STDERR_FILENO) != 0;
  const std::string path = "/api/rehearsals/" + begun.at("rehearsal").get<std::string>();
  Json json;
  do {
    ending = talk.fetch("POST", path, Json::object(), json);
    if (ending != Ending::kGood) return ending;
    if (watched) {
      std::cerr << "\r" << json.at("done").get<std::uint64_t>() << " / "
                << json.at("commits").get<std::uint64_t>() << std::flush;
    }
  } while (!json.at("finished").get<bool>());
  if (watched) std::cerr << "\r";
  if (wish.json) {
    std::cout << json << "\n";
    return Ending::kGood;
  }
  print_findings(json, words);
  if (begun.at("stands_against").is_string()) {
    std::cout << words("cannot be published: ", "不能发布：")
              << printable(begun.at("stands_against").get<std::string>()) << "\n";
  }
  return Ending::kGood;
}

Ending publish(const Wish& wish, const Words& words) {
  const auto source = text_of_file(wish.files.front());
  if (!source) return cannot_read(words, wish.files.front());
  Talk talk(wish, words);
  std::uint64_t replaces = 0;
  Ending ending = version_in_force(talk, replaces);
  if (ending != Ending::kGood) return ending;
  Json json;
  ending = talk.fetch("POST", "/api/rule-sets",
                      Json{{"source", *source}, {"reason", wish.reason}, {"replaces", replaces}},
                      json, {}, new_id());
  if (ending != Ending::kGood) return ending;
  if (wish.json) {
    std::cout << json << "\n";
    return Ending::kGood;
  }
  std::cout << words("version ", "版本 ") << json.at("version").get<std::uint64_t>()
            << words(" is in force in place of ", " 已生效，取代版本 ") << replaces
            << words("; commit ", "；提交 ")
            << json.at("receipt").at("version").get<std::uint64_t>() << "\n";
  return Ending::kGood;
}

Ending propose(const Wish& wish, const Words& words) {
  Talk talk(wish, words);
  Json json;
  const Ending ending = talk.fetch(
      "GET",
      "/api/cases/" + std::to_string(wish.number) + "/rule?choice=" + percent_encoded(wish.choice),
      std::nullopt, json);
  if (ending != Ending::kGood) return ending;
  if (wish.json) {
    std::cout << json << "\n";
    return Ending::kGood;
  }
  std::cout << json.at("collection").get<std::string>() << "."
            << json.at("field").get<std::string>() << ": " << json.at("now").get<std::string>()
            << " → " << json.at("proposed").get<std::string>() << "\n";
  if (wish.out.empty()) return Ending::kGood;
  std::ofstream file(wish.out, std::ios::binary | std::ios::trunc);
  file << json.at("source").get<std::string>();
  file.close();
  if (!file) return complain(words("cannot be written: ", "无法写入：") + wish.out, Ending::kUsage);
  std::cout << words("written to ", "已写入 ") << wish.out
            << words("; try it: daybook rules dry-run ", "；先试行：daybook rules dry-run ")
            << wish.out << "\n";
  return Ending::kGood;
}

}  // namespace

void declare_rule_desk(CLI::App& rules, Wish& wish, Command& chosen) {
  auto* list = rules.add_subcommand("list", "Sets that the book was kept under 历次规则");
  list->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", "/api/rule-sets", std::nullopt, print_rule_sets);
    };
  });
  auto* dry = rules.add_subcommand(
      "dry-run", "What would have been decided differently under this file; changes nothing 试行");
  dry->add_option("file", wish.files)->required()->expected(1);
  dry->callback([&] { chosen = rehearse; });
  auto* publication =
      rules.add_subcommand("publish", "Puts this file in force, for everybody 发布");
  publication->add_option("file", wish.files)->required()->expected(1);
  publication->add_option("--reason", wish.reason)->required();
  publication->callback([&] { chosen = publish; });
  auto* proposal = rules.add_subcommand(
      "propose", "The rule that would decide such a case, as a file to try and publish 由案立规");
  proposal->add_option("case", wish.number)->required();
  proposal->add_option("--choice", wish.choice, "office, device or both")->required();
  proposal->add_option("-o,--out", wish.out);
  proposal->callback([&] { chosen = propose; });
}

}  // namespace daybook::cli
