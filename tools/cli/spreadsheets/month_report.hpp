// SPDX-License-Identifier: Apache-2.0
// What a month was like, as questions to the reports' SQL: each section one SELECT, so that what
// the report says can be asked again by hand (`daybook sql`). Pure: the commands ask and print.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::cli {

struct MonthBounds {
  std::int64_t from_ms = 0, to_ms = 0;  // the first instant of the month and of the next one
};
// "2026-10" at an offset from UTC; nothing for what is no month.
std::optional<MonthBounds> month_bounds(std::string_view month, std::int16_t utc_offset_min);

struct MonthSection {
  std::string_view name;    // in the CSV
  std::string_view zh, en;  // its heading
  std::string sql;
};
// `org`: code or name of an organisation whose people are meant; empty: everybody.
std::vector<MonthSection> month_sections(const MonthBounds& month, const std::string& org);

}  // namespace daybook::cli
