// SPDX-License-Identifier: Apache-2.0
// What becomes of each row, and that the same file again changes nothing.
#include "tools/import/import_plan.hpp"

#include "core/domain/catalog.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;
using namespace daybook::sheet;

namespace {

struct Desk {
  Schema schema = load_after_sales().value();
  std::map<std::string, std::string> book;  // collection -> NDJSON

  ImportPlan plan(const std::string& collection, std::vector<std::string> key = {},
                  std::vector<std::pair<std::string, std::string>> constants = {}) {
    ImportWish wish;
    wish.collection = collection;
    wish.key = std::move(key);
    wish.constants = std::move(constants);
    return ImportPlan(schema, wish,
                      [this](const std::string& name,
                             const std::vector<std::string>& by) -> Result<KnownRecords> {
                        KnownRecords records(by);
                        DAYBOOK_TRY(records.add(book[name]));
                        return records;
                      });
  }
};

CsvRow row(std::uint64_t line, std::vector<std::string> cells) {
  return {line, std::move(cells), {}};
}

PlannedRow planned(ImportPlan& plan, const CsvRow& of) {
  std::optional<RowProblem> problem;
  auto made = plan.plan(of, problem);
  REQUIRE(made.ok());
  if (problem) FAIL(problem->header << ": " << problem->detail);
  return **made;
}

RowProblem refused(ImportPlan& plan, const CsvRow& of) {
  std::optional<RowProblem> problem;
  auto made = plan.plan(of, problem);
  REQUIRE(made.ok());
  REQUIRE(problem);
  CHECK_FALSE(*made);
  return *problem;
}

constexpr const char* kPart =
    R"({"id":"00000000-0000-4000-8000-000000000001","version":7,"values":{"part_no":"P1","name":"泵","price":1999}})"
    "\n";

}  // namespace

TEST_CASE("import: headers are names or labels in either language; an unknown one ends it") {
  Desk desk;
  auto plan = desk.plan("part", {"part_no"});
  CHECK_FALSE(plan.read_header(row(1, {"零件号", "Name", "price"})));
  const auto made = planned(plan, row(2, {"P9", "阀", "12.50"}));
  CHECK(made.kind == PlannedRow::Kind::kCreate);
  CHECK(made.set.dump() == R"({"part_no":"P9","name":"阀","price":1250})");
  auto other = desk.plan("part", {"part_no"});
  const auto problem = other.read_header(row(1, {"part_no", "colour"}));
  REQUIRE(problem);
  CHECK(problem->column == 2);
  CHECK(problem->code == Errc::kUnknownField);
  CHECK(desk.plan("part", {"name"}).read_header(row(1, {"part_no"})));
  CHECK(desk.plan("part").read_header(row(1, {"part_no", "零件号"})));
}

TEST_CASE("import: ids come from the key, so every run and machine means the same record") {
  Desk desk;
  auto first = desk.plan("part");
  auto again = desk.plan("part");
  CHECK_FALSE(first.read_header(row(1, {"part_no", "name"})));
  CHECK_FALSE(again.read_header(row(1, {"name", "part_no"})));
  CHECK(planned(first, row(2, {"P9", "a"})).id == planned(again, row(5, {"b", "P9"})).id);
  CHECK(id_for_key("part", "x") != id_for_key("unit", "x"));
}

TEST_CASE("import: what stands there already is the same, what differs is changed as it was seen") {
  Desk desk;
  desk.book["part"] = kPart;
  auto plan = desk.plan("part");
  CHECK_FALSE(plan.read_header(row(1, {"part_no", "name", "price"})));
  const auto same = planned(plan, row(2, {"P1", "泵", "19.99"}));
  CHECK(same.kind == PlannedRow::Kind::kSame);
  auto next = desk.plan("part");
  CHECK_FALSE(next.read_header(row(1, {"part_no", "name", "price"})));
  const auto changed = planned(next, row(2, {"P1", "", "20"}));
  CHECK(changed.kind == PlannedRow::Kind::kChange);
  CHECK(changed.id == "00000000-0000-4000-8000-000000000001");
  CHECK(changed.seen == 7);
  CHECK(changed.set.dump() == R"({"price":2000})");
}

