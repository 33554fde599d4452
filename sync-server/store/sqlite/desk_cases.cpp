// SPDX-License-Identifier: Apache-2.0
// How the desk finds its cases, and who still lacks a decision.
#include "sync-server/store/sqlite/columns.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {
namespace {

Result<ConflictCase> case_in(sqlite::Statement& row) { return stored(decode_case(row.bytes(0))); }

Result<CaseWait> wait_in(sqlite::Statement& row) {
  return CaseWait{row.uuid(0), row.uint64(1), row.uint64(2)};
}

// What is not asked for is any; SQLite then takes the index that fits what is.
std::string where_of(const CaseQuestion& question) {
  std::string where = "where (due_place, number) > (?, ?)";
  if (question.state) where += " and state = ?";
  if (question.kind) where += " and kind = ?";
  if (!question.collection.empty()) where += " and collection = ?";
  if (!question.field.empty()) where += " and field = ?";
  if (!question.holder.empty()) where += " and holder = ?";
  return where;
}

}  // namespace

Result<std::vector<ConflictCase>> SqliteServerStore::find_cases(
    const CaseQuestion& question, const std::optional<CasePlace>& after, std::size_t limit) {
  DAYBOOK_ASSIGN(auto find, reading("select body from cases " + where_of(question) +
                                    " order by due_place, number limit ?"));
  int at = 0;
  const auto place = after.value_or(CasePlace{INT64_MIN, 0});
  find.bind(++at, place.due);
  find.bind(++at, bounded(place.number));
  if (question.state) find.bind(++at, *question.state);
  if (question.kind) find.bind(++at, *question.kind);
  for (const auto* text : {&question.collection, &question.field, &question.holder}) {
    if (!text->empty()) find.bind(++at, *text);
  }
  find.bind(++at, bounded(limit));
  return all_of(find, case_in);
}

Result<std::vector<ConflictCase>> SqliteServerStore::cases_about(const RecordRef& record,
                                                                 std::size_t limit) {
  DAYBOOK_ASSIGN(auto find, reading("select body from cases where record = ? and collection = ? "
                                    "order by number desc limit ?"));
  return all_of(find.bind_all(record.id, record.collection, bounded(limit)), case_in);
}

Result<void> SqliteServerStore::put_case_wait(const CaseWait& wait) {
  has_case_waits_.reset();
  return write("insert or replace into case_waits (device, version, number) values (?, ?, ?)",
               wait.device, wait.version, wait.number);
}

Result<void> SqliteServerStore::erase_case_wait(const CaseWait& wait) {
  has_case_waits_.reset();
  return write("delete from case_waits where device = ? and version = ? and number = ?",
               wait.device, wait.version, wait.number);
}

// Asked at every contact of a phone, and mostly nothing waits anywhere.
Result<bool> SqliteServerStore::has_case_waits() {
  DAYBOOK_TRY(check_standing());
  if (read_only_ || !has_case_waits_) {
    DAYBOOK_ASSIGN(const auto found,
                   connection_->find_int64("select exists(select 1 from case_waits)"));
    has_case_waits_ = found.value_or(0) != 0;
  }
  return *has_case_waits_;
}

Result<std::vector<CaseWait>> SqliteServerStore::case_waits_of(const DeviceId& device,
                                                               Version through) {
  DAYBOOK_ASSIGN(const bool any, has_case_waits());
  if (!any) return std::vector<CaseWait>();
  DAYBOOK_ASSIGN(auto find, reading("select device, version, number from case_waits where device = "
                                    "? and version <= ? order by version, number"));
  return all_of(find.bind_all(device, bounded(through)), wait_in);
}

Result<std::vector<CaseWait>> SqliteServerStore::case_waits_for(std::uint64_t number) {
  DAYBOOK_ASSIGN(auto find,
                 reading("select device, version, number from case_waits indexed by "
                         "case_waits_by_case where number = ? order by device, version"));
  return all_of(find.bind_all(bounded(number)), wait_in);
}

}  // namespace daybook
