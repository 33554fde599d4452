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

TEST_CASE("local: a row has the same bytes after it lay in columns", "[local]") {
  Held held;
  Uuid customer;
  customer.raw.fill(7);
  const std::vector<Fields> rows{
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
  for (const Fields& row : rows) {
    const Fields back = held.through_the_table(row);
    CHECK(back == row);
    CHECK(encode(back) == encode(row));
  }
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
