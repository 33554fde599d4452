// SPDX-License-Identifier: Apache-2.0
// Tokens of programs: an administrator makes them, lists them, and ends them.
#include "core/base/hex.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/auth/service_tokens.hpp"
#include "sync-server/integration/handlers.hpp"

namespace daybook {
namespace {

constexpr std::size_t kTextMax = 1024;
constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::uint64_t kDaysUsual = 365;
constexpr std::uint64_t kDaysMax = 732;

Json json_of(const TokenRow& row) {
  return {{"id", to_string(row.token)},   {"actor", row.actor},
          {"label", row.label},           {"scopes", row.scopes},
          {"created_ms", row.created_ms}, {"created_by", row.created_by},
          {"expires_ms", row.expires_ms}};
}

void load_when_durable(CoreDesk& desk) {
  desk.after_commit = [&programs = desk.parts.sessions.programs(), &store = desk.store()] {
    static_cast<void>(programs.load(store).ok());
  };
}

}  // namespace

Result<http::Response> list_tokens(const Call&, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto rows, desk.store().list_tokens());
  Json tokens = Json::array();
  for (const auto& row : rows) tokens.push_back(json_of(row));
  return json_reply({{"tokens", std::move(tokens)}});
}

Result<http::Response> create_token(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"actor", "label", "scopes", "days"}));
  TokenRow wish;
  DAYBOOK_ASSIGN(wish.actor, body.text("actor", kTextMax));
  DAYBOOK_ASSIGN(wish.label, body.text("label", kTextMax));
  const auto* scopes = body.find("scopes");
  if (scopes == nullptr || !scopes->is_array())
    return failure(Errc::kInvalid, "scopes", "a list of names");
  for (const auto& scope : *scopes) {
    if (!scope.is_string()) return failure(Errc::kWrongType, "scopes", "a list of names");
    wish.scopes.push_back(scope.get<std::string>());
  }
  std::uint64_t days = kDaysUsual;
  if (body.has("days")) {
    DAYBOOK_ASSIGN(days, body.count("days"));
  }
  if (days > kDaysMax) return failure(Errc::kInvalid, "days", "1 to 732");
  const std::int64_t now = desk.core.clock().wall_ms();
  wish.expires_ms = now + static_cast<std::int64_t>(days) * kDayMs;
  wish.created_by = call.user.actor;
  DAYBOOK_ASSIGN(const auto made,
                 make_service_token(desk.store(), std::move(wish), now, desk.core.rng()));
  desk.core.trace().note(
      TraceLevel::kWarning, "api.token_made",
      {{"token", to_string(made.row.token)}, {"actor", made.row.actor}, {"by", call.user.actor}});
  load_when_durable(desk);
  Json json = json_of(made.row);
  json["token"] = made.text;
  return json_reply(json, 201);
}

Result<http::Response> revoke_token(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts.front(), "id"));
  DAYBOOK_ASSIGN(const auto rows, desk.store().list_tokens());
  for (const auto& row : rows) {
    if (row.token != id) continue;
    DAYBOOK_TRY(desk.store().erase_token(id));
    load_when_durable(desk);
    return json_reply(json_of(row));
  }
  return failure(Errc::kNotFound, "token", to_string(id));
}

}  // namespace daybook
