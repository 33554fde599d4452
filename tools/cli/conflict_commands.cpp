// SPDX-License-Identifier: Apache-2.0
// `daybook conflicts …`: a support engineer's day.
#include "tools/cli/command_groups.hpp"

#include "core/base/percent.hpp"
#include "tools/cli/print.hpp"
#include "tools/cli/talk.hpp"

namespace daybook::cli {
namespace {

std::string case_path(const Wish& wish, const char* act = "") {
  return "/api/cases/" + std::to_string(wish.number) + act;
}

std::string case_name(const Wish& wish, const Words& words) {
  return words("case ", "案件 ") + std::to_string(wish.number);
}

// Under a fresh id, so that a line that breaks does not make it happen twice.
Ending act(const Wish& wish, const Words& words, const char* path, const Json& body,
           Print print = print_case) {
  return Talk(wish, words)
      .ask("POST", case_path(wish, path), body, print, case_name(wish, words), new_id());
}

Ending list(const Wish& wish, const Words& words) {
  std::string query = "?state=" + percent_encoded(wish.state);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) query += std::string("&") + name + "=" + percent_encoded(value);
  };
  add("holder", wish.mine ? "me" : wish.actor);
  add("collection", wish.collection);
  add("field", wish.field);
  add("after", wish.after);
  add("limit", wish.limit == 0 ? std::string{} : std::to_string(wish.limit));
  return Talk(wish, words).ask("GET", "/api/cases" + query, std::nullopt, print_cases);
}

Json decision_body(const Wish& wish) {
  Json body = {{"choice", wish.choice}, {"reason", wish.reason}};
  if (wish.value.empty()) return body;
  // A text may be given as it is; what is JSON (a number, a list) is taken as such where the field
  // wants one.
  const auto value = Json::parse(wish.value, nullptr, false);
  body["value"] = value.is_discarded() ? Json(wish.value) : value;
  return body;
}

// What the set should have said, on the record as it stands now.
Ending repair(const Wish& wish, const Words& words) {
  Json change = {{"collection", wish.collection}, {"id", wish.id}};
  Talk talk(wish, words);
  if (wish.create) {
    change["create"] = true;
  } else {
    Json record;
    const auto path =
        "/api/records/" + percent_encoded(wish.collection) + "/" + percent_encoded(wish.id);
    const Ending ending =
        talk.fetch("GET", path, std::nullopt, record, wish.collection + " " + wish.id);
    if (ending != Ending::kGood) return ending;
    change["seen"] = record.value("version", Json(0));
  }
  change["set"] = Json::object();
  if (const auto wrong = read_pairs(wish.pairs, change["set"])) {
    return complain(
        words("Neither field=text nor field:=json: ", "既不是 字段=文本 也不是 字段:=JSON：") +
            wrong->pair,
        Ending::kUsage);
  }
  const Json body = {
      {"choice", "repair"}, {"reason", wish.reason}, {"changes", Json::array({change})}};
  return talk.ask("POST", case_path(wish, "/resolve"), body, print_case, case_name(wish, words),
                  new_id());
}

// Adds one command of the group with its case number.
CLI::App* numbered(CLI::App* group, Wish& wish, const char* name, const char* help) {
  auto* command = group->add_subcommand(name, help);
  command->add_option("number", wish.number, "of the case")->required();
  return command;
}

void declare_reading(CLI::App* group, Wish& wish, Command& chosen) {
  auto* listing = group->add_subcommand("list", "What waits, the most urgent first 列出");
  listing->add_option("--state", wish.state, "open, decided, closed or all")->capture_default_str();
  listing->add_flag("--mine", wish.mine, "only what I have in hand");
  listing->add_option("--holder", wish.actor, "only what this person has");
  listing->add_option("--collection", wish.collection);
  listing->add_option("--field", wish.field);
  listing->add_option("--after", wish.after, "number of the last one shown");
  listing->add_option("--limit", wish.limit);
  listing->callback([&] { chosen = list; });
  numbered(group, wish, "show", "All sides of one, and its history 查看")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", case_path(w), std::nullopt, print_case, case_name(w, words));
    };
  });
  numbered(group, wish, "alike", "Open ones like it 同类案件")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", case_path(w, "/alike"), std::nullopt, print_cases,
                                case_name(w, words));
    };
  });
  auto* see = group->add_subcommand("see", "What the technician saw when he wrote a set 技师所见");
  see->add_option("set", wish.id, "its id")->required();
  see->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", "/api/sets/" + percent_encoded(w.id) + "/seen", std::nullopt,
                                print_seen, w.id);
    };
  });
  auto* story =
      group->add_subcommand("story", "Who wrote a field, when, why, by which rule 字段来历");
  story->add_option("collection", wish.collection)->required();
  story->add_option("id", wish.id)->required();
  story->add_option("field", wish.field)->required();
  story->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      const auto path = "/api/records/" + percent_encoded(w.collection) + "/" +
                        percent_encoded(w.id) + "/history/" + percent_encoded(w.field);
      return Talk(w, words).ask("GET", path, std::nullopt, print_story, w.collection + " " + w.id);
    };
  });
}

