// SPDX-License-Identifier: Apache-2.0
// `daybook act`: an act of the rules, done at headquarters.
#include "core/base/percent.hpp"
#include "tools/cli/command_groups.hpp"
#include "tools/cli/print.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/talk.hpp"

namespace daybook::cli {
namespace {

std::string print_act(const Words& words, const Json& json) {
  std::string out = sayings_of(words, json);
  if (json.contains("may"))
    return (json["may"] == Json(true) ? words("It can be done.\n", "可以办理。\n")
                                      : words("It cannot be done yet.\n", "尚不能办理。\n")) +
           out;
  const auto receipt = json.value("receipt", Json::object());
  out += printable(receipt.value("verdict", "")) + words(", version ", "，版本 ") +
         std::to_string(receipt.value("version", std::uint64_t{0})) + "\n";
  const auto records = json.value("records", Json::object());
  for (const auto& [as, id] : records.items())
    out += "  " + printable(as) + " " + printable(id.get<std::string>()) + "\n";
  return out;
}

Ending do_act(const Wish& wish, const Words& words) {
  Json body = {{"arguments", Json::object()}};
  auto pairs = wish.pairs;
  // The first word may be the record that it is about.
  if (!pairs.empty() && pairs.front().find('=') == std::string::npos) {
    body["about"] = pairs.front();
    pairs.erase(pairs.begin());
  }
  if (const auto wrong = read_pairs(pairs, body["arguments"])) {
    return complain(words("Neither argument=text nor argument:=json: ",
                          "既不是 参数=文本 也不是 参数:=JSON：") +
                        printable(wrong->pair),
                    Ending::kUsage);
  }
  if (wish.activate) body["despite_warnings"] = true;
  if (wish.brief) body["check"] = true;
  return Talk(wish, words)
      .ask("POST", "/api/acts/" + percent_encoded(wish.kind), body, print_act, wish.kind,
           wish.brief ? std::string() : new_id());
}

}  // namespace

void declare_acts(CLI::App& app, Wish& wish, Command& chosen) {
  auto* act = app.add_subcommand("act", "Do an act of the rules 办理规则中的动作");
  act->add_option("act", wish.kind, "its name in the rules")->required();
  act->add_option("pairs", wish.pairs,
                  "the id of the record it is about, then argument=text or argument:=json");
  act->add_flag("--anyway", wish.activate, "though it warns");
  act->add_flag("--check", wish.brief, "only whether it could be done, and what is missing");
  act->callback([&] { chosen = do_act; });
}

}  // namespace daybook::cli
