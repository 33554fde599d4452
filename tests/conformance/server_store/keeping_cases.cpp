// SPDX-License-Identifier: Apache-2.0
// Registered backups, schemas and settings.
#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {

namespace {

void backups_are_registered(StoreUnderTest& under_test) {
  const BackupRow newer{uuid_number(1), uuid_number(9), 30, 2'000, "/备份/2.db"};
  const BackupRow older{uuid_number(2), uuid_number(9), 20, 1'000, "/备份/1.db"};
  in_transaction(under_test.store(), [&] {
    good(under_test.store().put_backup(newer));
    good(under_test.store().put_backup(older));
  });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(texts_of(good(store.list_backups())) == texts_of(std::vector{older, newer}));
  in_transaction(store, [&] {
    good(store.erase_backup(older.backup));
    good(store.erase_backup(uuid_number(3)));  // nothing to do
  });
  CHECK(texts_of(good(store.list_backups())) == texts_of(std::vector{newer}));
}

void the_newest_schema_is_in_force(StoreUnderTest& under_test) {
  const SchemaRow second{2, digest_number(2), R"({"name":"售后"})"};
  const SchemaRow third{3, digest_number(3), std::string(300'000, '{')};
  auto* store = &under_test.store();
  CHECK_FALSE(good(store->newest_schema()).has_value());
  in_transaction(*store, [&] { good(store->put_schema(third)); });
  in_transaction(*store, [&] { good(store->put_schema(second)); });
  under_test.reopen();
  store = &under_test.store();
  CHECK(text_of_row(good(store->newest_schema())) == text_of_row(third));
}

void schemas_are_listed(StoreUnderTest& under_test) {
  const SchemaRow second{2, digest_number(2), "{}"};
  const SchemaRow third{3, digest_number(3), "[]"};
  in_transaction(under_test.store(), [&] {
    good(under_test.store().put_schema(third));
    good(under_test.store().put_schema(second));
  });
  CHECK(texts_of(good(under_test.store().list_schemas())) == texts_of(std::vector{third, second}));
}

void settings_are_kept(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  CHECK_FALSE(good(store.find_setting("store_id")).has_value());
  in_transaction(store, [&] {
    good(store.put_setting("store_id", Bytes{1, 0, 2}));
    good(store.put_setting("clean_stop", Bytes{}));
    good(store.put_setting("store_id", Bytes{3}));
  });
  CHECK(good(store.find_setting("store_id")) == std::optional(Bytes{3}));
  CHECK(good(store.find_setting("clean_stop")) == std::optional(Bytes{}));  // empty is not absent
}

}  // namespace

std::vector<ConformanceCase> keeping_cases() {
  return {
      {"backups are registered, listed oldest first and struck off", backups_are_registered},
      {"the newest schema is the one with the highest version", the_newest_schema_is_in_force},
      {"schemas are listed, the newest first", schemas_are_listed},
      {"settings are kept, the empty one too", settings_are_kept},
  };
}

std::vector<ConformanceCase> all_cases() {
  std::vector<ConformanceCase> all;
  for (const auto& part :
       {transaction_cases(), log_cases(), record_cases(), scope_cases(), who_cases(),
        machine_cases(), trouble_cases(), desk_cases(), attachment_cases(), keeping_cases()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace daybook::test
