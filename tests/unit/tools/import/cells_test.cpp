// SPDX-License-Identifier: Apache-2.0
// What a cell means, and that what an export wrote comes back as it was.
#include "tools/import/cells.hpp"

#include "sync-server/integration/csv.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;
using namespace daybook::sheet;

namespace {

FieldSchema field_of(FieldType type) {
  FieldSchema field;
  field.name = "f";
  field.type = type;
  return field;
}

std::optional<std::int64_t> number(FieldType type, std::string_view cell, CellReading how = {}) {
  const auto value = value_of(field_of(type), cell, how);
  return value.ok() ? std::optional(value->as_int()) : std::nullopt;
}

}  // namespace

TEST_CASE("cells: amounts as people write them, and never rounded") {
  CHECK(number(FieldType::kMoney, "19.99") == 1'999);
  CHECK(number(FieldType::kMoney, "1,234.5") == 123'450);
  CHECK(number(FieldType::kMoney, " 7 ") == 700);
  CHECK(number(FieldType::kMoney, "-0.50") == -50);
  CHECK(number(FieldType::kMoney, "2.500") == 250);
  CHECK_FALSE(number(FieldType::kMoney, "2.505"));
  CHECK_FALSE(number(FieldType::kMoney, "¥5"));
  CHECK_FALSE(number(FieldType::kMoney, "1e3"));
  CHECK_FALSE(number(FieldType::kMoney, "99999999999999999999"));
  CHECK(number(FieldType::kMoney, "1999", {.exact = true}) == 1'999);
  CHECK_FALSE(number(FieldType::kMoney, "19.99", {.exact = true}));
  CHECK(number(FieldType::kQuantity, "2.5") == 2'500);
  CHECK(number(FieldType::kInt, "12") == 12);
  CHECK_FALSE(number(FieldType::kInt, "12.5"));
}

TEST_CASE("cells: times with and without an offset") {
  const CellReading china{.utc_offset_min = 480};
  const auto noon = number(FieldType::kTime, "2026-09-21T08:30:00Z");
  CHECK(noon == 1'789'979'400'000);
  CHECK(number(FieldType::kTime, "2026-09-21 16:30", china) == noon);
  CHECK(number(FieldType::kTime, "2026/9/21 16:30:00", china) == noon);
  CHECK(number(FieldType::kTime, "2026-09-21 16:30 +08:00") == noon);
  CHECK(number(FieldType::kTime, "2026-09-21") == 1'789'948'800'000);
  for (const char* bad :
       {"2026-02-30", "yesterday", "2026-09-21 25:00", "21.9.2026", "2026-09-21 8"})
    CHECK_FALSE(number(FieldType::kTime, bad));
}

TEST_CASE("cells: flags and lists in both languages") {
  const auto flag = field_of(FieldType::kBool);
  CHECK(value_of(flag, "是", {})->as_bool());
  CHECK_FALSE(value_of(flag, "false", {})->as_bool());
  CHECK_FALSE(value_of(flag, "maybe", {}).ok());
  const auto list = field_of(FieldType::kTextList);
  CHECK(json_of(list, *value_of(list, "029-1；029-2; 029-3", {})).dump() ==
        R"(["029-1","029-2","029-3"])");
  CHECK(json_of(list, *value_of(list, R"(["a;b","c"])", {})).dump() == R"(["a;b","c"])");
  CHECK_FALSE(value_of(list, "[1]", {}).ok());
}

TEST_CASE("cells: what an export guarded against spreadsheets comes back as it was typed") {
  for (const char* typed :
       {"=1+1", "'=1+1", "''=1", "+86 29", "-5", "@x", "＝A1", "'quoted'", "plain", "'", "\ttab"}) {
    INFO(typed);
    CHECK(without_guard(csv_text(Json(typed))) == typed);
  }
}
