// SPDX-License-Identifier: Apache-2.0
// What was promised, and what came of it.
#include "sync-server/store/sqlite/columns.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {
namespace {

constexpr std::string_view kPromises =
    "select digest, set_id, collection, record, role, size, media_type, device, commit_version, "
    "kept from promises ";
constexpr std::string_view kContents =
    "select digest, size, device, arrived_ms, checked_ms, sound, removed_ms, removed_by, "
    "removed_why, kind, width, height, backed_up from contents ";

Result<PromiseRow> promise_in(sqlite::Statement& row) {
  PromiseRow promise;
  promise.digest = row.digest(0);
  promise.set = row.uuid(1);
  promise.record = {std::string(row.text(2)), row.uuid(3)};
  promise.role = row.text(4);
  promise.size = row.uint64(5);
  promise.media_type = row.text(6);
  promise.device = row.uuid(7);
  promise.commit = row.uint64(8);
  promise.kept = row.int64(9) != 0;
  return promise;
}

Result<ContentRow> content_in(sqlite::Statement& row) {
  ContentRow content;
  content.digest = row.digest(0);
  content.size = row.uint64(1);
  content.device = row.uuid(2);
  content.arrived_ms = row.int64(3);
  content.checked_ms = row.int64(4);
  content.sound = row.int64(5) != 0;
  content.removed_ms = row.int64(6);
  content.removed_by = row.text(7);
  content.removed_why = row.text(8);
  content.kind = row.text(9);
  content.width = static_cast<std::uint32_t>(row.uint64(10));
  content.height = static_cast<std::uint32_t>(row.uint64(11));
  content.backed_up = row.uint64(12);
  return content;
}

std::string sql(std::string_view columns, std::string_view rest) {
  return std::string(columns) + std::string(rest);
}

}  // namespace

Result<void> SqliteServerStore::put_promise(const PromiseRow& row) {
  return write(
      "insert or replace into promises (digest, set_id, collection, record, role, size, "
      "media_type, device, commit_version, kept) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.digest, row.set, row.record.collection, row.record.id, row.role, row.size, row.media_type,
      row.device, row.commit, row.kept);
}

Result<std::vector<PromiseRow>> SqliteServerStore::promises_of(const Digest& content,
                                                               std::size_t limit) {
  DAYBOOK_ASSIGN(auto find,
                 reading(sql(kPromises, "where digest = ? order by commit_version limit ?")));
  return all_of(find.bind_all(content, bounded(limit)), promise_in);
}

Result<std::vector<PromiseRow>> SqliteServerStore::promises_about(const RecordRef& record,
                                                                  std::size_t limit) {
  DAYBOOK_ASSIGN(auto find,
                 reading(sql(kPromises,
                             "indexed by promises_by_record where record = ? and collection = ? "
                             "order by commit_version, digest limit ?")));
  return all_of(find.bind_all(record.id, record.collection, bounded(limit)), promise_in);
}

Result<std::vector<PromiseRow>> SqliteServerStore::open_promises(
    const std::optional<PromisePlace>& after, std::size_t limit) {
  const auto place = after.value_or(PromisePlace{});
  DAYBOOK_ASSIGN(auto find, reading(sql(kPromises,
                                        "indexed by promises_open where kept = 0 and "
                                        "(commit_version, digest) > (?, ?) "
                                        "order by commit_version, digest limit ?")));
  return all_of(find.bind_all(bounded(place.commit), place.digest, bounded(limit)), promise_in);
}

Result<void> SqliteServerStore::put_content(const ContentRow& row) {
  return write(
      "insert or replace into contents (digest, size, device, arrived_ms, checked_ms, sound, "
      "removed_ms, removed_by, removed_why, kind, width, height, backed_up) "
      "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.digest, row.size, row.device, row.arrived_ms, row.checked_ms, row.sound, row.removed_ms,
      row.removed_by, row.removed_why, row.kind, std::uint64_t{row.width},
      std::uint64_t{row.height}, row.backed_up);
}

Result<std::optional<ContentRow>> SqliteServerStore::find_content(const Digest& content) {
  DAYBOOK_ASSIGN(auto find, reading(sql(kContents, "where digest = ?")));
  return find_one(find.bind_all(content), content_in);
}

Result<std::vector<ContentRow>> SqliteServerStore::list_contents(const std::optional<Digest>& after,
                                                                 std::size_t limit) {
  DAYBOOK_ASSIGN(auto find,
                 reading(sql(kContents, after ? "where digest > ? order by digest limit ?"
                                              : "order by digest limit ?")));
  int at = 0;
  if (after) find.bind(++at, *after);
  find.bind(++at, bounded(limit));
  return all_of(find, content_in);
}

Result<std::uint64_t> SqliteServerStore::bytes_from(const DeviceId& device, std::int64_t since_ms) {
  DAYBOOK_ASSIGN(auto find, reading("select coalesce(sum(size), 0) from contents indexed by "
                                    "contents_by_device where device = ? and arrived_ms >= ?"));
  DAYBOOK_ASSIGN(const auto sum,
                 find_one(find.bind_all(device, since_ms), [](sqlite::Statement& row) {
                   return Result<std::uint64_t>(row.uint64(0));
                 }));
  return sum.value_or(0);
}

}  // namespace daybook
