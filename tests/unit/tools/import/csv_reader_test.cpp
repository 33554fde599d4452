// SPDX-License-Identifier: Apache-2.0
// Rows come out the same however the text is cut into pieces, and one wrong line is one wrong line.
#include "tools/import/csv_reader.hpp"

#include "tests/support/catch.hpp"

using namespace daybook;
using namespace daybook::sheet;

namespace {

std::vector<CsvRow> rows_of(const std::string& text, std::size_t piece) {
  std::size_t at = 0;
  CsvReader reader([&]() -> Result<std::string> {
    auto next = text.substr(std::min(at, text.size()), piece);
    at += next.size();
    return next;
  });
  std::vector<CsvRow> rows;
  for (;;) {
    auto row = reader.next();
    REQUIRE(row.ok());
    if (!*row) return rows;
    rows.push_back(**std::move(row));
  }
}

using Cells = std::vector<std::string>;

}  // namespace

TEST_CASE("csv: cells, quotes, line ends and empty lines, however the text is cut") {
  const std::string text =
      "part_no,name\r\n\"A,1\",\"say \"\"ah\"\"\"\r\n\r\nB,\"two\nlines\"\nC,\n,\"\"\nlast,电源板";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const auto rows = rows_of(text, piece);
    REQUIRE(rows.size() == 6);
    CHECK(rows[0].cells == Cells{"part_no", "name"});
    CHECK(rows[1].cells == Cells{"A,1", "say \"ah\""});
    CHECK(rows[2].cells == Cells{"B", "two\nlines"});
    CHECK(rows[2].line == 4);
    CHECK(rows[3].cells == Cells{"C", ""});
    CHECK(rows[3].line == 6);
    CHECK(rows[4].cells == Cells{"", ""});
    CHECK(rows[5].cells == Cells{"last", "电源板"});
  }
}

TEST_CASE("csv: a wrong quote is told with line and column, and the next line is read") {
  const auto rows = rows_of("a,b,c\n1,x\"y,3\n\"ok\"z,2,3\n4,5,6\n", 3);
  REQUIRE(rows.size() == 4);
  REQUIRE(rows[1].problem);
  CHECK(rows[1].problem->line == 2);
  CHECK(rows[1].problem->column == 2);
  CHECK(rows[1].problem->what == "quote");
  REQUIRE(rows[2].problem);
  CHECK(rows[2].problem->line == 3);
  CHECK(rows[2].problem->column == 1);
  CHECK_FALSE(rows[3].problem);
  CHECK(rows[3].cells == Cells{"4", "5", "6"});
}

TEST_CASE("csv: a quote that is never closed names the line where it began") {
  const auto rows = rows_of("a,b\n1,2\n3,\"open\n4,5\n6,7\n", 5);
  REQUIRE(rows.size() == 3);
  REQUIRE(rows[2].problem);
  CHECK(rows[2].problem->what == "unclosed quote");
  CHECK(rows[2].problem->line == 3);
}

TEST_CASE("csv: rows and columns are bounded") {
  const auto wide = rows_of("x\n" + std::string(kColumnsMax + 5, ',') + "\nok\n", 1000);
  REQUIRE(wide.size() == 3);
  CHECK(wide[1].problem->code == Errc::kTooLarge);
  CHECK(wide[2].cells == Cells{"ok"});
  const auto large = rows_of(std::string(kRowSizeMax + 9, 'x') + "\nok\n", 70'000);
  REQUIRE(large.size() == 2);
  CHECK(large[0].problem->code == Errc::kTooLarge);
  CHECK(large[1].cells == Cells{"ok"});
}
