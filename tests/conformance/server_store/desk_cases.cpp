// SPDX-License-Identifier: Apache-2.0
// What the desk asks of a store: its cases by place, by what they are about, and who lacks a
// decision.
#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {
namespace {

std::vector<std::uint64_t> numbers_of(const std::vector<ConflictCase>& cases) {
  std::vector<std::uint64_t> numbers;
  for (const auto& conflict : cases) numbers.push_back(conflict.number);
  return numbers;
}
using Numbers = std::vector<std::uint64_t>;

void put_due(ServerStore& store, std::uint64_t number, std::int64_t due_ms, const char* field,
             const char* holder) {
  auto conflict = case_number(number, record_number("visit", number));
  conflict.due_ms = due_ms;
  conflict.field = field;
  conflict.holder = holder;
  good(store.put_case(conflict));
}

void put_some(ServerStore& store) {
  put_due(store, 1, 0, "note", "");  // no deadline
  put_due(store, 2, 300, "note", "chen");
  put_due(store, 3, 100, "fee", "");
  put_due(store, 4, 300, "note", "");
  put_due(store, 5, -50, "fee", "chen");
}

void the_earliest_deadline_comes_first(StoreUnderTest& under_test) {
  in_transaction(under_test.store(), [&] { put_some(under_test.store()); });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(numbers_of(good(store.find_cases({}, {}, 10))) == Numbers{5, 3, 2, 4, 1});
  CHECK(numbers_of(good(store.find_cases({}, {}, 2))) == Numbers{5, 3});
  CHECK(numbers_of(good(store.find_cases({}, CasePlace{100, 3}, 2))) == Numbers{2, 4});
  CHECK(numbers_of(good(store.find_cases({}, CasePlace{300, 2}, 9))) == Numbers{4, 1});
  CHECK(numbers_of(good(store.find_cases({}, CasePlace{INT64_MAX, 1}, 9))).empty());
}

void what_is_asked_for_narrows_it(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  in_transaction(store, [&] {
    put_some(store);
    auto decided = case_number(6, record_number("part", 6));
    decided.state = CaseState::kDecided;
    decided.kind = CaseKind::kLate;
    good(store.put_case(decided));
  });
  CaseQuestion question;
  question.state = CaseState::kOpen;
  CHECK(numbers_of(good(store.find_cases(question, {}, 10))) == Numbers{5, 3, 2, 4, 1});
  question.holder = "chen";
  CHECK(numbers_of(good(store.find_cases(question, {}, 10))) == Numbers{5, 2});
  question.field = "fee";
  CHECK(numbers_of(good(store.find_cases(question, {}, 10))) == Numbers{5});
  question = {};
  question.kind = CaseKind::kLate;
  CHECK(numbers_of(good(store.find_cases(question, {}, 10))) == Numbers{6});
  question.collection = "visit";
  CHECK(good(store.find_cases(question, {}, 10)).empty());
}

void cases_move_with_their_state(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  in_transaction(store, [&] { put_some(store); });
  in_transaction(store, [&] {
    auto moved = *good(store.find_case(3));
    moved.state = CaseState::kDecided;
    moved.holder = "li";
    good(store.put_case(moved));
    good(store.savepoint());
    moved.holder = "nobody";
    good(store.put_case(moved));
    good(store.rollback_to_savepoint());
  });
  CaseQuestion open;
  open.state = CaseState::kOpen;
  CHECK(numbers_of(good(store.find_cases(open, {}, 10))) == Numbers{5, 2, 4, 1});
  CaseQuestion held;
  held.holder = "li";
  CHECK(numbers_of(good(store.find_cases(held, {}, 10))) == Numbers{3});
}

void cases_about_a_record(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto visit = record_number("visit", 9);
  in_transaction(store, [&] {
    for (const std::uint64_t number : {1, 2, 4}) good(store.put_case(case_number(number, visit)));
    good(store.put_case(case_number(3, record_number("part", 9))));
    good(store.put_case(case_number(2, visit)));  // again
  });
  CHECK(numbers_of(good(store.cases_about(visit, 10))) == Numbers{4, 2, 1});
  CHECK(numbers_of(good(store.cases_about(visit, 1))) == Numbers{4});
  CHECK(numbers_of(good(store.cases_about(record_number("part", 9), 10))) == Numbers{3});
  CHECK(good(store.cases_about(record_number("visit", 8), 10)).empty());
}

void devices_that_lack_a_decision(StoreUnderTest& under_test) {
  const auto li = uuid_number(1);
  const auto wang = uuid_number(2);
  in_transaction(under_test.store(), [&] {
    auto& store = under_test.store();
    for (const CaseWait& wait : {CaseWait{li, 20, 7}, {wang, 20, 7}, {li, 10, 8}, {li, 30, 9}})
      good(store.put_case_wait(wait));
    good(store.put_case_wait({li, 20, 7}));  // once
  });
  under_test.reopen();
  auto& store = under_test.store();
  using Waits = std::vector<CaseWait>;
  CHECK(good(store.case_waits_of(li, 9)).empty());
  CHECK(good(store.case_waits_of(li, 20)) == Waits{{li, 10, 8}, {li, 20, 7}});
  CHECK(good(store.case_waits_of(li, UINT64_MAX)).size() == 3);
  CHECK(good(store.case_waits_for(7)) == Waits{{li, 20, 7}, {wang, 20, 7}});
  in_transaction(store, [&] {
    good(store.erase_case_wait({li, 20, 7}));
    good(store.erase_case_wait({li, 21, 7}));  // not there
    CHECK(good(store.case_waits_for(7)) == Waits{{wang, 20, 7}});
  });
  good(store.begin());
  good(store.erase_case_wait({wang, 20, 7}));
  store.rollback();
  CHECK(good(store.case_waits_for(7)) == Waits{{wang, 20, 7}});
  CHECK(good(store.case_waits_of(wang, 20)) == Waits{{wang, 20, 7}});
}

}  // namespace

std::vector<ConformanceCase> desk_cases() {
  return {
      {"of the desk's cases the earliest deadline comes first", the_earliest_deadline_comes_first},
      {"the desk's list is narrowed by state, kind, collection, field and holder",
       what_is_asked_for_narrows_it},
      {"a case moves in the desk's list when it changes", cases_move_with_their_state},
      {"the cases about a record are found, newest first", cases_about_a_record},
      {"devices that lack a decision are kept until they have it", devices_that_lack_a_decision},
  };
}

}  // namespace daybook::test