TEST_CASE("import: a row that is wrong says in which column, and the others go on") {
  Desk desk;
  auto plan = desk.plan("part");
  CHECK_FALSE(plan.read_header(row(1, {"part_no", "name", "price", "tracking"})));
  CHECK(refused(plan, row(2, {"P1", "x", "cheap", ""})).column == 3);
  CHECK(refused(plan, row(3, {"P2", "x", "1", "sometimes"})).column == 4);
  CHECK(refused(plan, row(4, {"P3", "x", "-1", ""})).column == 3);
  CHECK(refused(plan, row(5, {std::string(61, 'P'), "x", "1", ""})).code == Errc::kTooLarge);
  CHECK(refused(plan, row(6, {"P4", "", "1", ""})).column == 2);  // required
  CHECK(refused(plan, row(7, {"", "x", "1", ""})).detail == "the key is empty");
  CHECK(refused(plan, row(8, {"P5", "x"})).detail == "2 cells, the header has 4");
  CHECK(planned(plan, row(9, {"P6", "x", "1", ""})).line == 9);
  CHECK(refused(plan, row(10, {"P6", "y", "1", ""})).detail == "the same record as line 9");
}

TEST_CASE("import: references by id or by what people call the record, and never into the void") {
  Desk desk;
  desk.book["part"] = kPart;
  auto plan = desk.plan("stock_movement", {"note"},
                        {{"from_place", "supplier"}, {"reason", "purchase"}, {"at", "2026-10-01"}});
  CHECK_FALSE(plan.read_header(row(1, {"part.零件号", "quantity", "to_place", "note"})));
  const auto made = planned(plan, row(2, {"P1", "2.5", "warehouse", "GR-1/1"}));
  CHECK(made.set["part"] == "00000000-0000-4000-8000-000000000001");
  CHECK(made.set["quantity"] == 2500);
  CHECK(made.set["from_place"] == "supplier");
  const auto dangling = refused(plan, row(3, {"P2", "1", "warehouse", "GR-1/2"}));
  CHECK(dangling.code == Errc::kUnknownRecord);
  CHECK(dangling.column == 1);
}

TEST_CASE("import: a fact stands as it was written, and what never changes does not") {
  Desk desk;
  auto first = desk.plan("stock_movement", {"note"});
  CHECK_FALSE(first.read_header(row(1, {"note", "quantity"})));
  desk.book["stock_movement"] =
      R"({"id":"00000000-0000-4000-8000-000000000002","version":3,"values":{"note":"N","quantity":1000}})"
      "\n";
  CHECK(planned(first, row(2, {"N", "1"})).kind == PlannedRow::Kind::kSame);
  auto other = desk.plan("stock_movement", {"note"});
  CHECK_FALSE(other.read_header(row(1, {"note", "quantity"})));
  CHECK(refused(other, row(2, {"N", "2"})).code == Errc::kImmutable);
  desk.book["part"] = kPart;
  auto part = desk.plan("part", {"name"});
  CHECK_FALSE(part.read_header(row(1, {"name", "part_no"})));
  CHECK(refused(part, row(2, {"泵", "P2"})).code == Errc::kImmutable);
}

TEST_CASE("import: an export is taken back with its numbers as they are kept") {
  Desk desk;
  desk.book["part"] = kPart;
  auto plan = desk.plan("part");
  CHECK_FALSE(plan.read_header(row(1, {"id", "_version", "_created", "part_no", "name", "price"})));
  CHECK(
      planned(plan, row(2, {"00000000-0000-4000-8000-000000000001", "7", "2", "P1", "泵", "1999"}))
          .kind == PlannedRow::Kind::kSame);
}

TEST_CASE("import: two records under one key are nobody's to choose between") {
  Desk desk;
  desk.book["customer"] =
      R"({"id":"00000000-0000-4000-8000-000000000003","version":1,"values":{"name":"A"}})"
      "\n"
      R"({"id":"00000000-0000-4000-8000-000000000004","version":1,"values":{"name":"A"}})"
      "\n";
  auto plan = desk.plan("customer", {"name"});
  CHECK_FALSE(plan.read_header(row(1, {"name", "address"})));
  CHECK(refused(plan, row(2, {"A", "x"})).code == Errc::kAlreadyExists);
}
