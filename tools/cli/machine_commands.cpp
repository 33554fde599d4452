// SPDX-License-Identifier: Apache-2.0
// `daybook token, webhook, feed, export, sql, metrics …`: other machines and the running server.
#include "tools/cli/command_groups.hpp"

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "core/base/percent.hpp"
#include "tools/cli/print.hpp"
#include "tools/cli/talk.hpp"

namespace daybook::cli {
namespace {

std::string query_of(std::initializer_list<std::pair<const char*, std::string>> pairs) {
  std::string query;
  for (const auto& [name, value] : pairs) {
    if (!value.empty())
      query += std::string(query.empty() ? "?" : "&") + name + "=" + percent_encoded(value);
  }
  return query;
}

Json names_of(const std::string& comma_separated) {
  Json names = Json::array();
  std::size_t at = 0;
  while (at < comma_separated.size()) {
    const auto comma = std::min(comma_separated.find(',', at), comma_separated.size());
    names.push_back(comma_separated.substr(at, comma - at));
    at = comma + 1;
  }
  return names;
}

// Page by page into a file, with a line of progress for whoever watches.
Ending export_collection(const Wish& wish, const Words& words) {
  Talk talk(wish, words);
  const std::string partial = wish.out + ".partial";
  std::ofstream file;
  if (!wish.out.empty()) file.open(partial, std::ios::binary | std::ios::trunc);
  std::ostream& to = wish.out.empty() ? std::cout : file;
  std::string after;
  std::string total;
  std::uint64_t done = 0;
  do {
    TextAnswer page;
    const std::string path = "/api/export/" + percent_encoded(wish.collection) +
                             query_of({{"format", wish.format}, {"after", after}});
    const Ending ending = talk.fetch_text(path, page, wish.collection);
    if (ending != Ending::kGood) return ending;
    if (after.empty()) total = page.total;
    to << page.text;
    for (const char c : page.text) done += c == '\n' ? 1U : 0U;
    after = page.next;
    if (!wish.out.empty() && ::isatty(STDERR_FILENO) != 0)
      std::cerr << "\r" << done << " / " << total << std::flush;
  } while (!after.empty());
  if (wish.out.empty()) return Ending::kGood;
  file.close();
  if (!file || ::rename(partial.c_str(), wish.out.c_str()) != 0)
    return complain(words("cannot be written: ", "无法写入：") + wish.out, Ending::kUsage);
  std::cerr << (::isatty(STDERR_FILENO) != 0 ? "\r" : "") << total
            << words(" records in ", " 条记录，文件 ") << wish.out << "\n";
  return Ending::kGood;
}

// Lines to standard output, the place to go on from to standard error.
Ending read_feed(const Wish& wish, const Words& words) {
  Talk talk(wish, words);
  std::string after = wish.after.empty() ? "0" : wish.after;
  while (true) {
    TextAnswer page;
    const std::string path =
        "/api/feed" + query_of({{"after", after}, {"collections", wish.collections}});
    const Ending ending = talk.fetch_text(path, page);
    if (ending != Ending::kGood) return ending;
    std::cout << page.text << std::flush;
    after = page.next;
    if (page.behind != "0") continue;
    if (!wish.follow) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  std::cerr << words("Go on with --after ", "下次用 --after ") << after << "\n";
  return Ending::kGood;
}

void declare_tokens(CLI::App& app, Wish& wish, Command& chosen) {
  auto* tokens = app.add_subcommand("tokens", "Programs at an account 程序令牌");
  tokens->require_subcommand(1);
  tokens->add_subcommand("list", "Show them 列出")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", "/api/tokens", std::nullopt, print_tokens);
    };
  });
  auto* add = tokens->add_subcommand("add", "Make one; its text is shown once 新建");
  add->add_option("actor", wish.actor, "the account")->required();
  add->add_option("--label", wish.label, "what it is for")->required();
  add->add_option(
         "--scopes", wish.scopes,
         "records.read,records.write,feed,export,sql,cases,phones,accounts.read,operate,metrics")
      ->required();
  add->add_option("--days", wish.days, "how long it is good for")->capture_default_str();
  add->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("POST", "/api/tokens",
                                Json{{"actor", w.actor},
                                     {"label", w.label},
                                     {"scopes", names_of(w.scopes)},
                                     {"days", w.days}},
                                print_token, w.actor);
    };
  });
  auto* end = tokens->add_subcommand("end", "End one at once 吊销");
  end->add_option("id", wish.id)->required();
  end->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("DELETE", "/api/tokens/" + percent_encoded(w.id), std::nullopt,
                                print_token, w.id);
    };
  });
}

