// SPDX-License-Identifier: Apache-2.0
#include "sync-server/integration/commit_line.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/hex.hpp"
#include "sync-server/api/acts.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"

namespace daybook {
namespace {

constexpr std::size_t kHeadDigits = 16;

// What was asked of one record, and what of it is in force as the book stands now: a later commit
// may have changed it again, which `record_version` tells.
Result<Json> change_json(ServerStore& book, const Schema& schema, const Act& act,
                         const Change& change) {
  Json json = json_of(change.record);
  json["kind"] = change.kind == Change::Kind::kCreate ? "create" : "edit";
  Fields asked = change.created;
  for (const auto& edit : change.edits) asked.set(edit.field, edit.now);
  json["set"] = json_of(schema, change.record.collection, asked);
  DAYBOOK_ASSIGN(const auto state, book.find_record(change.record));
  Json in_force = Json::object();
  if (state) {
    const Fields values = state->values();
    for (const auto& [name, value] : asked) {
      const auto* held = values.find(name);
      const auto* field = find_field(schema, change.record.collection, name);
      in_force[name] = held == nullptr ? Json(nullptr) : json_of(field, *held);
    }
    json["record_version"] = state->version;
  }
  json["in_force"] = std::move(in_force);
  Json outcomes = Json::array();
  for (const auto& field : act.receipt.fields) {
    if (field.record != change.record) continue;
    Json outcome = {
        {"field", field.field}, {"outcome", name_of(field.outcome)}, {"rule", field.rule}};
    if (field.case_number != 0) outcome["case"] = field.case_number;
    outcomes.push_back(std::move(outcome));
  }
  if (!outcomes.empty()) json["outcomes"] = std::move(outcomes);
  return json;
}

}  // namespace

std::string feed_cursor(Version version, const Digest& head) {
  return std::to_string(version) + "." + to_hex(head.view()).substr(0, kHeadDigits);
}

Result<Version> read_feed_cursor(ServerStore& book, const std::string& text) {
  if (text.empty() || text == "0") return Version{0};
  Version version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  const std::size_t digits = static_cast<std::size_t>(text.data() + text.size() - end);
  if (error != std::errc{} || digits != kHeadDigits + 1 || *end != '.')
    return failure(Errc::kInvalid, "after", "is not a cursor of this feed");
  if (version == 0) return Version{0};
  DAYBOOK_ASSIGN(const auto held, book.find_head(version));
  if (!held || feed_cursor(version, *held) != text) {
    return failure(Errc::kNotFound, "after",
                   "this book has no such past: it was restored. Go on from an earlier cursor, or "
                   "from 0");
  }
  return version;
}

Result<WantedCollections> wanted_in(const Schema& schema, const std::string& comma_separated) {
  WantedCollections wanted;
  std::size_t at = 0;
  while (at < comma_separated.size()) {
    const auto comma = std::min(comma_separated.find(',', at), comma_separated.size());
    const auto name = comma_separated.substr(at, comma - at);
    if (schema.find(name) == nullptr)
      return failure(Errc::kUnknownCollection, "collections", name.substr(0, 64));
    wanted.insert(name);
    at = comma + 1;
  }
  return wanted;
}

Result<std::string> commit_line(ServerStore& book, const Schema& schema, const CommitRow& row,
                                const WantedCollections& wanted) {
  const auto act = load_act(book, row);
  Json json = {{"cursor", feed_cursor(row.version, row.head)}};
  if (!act.ok() && is_of_the_store(act.error())) return act.error();
  if (!act.ok()) {
    // Parked because no build could read it: it is a commit all the same.
    if (!wanted.empty()) return std::string();
    json["version"] = row.version;
    json["set"] = to_string(row.set);
    json["by"] = row.actor;
    json["verdict"] = name_of(row.verdict);
    json["received_ms"] = row.received_ms;
    json["changes"] = Json::array();
  } else {
    const auto& changes = act->body.changes;
    const bool concerned =
        wanted.empty() || std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
          return wanted.contains(change.record.collection);
        });
    if (!concerned) return std::string();
    DAYBOOK_ASSIGN(const auto author, author_json(book, *act));
    json.update(author);
    json["rules_version"] = row.rules_version;
    Json told = Json::array();
    for (const auto& change : changes) {
      DAYBOOK_ASSIGN(auto one, change_json(book, schema, *act, change));
      told.push_back(std::move(one));
    }
    json["changes"] = std::move(told);
    if (!act->body.attachments.empty())
      json["attachments"] = json_of(schema, act->body)["attachments"];
  }
  return std::string(text_of(bytes_of(json)));
}

Result<Version> tell_commits(
    ServerStore& book, const Schema& schema, const WantedCollections& wanted, Version after,
    const WalkLimits& limits,
    const std::function<void(const std::string& line, const CommitRow& row)>& tell) {
  DAYBOOK_ASSIGN(const auto head, book.head());
  std::size_t lines = 0;
  std::size_t size = 0;
  std::size_t looked_at = 0;
  while (after < head.version && lines < limits.lines && size < limits.size &&
         looked_at++ < limits.looked_at) {
    DAYBOOK_ASSIGN(const auto row, book.find_commit(after + 1));
    if (!row) return failure(Errc::kCorrupt, "commit", std::to_string(after + 1));
    DAYBOOK_ASSIGN(const auto line, commit_line(book, schema, *row, wanted));
    ++after;
    if (line.empty()) continue;
    tell(line, *row);
    size += line.size() + 1;
    ++lines;
  }
  return after;
}

}  // namespace daybook
