// SPDX-License-Identifier: Apache-2.0
// Rows in typed columns come back as the bytes that were served, and host apps find them by SQL.
#include "client-lib/local/sqlite/column_text.hpp"
#include "core/model/cbor.hpp"
#include "core/platform/sqlite/statement.hpp"
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Held {
  Held() {
    store = want(open_sqlite_local_store({}));
    want(store->begin());
    want(store->apply_schema(phone_schema()));
    want(store->commit());
  }
  Fields through_the_table(const Fields& fields) {
    ViewRow row;
    row.values = fields;
    want(store->begin());
    want(store->put_row({"visit", Uuid{}}, row));
    want(store->commit());
    return want(store->find_row({"visit", Uuid{}}))->values;
  }
  std::unique_ptr<LocalStore> store;
};

}  // namespace

namespace {

// One row of each kind that a column may hold, or not.
std::vector<Fields> rows_of_all_kinds() {
  Uuid customer;
  customer.raw.fill(7);
  return {
      {},
      {{"address", words("地窖, \"3\" \\ x")}, {"meter", count(-5)}, {"customer", refer(customer)}},
      {{"address", Value::null()},
       {"notes", words("")}},  // absent is not null, and neither is empty
      {{"tags", list_of({})}},
      {{"tags", list_of({"a", "b\"c", "d\\", "e\nf", std::string("\x01")})}},
      {{"unknown", list_of({"kept"})}, {"z", Value::boolean(true)}, {"address", words("x")}},
      {{"meter", words("a newer type")}, {"customer", Value::bytes({1, 2})}, {"tags", count(1)}},
      {{"tags", Value::list({count(1), words("mixed")})}},
      {{"address", words(std::string("nul\0inside", 10))}},
  };
}

}  // namespace

TEST_CASE("local: a row has the same bytes after it lay in columns", "[local]") {
  Held held;
  for (const Fields& row : rows_of_all_kinds()) {
    const Fields back = held.through_the_table(row);
    CHECK(back == row);
    CHECK(encode(back) == encode(row));
  }
}

TEST_CASE("local: a row that is changed is the one that is put", "[local]") {
  Held held;
  for (const RecordRef& record : {RecordRef{"visit", Uuid{}}, RecordRef{"not_in_schema", Uuid{}}}) {
    for (const Fields& from : rows_of_all_kinds()) {
      for (const Fields& to : rows_of_all_kinds()) {
        ViewRow before, after;
        before.values = from;
        before.scopes = 1;
        after.values = to;
        after.version = 5;
        after.foreign = 4;
        after.state = RowState::kPending;
        after.scopes = 6;
        after.round = 3;
        want(held.store->begin());
        want(held.store->put_row(record, before));
        want(held.store->change_row(record, before, after));
        want(held.store->commit());
        const auto row = want(held.store->find_row(record));
        REQUIRE(row);
        CHECK(encode(row->values) == encode(to));
        CHECK(row->version == 5);
        CHECK(row->foreign == 4);
        CHECK(row->state == RowState::kPending);
        CHECK(row->scopes == 6);
        CHECK(row->round == 3);
      }
    }
    want(held.store->begin());
    CHECK(want(held.store->confirm_row(record, {9, 8, 8, 7})));
    Uuid nobody;
    nobody.raw.fill(9);
    CHECK_FALSE(want(held.store->confirm_row({record.collection, nobody}, {9, 8, 8, 7})));
    want(held.store->commit());
    const auto row = want(held.store->find_row(record));
    REQUIRE(row);
    CHECK(row->values == rows_of_all_kinds().back());
    CHECK(row->version == 9);
    CHECK(row->foreign == 8);
    CHECK(row->state == RowState::kOffice);
    CHECK(row->scopes == 14);
    CHECK(row->round == 7);
  }
}

TEST_CASE("local: an index knows a changed row under its new value only", "[local]") {
  TemporaryPhoneFolder folder;
  LocalStoreOptions options;
  options.path = folder.file("phone.db");
  auto store = want(open_sqlite_local_store(options));
  ViewRow before, after;
  before.values = {{"address", words("cellar")}, {"meter", count(12)}};
  after.values = {{"address", words("attic")}, {"meter", count(12)}};
  want(store->begin());
  want(store->apply_schema(phone_schema()));
  want(store->put_row({"visit", Uuid{}}, before));
  want(store->change_row({"visit", Uuid{}}, before, after));
  want(store->commit());
  sqlite::OpenOptions reading;
  reading.path = options.path;
  reading.read_only = true;
  const auto connection = want(sqlite::Connection::open(reading));
  CHECK(want(connection->find_int64("select count(*) from visit where address='cellar'")) == 0);
  CHECK(want(connection->find_int64("select count(*) from visit where address='attic'")) == 1);
  want(connection->check());
}

TEST_CASE("local: lists of texts are JSON that comes back exactly", "[local]") {
  for (const auto& texts :
       {std::vector<std::string>{}, {""}, {"", ""}, {"]"}, {"\"", ","}, {"\x1f", "中文"}}) {
    const Value list = list_of(texts);
    const auto back = texts_of_json(json_of_texts(list.as_list()));
    REQUIRE(back);
    CHECK(*back == list.as_list());
  }
  for (const char* broken : {"", "[", "[\"a]", "[\"a\"\"b\"]", "[\"\\x\"]", "[1]"})
    CHECK_FALSE(texts_of_json(broken));
}

TEST_CASE("local: host apps read typed tables and indexes by plain SQL", "[local]") {
  TemporaryPhoneFolder folder;
  const std::string path = folder.file("phone.db");
  Uuid customer;
  customer.raw.fill(7);
  LocalStoreOptions options;
  options.path = path;
  auto store = want(open_sqlite_local_store(options));
  want(store->begin());
  want(store->apply_schema(phone_schema()));
  ViewRow row;
  row.values = {{"address", words("cellar")}, {"meter", count(12)}, {"customer", refer(customer)}};
  want(store->put_row({"visit", customer}, row));
  want(store->commit());
  sqlite::OpenOptions reading;
  reading.path = path;
  reading.read_only = true;
  const auto connection = want(sqlite::Connection::open(reading));
  auto find = want(
      connection->prepare("select id, customer, meter, _state from visit where address='cellar'"));
  REQUIRE(want(find.step()));
  CHECK(find.text(0) == "07070707-0707-0707-0707-070707070707");
  CHECK(find.text(1) == "07070707-0707-0707-0707-070707070707");
  CHECK(find.int64(2) == 12);
  CHECK(find.text(3).empty());
  auto plan =
      want(connection->prepare("explain query plan select id from visit where address='cellar'"));
  REQUIRE(want(plan.step()));
  CHECK_THAT(std::string(plan.text(3)), contains("daybook_by_visit_address"));
}
