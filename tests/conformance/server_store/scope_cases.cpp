// SPDX-License-Identifier: Apache-2.0
// Memberships and the feed of a scope.
#include <algorithm>

#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {

namespace {

void put_members(ServerStore& store, const std::vector<MemberRow>& rows) {
  in_transaction(store, [&] {
    for (const auto& row : rows) good(store.put_member(row));
  });
}

void members_come_back_whole(StoreUnderTest& under_test) {
  const auto visit = record_number("visit", 1);
  auto left = member_of("user:li", visit, 9);
  left.count = 0;
  left.entered = 3;
  left.left = 9;
  const auto shared = member_of("shared", visit, 8);
  const auto wang = member_of("user:wang", visit, 7);
  put_members(under_test.store(),
              {wang, left, shared, member_of("shared", record_number("part", 1), 4)});
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(texts_of(good(store.members_of(visit))) == texts_of(std::vector{shared, left, wang}));
  CHECK(text_of_row(good(store.find_member("user:li", visit))) == text_of_row(left));
  CHECK_FALSE(good(store.find_member("user:zhao", visit)).has_value());
  CHECK_FALSE(good(store.find_member("user:wang", record_number("visit", 2))).has_value());
  CHECK(good(store.members_of(record_number("visit", 2))).empty());
}

void the_feed_is_in_version_order(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto at = [](std::uint64_t number, Version version) {
    return member_of("user:wang", record_number("visit", number), version);
  };
  put_members(store, {at(3, 30), at(1, 40), at(2, 20),
                      member_of("user:li", record_number("visit", 1), 25)});
  CHECK(texts_of(good(store.feed_of("user:wang", 0, std::nullopt, 10))) ==
        texts_of(std::vector{at(2, 20), at(3, 30), at(1, 40)}));
  CHECK(texts_of(good(store.feed_of("user:wang", 20, std::nullopt, 10))) ==
        texts_of(std::vector{at(3, 30), at(1, 40)}));
  CHECK(texts_of(good(store.feed_of("user:wang", 19, std::nullopt, 1))) ==
        texts_of(std::vector{at(2, 20)}));
  CHECK(good(store.feed_of("user:wang", 40, std::nullopt, 10)).empty());
  CHECK(good(store.feed_of("user:wang", 0, std::nullopt, 0)).empty());
  CHECK(good(store.feed_of("user:zhao", 0, std::nullopt, 10)).empty());
  CHECK(good(store.feed_of("user", 0, std::nullopt, 10)).empty());
}

void a_scope_knows_what_is_in_it_now(StoreUnderTest& under_test) {
  const auto visit = [](std::uint64_t number) { return record_number("visit", number); };
  auto left = member_of("user:wang", visit(4), 9);
  left.count = 0;
  const std::vector<MemberRow> rows = {member_of("user:wang", visit(1), 40),
                                       member_of("user:wang", visit(2), 20),
                                       member_of("user:wang", record_number("part", 3), 30),
                                       member_of("user:li", visit(5), 30), left};
  put_members(under_test.store(), rows);
  const auto present = [&](const std::string& scope, const std::string& collection) {
    auto ids = good(under_test.store().present_in(scope, collection));
    std::sort(ids.begin(), ids.end());
    return ids;
  };
  const auto check = [&] {
    std::vector<Uuid> wanted = {visit(1).id, visit(2).id};
    std::sort(wanted.begin(), wanted.end());
    CHECK(present("user:wang", "visit") == wanted);
    CHECK(present("user:wang", "part") == std::vector{record_number("part", 3).id});
    CHECK(present("user:wang", "person").empty());
    CHECK(present("user:zhao", "visit").empty());
  };
  check();
  under_test.reopen();
  check();
  // What is written and not yet committed counts too.
  auto& store = under_test.store();
  good(store.begin());
  auto gone = member_of("user:wang", visit(1), 50);
  gone.count = 0;
  good(store.put_member(gone));
  good(store.put_member(member_of("user:wang", visit(6), 50)));
  std::vector<Uuid> wanted = {visit(2).id, visit(6).id};
  std::sort(wanted.begin(), wanted.end());
  CHECK(present("user:wang", "visit") == wanted);
  store.rollback();
  check();
}

void a_record_is_in_the_feed_once(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto visit = record_number("visit", 1);
  const auto other = record_number("visit", 2);
  put_members(store, {member_of("shared", visit, 10), member_of("shared", other, 11)});
  put_members(store, {member_of("shared", visit, 12)});
  auto same_version = member_of("shared", visit, 12);
  same_version.count = 1;
  put_members(store, {same_version});
  CHECK(texts_of(good(store.feed_of("shared", 0, std::nullopt, 10))) ==
        texts_of(std::vector{member_of("shared", other, 11), same_version}));
}

void left_rows_are_in_the_feed(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  auto left = member_of("user:wang", record_number("visit", 1), 10);
  put_members(store, {left, member_of("user:wang", record_number("visit", 2), 11)});
  left.count = 0;
  left.left = 12;
  left.version = 12;
  put_members(store, {left});
  const auto feed = good(store.feed_of("user:wang", 0, std::nullopt, 10));
  REQUIRE(feed.size() == 2);
  CHECK(text_of_row(feed[1]) == text_of_row(left));
}

// One commit larger than a page: ties go by collection, then id, and `within` goes on behind one of
// them.
void ties_go_by_collection_and_id(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  std::vector<MemberRow> in_order;
  // The shorter name first here, so that an adapter that numbers collections as they come shows.
  const std::vector<std::string> as_they_come = {"visit", "part_move", "unit", "part"};
  std::vector<MemberRow> put;
  for (const auto& collection : as_they_come) {
    for (std::uint64_t number : {9, 2, 5})
      put.push_back(member_of("shared", record_number(collection, number), 7));
  }
  put.push_back(member_of("shared", record_number("visit", 1), 6));
  put.push_back(member_of("shared", record_number("part", 1), 8));
  put_members(store, put);
  in_order.push_back(member_of("shared", record_number("visit", 1), 6));
  for (const auto* collection : {"part", "part_move", "unit", "visit"}) {
    for (std::uint64_t number : {2, 5, 9})
      in_order.push_back(member_of("shared", record_number(collection, number), 7));
  }
  in_order.push_back(member_of("shared", record_number("part", 1), 8));
  CHECK(texts_of(good(store.feed_of("shared", 0, std::nullopt, 100))) == texts_of(in_order));

  for (const std::size_t page : {1, 2, 3, 5, 13, 14}) {
    std::vector<MemberRow> read;
    Version after = 0;
    std::optional<RecordRef> within;
    for (auto rows = good(store.feed_of("shared", after, within, page)); !rows.empty();
         rows = good(store.feed_of("shared", after, within, page))) {
      REQUIRE(rows.size() <= page);
      read.insert(read.end(), rows.begin(), rows.end());
      after = rows.back().version;
      within = rows.back().record;
    }
    CHECK(texts_of(read) == texts_of(in_order));
  }
}

void limits_and_positions_may_be_huge(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  in_transaction(store, [&] {
    good(store.put_commit(commit_of(1, 3, 1)));
    good(store.put_member(member_of("shared", record_number("visit", 1), 7)));
  });
  CHECK(good(store.feed_of("shared", 0, std::nullopt, SIZE_MAX)).size() == 1);
  CHECK(good(store.feed_of("shared", UINT64_MAX, std::nullopt, SIZE_MAX)).empty());
  CHECK(good(store.feed_of("shared", UINT64_MAX, record_number("visit", 1), 9)).empty());
  CHECK(good(store.verdicts_of(3, 0, SIZE_MAX)).size() == 1);
  CHECK(good(store.verdicts_of(3, UINT64_MAX, 9)).empty());
  CHECK(good(store.last_seq_at(3, UINT64_MAX)) == 1);
  CHECK_FALSE(good(store.find_commit(UINT64_MAX)).has_value());
  CHECK_FALSE(good(store.find_head(UINT64_MAX)).has_value());
  CHECK_FALSE(good(store.find_admitted(UINT32_MAX, UINT64_MAX)).has_value());
  CHECK(good(store.history_of(record_number("visit", 1), SIZE_MAX)).size() == 1);
  CHECK(good(store.list_cases(std::nullopt, UINT64_MAX, SIZE_MAX)).empty());
}

void within_need_not_be_there(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto visit = [](std::uint64_t number) {
    return member_of("shared", record_number("visit", number), 7);
  };
  put_members(store, {visit(1), visit(3), member_of("shared", record_number("visit", 2), 9)});
  const auto behind = good(store.feed_of("shared", 7, record_number("visit", 2), 10));
  CHECK(texts_of(behind) ==
        texts_of(std::vector{visit(3), member_of("shared", record_number("visit", 2), 9)}));
  const auto never_seen = good(store.feed_of("shared", 7, record_number("aaa", 2), 10));
  CHECK(never_seen.size() == 3);
  CHECK(good(store.feed_of("shared", 7, record_number("zzz", 2), 10)).size() == 1);
  CHECK(good(store.feed_of("shared", 7, std::nullopt, 10)).size() == 1);
}

}  // namespace

std::vector<ConformanceCase> scope_cases() {
  return {
      {"a membership comes back with every field, by record and by scope", members_come_back_whole},
      {"the feed of a scope is in version order and of that scope only",
       the_feed_is_in_version_order},
      {"a scope knows what is in it now, of each collection", a_scope_knows_what_is_in_it_now},
      {"a record is in a scope's feed once, at its newest version", a_record_is_in_the_feed_once},
      {"left rows are in the feed", left_rows_are_in_the_feed},
      {"ties go by collection and id, on pages of any size", ties_go_by_collection_and_id},
      {"limits and positions may be as large as their types allow",
       limits_and_positions_may_be_huge},
      {"a position may stand on a record that moved on", within_need_not_be_there},
  };
}

}  // namespace daybook::test
