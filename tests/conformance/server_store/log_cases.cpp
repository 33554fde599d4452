// SPDX-License-Identifier: Apache-2.0
// The log: epochs, commits and what is found in them.
#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {

namespace {

void put_commits(ServerStore& store, const std::vector<CommitRow>& rows) {
  in_transaction(store, [&] {
    for (const auto& row : rows) good(store.put_commit(row));
  });
}

void empty_store_knows_nothing(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto head = good(store.head());
  CHECK(head.version == 0);
  CHECK(head.epoch.is_zero());
  CHECK(head.head.is_zero());
  CHECK(good(store.epochs()).empty());
  CHECK_FALSE(good(store.find_commit(1)).has_value());
  CHECK(good(store.find_head(0)) == std::optional(Digest{}));
  CHECK_FALSE(good(store.find_head(1)).has_value());
  CHECK_FALSE(good(store.find_set(uuid_number(1))).has_value());
  CHECK_FALSE(good(store.find_last_verdict(uuid_number(1))).has_value());
  CHECK_FALSE(good(store.find_admitted(1, 1)).has_value());
  CHECK(good(store.verdicts_of(1, 0, 10)).empty());
  CHECK(good(store.last_seq_at(1, 100)) == 0);
  CHECK(good(store.history_of(record_number("visit", 1), 10)).empty());
}

void commits_come_back_whole(StoreUnderTest& under_test) {
  auto first = commit_of(1, 3, 1);
  first.verdict = Verdict::kConflicted;
  first.outcome = {0xa1, 0x00, 0xff};
  auto second = commit_number(2);
  second.judged_as = kJudgedAsOffice | kJudgedAsSettling;
  second.body = Bytes(100'000, 0x5a);  // larger than any page
  second.records.clear();
  put_commits(under_test.store(), {first, second});
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(text_of_row(good(store.find_commit(1))) == text_of_row(as_loaded(first)));
  CHECK(text_of_row(good(store.find_commit(2))) == text_of_row(as_loaded(second)));
  CHECK(good(store.find_head(1)) == std::optional(first.head));
  CHECK(good(store.find_head(2)) == std::optional(second.head));
  CHECK_FALSE(good(store.find_commit(0)).has_value());
  CHECK_FALSE(good(store.find_commit(3)).has_value());
  CHECK(good(store.head()).head == second.head);
}

void versions_have_no_gaps(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  good(store.begin());
  CHECK(code_of(store.put_commit(commit_number(2))) == Errc::kInvalid);
  CHECK(code_of(store.put_commit(commit_number(0))) == Errc::kInvalid);
  good(store.put_commit(commit_number(1)));
  CHECK(code_of(store.put_commit(commit_number(1))) == Errc::kInvalid);
  CHECK(good(store.head()).version == 1);
  good(store.savepoint());
  good(store.put_commit(commit_number(2)));
  good(store.rollback_to_savepoint());
  CHECK(good(store.head()).version == 1);
  CHECK(good(store.head()).head == digest_number(1001));
  good(store.put_commit(commit_number(2)));  // the number is free again
  good(store.commit());
  CHECK(good(store.head()).version == 2);
}

void epochs_are_a_log(StoreUnderTest& under_test) {
  const EpochRow first{uuid_number(900), {}, 0, {}};
  const EpochRow second{uuid_number(100), first.epoch, 1, digest_number(1001)};
  auto* store = &under_test.store();
  in_transaction(*store, [&] { good(store->append_epoch(first)); });
  CHECK(good(store->head()).epoch == first.epoch);
  in_transaction(*store, [&] {
    good(store->put_commit(commit_number(1)));
    good(store->append_epoch(second));
  });
  under_test.reopen();
  store = &under_test.store();
  CHECK(texts_of(good(store->epochs())) ==
        texts_of(std::vector{first, second}));  // oldest first, whatever the id
  CHECK(good(store->head()).epoch == second.epoch);
  CHECK(good(store->head()).version == 1);

  good(store->begin());
  const EpochRow elsewhere{uuid_number(101), second.epoch, 0, {}};
  CHECK(code_of(store->append_epoch(elsewhere)) == Errc::kInvalid);
  const EpochRow again{first.epoch, second.epoch, 1, digest_number(1001)};
  CHECK(code_of(store->append_epoch(again)) == Errc::kAlreadyExists);
  store->rollback();
  CHECK(good(store->epochs()).size() == 2);
}

void a_set_is_found_by_its_id(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  auto parked = commit_of(1, 3, 1);
  parked.verdict = Verdict::kParked;
  parked.outcome = {1};
  const auto other = commit_of(2, 3, 2);
  const auto released = later_verdict(3, parked, Verdict::kMerged);
  const auto settled = later_verdict(4, parked, Verdict::kAccepted);
  put_commits(store, {parked, other, released, settled});
  CHECK(text_of_row(good(store.find_set(parked.set))) == text_of_row(as_loaded(parked)));
  CHECK(text_of_row(good(store.find_last_verdict(parked.set))) == text_of_row(as_loaded(settled)));
  CHECK(text_of_row(good(store.find_last_verdict(other.set))) == text_of_row(as_loaded(other)));
  CHECK(text_of_row(good(store.find_admitted(3, 1))) == text_of_row(as_loaded(parked)));
  CHECK(text_of_row(good(store.find_admitted(3, 2))) == text_of_row(as_loaded(other)));
  CHECK_FALSE(good(store.find_admitted(3, 3)).has_value());
  CHECK_FALSE(good(store.find_admitted(4, 1)).has_value());
  CHECK_FALSE(good(store.find_set(uuid_number(1))).has_value());
}

void a_body_may_come_after_a_verdict_without_one(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  auto bare = commit_of(1, 3, 1);
  bare.body.clear();
  auto whole = commit_of(2, 3, 2);
  whole.set = bare.set;
  put_commits(store, {bare, whole});
  CHECK(good(store.find_set(bare.set))->version == 2);
}

void verdicts_of_one_lineage(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto first = commit_of(1, 3, 1);
  const auto office = commit_number(2);
  const auto foreign = commit_of(3, 4, 1);
  const auto second = commit_of(4, 3, 2);
  const auto later = later_verdict(5, first, Verdict::kDiscarded);
  put_commits(store, {first, office, foreign, second, later});
  const std::vector all = {without_body(first), without_body(second), without_body(later)};
  CHECK(texts_of(good(store.verdicts_of(3, 0, 10))) == texts_of(all));
  CHECK(texts_of(good(store.verdicts_of(3, 1, 10))) == texts_of(std::vector{all[1], all[2]}));
  CHECK(texts_of(good(store.verdicts_of(3, 0, 2))) == texts_of(std::vector{all[0], all[1]}));
  CHECK(texts_of(good(store.verdicts_of(4, 0, 10))) ==
        texts_of(std::vector{without_body(foreign)}));
  CHECK(good(store.verdicts_of(3, 5, 10)).empty());
  CHECK(good(store.verdicts_of(3, 0, 0)).empty());
}

void last_seq_at_a_version(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto first = commit_of(1, 3, 1);
  put_commits(store, {first, commit_of(2, 4, 9), commit_of(3, 3, 2),
                      later_verdict(4, first, Verdict::kAccepted),
                      commit_of(5, 3, 7)});  // a gap that was lost in a restore
  CHECK(good(store.last_seq_at(3, 0)) == 0);
  CHECK(good(store.last_seq_at(3, 1)) == 1);
  CHECK(good(store.last_seq_at(3, 2)) == 1);
  CHECK(good(store.last_seq_at(3, 3)) == 2);
  CHECK(good(store.last_seq_at(3, 4)) == 2);
  CHECK(good(store.last_seq_at(3, 5)) == 7);
  CHECK(good(store.last_seq_at(3, 500)) == 7);
  CHECK(good(store.last_seq_at(4, 500)) == 9);
  CHECK(good(store.last_seq_at(5, 500)) == 0);
}

void history_is_newest_first(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto visit = record_number("visit", 1);
  const auto part = record_number("part", 1);  // the same id in another collection
  std::vector<CommitRow> rows;
  for (Version version = 1; version <= 6; ++version) {
    rows.push_back(commit_number(version));
    rows.back().records = version % 2 == 0 ? std::vector{visit, part} : std::vector{part};
  }
  put_commits(store, rows);
  CHECK(good(store.history_of(visit, 10)) == std::vector<Version>{6, 4, 2});
  CHECK(good(store.history_of(part, 10)) == std::vector<Version>{6, 5, 4, 3, 2, 1});
  CHECK(good(store.history_of(part, 2)) == std::vector<Version>{6, 5});
  CHECK(good(store.history_of(part, 0)).empty());
  CHECK(good(store.history_of(record_number("visit", 2), 10)).empty());
  CHECK(good(store.history_of(record_number("unit", 1), 10)).empty());
}

}  // namespace

std::vector<ConformanceCase> log_cases() {
  return {
      {"an empty store knows nothing and says so", empty_store_knows_nothing},
      {"a commit comes back with every field", commits_come_back_whole},
      {"versions go up by one, and a taken-back one is given again", versions_have_no_gaps},
      {"epochs are a log that starts at the head", epochs_are_a_log},
      {"a set is found by its id: the body's commit and the last verdict",
       a_set_is_found_by_its_id},
      {"the commit that holds the body is the one found by the set",
       a_body_may_come_after_a_verdict_without_one},
      {"the verdicts of one lineage come in order, without bodies", verdicts_of_one_lineage},
      {"the last seq at a version ignores later verdicts and later sets", last_seq_at_a_version},
      {"the history of a record is newest first", history_is_newest_first},
  };
}

}  // namespace daybook::test