Ending change_webhook(const Wish& wish, const Words& words, const Json& body) {
  return Talk(wish, words)
      .ask("PATCH", "/api/webhooks/" + percent_encoded(wish.id), body, print_webhook, wish.id);
}

void declare_webhooks(CLI::App& app, Wish& wish, Command& chosen) {
  auto* webhooks = app.add_subcommand("webhooks", "Who is told of every commit 事件推送");
  webhooks->require_subcommand(1);
  webhooks->add_subcommand("list", "Show them 列出")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("GET", "/api/webhooks", std::nullopt, print_webhooks);
    };
  });
  auto* add = webhooks->add_subcommand("add", "Make one; its secret is shown once 新建");
  add->add_option("url", wish.url, "https://…")->required();
  add->add_option("--collections", wish.collections, "names with commas; else all");
  add->add_option("--after", wish.after, "a cursor, 0 for everything; else from now on");
  add->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      Json body = {{"url", w.url}, {"collections", names_of(w.collections)}};
      if (!w.after.empty()) body["after"] = w.after;
      return Talk(w, words).ask("POST", "/api/webhooks", body, print_webhook, w.url);
    };
  });
  auto* pause = webhooks->add_subcommand("pause", "Hold it; its place is kept 暂停");
  auto* resume = webhooks->add_subcommand("resume", "Go on, at once 继续");
  auto* replay = webhooks->add_subcommand("replay", "Go on from a cursor 重放");
  auto* forget = webhooks->add_subcommand("forget", "Tell it no more 删除");
  for (auto* command : {pause, resume, replay, forget})
    command->add_option("id", wish.id)->required();
  replay->add_option("--after", wish.after, "a cursor, 0 for everything")->required();
  pause->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return change_webhook(w, words, {{"active", false}});
    };
  });
  resume->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return change_webhook(w, words, {{"active", true}});
    };
  });
  replay->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("POST", "/api/webhooks/" + percent_encoded(w.id) + "/replay",
                                Json{{"after", w.after}}, print_webhook, w.id);
    };
  });
  forget->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("DELETE", "/api/webhooks/" + percent_encoded(w.id), std::nullopt,
                                print_webhook, w.id);
    };
  });
}

void declare_reading(CLI::App& app, Wish& wish, Command& chosen) {
  auto* feed = app.add_subcommand("feed", "The book by commit, a line each 数据流");
  feed->add_option("--after", wish.after, "a cursor; else from the beginning");
  feed->add_option("--collections", wish.collections, "names with commas; else all");
  feed->add_flag("--follow", wish.follow, "stay and print what comes");
  feed->callback([&] { chosen = read_feed; });
  auto* exported = app.add_subcommand("export", "A whole collection 导出");
  exported->add_option("collection", wish.collection)->required();
  exported->add_option("--format", wish.format, "csv or ndjson")->capture_default_str();
  exported->add_option("--out", wish.out, "file; else standard output");
  exported->callback([&] { chosen = export_collection; });
  auto* sql = app.add_subcommand("sql", "A question over the views of the book 查询");
  sql->add_option("sql", wish.sql, "select … from visit …")->required();
  sql->add_option("--limit", wish.limit, "rows; else 1,000");
  sql->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      Json body = {{"sql", w.sql}};
      if (w.limit > 0) body["limit"] = w.limit;
      return Talk(w, words).ask("POST", "/api/sql", body, print_sql);
    };
  });
}

void declare_running(CLI::App& app, Wish& wish, Command& chosen) {
  app.add_subcommand("metrics", "What Prometheus reads 指标")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      TextAnswer answer;
      const Ending ending = Talk(w, words).fetch_text("/metrics", answer);
      if (ending == Ending::kGood) std::cout << answer.text;
      return ending;
    };
  });
  auto* level = app.add_subcommand("log-level", "Show or set it while the server runs 日志级别");
  level->add_option("level", wish.level, "debug, info, warning or error");
  level->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return w.level.empty()
                 ? Talk(w, words).ask("GET", "/api/log-level", std::nullopt, print_log_level)
                 : Talk(w, words).ask("PUT", "/api/log-level", Json{{"level", w.level}},
                                      print_log_level);
    };
  });
  app.add_subcommand("reload", "Read configuration and certificate again 重新加载")->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return Talk(w, words).ask("POST", "/api/reload", Json::object(), print_reloaded);
    };
  });
}

}  // namespace

void declare_machines(CLI::App& app, Wish& wish, Command& chosen) {
  declare_tokens(app, wish, chosen);
  declare_webhooks(app, wish, chosen);
  declare_reading(app, wish, chosen);
  declare_running(app, wish, chosen);
}

}  // namespace daybook::cli
