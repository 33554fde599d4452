// SPDX-License-Identifier: Apache-2.0
// Which instants a month has, and that a branch's name stays a name within the questions.
#include "tests/support/catch.hpp"
#include "tools/cli/spreadsheets/month_report.hpp"

using namespace daybook::cli;

TEST_CASE("month: from its first instant to the next month's, as clocks show it there") {
  const auto october = month_bounds("2026-10", 480);
  REQUIRE(october);
  CHECK(october->from_ms == 1'790'784'000'000);  // 2026-09-30T16:00:00Z
  CHECK(october->to_ms - october->from_ms == 31LL * 86'400'000);
  CHECK(month_bounds("2027-02", 0)->to_ms - month_bounds("2027-02", 0)->from_ms ==
        28LL * 86'400'000);
  for (const char* bad : {"2026-13", "2026-00", "2026-1", "10-2026", "2026/10", ""})
    CHECK_FALSE(month_bounds(bad, 0));
}

TEST_CASE("month: an organisation's name cannot become a question") {
  for (const auto& section : month_sections({1, 2}, "x' or '1'='1")) {
    INFO(section.sql);
    CHECK(section.sql.find("'x'' or ''1''=''1'") != std::string::npos);
    CHECK(section.sql.find('$') == std::string::npos);
  }
  for (const auto& section : month_sections({1, 2}, ""))
    CHECK(section.sql.find("exact_organisation") == std::string::npos);
}
