// SPDX-License-Identifier: Apache-2.0
// Attachments for headquarters: what sets name, what of it is here, and removal for privacy.
#include "core/base/hex.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/integration/cell_json.hpp"
#include "sync-server/integration/handlers.hpp"
#include "sync-server/reports/reports_reader.hpp"

namespace daybook {
namespace {

constexpr std::size_t kAttachmentsMost = 500;
constexpr std::size_t kReasonMax = 4096;
constexpr std::size_t kRowsAtOnce = 500;

// Whether the bytes are here, which the reports file does not know.
Result<void> add_state(Json& one, ServerStore& book) {
  const auto digest = Digest::from(*from_hex(one.at("digest").get<std::string>()));
  DAYBOOK_ASSIGN(const auto content, book.find_content(*digest));
  one["state"] = !content ? "promised" : content->removed_ms != 0 ? "removed" : "here";
  if (!content) return {};
  one["arrived_ms"] = content->arrived_ms;
  if (!content->kind.empty()) {
    one["kind"] = content->kind;
    one["may_be_shown"] = content->may_be_shown();
  }
  if (content->width != 0) {
    one["width"] = content->width;
    one["height"] = content->height;
  }
  if (content->removed_ms != 0) one["removed_why"] = content->removed_why;
  return {};
}

// What was promised and is not here yet, oldest first: on a lost phone, what was still on it.
Result<http::Response> list_missing(const Call& call, const Territory& territory, ServerStore& book,
                                    std::size_t limit) {
  std::optional<Uuid> of_device;
  if (const auto* device = call.find_query("device"); device != nullptr) {
    DAYBOOK_ASSIGN(of_device, id_in(*device, "device"));
  }
  Json attachments = Json::array();
  std::optional<PromisePlace> place;
  bool more = false;
  for (;;) {
    DAYBOOK_ASSIGN(const auto rows, book.open_promises(place, kAttachmentsMost));
    if (rows.empty() || more) break;
    for (const auto& row : rows) {
      place = PromisePlace{row.commit, row.digest};
      if (of_device && row.device != *of_device) continue;
      DAYBOOK_ASSIGN(const bool his, territory.holds(row.record));
      if (!his) continue;
      more = attachments.size() >= limit;
      if (more) break;
      DAYBOOK_ASSIGN(const auto commit, book.find_commit(row.commit));
      attachments.push_back({{"digest", to_hex(row.digest.view())},
                             {"size", row.size},
                             {"media_type", row.media_type},
                             {"role", row.role},
                             {"collection", row.record.collection},
                             {"record", to_string(row.record.id)},
                             {"set_id", to_string(row.set)},
                             {"version", row.commit},
                             {"actor", commit ? commit->actor : ActorId{}},
                             {"device", to_string(row.device)}});
      DAYBOOK_TRY(add_state(attachments.back(), book));
    }
  }
  return json_reply({{"attachments", std::move(attachments)}, {"more", more}});
}

std::string list_sql(const std::string& asked) {
  return "select digest, size, media_type, role, collection, record, set_id, version, actor "
         "from daybook_attachment where 1" +
         asked + " order by version desc, record, digest";
}

// Where the list goes on behind this one.
std::string behind_sql(const Json& one) {
  const std::string version = one.at("version").dump();
  return " and (version < " + version + " or (version = " + version + " and (record, digest) > ('" +
         one.at("record").get<std::string>() + "', '" + one.at("digest").get<std::string>() +
         "')))";
}

RecordRef record_of(const Json& one) {
  const auto id = uuid_from(one.at("record").get<std::string>());
  return {one.at("collection").get<std::string>(), id.value_or(Uuid{})};
}

}  // namespace

Result<http::Response> list_attachments(const Call& call, ReadDesk& desk) {
  DAYBOOK_ASSIGN(const auto limit, limit_in(call, 100, kAttachmentsMost));
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.book, desk.schema));
  if (call.find_query("missing") != nullptr) return list_missing(call, territory, desk.book, limit);
  std::string asked;
  // Ids and digests are checked before they become part of the text.
  if (const auto* record = call.find_query("record"); record != nullptr) {
    DAYBOOK_ASSIGN(const auto id, id_in(*record, "record"));
    asked += " and record = '" + to_string(id) + "'";
  }
  if (const auto* digest = call.find_query("digest"); digest != nullptr) {
    const auto bytes = from_hex(*digest);
    if (!bytes || bytes->size() != 32)
      return failure(Errc::kInvalid, "digest", "expected 64 hex digits");
    asked += " and digest = '" + to_hex(*bytes) + "'";
  }
  Json attachments = Json::array();
  std::string behind;
  // One reading for who sees the whole house; else until enough of them are his.
  for (bool more = true; more;) {
    const auto wanted = territory.is_whole() ? limit : kRowsAtOnce;
    DAYBOOK_ASSIGN(const auto table, desk.reports.sql(list_sql(asked + behind), wanted, 4 << 20));
    more = table.cut;
    for (const auto& row : table.rows) {
      Json one = Json::object();
      for (std::size_t i = 0; i < row.size(); ++i) one[table.columns[i]] = json_of(row[i]);
      behind = behind_sql(one);
      DAYBOOK_ASSIGN(const bool his, territory.holds(record_of(one)));
      if (!his) continue;
      more = more || attachments.size() == limit;
      if (attachments.size() == limit) break;
      DAYBOOK_TRY(add_state(one, desk.book));
      attachments.push_back(std::move(one));
    }
    if (attachments.size() == limit || territory.is_whole())
      return json_reply({{"attachments", std::move(attachments)}, {"more", more}});
  }
  return json_reply({{"attachments", std::move(attachments)}, {"more", false}});
}

// The bytes go, the hash stays: who, when and why are kept beside it, and whatever was sealed over
// the hash still verifies.
Result<http::Response> remove_attachment(const Call& call, CoreDesk& desk) {
  const auto bytes = from_hex(call.parts.front());
  const auto digest = bytes ? Digest::from(*bytes) : std::nullopt;
  if (!digest) return failure(Errc::kInvalid, "content", "expected 64 hex digits");
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"reason"}));
  DAYBOOK_ASSIGN(const auto reason, body.text("reason", kReasonMax));
  if (reason.empty()) return failure(Errc::kInvalid, "reason", "a removal needs a reason");
  DAYBOOK_ASSIGN(auto content, desk.store().find_content(*digest));
  if (!content) return failure(Errc::kNotFound, "content", call.parts.front());
  if (content->removed_ms == 0) {
    content->removed_ms = desk.core.clock().wall_ms();
    content->removed_by = call.user.actor;
    content->removed_why = reason;
    DAYBOOK_TRY(desk.store().put_content(*content));
    desk.after_commit = desk.parts.operations.content_removed;
  }
  return json_reply({{"digest", call.parts.front()},
                     {"removed_by", content->removed_by},
                     {"removed_why", content->removed_why},
                     {"removed_ms", content->removed_ms}});
}

}  // namespace daybook
