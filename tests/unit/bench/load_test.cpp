// SPDX-License-Identifier: Apache-2.0
// The reader of the workload: what it takes from a line, and that it names what is wrong with one.
#include "tests/bench/peers/load.hpp"

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace {

using daybook::bench::parse_work_unit;
using daybook::bench::WorkKind;
using daybook::bench::WorkUnit;

std::string make_line(const std::string& fields) {
  return R"({"t":"tx","n":7,"k":"open","ts":1767596646886,"dev":"tech-0000","visit":"v","ops":[)"
         R"({"op":"put","c":"visits","id":"v","d":)" +
         fields + R"(},{"op":"set","c":"visits","id":"v","d":{"status":"en_route"}}]})";
}

}  // namespace

TEST_CASE("bench: a line of the workload becomes one unit", "[bench]") {
  WorkUnit unit;
  std::string why;
  REQUIRE(parse_work_unit(make_line(R"({"notes":"","priority":3,"warranty":true})"), unit, why));
  CHECK(unit.n == 7);
  CHECK(unit.kind == "open");
  CHECK(unit.ts == 1767596646886);
  REQUIRE(unit.ops.size() == 2);
  CHECK(unit.ops[0].kind == WorkKind::put);
  CHECK(unit.ops[1].kind == WorkKind::set);
  CHECK(unit.ops[1].collection == "visits");
  CHECK(unit.ops[1].fields.at("status") == "en_route");
}

TEST_CASE("bench: coordinates become whole numbers times ten million", "[bench]") {
  WorkUnit unit;
  std::string why;
  for (int step = 0; step < 600'000; step += 73) {
    const int tenthousandths = 480'000 + step;
    std::string decimals = std::to_string(tenthousandths % 10'000);
    decimals.insert(0, 4 - decimals.size(), '0');
    const std::string text = std::to_string(tenthousandths / 10'000) + "." + decimals;
    REQUIRE(parse_work_unit(make_line("{\"lat\":" + text + ",\"lon\":-" + text + "}"), unit, why));
    REQUIRE(unit.ops[0].fields.at("lat").is_number_integer());
    REQUIRE(unit.ops[0].fields.at("lat").get<std::int64_t>() ==
            std::int64_t{tenthousandths} * 1000);
    REQUIRE(unit.ops[0].fields.at("lon").get<std::int64_t>() ==
            std::int64_t{tenthousandths} * -1000);
  }
  REQUIRE(parse_work_unit(make_line(R"({"lat":48})"), unit, why));
  CHECK(unit.ops[0].fields.at("lat").get<std::int64_t>() == 480'000'000);
}

TEST_CASE("bench: a wrong line is refused and its field named", "[bench]") {
  WorkUnit unit;
  unit.n = 99;
  std::string why;
  CHECK_FALSE(parse_work_unit("{", unit, why));
  CHECK_FALSE(parse_work_unit(make_line(R"({"meter":1.5})"), unit, why));
  CHECK_THAT(why, daybook::test::contains("d.meter"));
  CHECK_FALSE(parse_work_unit(make_line(R"({"lat":"48"})"), unit, why));
  CHECK_THAT(why, daybook::test::contains("d.lat"));
  CHECK_FALSE(parse_work_unit(make_line("3"), unit, why));
  CHECK_THAT(why, daybook::test::contains("d:"));
  CHECK_FALSE(parse_work_unit(R"({"n":1,"k":"open","ts":1,"ops":[]})", unit, why));
  CHECK_THAT(why, daybook::test::contains("ops"));
  CHECK(unit.n == 99);
}

TEST_CASE("bench: a file is read unit by unit and a wrong line is named by its number", "[bench]") {
  std::string path = "/tmp/daybook-workload-XXXXXX";
  const int file = mkstemp(path.data());
  REQUIRE(file >= 0);
  close(file);
  std::ofstream(path) << make_line("{}") << '\n' << make_line("{}") << "\n{\n";
  std::vector<WorkUnit> units;
  std::string why;
  CHECK(daybook::bench::load_workload(path, 2, units, why));
  CHECK(units.size() == 2);
  CHECK_FALSE(daybook::bench::load_workload(path, 10, units, why));
  CHECK_THAT(why, daybook::test::contains(path + ":3:"));
  CHECK(units.size() == 2);
  unlink(path.c_str());
  CHECK_FALSE(daybook::bench::load_workload(path, 10, units, why));
  CHECK_THAT(why, daybook::test::contains("cannot read"));
}
