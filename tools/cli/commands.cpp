// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/commands.hpp"

#include <iostream>

#include "core/base/hex.hpp"
#include "core/base/percent.hpp"
#include "tools/cli/browser_login.hpp"
#include "tools/cli/command_groups.hpp"
#include "tools/cli/password.hpp"
#include "tools/cli/print.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/talk.hpp"

namespace daybook::cli {
namespace {

std::string print_done(const Words& words, const Json&) { return words("Done.\n", "完成。\n"); }

std::string print_account(const Words& words, const Json& json) {
  return print_users(words, {{"users", {json}}});
}

std::string print_code(const Words& words, const Json& json) {
  return json.value("code", "") + "\n" +
         words("One phone may use it once, until ", "仅可由一部手机使用一次，有效期至 ") +
         when(json.value("expires_ms", Json())) + "\n";
}

std::string print_link(const Words& words, const Json& json) {
  return json.value("url", "") + "\n" + words("Opens once, until ", "只能打开一次，有效期至 ") +
         when(json.value("expires_ms", Json())) + "\n";
}

std::string print_json(const Words&, const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Ending log_in(const Wish& wish, const Words& words) {
  const auto address = address_of(wish.server, wish.pin);
  if (!address.ok()) return complain(to_string(address.error()), Ending::kUsage);
  if (!wish.oidc && wish.user.empty()) return complain("--user or --oidc?", Ending::kUsage);
  auto password = Result<std::string>(std::string());
  if (!wish.oidc) password = read_password(wish.password_file, words("Password: ", "密码："));
  if (!password.ok()) return complain(to_string(password.error()), Ending::kUsage);
  const auto answer = wish.oidc ? log_in_by_browser(*address, wish.server, words)
                                : OfficeClient(*address, "")
                                      .call("POST", "/api/login",
                                            Json{{"user", wish.user}, {"password", *password}});
  if (!answer.ok()) return complain_of_line(words, answer.error(), wish.server);
  if (!answer->ok()) {
    const auto error =
        answer->json.is_object() ? answer->json.value("error", Json::object()) : Json::object();
    return complain(sentence_of(words, error, wish.user), Ending::kLogin);
  }
  const auto path = session_path();
  if (!path.ok()) return complain(to_string(path.error()), Ending::kUsage);
  const std::string user = answer->json.value("actor", "");
  const auto saved = save_session(*path, {wish.server, to_hex(address->pins.front().view()), user,
                                          answer->json.value("token", "")});
  if (!saved.ok()) return complain(to_string(saved.error()), Ending::kUsage);
  std::cout << words("Logged in as ", "已登录：") << printable(user) << " ("
            << answer->json.value("role", "") << "), " << words("until ", "有效期至 ")
            << when(answer->json.value("expires_ms", Json())) << "\n";
  return Ending::kGood;
}

// The account's members that were given; asks for a password where one is wanted.
std::optional<Json> account_body(const Wish& wish, const Words& words, bool is_new) {
  Json body = Json::object();
  if (is_new) body["actor"] = wish.actor;
  if (!wish.role.empty()) body["role"] = wish.role;
  if (!wish.display_name.empty()) body["display_name"] = wish.display_name;
  if (wish.activate) body["active"] = true;
  if (wish.deactivate) body["active"] = false;
  if (!wish.organisation.empty()) body["organisation"] = wish.organisation;
  if (wish.head_office) body["organisation"] = "";
  if (wish.no_password && !is_new) body["password"] = "";
  const bool ask = is_new ? !wish.no_password : !wish.password_file.empty();
  if (!ask) return body;
  const auto password = read_password(wish.password_file, words("New password: ", "新密码："));
  if (!password.ok()) {
    complain(to_string(password.error()), Ending::kUsage);
    return std::nullopt;
  }
  body["password"] = *password;
  return body;
}

Ending add_user(const Wish& wish, const Words& words) {
  const auto body = account_body(wish, words, true);
  return body ? Talk(wish, words).ask("POST", "/api/users", body, print_account, wish.actor)
              : Ending::kUsage;
}

Ending set_user(const Wish& wish, const Words& words) {
  const auto body = account_body(wish, words, false);
  return body ? Talk(wish, words)
                    .ask("POST", "/api/users/" + percent_encoded(wish.actor), body, print_account,
                         wish.actor)
              : Ending::kUsage;
}

std::string record_path(const Wish& wish) {
  return "/api/records/" + percent_encoded(wish.collection) +
         (wish.id.empty() ? "" : "/" + percent_encoded(wish.id));
}

std::string record_name(const Wish& wish) { return wish.collection + " " + wish.id; }

// An empty path: the options do not fit.
std::string page_of(const Wish& wish) {
  std::string query;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty())
      query += std::string(query.empty() ? "?" : "&") + name + "=" + percent_encoded(value);
  };
  add("after", wish.after);
  add("limit", wish.limit == 0 ? std::string{} : std::to_string(wish.limit));
  return query;
}

Ending create_record(const Wish& wish, const Words& words) {
  Json body = {{"id", new_id()}, {"set", Json::object()}};
  if (const auto wrong = read_pairs(wish.pairs, body["set"])) {
    return complain(
        words("Neither field=text nor field:=json: ", "既不是 字段=文本 也不是 字段:=JSON：") +
            printable(wrong->pair),
        Ending::kUsage);
  }
  return Talk(wish, words)
      .ask("POST", record_path(wish), body, print_receipt, wish.collection, new_id());
}

Ending set_record(const Wish& wish, const Words& words) {
  Json body = {{"seen", wish.seen}, {"set", Json::object()}};
  if (const auto wrong = read_pairs(wish.pairs, body["set"])) {
    return complain(
        words("Neither field=text nor field:=json: ", "既不是 字段=文本 也不是 字段:=JSON：") +
            printable(wrong->pair),
        Ending::kUsage);
  }
  Talk talk(wish, words);
  if (wish.seen < 0) {
    // What stands there now is what this person has seen.
    Json record;
    if (const Ending ending =
            talk.fetch("GET", record_path(wish), std::nullopt, record, record_name(wish));
        ending != Ending::kGood) {
      return ending;
    }
    body["seen"] = record.value("version", Json(0));
  }
  return talk.ask("PATCH", record_path(wish), body, print_receipt, record_name(wish), new_id());
}

void declare_people(CLI::App& app, Wish& wish, Command& chosen) {
  auto* login = app.add_subcommand("login", "Log in to a server 登录");
  login->add_option("--server", wish.server, "https://host:port")->required();
  login->add_option("--pin", wish.pin, "the pin that daybookd printed")->required();
  login->add_option("--user", wish.user, "with a password of this server");
  login->add_flag("--oidc", wish.oidc, "by the organisation's login page, in a browser")
      ->excludes("--user");
  login->add_option("--password-file", wish.password_file,
                    "first line is the password; else it is asked for");
  login->callback([&] { chosen = log_in; });
  app.add_subcommand("logout", "End the session 退出")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("POST", "/api/logout", Json::object(), print_done);
    };
  });
  auto* users = app.add_subcommand("users", "Accounts 账户");
  users->require_subcommand(0, 1);
  const auto list = [](const Wish& w, const Words& words) {
    return Talk(w, words).ask("GET", "/api/users", std::nullopt, print_users);
  };
  users->callback([&, users, list] {
    if (users->get_subcommands().empty()) chosen = list;
  });
  users->add_subcommand("list", "Show them 列出")->callback([&, list] { chosen = list; });
  auto* add = users->add_subcommand("add", "Make one 新建");
  auto* set = users->add_subcommand("set", "Change one 修改");
  for (auto* command : {add, set}) {
    command->add_option("actor", wish.actor, "login name")->required();
    command->add_option("--role", wish.role, "admin, dispatcher, support, viewer or technician");
    command->add_option("--name", wish.display_name, "as people write it");
    command->add_option("--organisation", wish.organisation,
                        "bound to it, by code or id: sees what belongs to it and those below");
    command->add_option("--password-file", wish.password_file);
    command->add_flag("--no-password", wish.no_password, "cannot log in to headquarters");
  }
  set->add_flag("--head-office", wish.head_office, "bound to no organisation: sees everything")
      ->excludes("--organisation");
  set->add_flag("--activate", wish.activate);
  set->add_flag("--deactivate", wish.deactivate)->excludes("--activate");
  add->callback([&] { chosen = add_user; });
  set->callback([&] { chosen = set_user; });
  auto* enrol = app.add_subcommand("enrol", "A one-time code for a technician's phone 手机注册码");
  enrol->add_option("actor", wish.actor)->required();
  enrol->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("POST", "/api/enrolments", Json{{"actor", w.actor}}, print_code,
                                w.actor);
    };
  });
}

