// SPDX-License-Identifier: Apache-2.0
// Records: states, parents, and pages of a collection.
#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {

namespace {

std::vector<RecordRef> refs_of(const std::vector<RecordState>& states) {
  std::vector<RecordRef> refs;
  for (const auto& state : states) refs.push_back(state.record);
  return refs;
}

void states_come_back_whole(StoreUnderTest& under_test) {
  const auto visit = state_of(record_number("visit", 1), 9, "电视无信号");
  RecordState rich = state_of(record_number("visit", 2), 9, "");
  rich.fields["flags"] = FieldState{Value::list({Value::text("a"), Value::text("b")}),
                                    Write{8, 2, 4, true},
                                    {SeenBy{1, 2}, SeenBy{5, 6}},
                                    {ElementState{Value::text("a"), {Write{7, 2, 3, true}}},
                                     ElementState{Value::text("b"), {Write{8, 2, 4, true}}}}};
  rich.fields["photo"] = FieldState{Value::bytes({0, 1, 2}), Write{8, 2, 4, true}, {}, {}};
  rich.fields["closed"] = FieldState{Value::null(), Write{3, 0, 0, true}, {}, {}};
  RecordState bare;
  bare.record = record_number("unit", 1);
  bare.created = 2;
  bare.version = 2;
  in_transaction(under_test.store(), [&] {
    for (const auto& state : {visit, rich, bare})
      good(under_test.store().put_record(state, std::nullopt));
  });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(good(store.find_record(visit.record)) == std::optional(visit));
  CHECK(good(store.find_record(rich.record)) == std::optional(rich));
  CHECK(good(store.find_record(bare.record)) == std::optional(bare));
  CHECK_FALSE(good(store.find_record(record_number("unit", 2))).has_value());
  CHECK_FALSE(good(store.find_record(record_number("part", 1))).has_value());
}

void a_record_is_replaced(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto record = record_number("visit", 1);
  in_transaction(store,
                 [&] { good(store.put_record(state_of(record, 1, "first"), std::nullopt)); });
  const auto second = state_of(record, 2, "second");
  in_transaction(store, [&] { good(store.put_record(second, std::nullopt)); });
  CHECK(good(store.find_record(record)) == std::optional(second));
  CHECK(good(store.count_records("visit")) == 1);
}

void a_large_record_is_kept(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto large = state_of(record_number("visit", 1), 1, std::string(200'000, 'x'));
  in_transaction(store, [&] { good(store.put_record(large, std::nullopt)); });
  CHECK(good(store.find_record(large.record)) == std::optional(large));
}

void children_follow_their_parent(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto parent = uuid_number(70);
  const auto other = uuid_number(71);
  const auto visit = record_number("visit", 1);
  const auto part_late = record_number("part", 5);
  const auto part_early = record_number("part", 4);
  in_transaction(store, [&] {
    good(store.put_record(state_of(visit, 1, "v"), parent));
    good(store.put_record(state_of(part_late, 1, "p"), parent));
    good(store.put_record(state_of(part_early, 1, "p"), parent));
    good(store.put_record(state_of(record_number("part", 6), 1, "p"), std::nullopt));
  });
  CHECK(good(store.children_of(parent)) == std::vector{part_early, part_late, visit});
  CHECK(good(store.children_of(other)).empty());
  in_transaction(store, [&] {
    good(store.put_record(state_of(part_late, 2, "p"), other));
    good(store.put_record(state_of(visit, 2, "v"), std::nullopt));
    good(store.put_record(state_of(part_early, 2, "p"), parent));
  });
  CHECK(good(store.children_of(parent)) == std::vector{part_early});
  CHECK(good(store.children_of(other)) == std::vector{part_late});
}

void pages_of_a_collection(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  in_transaction(store, [&] {
    for (const std::uint64_t number : {40, 10, 30, 20}) {
      good(store.put_record(state_of(record_number("visit", number), 1, "v"), std::nullopt));
      good(store.put_record(state_of(record_number("visit_event", number), 1, "e"), std::nullopt));
    }
  });
  const auto visit = [](std::uint64_t number) { return record_number("visit", number); };
  CHECK(refs_of(good(store.list_records("visit", std::nullopt, 10))) ==
        std::vector{visit(10), visit(20), visit(30), visit(40)});
  CHECK(refs_of(good(store.list_records("visit", std::nullopt, 2))) ==
        std::vector{visit(10), visit(20)});
  CHECK(refs_of(good(store.list_records("visit", uuid_number(20), 10))) ==
        std::vector{visit(30), visit(40)});
  CHECK(refs_of(good(store.list_records("visit", uuid_number(25), 1))) == std::vector{visit(30)});
  CHECK(good(store.list_records("visit", uuid_number(40), 10)).empty());
  CHECK(good(store.list_records("unit", std::nullopt, 10)).empty());
  CHECK(good(store.list_records("visit", std::nullopt, 0)).empty());
  CHECK(good(store.count_records("visit")) == 4);
  CHECK(good(store.count_records("visit_event")) == 4);
  CHECK(good(store.count_records("unit")) == 0);
  const auto page = good(store.list_records("visit", std::nullopt, 1));
  CHECK(page.front() == state_of(visit(10), 1, "v"));
}

// Adapters that give names numbers must forget those of a rollback: a number would name nothing, or
// something else.
void a_collection_that_was_taken_back_is_new_again(StoreUnderTest& under_test) {
  auto* store = &under_test.store();
  const auto put = [&](const std::string& collection, std::uint64_t number) {
    const auto record = record_number(collection, number);
    good(store->put_record(state_of(record, 1, collection), std::nullopt));
    good(store->put_member(member_of("of:" + collection, record, 1)));
  };
  good(store->begin());
  put("visit", 1);
  store->rollback();
  good(store->begin());
  put("unit", 2);
  good(store->savepoint());
  put("part", 1);
  good(store->rollback_to_savepoint());
  put("visit", 2);
  put("part", 2);
  good(store->commit());
  for (const bool stopped : {false, true}) {
    if (stopped) under_test.reopen();
    store = &under_test.store();
    for (const auto& collection : std::vector<std::string>{"visit", "unit", "part"}) {
      const auto record = record_number(collection, 2);
      CHECK(refs_of(good(store->list_records(collection, std::nullopt, 9))) == std::vector{record});
      CHECK(good(store->find_record(record)) == std::optional(state_of(record, 1, collection)));
      CHECK(texts_of(good(store->members_of(record))) ==
            texts_of(std::vector{member_of("of:" + collection, record, 1)}));
      CHECK(good(store->feed_of("of:" + collection, 0, std::nullopt, 9)).size() == 1);
    }
  }
}

// A batch comes back to the same visit again and again; an adapter that writes it once only must
// answer as if it had written each time.
void a_transaction_sees_what_it_put(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto visit = record_number("visit", 1);
  const auto part = record_number("part", 1);
  const auto strange = record_number("note", 1);
  const auto other = uuid_number(71);
  good(store.begin());
  CHECK_FALSE(good(store.find_record(visit)).has_value());
  CHECK(good(store.members_of(visit)).empty());
  good(store.put_record(state_of(visit, 1, "opened"), std::nullopt));
  good(store.put_member(member_of("user:a", visit, 1)));
  good(store.put_record(state_of(part, 1, "p"), visit.id));
  good(store.put_record(state_of(visit, 2, "left"), std::nullopt));
  good(store.put_member(member_of("user:a", visit, 2)));
  CHECK(good(store.find_record(visit)) == std::optional(state_of(visit, 2, "left")));
  CHECK(good(store.find_row(visit))->version == 2);
  CHECK(good(store.find_row(visit))->row == encode(state_of(visit, 2, "left")).row);
  CHECK(good(store.children_of(visit.id)) == std::vector{part});
  CHECK(text_of_row(good(store.find_member("user:a", visit))) ==
        text_of_row(member_of("user:a", visit, 2)));
  CHECK_FALSE(good(store.find_member("user:b", visit)).has_value());
  CHECK(refs_of(good(store.list_records("visit", std::nullopt, 9))) == std::vector{visit});
  CHECK(good(store.feed_of("user:a", 1, std::nullopt, 9)).size() == 1);
  CHECK(good(store.feed_of("user:a", 2, std::nullopt, 9)).empty());

  good(store.savepoint());
  good(store.put_record(state_of(visit, 3, "taken back"), std::nullopt));
  good(store.put_member(member_of("user:a", visit, 3)));
  good(store.put_member(member_of("user:b", visit, 3)));
  good(store.put_record(state_of(part, 3, "p"), other));
  good(store.put_record(state_of(strange, 3, "n"), other));
  CHECK(good(store.children_of(visit.id)).empty());
  CHECK(good(store.children_of(other)) == std::vector{strange, part});
  CHECK(good(store.count_records("note")) == 1);
  good(store.rollback_to_savepoint());
  CHECK(good(store.find_record(visit)) == std::optional(state_of(visit, 2, "left")));
  CHECK(good(store.members_of(visit)).size() == 1);
  CHECK(good(store.children_of(visit.id)) == std::vector{part});
  CHECK(good(store.children_of(other)).empty());
  CHECK(good(store.count_records("note")) == 0);

  good(store.put_record(state_of(visit, 4, std::string(200'000, 'x')), std::nullopt));
  CHECK(good(store.find_row(visit))->version == 4);
  good(store.put_record(state_of(visit, 5, "closed"), std::nullopt));
  good(store.commit());
  for (const bool stopped : {false, true}) {
    if (stopped) under_test.reopen();
    CHECK(good(under_test.store().find_record(visit)) ==
          std::optional(state_of(visit, 5, "closed")));
    CHECK(text_of_row(good(under_test.store().find_member("user:a", visit))) ==
          text_of_row(member_of("user:a", visit, 2)));
    CHECK(good(under_test.store().children_of(visit.id)) == std::vector{part});
  }
}

void more_records_than_anybody_holds(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  constexpr std::uint64_t count = 5000;
  const auto visit = [](std::uint64_t number) { return record_number("visit", number); };
  in_transaction(store, [&] {
    for (const Version version : {1, 2}) {
      for (std::uint64_t number = 1; number <= count; ++number) {
        good(store.put_record(state_of(visit(number), version, "v"), std::nullopt));
        good(store.put_member(member_of("shared", visit(number), version)));
      }
    }
  });
  CHECK(good(store.count_records("visit")) == count);
  CHECK(good(store.feed_of("shared", 0, std::nullopt, count + 1)).size() == count);
  for (const std::uint64_t number : {std::uint64_t{1}, count / 2, count})
    CHECK(good(store.find_record(visit(number))) == std::optional(state_of(visit(number), 2, "v")));
}

}  // namespace

std::vector<ConformanceCase> record_cases() {
  return {
      {"a record's state comes back with every field and its provenance", states_come_back_whole},
      {"putting a record again replaces it", a_record_is_replaced},
      {"a record larger than a page is kept", a_large_record_is_kept},
      {"children are found by their parent and move with it", children_follow_their_parent},
      {"a collection is paged in id order", pages_of_a_collection},
      {"a collection whose first record was taken back is new again",
       a_collection_that_was_taken_back_is_new_again},
      {"a transaction sees what it put, and what a savepoint leaves of it",
       a_transaction_sees_what_it_put},
      {"a transaction may put more records than an adapter holds at hand",
       more_records_than_anybody_holds},
  };
}

}  // namespace daybook::test
