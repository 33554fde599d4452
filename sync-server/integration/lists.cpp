// SPDX-License-Identifier: Apache-2.0
// Pages of a collection, filtered and sorted by what the caller names (API.md, "Records").
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/integration/cell_json.hpp"
#include "sync-server/integration/handlers.hpp"
#include "sync-server/integration/records_question.hpp"
#include "sync-server/reports/reports_reader.hpp"

namespace daybook {

Result<http::Response> list_records(const Call& call, ReadDesk& desk) {
  DAYBOOK_ASSIGN(auto question, records_question(call, desk.schema));
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.book, desk.schema));
  DAYBOOK_TRY(keep_to(territory, question));
  DAYBOOK_ASSIGN(const auto page, desk.reports.records(question));
  Json records = Json::array();
  for (const auto& record : page.records) {
    records.push_back({{"collection", question.collection->name},
                       {"id", record.id},
                       {"version", record.version},
                       {"created", record.created},
                       {"values", json_of(desk.schema, question.collection->name, record.values)}});
  }
  Json json = {{"records", std::move(records)}, {"as_of", page.as_of}};
  json["next"] = page.next.empty() ? Json(nullptr) : Json(page.next);
  if (question.after.empty()) json["total"] = page.total;
  return json_reply(json);
}

}  // namespace daybook
