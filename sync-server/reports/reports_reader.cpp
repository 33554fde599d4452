// SPDX-License-Identifier: Apache-2.0
#include "sync-server/reports/reports_reader.hpp"

#include <charconv>

#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "sync-server/reports/report_tables.hpp"

namespace daybook {
namespace {

constexpr std::size_t kValueInRowMax = 2 << 20;
constexpr std::uint64_t kStepsMax = 200'000'000;  // some seconds

std::string test_sql(const FieldFilter& filter) {
  const std::string name = quoted_name(filter.field->name);
  switch (filter.test) {
    case FieldFilter::Test::kIs: return name + " = ?";
    case FieldFilter::Test::kIsNot: return "(" + name + " <> ? or " + name + " is null)";
    case FieldFilter::Test::kAtLeast: return name + " >= ?";
    case FieldFilter::Test::kAtMost: return name + " <= ?";
    case FieldFilter::Test::kContains: return "instr(" + name + ", ?) > 0";
    case FieldFilter::Test::kEmpty: return name + " is null";
    case FieldFilter::Test::kFilled: return name + " is not null";
  }
  return "0";
}

bool has_operand(const FieldFilter& filter) {
  return filter.test != FieldFilter::Test::kEmpty && filter.test != FieldFilter::Test::kFilled;
}

void bind_value(sqlite::Statement& statement, int at, const Value& value) {
  if (value.kind() == Value::Kind::kInt) {
    statement.bind(at, value.as_int());
  } else if (value.kind() == Value::Kind::kText) {
    statement.bind(at, value.as_text());
  } else {
    statement.bind(at, nullptr);
  }
}

// Where a page ended: the sort key of its last record and its id. "i<number>~<id>", "t<text>~<id>",
// "n~<id>" or the id alone.
struct Place {
  Value key;
  std::string id;
};

std::string text_of_place(const Place& place, bool ordered) {
  if (!ordered) return place.id;
  std::string key = "n";
  if (place.key.kind() == Value::Kind::kInt) key = "i" + std::to_string(place.key.as_int());
  if (place.key.kind() == Value::Kind::kText) key = "t" + place.key.as_text();
  return to_base64url(view_of(key + "~" + place.id));
}

Result<Place> place_in(const std::string& text, bool ordered) {
  const Error wrong = failure(Errc::kInvalid, "after", "is not a `next` of this list");
  std::string plain = text;
  if (ordered) {
    const auto bytes = from_base64url(text);
    if (!bytes) return wrong;
    plain = std::string(text_of(*bytes));
  }
  Place place;
  const auto tilde = plain.rfind('~');
  if (ordered && tilde == std::string::npos) return wrong;
  place.id = ordered ? plain.substr(tilde + 1) : plain;
  if (!uuid_from(place.id)) return wrong;
  if (!ordered || plain.front() == 'n') return place;
  const std::string key = plain.substr(1, tilde - 1);
  if (plain.front() == 't') {
    place.key = Value::text(key);
    return place;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  if (plain.front() != 'i' || error != std::errc{} || end != key.data() + key.size()) return wrong;
  place.key = Value::integer(number);
  return place;
}

// Null sorts before everything, as SQLite has it; a row value with a null in it compares with
// nothing, so it is written out.
std::string behind_sql(const RecordsQuestion& question, const Place& place) {
  if (question.order == nullptr) return "id > ?";
  const std::string name = quoted_name(question.order->name);
  const std::string later = question.descending ? " < ?" : " > ?";
  const std::string id = "id" + later;
  if (place.key.is_null() && question.descending) return "(" + name + " is null and " + id + ")";
  if (place.key.is_null()) return "(" + name + " is not null or " + id + ")";
  const std::string below = question.descending ? " or " + name + " is null" : "";
  return "(" + name + later + " or (" + name + " = ? and " + id + ")" + below + ")";
}

int bind_place(sqlite::Statement& list, int at, const RecordsQuestion& question,
               const Place& place) {
  if (question.order != nullptr && !place.key.is_null()) {
    bind_value(list, at++, place.key);
    bind_value(list, at++, place.key);
  }
  list.bind(at++, place.id);
  return at;
}

std::string where_sql(const RecordsQuestion& question) {
  std::string sql;
  for (const auto& filter : question.filters)
    sql += (sql.empty() ? " where " : " and ") + test_sql(filter);
  if (question.among)
    sql +=
        std::string(sql.empty() ? " where " : " and ") + "id in (select value from json_each(?))";
  return sql;
}

int bind_filters(sqlite::Statement& statement, const RecordsQuestion& question) {
  int at = 1;
  for (const auto& filter : question.filters) {
    if (has_operand(filter)) bind_value(statement, at++, filter.operand);
  }
  if (question.among) statement.bind(at++, *question.among);
  return at;
}

Value key_in(sqlite::Statement& row, int at) {
  if (row.kind(at) == sqlite::ColumnKind::kInteger) return Value::integer(row.int64(at));
  if (row.kind(at) == sqlite::ColumnKind::kText) return Value::text(std::string(row.text(at)));
  return {};
}

}  // namespace

Result<std::unique_ptr<ReportsReader>> ReportsReader::open(const std::string& path) {
  sqlite::ReadDoorOptions options;
  options.file.path = path;
  options.file.create = false;
  options.steps_max = kStepsMax;
  DAYBOOK_ASSIGN(auto door, sqlite::ReadDoor::open(options));
  return std::unique_ptr<ReportsReader>(new ReportsReader(path, std::move(door)));
}

Result<Version> ReportsReader::stands_at() {
  DAYBOOK_ASSIGN(auto find, door_->prepare("select version from daybook_state"));
  DAYBOOK_ASSIGN(const bool found, find.step());
  if (!found) return failure(Errc::kCorrupt, "reports");
  return find.uint64(0);
}

Result<RecordsPage> ReportsReader::records(const RecordsQuestion& question) {
  DAYBOOK_TRY(door_->begin_snapshot());
  auto answer = page(question);
  door_->end_snapshot();
  return answer;
}

Result<RecordsPage> ReportsReader::page(const RecordsQuestion& question) {
  RecordsPage page;
  DAYBOOK_ASSIGN(page.as_of, stands_at());
  const std::string table = quoted_name(exact_table_of(question.collection->name));
  const std::string where = where_sql(question);
  const bool ordered = question.order != nullptr;
  std::optional<Place> place;
  if (!question.after.empty()) {
    DAYBOOK_ASSIGN(place, place_in(question.after, ordered));
  } else {
    DAYBOOK_ASSIGN(auto count, door_->prepare("select count(*) from " + table + where));
    bind_filters(count, question);
    DAYBOOK_TRY(count.step());
    page.total = count.uint64(0);
  }
  const std::string key = ordered ? quoted_name(question.order->name) : "null";
  const std::string way = question.descending ? " desc" : "";
  std::string sql = "select id, _version, _created, _row, " + key + " from " + table + where;
  if (place) sql += (where.empty() ? " where " : " and ") + behind_sql(question, *place);
  sql += " order by " + (ordered ? key + way + ", id" + way : std::string("id")) + " limit ?";
  DAYBOOK_ASSIGN(auto list, door_->prepare(sql));
  int at = bind_filters(list, question);
  if (place) at = bind_place(list, at, question, *place);
  list.bind(at, question.limit + 1);
  Place last;
  while (true) {
    DAYBOOK_ASSIGN(const bool more, list.step());
    if (!more) break;
    if (page.records.size() == question.limit) {
      page.next = text_of_place(last, ordered);
      break;
    }
    ReportRecord record;
    record.id = std::string(list.text(0));
    record.version = list.uint64(1);
    record.created = list.uint64(2);
    DAYBOOK_ASSIGN(record.values,
                   decode_fields(list.bytes(3), kFieldsPerChangeMax * 4, kValueInRowMax));
    last = {key_in(list, 4), record.id};
    DAYBOOK_TRY(list.check());
    page.records.push_back(std::move(record));
  }
  return page;
}

Result<SqlTable> ReportsReader::sql(const std::string& text, std::size_t rows_max,
                                    std::size_t size_max) {
  SqlTable table;
  DAYBOOK_ASSIGN(table.as_of, stands_at());
  DAYBOOK_ASSIGN(auto statement, door_->prepare(text));
  if (statement.parameter_count() > 0) return failure(Errc::kInvalid, "sql", "takes no parameters");
  for (int i = 0; i < statement.column_count(); ++i)
    table.columns.emplace_back(statement.column_name(i));
  std::size_t size = 0;
  while (true) {
    DAYBOOK_ASSIGN(const bool more, statement.step());
    if (!more) break;
    table.cut = table.rows.size() == rows_max || size >= size_max;
    if (table.cut) break;
    auto& row = table.rows.emplace_back();
    for (int i = 0; i < statement.column_count(); ++i) {
      SqlTable::Cell cell;
      cell.kind = statement.kind(i);
      if (cell.kind == sqlite::ColumnKind::kBytes) {
        cell.text = to_hex(statement.bytes(i));
      } else if (cell.kind != sqlite::ColumnKind::kNull) {
        cell.text = std::string(statement.any_text(i));
      }
      size += cell.text.size() + 8;
      row.push_back(std::move(cell));
    }
  }
  return table;
}

}  // namespace daybook
