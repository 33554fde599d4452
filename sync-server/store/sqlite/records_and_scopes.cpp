// SPDX-License-Identifier: Apache-2.0
// Records, their parents, and the memberships that make the feed.
#include <algorithm>
#include <tuple>

#include "sync-server/store/sqlite/columns.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {

namespace {

// The order of the feed; collections by name, because their numbers only tell who came first.
bool feed_less(const MemberRow& a, const MemberRow& b) {
  return std::tie(a.version, a.record) < std::tie(b.version, b.record);
}

}  // namespace

// --- records ---

Result<std::optional<RecordState>> SqliteServerStore::find_record(const RecordRef& record) {
  DAYBOOK_ASSIGN(auto find,
                 reading("select row, provenance from records where collection = ? and id = ?"));
  DAYBOOK_ASSIGN(const auto collection, names_.find(record.collection));
  if (!collection) return std::optional<RecordState>();
  return find_one(find.bind_all(*collection, record.id), [&](sqlite::Statement& row) {
    return stored(decode_record_state(record, row.bytes(0), row.bytes(1)));
  });
}

Result<std::optional<StoredRow>> SqliteServerStore::find_row(const RecordRef& record) {
  DAYBOOK_ASSIGN(auto find,
                 reading("select row, version from records where collection = ? and id = ?"));
  DAYBOOK_ASSIGN(const auto collection, names_.find(record.collection));
  if (!collection) return std::optional<StoredRow>();
  return find_one(find.bind_all(*collection, record.id), [](sqlite::Statement& row) {
    return Result<StoredRow>(StoredRow{copy_of(row.bytes(0)), row.uint64(1)});
  });
}

Result<void> SqliteServerStore::put_record(const RecordState& state,
                                           const std::optional<Uuid>& parent) {
  DAYBOOK_ASSIGN(
      auto put,
      writing("insert into records (collection, id, parent, created, version, provenance, row) "
              "values (?, ?, ?, ?, ?, ?, ?) on conflict (collection, id) do update set "
              "parent = excluded.parent, created = excluded.created, version = excluded.version, "
              "provenance = excluded.provenance, row = excluded.row"));
  DAYBOOK_ASSIGN(const auto collection, names_.number_of(state.record.collection));
  const auto encoded = encode(state);
  put.bind_all(collection, state.record.id, parent, state.created, state.version,
               encoded.provenance, encoded.row);
  return put.run();
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
  std::sort(children.begin(), children.end());
  return children;
}

Result<std::vector<RecordState>> SqliteServerStore::list_records(const std::string& collection,
                                                                 const std::optional<Uuid>& after,
                                                                 std::size_t limit) {
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

Result<std::vector<MemberRow>> SqliteServerStore::members_of(const RecordRef& record) {
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

Result<std::optional<MemberRow>> SqliteServerStore::find_member(const std::string& scope,
                                                                const RecordRef& record) {
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

Result<void> SqliteServerStore::put_member(const MemberRow& row) {
  DAYBOOK_ASSIGN(
      auto put,
      writing("insert into members (collection, id, scope, count, entered, left_at, version) "
              "values (?, ?, ?, ?, ?, ?, ?) on conflict (collection, id, scope) do update set "
              "count = excluded.count, entered = excluded.entered, left_at = excluded.left_at, "
              "version = excluded.version"));
  DAYBOOK_ASSIGN(const auto collection, names_.number_of(row.record.collection));
  DAYBOOK_ASSIGN(const auto scope, names_.number_of(row.scope));
  return put
      .bind_all(collection, row.record.id, scope, row.count, row.entered, row.left, row.version)
      .run();
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
