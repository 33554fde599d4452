// SPDX-License-Identifier: Apache-2.0
// Records, their parents, and the memberships that make the feed.
#include <algorithm>
#include <tuple>

#include "core/model/cbor.hpp"
#include "sync-server/store/sqlite/columns.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {

namespace {

// The order of the feed; collections by name, because their numbers only tell who came first.
bool feed_less(const MemberRow& a, const MemberRow& b) {
  return std::tie(a.version, a.record) < std::tie(b.version, b.record);
}

}  // namespace

// --- the slate ---

Result<RecordSlate::Entry*> SqliteServerStore::slate_entry(const RecordRef& record) {
  DAYBOOK_TRY(check_standing());
  if (slate_.is_full()) {
    DAYBOOK_TRY(write_slate());
    slate_.clear();
  }
  return &slate_.at(record);
}

Result<void> SqliteServerStore::know_state(RecordSlate::Entry& entry) {
  if (entry.second.state) return success();
  DAYBOOK_ASSIGN(auto state, read_record(entry.first));
  slate_.keep(entry, std::move(state));
  return success();
}

Result<void> SqliteServerStore::know_members(RecordSlate::Entry& entry) {
  if (entry.second.members) return success();
  DAYBOOK_ASSIGN(auto rows, read_members(entry.first));
  auto& members = entry.second.members.emplace();
  for (auto& row : rows) members.push_back({std::move(row), false});
  return success();
}

Result<void> SqliteServerStore::write_slate() {
  for (RecordSlate::Entry* entry : slate_.unwritten()) {
    SlateRecord& held = entry->second;
    if (held.unwritten) {
      DAYBOOK_ASSIGN(auto row, write_record(**held.state, held.parent));
      slate_.written(*entry, std::move(row));
    }
    if (held.members) {
      for (auto& member : *held.members) {
        if (member.unwritten) DAYBOOK_TRY(write_member(member.row));
        member.unwritten = false;
      }
    }
    held.listed = false;
  }
  slate_.all_written();
  return success();
}

// --- records ---

Result<std::optional<RecordState>> SqliteServerStore::read_record(const RecordRef& record) {
  DAYBOOK_ASSIGN(auto find,
                 reading("select row, provenance from records where collection = ? and id = ?"));
  DAYBOOK_ASSIGN(const auto collection, names_.find(record.collection));
  if (!collection) return std::optional<RecordState>();
  return find_one(find.bind_all(*collection, record.id), [&](sqlite::Statement& row) {
    return stored(decode_record_state(record, row.bytes(0), row.bytes(1)));
  });
}

Result<std::optional<RecordState>> SqliteServerStore::find_record(const RecordRef& record) {
  if (!has_slate()) return read_record(record);
  DAYBOOK_ASSIGN(auto* entry, slate_entry(record));
  DAYBOOK_TRY(know_state(*entry));
  return *entry->second.state;
}

Result<std::optional<StoredRow>> SqliteServerStore::find_row(const RecordRef& record) {
  if (has_slate()) {
    DAYBOOK_ASSIGN(const auto* entry, slate_entry(record));
    const SlateRecord& held = entry->second;
    const RecordState* state = held.state && *held.state ? &**held.state : nullptr;
    if (held.unwritten) return std::optional(StoredRow{encode(state->values()), state->version});
    if (held.row && state != nullptr) return std::optional(StoredRow{*held.row, state->version});
  }
  DAYBOOK_ASSIGN(auto find,
                 reading("select row, version from records where collection = ? and id = ?"));
  DAYBOOK_ASSIGN(const auto collection, names_.find(record.collection));
  if (!collection) return std::optional<StoredRow>();
  return find_one(find.bind_all(*collection, record.id), [](sqlite::Statement& row) {
    return Result<StoredRow>(StoredRow{copy_of(row.bytes(0)), row.uint64(1)});
  });
}

Result<Bytes> SqliteServerStore::write_record(const RecordState& state,
                                              const std::optional<Uuid>& parent) {
  DAYBOOK_ASSIGN(
      auto put,
      writing("insert into records (collection, id, parent, created, version, provenance, row) "
              "values (?, ?, ?, ?, ?, ?, ?) on conflict (collection, id) do update set "
              "parent = excluded.parent, created = excluded.created, version = excluded.version, "
              "provenance = excluded.provenance, row = excluded.row"));
  DAYBOOK_ASSIGN(const auto collection, names_.number_of(state.record.collection));
  auto encoded = encode(state);
  DAYBOOK_TRY(put.run_with(collection, state.record.id, parent, state.created, state.version,
                           encoded.provenance, encoded.row));
  return std::move(encoded.row);
}

