// SPDX-License-Identifier: Apache-2.0
// Webhooks as an administrator keeps them.
#include "core/base/hex.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/integration/commit_line.hpp"
#include "sync-server/integration/handlers.hpp"

namespace daybook {
namespace {

constexpr std::size_t kUrlSizeMax = 1024;
constexpr std::size_t kWebhooksMax = 32;
constexpr std::size_t kSecretSize = 32;

Json json_of(const WebhookRow& row, Version head) {
  return {{"id", to_string(row.webhook)},
          {"url", row.url},
          {"collections", row.collections},
          {"active", row.active},
          {"delivered", row.delivered},
          {"behind", head > row.delivered ? head - row.delivered : 0},
          {"failures", row.failures},
          {"next_ms", row.failures > 0 ? Json(row.next_ms) : Json(nullptr)},
          {"last_ms", row.last_ms > 0 ? Json(row.last_ms) : Json(nullptr)},
          {"last_problem", row.last_problem}};
}

Result<void> check_url(const std::string& url) {
  const bool secure = url.compare(0, 8, "https://") == 0 && url.size() > 8;
  const bool own = url.compare(0, 17, "http://127.0.0.1:") == 0 ||
                   url.compare(0, 17, "http://localhost:") == 0 ||
                   url.compare(0, 13, "http://[::1]:") == 0;
  if (secure || own) return {};
  return failure(Errc::kInvalid, "url", "https://…, or http:// on this machine");
}

Result<std::vector<std::string>> collections_in(const Schema& schema, const Json& json) {
  if (!json.is_array()) return failure(Errc::kWrongType, "collections", "a list of names");
  std::vector<std::string> names;
  for (const auto& name : json) {
    if (!name.is_string() || schema.find(name.get_ref<const std::string&>()) == nullptr)
      return failure(Errc::kUnknownCollection, "collections");
    names.push_back(name.get<std::string>());
  }
  return names;
}

Result<WebhookRow> webhook_of(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts.front(), "id"));
  DAYBOOK_ASSIGN(const auto rows, desk.store().list_webhooks());
  for (const auto& row : rows) {
    if (row.webhook == id) return row;
  }
  return failure(Errc::kNotFound, "webhook", to_string(id));
}

Bytes draw_secret(CoreDesk& desk) {
  Bytes secret(kSecretSize);
  desk.core.rng().fill(secret);
  return secret;
}

// The courier looks again once the change is durable.
void tell_courier(CoreDesk& desk) {
  desk.after_commit = [told = desk.parts.operations.webhooks_changed] {
    if (told) told();
  };
}

Result<http::Response> shown(CoreDesk& desk, const WebhookRow& row, int status, bool with_secret) {
  DAYBOOK_ASSIGN(const auto head, desk.store().head());
  Json json = json_of(row, head.version);
  if (with_secret) json["secret"] = to_hex(row.secret);
  return json_reply(json, status);
}

}  // namespace

Result<http::Response> list_webhooks(const Call&, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto head, desk.store().head());
  DAYBOOK_ASSIGN(const auto rows, desk.store().list_webhooks());
  Json webhooks = Json::array();
  for (const auto& row : rows) webhooks.push_back(json_of(row, head.version));
  return json_reply({{"webhooks", std::move(webhooks)}});
}

Result<http::Response> create_webhook(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"url", "collections", "after"}));
  WebhookRow row;
  DAYBOOK_ASSIGN(row.url, body.text("url", kUrlSizeMax));
  DAYBOOK_TRY(check_url(row.url));
  if (const auto* collections = body.find("collections"); collections != nullptr) {
    DAYBOOK_ASSIGN(row.collections, collections_in(desk.schema(), *collections));
  }
  DAYBOOK_ASSIGN(const auto held, desk.store().list_webhooks());
  if (held.size() >= kWebhooksMax)
    return failure(Errc::kTooLarge, "webhooks", "at most " + std::to_string(kWebhooksMax));
  DAYBOOK_ASSIGN(const auto head, desk.store().head());
  row.delivered = head.version;
  DAYBOOK_ASSIGN(const auto after, body.find_text("after", kUrlSizeMax));
  if (after) {
    DAYBOOK_ASSIGN(row.delivered, read_feed_cursor(desk.store(), *after));
  }
  row.webhook = desk.core.rng().draw<Uuid>();
  row.secret = draw_secret(desk);
  DAYBOOK_TRY(desk.store().put_webhook(row));
  tell_courier(desk);
  desk.core.trace().note(TraceLevel::kWarning, "api.webhook_made",
                         {{"webhook", to_string(row.webhook)}, {"by", call.user.actor}});
  return shown(desk, row, 201, true);
}

Result<http::Response> show_webhook(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto row, webhook_of(call, desk));
  return shown(desk, row, 200, false);
}

Result<http::Response> change_webhook(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"url", "collections", "active", "new_secret"}));
  DAYBOOK_ASSIGN(auto row, webhook_of(call, desk));
  DAYBOOK_ASSIGN(const auto url, body.find_text("url", kUrlSizeMax));
  if (url) {
    DAYBOOK_TRY(check_url(*url));
    row.url = *url;
  }
  if (const auto* collections = body.find("collections"); collections != nullptr) {
    DAYBOOK_ASSIGN(row.collections, collections_in(desk.schema(), *collections));
  }
  DAYBOOK_ASSIGN(const auto active, body.find_flag("active"));
  row.active = active.value_or(row.active);
  DAYBOOK_ASSIGN(const auto fresh, body.find_flag("new_secret"));
  if (fresh.value_or(false)) row.secret = draw_secret(desk);
  // Whatever was wrong may be mended now.
  row.failures = 0;
  row.next_ms = 0;
  DAYBOOK_TRY(desk.store().put_webhook(row));
  tell_courier(desk);
  return shown(desk, row, 200, fresh.value_or(false));
}

Result<http::Response> forget_webhook(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto row, webhook_of(call, desk));
  DAYBOOK_TRY(desk.store().erase_webhook(row.webhook));
  return shown(desk, row, 200, false);
}

// Back to an earlier place, or on past something that the other side will never take.
Result<http::Response> replay_webhook(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"after"}));
  DAYBOOK_ASSIGN(auto row, webhook_of(call, desk));
  DAYBOOK_ASSIGN(const auto after, body.text("after", kUrlSizeMax));
  DAYBOOK_ASSIGN(row.delivered, read_feed_cursor(desk.store(), after));
  row.failures = 0;
  row.next_ms = 0;
  DAYBOOK_TRY(desk.store().put_webhook(row));
  tell_courier(desk);
  return shown(desk, row, 200, false);
}

}  // namespace daybook