void declare_phones(CLI::App& app, Wish& wish, Command& chosen) {
  app.add_subcommand("devices", "Phones, and what waits on them 设备")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", "/api/devices", std::nullopt, print_devices);
    };
  });
  auto* revoke = app.add_subcommand("revoke", "Take a phone's rights away, at once 吊销设备");
  revoke->add_option("device", wish.id)->required();
  revoke->add_option("--kind", wish.kind, "leaver (may still deposit) or stolen")->required();
  revoke->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("POST", "/api/devices/" + percent_encoded(w.id) + "/revoke",
                                Json{{"kind", w.kind}}, print_done, w.id);
    };
  });
  app.add_subcommand("open-link", "A link that opens the visits in a browser, once 一次性网页链接")
      ->callback([&] {
        chosen = [](const Wish& w, const Words& words) {
          return Talk(w, words).ask("POST", "/api/open-links", Json::object(), print_link);
        };
      });
  app.add_subcommand("status", "How the server stands 状态")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", "/api/status", std::nullopt, print_status);
    };
  });
}

void declare_records(CLI::App& app, Wish& wish, Command& chosen) {
  auto* records = app.add_subcommand("records", "Records 记录");
  records->require_subcommand(1);
  auto* list = records->add_subcommand("list", "A page of a collection 列出");
  auto* show = records->add_subcommand("show", "One record and who wrote it 查看");
  auto* create = records->add_subcommand("create", "Make one 新建");
  auto* set = records->add_subcommand("set", "Change fields 修改");
  auto* history =
      app.add_subcommand("history", "What was done to a record, or to one field of it 历史");
  for (auto* command : {list, show, create, set, history})
    command->add_option("collection", wish.collection)->required();
  for (auto* command : {show, set, history}) command->add_option("id", wish.id)->required();
  for (auto* command : {create, set})
    command->add_option("pairs", wish.pairs, "field=text or field:=json")->required();
  list->add_option("--after", wish.after);
  list->add_option("--limit", wish.limit);
  set->add_option("--seen", wish.seen,
                  "the version you looked at; without it, what stands there now");
  history->add_option("field", wish.field);
  list->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", record_path(w) + page_of(w), std::nullopt, print_records,
                                w.collection);
    };
  });
  show->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", record_path(w), std::nullopt, print_record, record_name(w));
    };
  });
  create->callback([&] { chosen = create_record; });
  set->callback([&] { chosen = set_record; });
  history->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      const auto path =
          record_path(w) + "/history" + (w.field.empty() ? "" : "/" + percent_encoded(w.field));
      return Talk(w, words).ask("GET", path, std::nullopt, print_history, record_name(w));
    };
  });
}

