// SPDX-License-Identifier: Apache-2.0
// Transactions, the savepoint, and what a rollback leaves: nothing.
#include <algorithm>

#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {

namespace {

// One of every row, with numbers from `at` on. REQUIRES: an open transaction and a head of at - 1.
void put_one_of_each(ServerStore& store, std::uint64_t at) {
  const auto record = record_number("visit", at);
  const auto head = good(store.head());
  good(store.append_epoch({uuid_number(9000 + at), head.epoch, head.version, head.head}));
  good(store.put_commit(commit_of(at, 3, at)));
  good(store.put_record(state_of(record, at, "note"), uuid_number(8000 + at)));
  good(store.put_member(member_of("shared", record, at)));
  good(store.put_device(device_number(7000 + at)));
  ContactRow contact;
  contact.device = uuid_number(7000 + at);
  good(store.put_contact(contact));
  good(store.put_lineage(lineage_of(7000 + at, 6000 + at)));
  good(store.put_user({"user" + std::to_string(at), "name", "support", "", true}));
  good(store.put_enrol_code({digest_number(5000 + at), "wang", 10, 5}));
  CHECK(good(store.use_nonce(digest_number(5100 + at), 200, 100)));
  good(store.put_case(case_number(at, record)));
  good(store.put_parked(parked_number(at, 3, at, at)));
  good(store.put_evidence({uuid_number(7000 + at), 1, "wrong_signature", {1, 2}}));
  CHECK(good(store.count_attempt(uuid_number(at))) == 1);
  good(store.put_backup({uuid_number(at), {}, at, static_cast<std::int64_t>(at), "/backups/1"}));
  good(store.put_schema({at, digest_number(at), "{}"}));
  good(store.put_setting("setting", Bytes{static_cast<std::uint8_t>(at)}));
}

void erase_one_of_each(ServerStore& store, std::uint64_t at) {
  good(store.erase_enrol_code(digest_number(5000 + at)));
  good(store.erase_parked(uuid_number(at)));
  good(store.clear_attempts(uuid_number(at)));
  good(store.erase_backup(uuid_number(at)));
}

// How many of the 20 things that put_one_of_each() leaves are to be seen.
int count_of_each(ServerStore& store, std::uint64_t at) {
  const auto record = record_number("visit", at);
  const auto device = uuid_number(7000 + at);
  const std::vector<bool> seen = {
      good(store.head()).version >= at,
      good(store.epochs()).size() >= at,
      good(store.find_commit(at)).has_value(),
      good(store.find_last_verdict(uuid_number(2000 + at))).has_value(),
      good(store.find_admitted(3, at)).has_value(),
      !good(store.history_of(record, 9)).empty(),
      good(store.find_record(record)).has_value(),
      !good(store.children_of(uuid_number(8000 + at))).empty(),
      !good(store.feed_of("shared", at - 1, std::nullopt, 9)).empty(),
      good(store.find_member("shared", record)).has_value(),
      good(store.find_device(device)).has_value(),
      good(store.find_contact(device)).has_value(),
      good(store.find_lineage(device, uuid_number(6000 + at))).has_value(),
      good(store.find_user("user" + std::to_string(at))).has_value(),
      good(store.find_enrol_code(digest_number(5000 + at))).has_value(),
      good(store.find_case(at)).has_value(),
      good(store.find_parked(uuid_number(at))).has_value(),
      !good(store.evidence_of(device, 9)).empty(),
      good(store.attempts_of(uuid_number(at))) > 0,
      good(store.list_backups()).size() >= at,
  };
  return static_cast<int>(std::count(seen.begin(), seen.end(), true));
}

bool setting_is(ServerStore& store, std::uint8_t value) {
  return good(store.find_setting("setting")) == std::optional(Bytes{value});
}

void committed_stays(StoreUnderTest& under_test) {
  in_transaction(under_test.store(), [&] {
    put_one_of_each(under_test.store(), 1);
    CHECK(count_of_each(under_test.store(), 1) == 20);  // reads see what the transaction wrote
  });
  CHECK(count_of_each(under_test.store(), 1) == 20);
  under_test.reopen();
  CHECK(count_of_each(under_test.store(), 1) == 20);
  CHECK(setting_is(under_test.store(), 1));
  CHECK(good(under_test.store().newest_schema())->version == 1);
}

void rollback_leaves_nothing(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  good(store.begin());
  put_one_of_each(store, 1);
  store.rollback();
  CHECK(count_of_each(store, 1) == 0);
  CHECK_FALSE(good(store.find_setting("setting")).has_value());
  CHECK_FALSE(good(store.newest_schema()).has_value());

  in_transaction(store, [&] { put_one_of_each(store, 1); });
  good(store.begin());
  put_one_of_each(store, 2);
  erase_one_of_each(store, 1);
  store.rollback();
  CHECK(count_of_each(store, 1) == 20);
  CHECK(count_of_each(store, 2) == 0);
  CHECK(setting_is(store, 1));
  in_transaction(store, [&] { CHECK(good(store.use_nonce(digest_number(5102), 200, 100))); });
}

void uncommitted_does_not_survive_a_stop(StoreUnderTest& under_test) {
  in_transaction(under_test.store(), [&] { put_one_of_each(under_test.store(), 1); });
  good(under_test.store().begin());
  put_one_of_each(under_test.store(), 2);
  under_test.reopen();
  CHECK(count_of_each(under_test.store(), 1) == 20);
  CHECK(count_of_each(under_test.store(), 2) == 0);
  in_transaction(under_test.store(), [&] { put_one_of_each(under_test.store(), 2); });
  CHECK(count_of_each(under_test.store(), 2) == 20);
}

void savepoint_takes_back_one_set(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  good(store.begin());
  good(store.savepoint());
  put_one_of_each(store, 1);
  good(store.release());
  good(store.savepoint());
  put_one_of_each(store, 2);
  erase_one_of_each(store, 1);
  good(store.rollback_to_savepoint());
  CHECK(count_of_each(store, 1) == 20);
  CHECK(count_of_each(store, 2) == 0);
  good(store.savepoint());  // the one before is closed, released or rolled back
  put_one_of_each(store, 2);
  good(store.release());
  good(store.commit());
  CHECK(count_of_each(store, 1) == 20);
  CHECK(count_of_each(store, 2) == 20);
  CHECK(setting_is(store, 2));
}

void rollback_takes_released_savepoints_too(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  good(store.begin());
  good(store.savepoint());
  put_one_of_each(store, 1);
  good(store.release());
  good(store.savepoint());
  put_one_of_each(store, 2);
  store.rollback();
  CHECK(count_of_each(store, 1) == 0);
  CHECK(count_of_each(store, 2) == 0);
  in_transaction(store, [&] {
    good(store.savepoint());
    good(store.release());
  });
}

void wrong_order_is_refused(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  CHECK(code_of(store.commit()) == Errc::kInvalid);
  CHECK(code_of(store.savepoint()) == Errc::kInvalid);
  CHECK(code_of(store.release()) == Errc::kInvalid);
  CHECK(code_of(store.rollback_to_savepoint()) == Errc::kInvalid);
  CHECK(code_of(store.put_setting("name", Bytes{1})) == Errc::kInvalid);
  CHECK(code_of(store.put_commit(commit_number(1))) == Errc::kInvalid);
  CHECK(code_of(store.count_attempt(uuid_number(1))) == Errc::kInvalid);
  CHECK(code_of(store.put_lineage(lineage_of(1, 1))) == Errc::kInvalid);
  store.rollback();  // harmless

  good(store.begin());
  CHECK(code_of(store.begin()) == Errc::kInvalid);
  CHECK(code_of(store.release()) == Errc::kInvalid);
  CHECK(code_of(store.rollback_to_savepoint()) == Errc::kInvalid);
  good(store.savepoint());
  CHECK(code_of(store.savepoint()) == Errc::kInvalid);
  CHECK(code_of(store.commit()) == Errc::kInvalid);
  good(store.put_setting("name", Bytes{1}));
  good(store.release());
  good(store.commit());
  CHECK(good(store.find_setting("name")) == std::optional(Bytes{1}));
}

void empty_transactions_are_fine(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  in_transaction(store, [] {});
  good(store.begin());
  store.rollback();
  in_transaction(store, [&] { CHECK(good(store.head()).version == 0); });
}

}  // namespace

std::vector<ConformanceCase> transaction_cases() {
  return {
      {"what was committed stays, over a stop too", committed_stays},
      {"a rollback leaves nothing of any row", rollback_leaves_nothing},
      {"a stop inside a transaction leaves nothing of it", uncommitted_does_not_survive_a_stop},
      {"a savepoint takes back one set and keeps the ones before", savepoint_takes_back_one_set},
      {"a rollback takes released savepoints too", rollback_takes_released_savepoints_too},
      {"verbs in the wrong order are refused and change nothing", wrong_order_is_refused},
      {"empty transactions are fine", empty_transactions_are_fine},
  };
}

}  // namespace daybook::test
