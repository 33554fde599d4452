// SPDX-License-Identifier: Apache-2.0
// What the lane of photos and signatures asks of a store: who promised what, and what came.
#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {
namespace {

Digest content(std::uint8_t number) {
  Digest digest;
  digest.raw.fill(number);
  return digest;
}

PromiseRow promise(std::uint8_t number, Version commit, bool kept = false) {
  PromiseRow row;
  row.digest = content(number);
  row.set = uuid_number(commit);
  row.record = record_number("visit", 1);
  row.role = "evidence";
  row.size = 200 * 1024;
  row.media_type = "image/jpeg";
  row.device = uuid_number(77);
  row.commit = commit;
  row.kept = kept;
  return row;
}

ContentRow came(std::uint8_t number, std::int64_t arrived_ms) {
  ContentRow row;
  row.digest = content(number);
  row.size = 100U + number;
  row.device = uuid_number(77);
  row.arrived_ms = arrived_ms;
  return row;
}

std::vector<Version> commits_of(const std::vector<PromiseRow>& rows) {
  std::vector<Version> commits;
  for (const auto& row : rows) commits.push_back(row.commit);
  return commits;
}
using Commits = std::vector<Version>;

void promises_are_found_by_what_they_are_about(StoreUnderTest& under_test) {
  auto other = promise(1, 5);
  other.record = record_number("visit", 2);
  in_transaction(under_test.store(), [&] {
    for (const auto& row : {promise(1, 3), promise(2, 2), other})
      good(under_test.store().put_promise(row));
  });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(commits_of(good(store.promises_of(content(1), 10))) == Commits{3, 5});
  CHECK(commits_of(good(store.promises_of(content(1), 1))) == Commits{3});
  CHECK(good(store.promises_of(content(9), 10)).empty());
  CHECK(commits_of(good(store.promises_about(record_number("visit", 1), 10))) == Commits{2, 3});
  CHECK(good(store.promises_about(record_number("part", 1), 10)).empty());
  CHECK(good(store.promises_about(record_number("visit", 2), 10)) == std::vector{other});
}

void a_promise_is_open_until_it_is_kept(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  in_transaction(store, [&] {
    for (std::uint8_t number = 1; number <= 4; ++number)
      good(store.put_promise(promise(number, number, number == 2)));
  });
  CHECK(commits_of(good(store.open_promises({}, 10))) == Commits{1, 3, 4});
  CHECK(commits_of(good(store.open_promises({}, 2))) == Commits{1, 3});
  CHECK(commits_of(good(store.open_promises(PromisePlace{3, content(3)}, 10))) == Commits{4});
  in_transaction(store, [&] { good(store.put_promise(promise(3, 3, true))); });
  CHECK(commits_of(good(store.open_promises({}, 10))) == Commits{1, 4});
  CHECK(good(store.promises_of(content(3), 10)).at(0).kept);
}

void the_same_content_is_promised_once_for_each_role(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  auto signature = promise(1, 1);
  signature.role = "signature";
  in_transaction(store, [&] {
    good(store.put_promise(promise(1, 1)));
    good(store.put_promise(promise(1, 1)));
    good(store.put_promise(signature));
  });
  CHECK(good(store.promises_of(content(1), 10)).size() == 2);
}

void a_content_keeps_what_is_known_of_it(StoreUnderTest& under_test) {
  auto removed = came(2, 2'000);
  removed.checked_ms = 3'000;
  removed.sound = false;
  removed.removed_ms = 4'000;
  removed.removed_by = "chen";
  removed.kind = "image/jpeg";
  removed.width = 4000;
  removed.backed_up = 90;
  removed.height = 3000;
  removed.removed_why = "客户要求删除";
  in_transaction(under_test.store(), [&] {
    good(under_test.store().put_content(came(1, 1'000)));
    good(under_test.store().put_content(removed));
  });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(good(store.find_content(content(1))) == std::optional(came(1, 1'000)));
  CHECK(good(store.find_content(content(2))) == std::optional(removed));
  CHECK_FALSE(good(store.find_content(content(3))).has_value());
  CHECK(good(store.list_contents({}, 10)).size() == 2);
  CHECK(good(store.list_contents(content(1), 10)) == std::vector{removed});
}

void what_a_device_brought_is_summed(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  auto of_another = came(3, 1'500);
  of_another.device = uuid_number(78);
  in_transaction(store, [&] {
    good(store.put_content(came(1, 1'000)));
    good(store.put_content(came(2, 2'000)));
    good(store.put_content(of_another));
  });
  CHECK(good(store.bytes_from(uuid_number(77), 0)) == 203);
  CHECK(good(store.bytes_from(uuid_number(77), 1'001)) == 102);
  CHECK(good(store.bytes_from(uuid_number(79), 0)) == 0);
}

void a_rollback_takes_promises_and_contents_along(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  good(store.begin());
  good(store.put_promise(promise(1, 1)));
  good(store.put_content(came(1, 1)));
  store.rollback();
  CHECK(good(store.promises_of(content(1), 10)).empty());
  CHECK_FALSE(good(store.find_content(content(1))).has_value());
}

}  // namespace

std::vector<ConformanceCase> attachment_cases() {
  return {{"attachments: promises are found by content and by record",
           promises_are_found_by_what_they_are_about},
          {"attachments: a promise is open until it is kept", a_promise_is_open_until_it_is_kept},
          {"attachments: the same content is promised once for each role",
           the_same_content_is_promised_once_for_each_role},
          {"attachments: a content keeps what is known of it", a_content_keeps_what_is_known_of_it},
          {"attachments: what a device brought is summed", what_a_device_brought_is_summed},
          {"attachments: a rollback takes promises and contents along",
           a_rollback_takes_promises_and_contents_along}};
}

}  // namespace daybook::test
