// SPDX-License-Identifier: Apache-2.0
// The reading copy: it follows the book, and is made anew when it does not fit.
#include "sync-server/reports/reports_file.hpp"

#include <fstream>

#include "core/base/hex.hpp"
#include "core/model/strokes.hpp"
#include "sync-server/reports/reports_reader.hpp"
#include "tests/support/server_world.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::string cell(ReportsReader& reader, const std::string& sql) {
  const auto table = must(reader.sql(sql, 10, 1 << 20));
  return table.rows.empty() ? "" : table.rows.front().front().text;
}

constexpr std::string_view kTypes = R"json({
  "daybook_schema": 1, "name": "types", "version": 3,
  "collections": {"thing": {"kind": "document", "shared": true, "fields": {
    "at": {"type": "time", "rule": "office"},
    "cost": {"type": "money", "rule": "office"},
    "amount": {"type": "quantity", "rule": "office"},
    "latitude": {"type": "geo", "rule": "office"},
    "done": {"type": "bool", "rule": "office"},
    "tags": {"type": "text_list", "rule": "add_wins"},
    "photo": {"type": "digest", "rule": "office"},
    "strokes": {"type": "bytes", "rule": "office"},
    "signature": {"type": "strokes", "rule": "office"},
    "other": {"type": "reference", "references": "thing", "rule": "office"}}}}})json";

}  // namespace

TEST_CASE("reports: the views show times, money, quantities and places as people write them") {
  ServerWorld world;
  const Schema schema = must(load_schema(kTypes, "types"));
  MemoryServerStore store;
  ServerCore core(store, schema, world.clock, world.rng, world.trace);
  must(core.open(std::nullopt));
  Office office(core.ingest(), store, schema, world.clock, world.rng);
  const Uuid id = world.rng.draw<Uuid>();
  must(store.begin());
  must(office.act("ada", {{{"thing", id},
                           true,
                           {{"at", number(1790000000123)},
                            {"cost", number(-1999)},
                            {"amount", number(2500)},
                            {"latitude", number(399042000)},
                            {"done", Value::boolean(true)},
                            {"tags", Value::list({text("a"), text("b\"c")})},
                            {"photo", Value::bytes(Bytes(32, 0xab))},
                            {"strokes", Value::bytes(Bytes(9, 1))},
                            {"signature", Value::bytes(must(encode_strokes({{{1, 2, 3, 4}}})))},
                            {"other", id_value(id)}},
                           0}}));
  must(store.commit());
  TemporaryFolder folder;
  const auto file = must(ReportsFile::open(folder.file("r.db"), schema, store));
  must(file->follow(store, 100));
  const auto reader = must(ReportsReader::open(folder.file("r.db")));
  CHECK(cell(*reader, "select at from thing") == "2026-09-21T14:13:20Z");
  CHECK(cell(*reader, "select cost from thing") == "-19.99");
  CHECK(cell(*reader, "select amount from thing") == "2.5");
  CHECK(cell(*reader, "select latitude from thing") == "39.9042");
  CHECK(cell(*reader, "select done from thing") == "1");
  CHECK(cell(*reader, "select value from thing, json_each(tags) where key = 1") == "b\"c");
  CHECK(cell(*reader, "select other from thing") == to_string(id));
  CHECK(cell(*reader, "select cost from exact_thing") == "-1999");
  CHECK(cell(*reader, "select typeof(at) || typeof(cost) || typeof(done) from thing") ==
        "textrealinteger");
  CHECK(must(reader->sql("select * from thing", 1, 1 << 20)).columns.size() == 11);
}

TEST_CASE("reports: the file follows commit by commit and goes on where it stood") {
  ServerWorld world;
  TemporaryFolder folder;
  std::vector<RecordRef> visits;
  for (int i = 0; i < 10; ++i) {
    visits.push_back(world.visit());
    world.office_create(visits.back(), {{"priority", number(i)}});
  }
  {
    const auto file = must(ReportsFile::open(folder.file("r.db"), world.schema, world.store));
    CHECK(must(file->follow(world.store, 3)).version == 3);
    CHECK(must(file->follow(world.store, 3)).version == 6);
  }
  world.office_edit(visits[0], "priority", number(50));
  const auto file = must(ReportsFile::open(folder.file("r.db"), world.schema, world.store));
  CHECK(file->stands_at().version == 6);
  CHECK(must(file->follow(world.store, 1000)).version == 11);
  const auto reader = must(ReportsReader::open(folder.file("r.db")));
  CHECK(cell(*reader, "select count(*) from visit") == "10");
  CHECK(cell(*reader, "select max(priority) from visit") == "50");
  CHECK(cell(*reader, "select count(*) from daybook_commit") == "11");
}

TEST_CASE("reports: a file of another past, another schema or of rubbish is made anew") {
  ServerWorld world;
  ServerWorld other;
  TemporaryFolder folder;
  const std::string path = folder.file("r.db");
  for (int i = 0; i < 5; ++i) world.office_create(world.visit(), {{"priority", number(i)}});
  for (int i = 0; i < 9; ++i) other.office_create(other.visit(), {{"priority", number(i + 100)}});
  const auto follow = [&](ServerWorld& of) {
    const auto file = must(ReportsFile::open(path, of.schema, of.store));
    const auto begun = file->stands_at().version;
    must(file->follow(of.store, 1000));
    const auto reader = must(ReportsReader::open(path));
    return std::pair(begun, cell(*reader, "select count(*) from visit"));
  };
  CHECK(follow(world) == std::pair(Version{0}, std::string("5")));
  CHECK(follow(world) == std::pair(Version{5}, std::string("5")));
  CHECK(follow(other) == std::pair(Version{0}, std::string("9")));
  CHECK(follow(other) == std::pair(Version{9}, std::string("9")));
  other.schema.digest = Digest{};
  CHECK(follow(other) == std::pair(Version{0}, std::string("9")));
  {
    std::ofstream rubbish(path, std::ios::binary | std::ios::trunc);
    rubbish << std::string(9000, 'x');
  }
  CHECK(follow(world) == std::pair(Version{0}, std::string("5")));
}

TEST_CASE("reports: what a set that was parked asked for is a commit and no record") {
  ServerWorld world;
  TemporaryFolder folder;
  Pen pen(world, "wang");
  pen.edit(world.visit(), "notes", std::nullopt, 0, text("of a record that is not there"));
  pen.sync();
  const auto file = must(ReportsFile::open(folder.file("r.db"), world.schema, world.store));
  must(file->follow(world.store, 1000));
  const auto reader = must(ReportsReader::open(folder.file("r.db")));
  CHECK(cell(*reader, "select verdict from daybook_commit") == "parked");
  CHECK(cell(*reader, "select count(*) from visit") == "0");
}
