// SPDX-License-Identifier: Apache-2.0
// Backups: the copy was made and proved aside; here it is registered, and from then on it is part
// of the safe point, the lowest version over all registered backups, up to which phones may forget
// what they sent.
#include "core/base/hex.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"

namespace daybook {
namespace {

Json json_of(const BackupRow& row) {
  return {{"id", to_string(row.backup)},
          {"epoch", to_string(row.epoch)},
          {"version", row.version},
          {"taken_ms", row.taken_ms},
          {"path", row.path}};
}

}  // namespace

Result<http::Response> list_backups(const Call&, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto rows, desk.store().list_backups());
  Json backups = Json::array();
  for (const auto& row : rows) backups.push_back(json_of(row));
  return json_reply({{"backups", std::move(backups)}});
}

Result<http::Response> register_backup(const Call& call, CoreDesk& desk) {
  if (!call.backup) return failure(Errc::kInternal, "backup", "nothing was copied");
  const auto& [row, newly_held] = *call.backup;
  DAYBOOK_TRY(desk.store().put_backup(row));
  for (const auto& digest : newly_held) {
    DAYBOOK_ASSIGN(auto content, desk.store().find_content(digest));
    if (!content || content->backed_up != 0) continue;
    content->backed_up = row.version;
    DAYBOOK_TRY(desk.store().put_content(*content));
  }
  return json_reply(json_of(row), 201);
}

Result<http::Response> forget_backup(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts.front(), "id"));
  DAYBOOK_ASSIGN(const auto rows, desk.store().list_backups());
  for (const auto& row : rows) {
    if (row.backup != id) continue;
    DAYBOOK_TRY(desk.store().erase_backup(id));
    return json_reply(json_of(row));
  }
  return failure(Errc::kNotFound, "backup", to_string(id));
}

}  // namespace daybook
