// SPDX-License-Identifier: Apache-2.0
// What every local store must do, tried in memory and on a file.
#include <filesystem>

#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

Uuid id_of(std::uint8_t byte) {
  Uuid id;
  id.raw.fill(byte);
  return id;
}

struct Place {
  explicit Place(bool on_file) : path(on_file ? folder.file("phone.db") : ":memory:") {}
  std::unique_ptr<LocalStore> open() {
    LocalStoreOptions options;
    options.path = path;
    return want(open_sqlite_local_store(options));
  }
  std::unique_ptr<LocalStore> open_with_schema() {
    auto store = open();
    want(store->begin());
    want(store->apply_schema(phone_schema()));
    want(store->commit());
    return store;
  }
  TemporaryPhoneFolder folder;
  std::string path;
};

ViewRow a_row(std::string address) {
  ViewRow row;
  row.values = {{"address", words(std::move(address))}};
  row.version = 3;
  row.foreign = 2;
  row.state = RowState::kPending;
  row.scopes = 0x8000000000000001u;
  row.round = 9;
  return row;
}

OwnSet a_set(std::uint64_t number) {
  OwnSet set;
  set.number = number;
  set.incarnation = 1;
  set.seq = number;
  set.id = id_of(static_cast<std::uint8_t>(number));
  set.body = Bytes(100, static_cast<std::uint8_t>(number));
  set.captured_ms = 1000 + static_cast<std::int64_t>(number);
  set.attachments = 2;
  return set;
}

}  // namespace

TEST_CASE("local: a row comes back with everything that stands beside it", "[local]") {
  Place place(GENERATE(false, true));
  auto store = place.open_with_schema();
  const RecordRef known{"visit", id_of(1)}, unknown{"not_in_schema", id_of(2)};
  for (const auto& record : {known, unknown}) {
    want(store->begin());
    want(store->put_row(record, a_row("cellar")));
    want(store->commit());
    const auto row = want(store->find_row(record));
    REQUIRE(row);
    CHECK(row->values == a_row("cellar").values);
    CHECK(row->version == 3);
    CHECK(row->foreign == 2);
    CHECK(row->state == RowState::kPending);
    CHECK(row->scopes == 0x8000000000000001u);
    CHECK(row->round == 9);
  }
  std::size_t seen = 0;
  want(store->each_row(ScopeMask{1}, [&](const RecordRef&, const ViewRow&) -> Result<void> {
    ++seen;
    return {};
  }));
  CHECK(seen == 2);
  want(store->each_row(ScopeMask{2}, [&](const RecordRef&, const ViewRow&) -> Result<void> {
    ++seen;
    return {};
  }));
  CHECK(seen == 2);
  want(store->begin());
  want(store->erase_row(known));
  want(store->erase_row(unknown));
  want(store->commit());
  CHECK_FALSE(want(store->find_row(known)));
  CHECK_FALSE(want(store->find_row(unknown)));
}

TEST_CASE("local: nothing of a transaction that was rolled back remains", "[local]") {
  Place place(GENERATE(false, true));
  auto store = place.open_with_schema();
  want(store->begin());
  want(store->put_row({"visit", id_of(1)}, a_row("cellar")));
  want(store->append_set(a_set(1)));
  want(store->put_setting("held", Bytes{1}));
  want(store->put_shadow({"visit", id_of(1)}, ShadowRow{}));
  store->rollback();
  CHECK_FALSE(want(store->find_row({"visit", id_of(1)})));
  CHECK_FALSE(want(store->find_set(1)));
  CHECK_FALSE(want(store->find_setting("held")));
  CHECK_FALSE(want(store->find_shadow({"visit", id_of(1)})));
}

TEST_CASE("local: a file that is closed in a transaction holds what was committed before",
          "[local]") {
  Place place(true);
  {
    auto store = place.open_with_schema();
    want(store->begin());
    want(store->append_set(a_set(1)));
    want(store->commit());
    want(store->begin());
    want(store->append_set(a_set(2)));
  }
  auto store = place.open();
  CHECK(want(store->find_set(1)));
  CHECK_FALSE(want(store->find_set(2)));
}

