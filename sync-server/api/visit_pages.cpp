// SPDX-License-Identifier: Apache-2.0
// The read-only pages as answers: the pages themselves are views'.
#include "sync-server/api/call.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/views/pages.hpp"

namespace daybook {
namespace {

PageSetting setting_of(const Call& call, CoreDesk& desk, const Territory& territory) {
  return {desk.core.clock().wall_ms(), desk.core.clock().utc_offset_min(), call.user.actor,
          &territory};
}

}  // namespace

Result<http::Response> show_visits_page(const Call& call, CoreDesk& desk) {
  std::optional<Uuid> after;
  if (const auto* given = call.find_query("after"); given != nullptr && !given->empty()) {
    DAYBOOK_ASSIGN(after, id_in(*given, "after"));
  }
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(auto html, visits_page(desk.store(), desk.schema(),
                                        setting_of(call, desk, territory), after));
  return page_reply(std::move(html));
}

Result<http::Response> show_visit_page(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts.front(), "id"));
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(auto html,
                 visit_page(desk.store(), desk.schema(), setting_of(call, desk, territory), id));
  return page_reply(std::move(html));
}

}  // namespace daybook