void declare_holding(CLI::App* group, Wish& wish, Command& chosen) {
  numbered(group, wish, "claim", "Take it in hand 认领")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return act(w, words, "/claim", Json::object());
    };
  });
  auto* assign = numbered(group, wish, "assign", "Hand it to somebody 转交");
  assign->add_option("person", wish.to)->required();
  assign->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return act(w, words, "/assign", Json{{"to", w.to}});
    };
  });
  numbered(group, wish, "give-back", "So that somebody else may take it 退回")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return act(w, words, "/assign", Json::object());
    };
  });
  auto* ask = numbered(group, wish, "ask", "Ask somebody about it 询问");
  ask->add_option("person", wish.to)->required();
  ask->add_option("question", wish.text)->required();
  ask->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return act(w, words, "/ask", Json{{"to", w.to}, {"text", w.text}});
    };
  });
  auto* answer = numbered(group, wish, "answer", "Note what was answered 回复");
  answer->add_option("answer", wish.text)->required();
  answer->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return act(w, words, "/answer", Json{{"text", w.text}});
    };
  });
}

void declare_deciding(CLI::App* group, Wish& wish, Command& chosen) {
  auto* resolve = numbered(group, wish, "resolve", "Decide it 处理");
  auto* alike = numbered(group, wish, "resolve-alike", "Decide it and those like it 批量处理");
  for (auto* command : {resolve, alike}) {
    command->add_option("--choice", wish.choice, "one of the choices that show prints")->required();
    command->add_option("--reason", wish.reason)->required();
    command->add_option("--value", wish.value,
                        "with --choice value: a text, or JSON (a text of digits only in quotes)");
  }
  resolve->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return act(w, words, "/resolve", decision_body(w));
    };
  });
  alike->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return act(w, words, "/resolve-alike", decision_body(w), print_alike_outcome);
    };
  });
  auto* approve = numbered(group, wish, "approve", "Approve what another proposed 复核同意");
  approve->add_option("--choice", wish.choice, "refused when something else is proposed by now");
  approve->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return act(w, words, "/approve",
                 w.choice.empty() ? Json::object() : Json{{"choice", w.choice}});
    };
  });
  auto* decline = numbered(group, wish, "decline", "Decline what was proposed 复核不同意");
  auto* undo = numbered(group, wish, "undo", "Take a decision back 撤销处理");
  for (auto* command : {decline, undo}) command->add_option("--reason", wish.reason)->required();
  decline->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return act(w, words, "/decline", Json{{"reason", w.reason}});
    };
  });
  undo->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return act(w, words, "/undo", Json{{"reason", w.reason}});
    };
  });
  auto* mend = numbered(group, wish, "repair", "Write anew what a parked set got wrong 更正搁置");
  mend->add_option("collection", wish.collection)->required();
  mend->add_option("id", wish.id)->required();
  mend->add_option("pairs", wish.pairs, "field=text or field:=json")->required();
  mend->add_option("--reason", wish.reason)->required();
  mend->add_flag("--create", wish.create, "the record is not there yet");
  mend->callback([&] { chosen = repair; });
}

}  // namespace

void declare_conflicts(CLI::App& app, Wish& wish, Command& chosen) {
  auto* group = app.add_subcommand("conflicts", "What people must decide 案件");
  group->alias("cases");
  group->require_subcommand(1);
  declare_reading(group, wish, chosen);
  declare_holding(group, wish, chosen);
  declare_deciding(group, wish, chosen);
  const auto parked = [](const Wish& w, const Words& words) {
    return Talk(w, words).ask("GET", "/api/parked", std::nullopt, print_parked);
  };
  for (auto* where : {group, &app}) {
    where->add_subcommand("parked", "Sets that could not be applied 搁置")->callback([&, parked] {
      chosen = parked;
    });
  }
}

}  // namespace daybook::cli