void declare_keeping(CLI::App& app, Wish& wish, Command& chosen) {
  auto* backup =
      app.add_subcommand("backup", "Copy the book while it serves, and register the copy 备份");
  backup->require_subcommand(0, 1);
  backup->callback([&, backup] {
    if (!backup->get_subcommands().empty()) return;
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("POST", "/api/backups", Json::object(), print_backup);
    };
  });
  backup->add_subcommand("list", "The registered ones 列出")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", "/api/backups", std::nullopt, print_backups);
    };
  });
  auto* forget =
      backup->add_subcommand("forget", "One that is not kept any more; the file stays 注销");
  forget->add_option("id", wish.id)->required();
  forget->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("DELETE", "/api/backups/" + percent_encoded(w.id), std::nullopt,
                                print_backup, w.id);
    };
  });
  auto* set = app.add_subcommand("set", "One change set with its receipts 变更集");
  set->add_option("id", wish.id)->required();
  set->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", "/api/sets/" + percent_encoded(w.id), std::nullopt,
                                print_json, w.id);
    };
  });
}

}  // namespace

std::optional<PairError> read_pairs(const std::vector<std::string>& pairs, Json& into) {
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) return PairError{pair};
    const bool is_json = pair[equals - 1] == ':';
    const auto name = pair.substr(0, is_json ? equals - 1 : equals);
    const auto text = pair.substr(equals + 1);
    if (name.empty()) return PairError{pair};
    into[name] = is_json ? Json::parse(text, nullptr, false) : Json(text);
    if (into[name].is_discarded()) return PairError{pair};
  }
  return std::nullopt;
}

void declare_commands(CLI::App& app, Wish& wish, Command& chosen) {
  app.add_option("--lang", wish.lang, "zh or en; else LANG decides");
  app.add_flag("--json", wish.json, "the server's answer as it came");
  app.require_subcommand(1);
  app.fallthrough();
  declare_people(app, wish, chosen);
  declare_phones(app, wish, chosen);
  declare_records(app, wish, chosen);
  declare_acts(app, wish, chosen);
  declare_conflicts(app, wish, chosen);
  declare_keeping(app, wish, chosen);
  declare_attachments(app, wish, chosen);
  declare_evidence(app, wish, chosen);
  declare_machines(app, wish, chosen);
  declare_papers(app, wish, chosen);
  declare_imports(app, wish, chosen);
  declare_months(app, wish, chosen);
  declare_rules(app, wish, chosen);
  declare_scenarios(app, wish, chosen);
}

}  // namespace daybook::cli
