// SPDX-License-Identifier: Apache-2.0
// Other machines: their tokens, and the webhooks that are told of commits.
#include "sync-server/store/sqlite/columns.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {
namespace {

// Names are words of ours without spaces.
std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const auto end = text.find(' ');
    names.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return names;
}

Result<TokenRow> token_in(sqlite::Statement& row) {
  TokenRow token;
  token.token = row.uuid(0);
  token.text_hash = row.digest(1);
  token.actor = text_in(row, 2);
  token.label = text_in(row, 3);
  token.scopes = names_in(row.text(4));
  token.created_ms = row.int64(5);
  token.expires_ms = row.int64(6);
  token.created_by = text_in(row, 7);
  return token;
}

Result<WebhookRow> webhook_in(sqlite::Statement& row) {
  WebhookRow webhook;
  webhook.webhook = row.uuid(0);
  webhook.url = text_in(row, 1);
  webhook.secret = copy_of(row.bytes(2));
  webhook.collections = names_in(row.text(3));
  webhook.active = row.boolean(4);
  webhook.delivered = row.uint64(5);
  DAYBOOK_ASSIGN(webhook.failures, small_in<std::uint32_t>(row, 6));
  webhook.next_ms = row.int64(7);
  webhook.last_ms = row.int64(8);
  webhook.last_problem = text_in(row, 9);
  return webhook;
}

}  // namespace

Result<void> SqliteServerStore::put_token(const TokenRow& row) {
  return write(
      "insert or replace into tokens (token, text_hash, actor, label, scopes, created_ms, "
      "expires_ms, created_by) values (?, ?, ?, ?, ?, ?, ?, ?)",
      row.token, row.text_hash, row.actor, row.label, joined(row.scopes), row.created_ms,
      row.expires_ms, row.created_by);
}

Result<void> SqliteServerStore::erase_token(const Uuid& token) {
  return write("delete from tokens where token = ?", token);
}

Result<std::vector<TokenRow>> SqliteServerStore::list_tokens() {
  DAYBOOK_ASSIGN(auto list,
                 reading("select token, text_hash, actor, label, scopes, created_ms, expires_ms, "
                         "created_by from tokens order by created_ms, token"));
  return all_of(list, token_in);
}

Result<void> SqliteServerStore::put_webhook(const WebhookRow& row) {
  return write(
      "insert or replace into webhooks (webhook, url, secret, collections, active, delivered, "
      "failures, next_ms, last_ms, last_problem) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.webhook, row.url, row.secret, joined(row.collections), row.active, row.delivered,
      row.failures, row.next_ms, row.last_ms, row.last_problem);
}

Result<void> SqliteServerStore::erase_webhook(const Uuid& webhook) {
  return write("delete from webhooks where webhook = ?", webhook);
}

Result<std::vector<WebhookRow>> SqliteServerStore::list_webhooks() {
  DAYBOOK_ASSIGN(auto list,
                 reading("select webhook, url, secret, collections, active, delivered, failures, "
                         "next_ms, last_ms, last_problem from webhooks order by webhook"));
  return all_of(list, webhook_in);
}

}  // namespace daybook