TEST_CASE("local: a shadow keeps the office's row, the sets over it and their bases", "[local]") {
  Place place(GENERATE(false, true));
  auto store = place.open_with_schema();
  ShadowRow shadow;
  shadow.office = Fields{{"address", words("cellar")}, {"notes", Value::null()}};
  shadow.version = 7;
  shadow.foreign = 6;
  shadow.sets = {3, 4, 900};
  shadow.last_writer = id_of(9);
  shadow.creator = id_of(8);
  shadow.covered = {{"notes", Base{}}, {"address", Base{id_of(5), 7}}};
  ShadowRow bare;
  bare.sets = {1};
  want(store->begin());
  want(store->put_shadow({"visit", id_of(1)}, shadow));
  want(store->put_shadow({"visit", id_of(2)}, bare));
  want(store->commit());
  CHECK(want(store->find_shadow({"visit", id_of(1)})) == shadow);
  CHECK(want(store->find_shadow({"visit", id_of(2)})) == bare);
  CHECK(want(store->list_shadows()).size() == 2);
}

TEST_CASE("local: own sets come in order and in portions", "[local]") {
  Place place(GENERATE(false, true));
  auto store = place.open_with_schema();
  want(store->begin());
  for (std::uint64_t number = 1; number <= 10; ++number) want(store->append_set(a_set(number)));
  want(store->set_state(2, SetState::kSettled));
  want(store->set_state(3, SetState::kParked));
  want(store->commit());
  CHECK(want(store->sets_after(0, 1, 100)).size() == 1);
  CHECK(want(store->sets_after(0, 250, 100)).size() == 2);
  CHECK(want(store->sets_after(4, 1 << 20, 3)).front().number == 5);
  CHECK(want(store->sets_after(10, 1 << 20, 3)).empty());
  CHECK(want(store->newest_set())->number == 10);
  CHECK(want(store->find_set(id_of(4)))->number == 4);
  const auto totals = want(store->totals_after(1));
  CHECK(totals.sets == 8);
  CHECK(totals.bytes == 800);
  CHECK(totals.parked == 1);
  CHECK(totals.attachments == 16);
  CHECK(totals.oldest_ms == 1003);
  CHECK(want(store->unsettled_sets()) == std::vector<std::uint64_t>{1, 3, 4, 5, 6, 7, 8, 9, 10});
}

TEST_CASE("local: receipts of a set form a list, lost ones marked", "[local]") {
  Place place(GENERATE(false, true));
  auto store = place.open_with_schema();
  Receipt parked;
  parked.set = id_of(1);
  parked.commit = 5;
  parked.verdict = Verdict::kParked;
  parked.reason = "unknown_field";
  Receipt accepted = parked;
  accepted.commit = 9;
  accepted.verdict = Verdict::kAccepted;
  accepted.reason.clear();
  want(store->begin());
  want(store->append_receipt({0, 1, false, parked}));
  want(store->append_receipt({0, 1, false, accepted}));
  want(store->commit());
  auto rows = want(store->receipts_of(id_of(1)));
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].receipt == parked);
  CHECK(rows[1].receipt == accepted);
  want(store->begin());
  want(store->mark_receipt_lost(rows[1].ordinal));
  want(store->commit());
  CHECK(want(store->receipts_of(id_of(1)))[1].lost);
  CHECK(want(store->receipts_after(5)).empty());
}

TEST_CASE("local: staged pages lie outside every transaction", "[local]") {
  Place place(GENERATE(false, true));
  auto store = place.open_with_schema();
  CHECK(want(store->staged_pages()) == 0);
  want(store->begin());
  want(store->stage_page(Bytes{1}));
  want(store->stage_page(Bytes{2}));
  store->rollback();
  CHECK(want(store->staged_pages()) == 2);
  CHECK(want(store->load_staged(1)) == Bytes{2});
  want(store->clear_staged());
  CHECK(want(store->staged_pages()) == 0);
}

TEST_CASE("local: wiping takes the unsent work, the rows and the identity", "[local]") {
  Place place(GENERATE(false, true));
  auto store = place.open_with_schema();
  want(store->begin());
  want(store->append_set(a_set(1)));
  want(store->put_row({"visit", id_of(1)}, a_row("secretplace")));
  want(store->put_setting("enrolment", Bytes{1}));
  want(store->commit());
  want(store->wipe());
  CHECK_FALSE(want(store->newest_set()));
  CHECK_FALSE(want(store->find_setting("enrolment")));
  want(store->begin());
  want(store->apply_schema(phone_schema()));
  want(store->commit());
  CHECK_FALSE(want(store->find_row({"visit", id_of(1)})));
}

TEST_CASE("local: a key is refused while files are not encrypted", "[local]") {
  LocalStoreOptions options;
  options.key = Bytes{1};
  const auto opened = open_sqlite_local_store(options);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == Errc::kNotSupported);
}
