// SPDX-License-Identifier: Apache-2.0
// Cells and lines of CSV.
#include "sync-server/integration/csv.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

TEST_CASE("csv: a text that a spreadsheet would run is made plain") {
  for (const std::string text : {"=1+1", "+1", "-1", "@sum(a1)", "\t=1", "\r=1", "＝1+1", "＠x"})
    CHECK(csv_text(text) == "'" + text);
  for (const std::string text : {"", "1", "a=b", "电视", "'a", " =1"})
    CHECK(csv_text(text) == text);
  // One more than was typed, so that who takes one away has what was typed.
  CHECK(csv_text("'=1") == "''=1");
}

TEST_CASE("csv: numbers stay numbers, negative ones too, and lists are one cell") {
  CHECK(csv_text(-5) == "-5");
  CHECK(csv_text(9007199254740993) == "9007199254740993");
  CHECK(csv_text(true) == "true");
  CHECK(csv_text(Json::parse(R"(["a","b,c"])")) == R"(["a","b,c"])");
}

TEST_CASE("csv: commas, quotation marks and line ends survive") {
  CHECK(csv_line({"a", "b,c", "d\"e", "f\ng", ""}) == "a,\"b,c\",\"d\"\"e\",\"f\ng\",\r\n");
}
