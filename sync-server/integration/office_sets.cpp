// SPDX-License-Identifier: Apache-2.0
// Change sets of office systems: several records in one act, through the one write door, once for
// each id.
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/office_edits.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/integration/handlers.hpp"

namespace daybook {
namespace {

constexpr std::size_t kTextMax = 256;

}  // namespace

Result<http::Response> post_set(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"id", "changes"}));
  DAYBOOK_ASSIGN(const auto text, body.text("id", kTextMax));
  DAYBOOK_ASSIGN(const auto id, id_in(text, "id"));
  DAYBOOK_ASSIGN(const auto edits, office_edits_from(desk.schema(), body.find("changes")));
  DAYBOOK_ASSIGN(const auto receipt, act_once(desk, call.user, edits, id));
  return json_reply({{"receipt", json_of(desk.schema(), receipt)}}, 201);
}

}  // namespace daybook
