// SPDX-License-Identifier: Apache-2.0
// Analysts' SQL: one reading statement over the views of REPORTS.md, cut off by size, rows and
// work.
#include "sync-server/api/replies.hpp"
#include "sync-server/integration/cell_json.hpp"
#include "sync-server/integration/handlers.hpp"
#include "sync-server/reports/reports_reader.hpp"

namespace daybook {
namespace {

constexpr std::size_t kSqlSizeMax = 60'000;
constexpr std::size_t kRowsUsual = 1'000;
constexpr std::size_t kRowsMost = 10'000;
constexpr std::size_t kAnswerSizeMax = 8 << 20;

}  // namespace

Result<http::Response> answer_sql(const Call& call, ReadDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"sql", "limit"}));
  DAYBOOK_ASSIGN(const auto text, body.text("sql", kSqlSizeMax));
  std::size_t limit = kRowsUsual;
  if (body.has("limit")) {
    DAYBOOK_ASSIGN(limit, body.count("limit"));
    if (limit == 0 || limit > kRowsMost)
      return failure(Errc::kInvalid, "limit", "1 to " + std::to_string(kRowsMost));
  }
  DAYBOOK_ASSIGN(const auto table, desk.reports.sql(text, limit, kAnswerSizeMax));
  Json rows = Json::array();
  for (const auto& row : table.rows) {
    Json cells = Json::array();
    for (const auto& cell : row) cells.push_back(json_of(cell));
    rows.push_back(std::move(cells));
  }
  return json_reply({{"columns", table.columns},
                     {"rows", std::move(rows)},
                     {"more", table.cut},
                     {"as_of", table.as_of}});
}

}  // namespace daybook
