// SPDX-License-Identifier: Apache-2.0
// Devices, their contacts and lineages, people, enrolment codes and nonces.
#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {

namespace {

void devices_come_back_whole(StoreUnderTest& under_test) {
  auto second = device_number(2);
  second.status = DeviceStatus::kStolen;
  second.key.alg = KeyAlg::kEs256;
  in_transaction(under_test.store(), [&] {
    good(under_test.store().put_device(second));
    good(under_test.store().put_device(device_number(1)));
  });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(text_of_row(good(store.find_device(uuid_number(2)))) == text_of_row(second));
  CHECK_FALSE(good(store.find_device(uuid_number(3))).has_value());
  CHECK(texts_of(good(store.list_devices())) == texts_of(std::vector{device_number(1), second}));
  second.bad_batches = 0;
  second.status = DeviceStatus::kActive;
  in_transaction(store, [&] { good(store.put_device(second)); });
  CHECK(text_of_row(good(store.find_device(uuid_number(2)))) == text_of_row(second));
  CHECK(good(store.list_devices()).size() == 2);
}

void contacts_come_back_whole(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  ContactRow contact;
  contact.device = uuid_number(1);
  contact.seen_ms = 1'790'000'000'000;
  contact.skew_ms = -77;
  contact.complete_version = 9;
  contact.unsent_sets = 3;
  contact.unsent_bytes = 4'000;
  contact.unsent_attachments = 2;
  contact.oldest_unsent_ms = 1'780'000'000'000;
  contact.scopes = {{"shared", 9}, {"user:王", 0}};
  in_transaction(store, [&] { good(store.put_contact(contact)); });
  CHECK(text_of_row(good(store.find_contact(contact.device))) == text_of_row(contact));
  contact.scopes.clear();
  contact.unsent_sets = 0;
  in_transaction(store, [&] { good(store.put_contact(contact)); });
  CHECK(text_of_row(good(store.find_contact(contact.device))) == text_of_row(contact));
  CHECK_FALSE(good(store.find_contact(uuid_number(2))).has_value());
}

void lineages_are_numbered(StoreUnderTest& under_test) {
  auto first = lineage_of(1, 10);
  auto second = lineage_of(2, 10);  // two devices may draw the same bits
  auto third = lineage_of(1, 11);
  third.parent = 1;
  third.parent_seq = 5;
  in_transaction(under_test.store(), [&] {
    first.lineage = good(under_test.store().put_lineage(first));
    second.lineage = good(under_test.store().put_lineage(second));
    third.lineage = good(under_test.store().put_lineage(third));
  });
  CHECK(first.lineage == 1);
  CHECK(second.lineage == 2);
  CHECK(third.lineage == 3);
  first.last_seq = 8;
  first.last_link = digest_number(8);
  in_transaction(under_test.store(),
                 [&] { CHECK(good(under_test.store().put_lineage(first)) == 1); });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(text_of_row(good(store.find_lineage(uuid_number(1), uuid_number(10)))) ==
        text_of_row(first));
  CHECK(text_of_row(good(store.find_lineage(uuid_number(2), uuid_number(10)))) ==
        text_of_row(second));
  CHECK_FALSE(good(store.find_lineage(uuid_number(2), uuid_number(11))).has_value());
  CHECK(text_of_row(good(store.load_lineage(3))) == text_of_row(third));
  CHECK_FALSE(good(store.load_lineage(4)).has_value());
  CHECK_FALSE(good(store.load_lineage(kOfficeLineage)).has_value());
  CHECK(texts_of(good(store.lineages_of(uuid_number(1)))) == texts_of(std::vector{first, third}));
  CHECK(good(store.lineages_of(uuid_number(3))).empty());
}

void lineages_are_kept_apart(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  good(store.begin());
  CHECK(good(store.put_lineage(lineage_of(1, 10))) == 1);
  CHECK(code_of(store.put_lineage(lineage_of(1, 10))) == Errc::kAlreadyExists);
  auto unknown = lineage_of(1, 11);
  unknown.lineage = 7;
  CHECK(code_of(store.put_lineage(unknown)) == Errc::kNotFound);
  good(store.savepoint());
  CHECK(good(store.put_lineage(lineage_of(1, 12))) == 2);
  good(store.rollback_to_savepoint());
  CHECK(good(store.put_lineage(lineage_of(1, 13))) == 2);
  good(store.commit());
  CHECK(good(store.lineages_of(uuid_number(1))).size() == 2);
}

void users_come_back_whole(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const UserRow desk{"desk",       "调度台",
                     "dispatcher", "scrypt$15$8$1$a$b",
                     true,         record_number("organisation", 1).id};
  const UserRow gone{"admin", "", "admin", "", false};
  in_transaction(store, [&] {
    good(store.put_user(desk));
    good(store.put_user(gone));
  });
  CHECK(text_of_row(good(store.find_user("desk"))) == text_of_row(desk));
  CHECK(text_of_row(good(store.find_user("admin"))) == text_of_row(gone));
  CHECK_FALSE(good(store.find_user("Desk")).has_value());
  CHECK_FALSE(good(store.find_user("")).has_value());
  CHECK(texts_of(good(store.list_users())) == texts_of(std::vector{gone, desk}));
  auto renamed = desk;
  renamed.display_name = "夜班";
  renamed.organisation.reset();
  in_transaction(store, [&] { good(store.put_user(renamed)); });
  CHECK(texts_of(good(store.list_users())) == texts_of(std::vector{gone, renamed}));
}

void enrol_codes_are_used_up(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  EnrolCodeRow code{digest_number(1), "wang", 1'790'000'000'000, 5};
  in_transaction(store, [&] { good(store.put_enrol_code(code)); });
  code.tries_left = 4;
  in_transaction(store, [&] { good(store.put_enrol_code(code)); });
  CHECK(text_of_row(good(store.find_enrol_code(code.code_hash))) == text_of_row(code));
  CHECK_FALSE(good(store.find_enrol_code(digest_number(2))).has_value());
  in_transaction(store, [&] {
    good(store.erase_enrol_code(code.code_hash));
    good(store.erase_enrol_code(digest_number(2)));  // nothing to do
  });
  CHECK_FALSE(good(store.find_enrol_code(code.code_hash)).has_value());
}

void a_nonce_works_once(StoreUnderTest& under_test) {
  auto* store = &under_test.store();
  in_transaction(*store, [&] {
    CHECK(good(store->use_nonce(digest_number(1), 1'000, 500)));
    CHECK_FALSE(good(store->use_nonce(digest_number(1), 1'000, 500)));
    CHECK(good(store->use_nonce(digest_number(2), 1'000, 500)));
  });
  under_test.reopen();
  store = &under_test.store();
  in_transaction(*store, [&] {
    CHECK_FALSE(good(store->use_nonce(digest_number(1), 1'000, 999)));
    CHECK_FALSE(
        good(store->use_nonce(digest_number(2), 1'000, 1'000)));  // good to its last millisecond
    CHECK(
        good(store->use_nonce(digest_number(3), 2'000, 1'001)));  // the expired ones are forgotten
    CHECK(good(store->use_nonce(digest_number(1), 2'000, 1'001)));
  });
}

}  // namespace

std::vector<ConformanceCase> who_cases() {
  return {
      {"a device comes back with every field", devices_come_back_whole},
      {"a contact comes back with every field", contacts_come_back_whole},
      {"lineages are numbered 1, 2, 3 and found by device and incarnation", lineages_are_numbered},
      {"an incarnation has one lineage, an unknown one is not updated", lineages_are_kept_apart},
      {"a user comes back with every field", users_come_back_whole},
      {"an enrolment code is counted down and used up", enrol_codes_are_used_up},
      {"a nonce works once until it expires", a_nonce_works_once},
  };
}

}  // namespace daybook::test
