// SPDX-License-Identifier: Apache-2.0
// What was promised, and what came of it.
#include <algorithm>

#include "sync-server/store/memory/memory_server_store.hpp"

namespace daybook {
namespace {

void keep_oldest(std::vector<PromiseRow>& rows, std::size_t limit) {
  std::stable_sort(rows.begin(), rows.end(), [](const PromiseRow& a, const PromiseRow& b) {
    return std::tie(a.commit, a.digest) < std::tie(b.commit, b.digest);
  });
  if (rows.size() > limit) rows.resize(limit);
}

}  // namespace

Result<void> MemoryServerStore::put_promise(const PromiseRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.promises.put(journal_, {row.digest, row.set, row.record, row.role}, row);
  return success();
}

Result<std::vector<PromiseRow>> MemoryServerStore::promises_of(const Digest& content,
                                                               std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  std::vector<PromiseRow> rows;
  for (const auto& [key, row] : tables_.promises.rows()) {
    if (row->digest == content) rows.push_back(*row);
  }
  keep_oldest(rows, limit);
  return rows;
}

Result<std::vector<PromiseRow>> MemoryServerStore::promises_about(const RecordRef& record,
                                                                  std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  std::vector<PromiseRow> rows;
  for (const auto& [key, row] : tables_.promises.rows()) {
    if (row->record == record) rows.push_back(*row);
  }
  keep_oldest(rows, limit);
  return rows;
}

Result<std::vector<PromiseRow>> MemoryServerStore::open_promises(
    const std::optional<PromisePlace>& after, std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  const auto place = after.value_or(PromisePlace{});
  std::vector<PromiseRow> rows;
  for (const auto& [key, row] : tables_.promises.rows()) {
    if (!row->kept && std::tie(row->commit, row->digest) > std::tie(place.commit, place.digest))
      rows.push_back(*row);
  }
  keep_oldest(rows, limit);
  return rows;
}

Result<void> MemoryServerStore::put_content(const ContentRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.contents.put(journal_, row.digest, row);
  return success();
}

Result<std::optional<ContentRow>> MemoryServerStore::find_content(const Digest& content) {
  DAYBOOK_TRY(check_standing());
  const auto* row = tables_.contents.find(content);
  return row == nullptr ? std::optional<ContentRow>{} : std::optional(*row);
}

Result<std::vector<ContentRow>> MemoryServerStore::list_contents(const std::optional<Digest>& after,
                                                                 std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  std::vector<ContentRow> rows;
  const auto& all = tables_.contents.rows();
  for (auto at = after ? all.upper_bound(*after) : all.begin();
       at != all.end() && rows.size() < limit; ++at)
    rows.push_back(*at->second);
  return rows;
}

Result<std::uint64_t> MemoryServerStore::bytes_from(const DeviceId& device, std::int64_t since_ms) {
  DAYBOOK_TRY(check_standing());
  std::uint64_t bytes = 0;
  for (const auto& [digest, row] : tables_.contents.rows()) {
    if (row->device == device && row->arrived_ms >= since_ms) bytes += row->size;
  }
  return bytes;
}

}  // namespace daybook