Result<void> SqliteServerStore::put_record(const RecordState& state,
                                           const std::optional<Uuid>& parent) {
  DAYBOOK_TRY(check_writing());
  DAYBOOK_ASSIGN(auto* entry, slate_entry(state.record));
  if (RecordSlate::size_of(state) > RecordSlate::kStateSizeMax) {
    slate_.forget_state(*entry);
    DAYBOOK_ASSIGN(const auto row, write_record(state, parent));
    static_cast<void>(row);
    return success();
  }
  slate_.put(*entry, state, parent);
  return success();
}

Result<std::vector<RecordRef>> SqliteServerStore::children_of(const Uuid& parent) {
  DAYBOOK_ASSIGN(
      auto list,
      reading("select collection, id from records where parent is not null and parent = ?"));
  DAYBOOK_ASSIGN(auto children,
                 all_of(list.bind_all(parent), [this](sqlite::Statement& row) -> Result<RecordRef> {
                   DAYBOOK_ASSIGN(auto collection, names_.name_of(row.int64(0)));
                   return RecordRef{std::move(collection), row.uuid(1)};
                 }));
  std::erase_if(children, [this](const RecordRef& child) {
    const SlateRecord* held = slate_.find(child);
    return held != nullptr && held->unwritten;
  });
  slate_.each_put_under(parent, [&](const RecordRef& child) { children.push_back(child); });
  std::sort(children.begin(), children.end());
  // One that moved away and came back is told twice.
  children.erase(std::unique(children.begin(), children.end()), children.end());
  return children;
}

Result<std::vector<RecordState>> SqliteServerStore::list_records(const std::string& collection,
                                                                 const std::optional<Uuid>& after,
                                                                 std::size_t limit) {
  DAYBOOK_TRY(write_slate());
  DAYBOOK_ASSIGN(const auto number, names_.find(collection));
  const auto state_in = [&](sqlite::Statement& row) {
    return stored(decode_record_state({collection, row.uuid(0)}, row.bytes(1), row.bytes(2)));
  };
  if (!number) return std::vector<RecordState>();
  if (!after) {
    DAYBOOK_ASSIGN(
        auto list,
        reading(
            "select id, row, provenance from records where collection = ? order by id limit ?"));
    return all_of(list.bind_all(*number, bounded(limit)), state_in);
  }
  DAYBOOK_ASSIGN(auto list,
                 reading("select id, row, provenance from records where collection = ? and id > ? "
                         "order by id limit ?"));
  return all_of(list.bind_all(*number, *after, bounded(limit)), state_in);
}

Result<std::uint64_t> SqliteServerStore::count_records(const std::string& collection) {
  DAYBOOK_TRY(check_standing());
  DAYBOOK_TRY(write_slate());
  DAYBOOK_ASSIGN(const auto number, names_.find(collection));
  if (!number) return std::uint64_t{0};
  DAYBOOK_ASSIGN(
      const auto count,
      connection_->find_int64("select count(*) from records where collection = ?", *number));
  return static_cast<std::uint64_t>(count.value_or(0));
}

// --- scopes ---

// Columns: collection, id, scope, count, entered, left_at, version.
Result<MemberRow> SqliteServerStore::member_in(sqlite::Statement& row) {
  MemberRow member;
  DAYBOOK_ASSIGN(member.record.collection, names_.name_of(row.int64(0)));
  member.record.id = row.uuid(1);
  DAYBOOK_ASSIGN(member.scope, names_.name_of(row.int64(2)));
  DAYBOOK_ASSIGN(member.count, small_in<std::uint32_t>(row, 3));
  member.entered = row.uint64(4);
  member.left = row.uint64(5);
  member.version = row.uint64(6);
  return member;
}

Result<std::vector<MemberRow>> SqliteServerStore::members_in(sqlite::Statement& statement) {
  return all_of(statement, [this](sqlite::Statement& row) { return member_in(row); });
}

Result<std::vector<MemberRow>> SqliteServerStore::read_members(const RecordRef& record) {
  DAYBOOK_ASSIGN(
      auto list,
      reading("select collection, id, scope, count, entered, left_at, version from members "
              "where collection = ? and id = ?"));
  DAYBOOK_ASSIGN(const auto collection, names_.find(record.collection));
  if (!collection) return std::vector<MemberRow>();
  DAYBOOK_ASSIGN(auto members, members_in(list.bind_all(*collection, record.id)));
  std::sort(members.begin(), members.end(),
            [](const MemberRow& a, const MemberRow& b) { return a.scope < b.scope; });
  return members;
}

Result<std::vector<MemberRow>> SqliteServerStore::members_of(const RecordRef& record) {
  if (!has_slate()) return read_members(record);
  DAYBOOK_ASSIGN(auto* entry, slate_entry(record));
  DAYBOOK_TRY(know_members(*entry));
  std::vector<MemberRow> rows;
  for (const auto& member : *entry->second.members) rows.push_back(member.row);
  return rows;
}

