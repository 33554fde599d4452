// SPDX-License-Identifier: Apache-2.0
// Queries, watches and events through the C door.
#include <thread>

#include "tests/conformance/abi/enrolled_store.hpp"

namespace daybook::test {
namespace {

Answer query(app::Phone& phone, std::string_view sql, std::string_view params = {}) {
  daybook_statement* statement = nullptr;
  const Answer answer = answer_of([&](daybook_error* error) {
    return daybook_query(phone.handle(), sql.data(), sql.size(),
                         params.empty() ? nullptr : params.data(), params.size(), &statement,
                         error);
  });
  CHECK((answer.code == DAYBOOK_OK) == (statement != nullptr));
  daybook_statement_close(statement);
  return answer;
}

}  // namespace

TEST_CASE("abi: the SQL door reads collections and nothing else", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  new_visit(phone);
  CHECK(query(phone, "select * from visit").code == DAYBOOK_OK);
  for (const char* sql :
       {"delete from visit", "update visit set meter = 1", "drop table visit", "attach 'x' as y",
        "insert into visit(id) values('1')", "pragma journal_mode = delete", "begin", "vacuum",
        "select * from daybook_setting", "select * from sqlite_schema",
        "select (select value from daybook_setting limit 1)"}) {
    INFO(sql);
    const Answer answer = query(phone, sql);
    CHECK((answer.code == DAYBOOK_READ_ONLY || answer.code == DAYBOOK_INVALID));
  }
  CHECK(query(phone, "select * from nothing").code == DAYBOOK_INVALID);
  CHECK(query(phone, "select * from visit; delete from visit").code != DAYBOOK_OK);
  CHECK(query(phone, "select ?1").field == "params");
  CHECK(query(phone, "select ?1", "[1,2]").field == "params");
  CHECK(query(phone, "select ?1", "[1.5]").code == DAYBOOK_WRONG_TYPE);
  CHECK(query(phone, "select ?1", "[[1]]").field == "params[0]");
  CHECK(query(phone, "select ?1", "{}").field == "params");
  CHECK(Json::parse(phone.query_all("select count(*) from visit")).at("rows").at(0).at(0) == 1);
}

TEST_CASE("abi: a row is a JSON array without fractions", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  auto rows = phone.query("select ?1 as a, ?2 as \"b\"\"b\", ?3, ?4, x'00ff' as bytes, 1.5 as half",
                          R"([-9223372036854775808,"引\"号",null,true])");
  CHECK(Json::parse(rows.columns()).at(1) == "b\"b");
  const auto row = rows.next();
  REQUIRE(row);
  CHECK(Json::parse(*row).dump() == R"([-9223372036854775808,"引\"号",null,1,"00ff","1.5"])");
  CHECK_FALSE(rows.next());
  CHECK_THROWS_AS(
      phone.query_all(
          "with recursive n(i) as (select 1 union all select i+1 from n) select i from n", {}, 10),
      app::Failure);
}

TEST_CASE("abi: statements are counted, and a slow one holds nobody up", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  new_visit(phone);
  std::vector<app::Rows> open;
  for (int i = 0; i < 16; ++i) {
    open.push_back(phone.query("select * from visit"));
    CHECK(open.back().next());
  }
  CHECK(query(phone, "select 1").code == DAYBOOK_BUSY);
  new_visit(phone);  // while sixteen snapshots are held
  open.clear();
  CHECK(Json::parse(phone.query_all("select count(*) from visit")).at("rows").at(0).at(0) == 2);
}

TEST_CASE("abi: a watch tells which records of its collections changed, once until it is asked",
          "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  while (phone.next_event(0)) {
  }
  const auto by_query =
      phone.watch(R"({"sql":"select v.id from visit v join part_swap p on p.visit = v.id"})");
  const auto by_name = phone.watch(R"({"collections":["part"]})");
  CHECK(by_query != by_name);
  const std::string first = new_visit(phone);
  const std::string second = new_visit(phone);
  int told = 0;
  while (const auto event = phone.next_event(0)) {
    const Json json = Json::parse(*event);
    if (json.at("event") != "watch") continue;
    ++told;
    CHECK(json.at("watch") == by_query);
    CHECK(json.at("changes").at(0).at("collection") == "visit");
    if (json.at("changes").at(0).contains("ids"))
      CHECK(json.at("changes").at(0).at("ids").size() == 2);
  }
  CHECK(told == 1);
  phone.unwatch(by_query);
  new_visit(phone);
  while (const auto event = phone.next_event(0)) CHECK(Json::parse(*event).at("event") != "watch");
  CHECK_THROWS_AS(phone.watch(R"({"collections":["nothing"]})"), app::Failure);
  CHECK_THROWS_AS(phone.watch(R"({"sql":"delete from visit"})"), app::Failure);
  CHECK_THROWS_AS(phone.watch("{}"), app::Failure);
}

TEST_CASE("abi: a thread that waits for events is let go", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  while (phone.next_event(0)) {
  }
  std::thread waiting([&] { CHECK_FALSE(phone.next_event(-1)); });
  phone.interrupt_events();
  waiting.join();
}

TEST_CASE("abi: several threads commit and read at once", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        new_visit(phone);
        static_cast<void>(phone.query_all("select count(*) from visit"));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(Json::parse(phone.query_all("select count(*) from visit")).at("rows").at(0).at(0) == 40);
  CHECK(Json::parse(phone.own_sets()).size() == 40);
}

}  // namespace daybook::test
