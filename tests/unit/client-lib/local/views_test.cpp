// SPDX-License-Identifier: Apache-2.0
// The schema's views in the phone's file: there with the schema, gone with it, and never in its
// way.
#include "core/platform/sqlite/connection.hpp"
#include "core/platform/sqlite/statement.hpp"
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::shared_ptr<const Schema> schema_with(const std::string& more,
                                          const std::string& collections = {}) {
  return std::make_shared<const Schema>(
      want(load_schema(R"({"daybook_schema": 1, "name": "t", "version": 1, "collections": {
"visit": {"kind": "document", "fields": {"meter": {"type": "int", "rule": "grows"}}})" +
                           collections + "}" + more + "}",
                       "t.json")));
}

struct File {
  File() : path(folder.file("daybook.db")) { open(); }
  void open() {
    LocalStoreOptions options;
    options.path = path;
    store = want(open_sqlite_local_store(options));
  }
  void apply(const std::shared_ptr<const Schema>& schema) {
    want(store->begin());
    want(store->apply_schema(schema));
    want(store->commit());
  }
  void put(const std::string& collection, std::int64_t meter) {
    ViewRow row;
    row.values.set("meter", count(meter));
    Uuid id;
    id.raw.fill(static_cast<std::uint8_t>(meter));
    want(store->begin());
    want(store->put_row({collection, id}, row));
    want(store->commit());
  }
  // The first value, or the code of the error.
  std::string ask(const std::string& sql) {
    sqlite::OpenOptions options;
    options.path = path;
    options.read_only = true;
    const auto connection = want(sqlite::Connection::open(options));
    auto statement = connection->prepare(sql);
    if (!statement.ok()) return std::string(name_of(statement.error().code));
    const auto found = statement->step();
    if (!found.ok()) return std::string(name_of(found.error().code));
    return *found ? std::string(statement->any_text(0)) : "nothing";
  }
  TemporaryPhoneFolder folder;
  std::string path;
  std::unique_ptr<LocalStore> store;
};

const std::string kSum =
    R"(, "views": {"readings": {"sql": "select sum(meter) as total from visit"}})";

}  // namespace

TEST_CASE("local views: a view is there with the schema and counts own work", "[local]") {
  File file;
  file.apply(schema_with(kSum));
  file.put("visit", 7);
  file.put("visit", 5);
  CHECK(file.ask("select total from readings") == "12");
  file.store.reset();
  file.open();
  CHECK(file.ask("select total from readings") == "12");
}

TEST_CASE("local views: another schema has other views, and a collection may take their name",
          "[local]") {
  File file;
  file.apply(schema_with(kSum));
  file.put("visit", 7);
  file.apply(schema_with(R"(, "views": {"readings": {"sql": "select count(*) as n from visit"}})"));
  CHECK(file.ask("select n from readings") == "1");
  file.apply(
      schema_with("", R"(, "readings": {"kind": "fact", "fields": {"meter": {"type": "int"}}})"));
  file.put("readings", 3);
  CHECK(file.ask("select meter from readings") == "3");
  // And back: the table stays, because its rows do; the view has to wait.
  file.apply(schema_with(kSum));
  CHECK(file.ask("select meter from readings") == "3");
  CHECK(file.ask("select sum(meter) from visit") == "7");
}

TEST_CASE("local views: one that does not work is left out, and the rest of the schema is there",
          "[local]") {
  File file;
  file.apply(schema_with(R"(, "views": {
"secret": {"sql": "select value from daybook_setting"},
"wrong": {"sql": "select metre from visit"},
"office": {"at": "office", "sql": "select 1 as a"},
"state": {"at": "phone", "sql": "select _state from visit"}})"));
  file.put("visit", 7);
  CHECK(file.ask("select * from secret") == "invalid");
  CHECK(file.ask("select * from wrong") == "invalid");
  CHECK(file.ask("select * from office") == "invalid");
  CHECK(file.ask("select * from state") != "invalid");
  CHECK(file.ask("select meter from visit") == "7");
}

TEST_CASE("local views: wiping takes them along", "[local]") {
  File file;
  file.apply(schema_with(kSum));
  want(file.store->wipe());
  CHECK(file.ask("select total from readings") == "invalid");
  file.apply(schema_with(kSum));
  CHECK(file.ask("select total is null from readings") == "1");
}