Result<std::optional<MemberRow>> SqliteServerStore::find_member(const std::string& scope,
                                                                const RecordRef& record) {
  if (has_slate()) {
    DAYBOOK_ASSIGN(auto* entry, slate_entry(record));
    DAYBOOK_TRY(know_members(*entry));
    for (const auto& member : *entry->second.members) {
      if (member.row.scope == scope) return std::optional(member.row);
    }
    return std::optional<MemberRow>();
  }
  DAYBOOK_ASSIGN(
      auto find,
      reading("select collection, id, scope, count, entered, left_at, version from members "
              "where collection = ? and id = ? and scope = ?"));
  DAYBOOK_ASSIGN(const auto collection, names_.find(record.collection));
  DAYBOOK_ASSIGN(const auto scope_number, names_.find(scope));
  if (!collection || !scope_number) return std::optional<MemberRow>();
  return find_one(find.bind_all(*collection, record.id, *scope_number),
                  [this](sqlite::Statement& row) { return member_in(row); });
}

Result<void> SqliteServerStore::write_member(const MemberRow& row) {
  DAYBOOK_ASSIGN(
      auto put,
      writing("insert into members (collection, id, scope, count, entered, left_at, version) "
              "values (?, ?, ?, ?, ?, ?, ?) on conflict (collection, id, scope) do update set "
              "count = excluded.count, entered = excluded.entered, left_at = excluded.left_at, "
              "version = excluded.version"));
  DAYBOOK_ASSIGN(const auto collection, names_.number_of(row.record.collection));
  DAYBOOK_ASSIGN(const auto scope, names_.number_of(row.scope));
  return put.run_with(collection, row.record.id, scope, row.count, row.entered, row.left,
                      row.version);
}

Result<void> SqliteServerStore::put_member(const MemberRow& row) {
  DAYBOOK_TRY(check_writing());
  DAYBOOK_ASSIGN(auto* entry, slate_entry(row.record));
  DAYBOOK_TRY(know_members(*entry));
  slate_.put(*entry, row);
  return success();
}

Result<std::vector<Uuid>> SqliteServerStore::present_in(const std::string& scope,
                                                        const std::string& collection) {
  DAYBOOK_TRY(write_slate());
  // By the primary key it would look at the whole collection.
  DAYBOOK_ASSIGN(auto list, reading("select id from members indexed by members_by_feed "
                                    "where scope = ? and collection = ? and count > 0"));
  DAYBOOK_ASSIGN(const auto scope_number, names_.find(scope));
  DAYBOOK_ASSIGN(const auto collection_number, names_.find(collection));
  if (!scope_number || !collection_number) return std::vector<Uuid>();
  return all_of(list.bind_all(*scope_number, *collection_number),
                [](sqlite::Statement& row) { return Result<Uuid>(row.uuid(0)); });
}

// All rows of one version behind `within`: the index knows collections by number only, so they are
// put into order here.
Result<void> SqliteServerStore::feed_tie(std::int64_t scope, Version version,
                                         const std::optional<RecordRef>& within, std::size_t limit,
                                         std::vector<MemberRow>& into) {
  DAYBOOK_ASSIGN(
      auto list,
      reading("select collection, id, scope, count, entered, left_at, version from members "
              "where scope = ? and version = ?"));
  DAYBOOK_ASSIGN(auto tie, members_in(list.bind_all(scope, bounded(version))));
  std::sort(tie.begin(), tie.end(), feed_less);
  for (auto& member : tie) {
    if (into.size() >= limit) break;
    if (!within || *within < member.record) into.push_back(std::move(member));
  }
  return success();
}

Result<std::vector<MemberRow>> SqliteServerStore::feed_of(const std::string& scope, Version after,
                                                          const std::optional<RecordRef>& within,
                                                          std::size_t limit) {
  std::vector<MemberRow> feed;
  DAYBOOK_TRY(write_slate());
  DAYBOOK_ASSIGN(
      auto list,
      reading("select collection, id, scope, count, entered, left_at, version from members "
              "where scope = ? and version > ? order by version limit ?"));
  DAYBOOK_ASSIGN(const auto number, names_.find(scope));
  if (!number) return feed;
  if (within) DAYBOOK_TRY(feed_tie(*number, after, within, limit, feed));
  const std::size_t wanted = limit - std::min(limit, feed.size());
  if (wanted == 0) return feed;
  DAYBOOK_ASSIGN(auto rows, members_in(list.bind_all(*number, bounded(after), bounded(wanted))));
  std::optional<Version> cut;
  if (rows.size() == wanted) {
    // The last version may go on behind the limit, and its first rows in feed order may be among
    // those not read.
    cut = rows.back().version;
    while (!rows.empty() && rows.back().version == *cut) rows.pop_back();
  }
  std::sort(rows.begin(), rows.end(), feed_less);
  feed.insert(feed.end(), std::make_move_iterator(rows.begin()),
              std::make_move_iterator(rows.end()));
  if (cut) DAYBOOK_TRY(feed_tie(*number, *cut, std::nullopt, limit, feed));
  return feed;
}

}  // namespace daybook
