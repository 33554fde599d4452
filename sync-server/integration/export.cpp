// SPDX-License-Identifier: Apache-2.0
// A collection as CSV or NDJSON, a page at a time in id order, with how many there are in all: the
// caller shows progress and goes on where it was cut off. A page is one state of the book; the
// whole is exact together with the feed from the first page's commit.
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/integration/csv.hpp"
#include "sync-server/integration/handlers.hpp"
#include "sync-server/integration/records_question.hpp"

namespace daybook {
namespace {

constexpr std::size_t kPageMost = 2'000;

std::string csv_of(const RecordsQuestion& question, const RecordsPage& page) {
  const auto& collection = *question.collection;
  std::vector<std::string> cells = {"id", "_version", "_created"};
  for (const auto& field : collection.fields) cells.push_back(field.name);
  std::string text = question.after.empty() ? csv_line(cells) : std::string();
  for (const auto& record : page.records) {
    cells = {record.id, std::to_string(record.version), std::to_string(record.created)};
    for (const auto& field : collection.fields) {
      const auto* value = record.values.find(field.name);
      const Json json = value == nullptr ? Json(nullptr) : json_of(&field, *value);
      cells.push_back(json.is_null() ? "" : csv_text(json));
    }
    text += csv_line(cells);
  }
  return text;
}

std::string ndjson_of(const Schema& schema, const RecordsQuestion& question,
                      const RecordsPage& page) {
  std::string text;
  for (const auto& record : page.records) {
    const Json json = {{"id", record.id},
                       {"version", record.version},
                       {"created", record.created},
                       {"values", json_of(schema, question.collection->name, record.values)}};
    text += std::string(text_of(bytes_of(json))) + "\n";
  }
  return text;
}

}  // namespace

Result<http::Response> export_records(const Call& call, ReadDesk& desk) {
  DAYBOOK_ASSIGN(auto question, records_question(call, desk.schema, kPageMost));
  const auto* format = call.find_query("format");
  const std::string kind = format == nullptr ? "ndjson" : *format;
  if (kind != "csv" && kind != "ndjson") return failure(Errc::kInvalid, "format", "csv or ndjson");
  if (call.find_query("limit") == nullptr) question.limit = kPageMost;
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.book, desk.schema));
  DAYBOOK_TRY(keep_to(territory, question));
  DAYBOOK_ASSIGN(const auto page, desk.reports.records(question));
  const bool csv = kind == "csv";
  http::Response response = json_reply(Json::object());
  const std::string text = csv ? csv_of(question, page) : ndjson_of(desk.schema, question, page);
  response.content_type = csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
  response.body = copy_of(view_of(text));
  response.headers.push_back({"Daybook-As-Of", std::to_string(page.as_of)});
  response.headers.push_back({"Daybook-Records", std::to_string(page.records.size())});
  if (question.after.empty())
    response.headers.push_back({"Daybook-Total", std::to_string(page.total)});
  if (!page.next.empty()) response.headers.push_back({"Daybook-Next", page.next});
  response.headers.push_back(
      {"Content-Disposition",
       "attachment; filename=\"" + question.collection->name + (csv ? ".csv\"" : ".ndjson\"")});
  return response;
}

}  // namespace daybook
