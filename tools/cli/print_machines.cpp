// SPDX-License-Identifier: Apache-2.0
// Tables about other machines: tokens, webhooks, answers to SQL.
#include "tools/cli/print.hpp"
#include "tools/cli/table.hpp"

namespace daybook::cli {

std::string print_tokens(const Words& words, const Json& json) {
  Table table({words("ID", "编号"), words("ACCOUNT", "账户"), words("FOR", "用途"),
               words("MAY", "权限"), words("UNTIL", "有效期至")});
  for (const auto& token : json.value("tokens", Json::array())) {
    table.add({token.value("id", ""), token.value("actor", ""), token.value("label", ""),
               shown(token.value("scopes", Json())), when(token.value("expires_ms", Json()))});
  }
  return table.text();
}

std::string print_token(const Words& words, const Json& json) {
  std::string text = print_tokens(words, {{"tokens", {json}}});
  if (json.contains("token"))
    text = json.value("token", "") + "\n" +
           words("Keep it now: it is not shown again.\n", "请立即保存：不会再次显示。\n") + text;
  return text;
}

std::string print_webhooks(const Words& words, const Json& json) {
  Table table({words("ID", "编号"), "URL", words("COLLECTIONS", "类别"), words("ACTIVE", "启用"),
               words("TOLD", "已推送"), words("BEHIND", "落后"), words("FAILURES", "失败"),
               words("LAST PROBLEM", "最近问题")});
  for (const auto& hook : json.value("webhooks", Json::array())) {
    table.add({hook.value("id", ""), hook.value("url", ""),
               shown(hook.value("collections", Json())),
               hook.value("active", false) ? words("yes", "是") : words("no", "否"),
               shown(hook.value("delivered", Json())), shown(hook.value("behind", Json())),
               shown(hook.value("failures", Json())), hook.value("last_problem", "")});
  }
  return table.text();
}

std::string print_webhook(const Words& words, const Json& json) {
  std::string text = print_webhooks(words, {{"webhooks", {json}}});
  if (json.contains("secret"))
    text = words("secret ", "密钥 ") + json.value("secret", "") + "\n" +
           words("Keep it now: it is not shown again.\n", "请立即保存：不会再次显示。\n") + text;
  return text;
}

std::string print_sql(const Words& words, const Json& json) {
  Table table(json.value("columns", std::vector<std::string>()));
  for (const auto& row : json.value("rows", Json::array())) {
    std::vector<std::string> cells;
    for (const auto& cell : row) cells.push_back(shown(cell));
    table.add(std::move(cells));
  }
  std::string text = table.text();
  if (json.value("more", false)) text += words("… and more rows\n", "……还有更多行\n");
  return text;
}

std::string print_log_level(const Words&, const Json& json) {
  return json.value("level", "") + "\n";
}

std::string print_reloaded(const Words&, const Json& json) {
  std::string text;
  for (const auto& line : json.value("reloaded", Json::array())) text += shown(line) + "\n";
  return text;
}

}  // namespace daybook::cli
