// SPDX-License-Identifier: Apache-2.0
// Tokens of programs, and webhooks.
#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {

namespace {

void tokens_are_kept(StoreUnderTest& under_test) {
  const TokenRow newer{
      uuid_number(1), digest_number(1), "erp", "订单", {"feed", "records.write"}, 2'000,
      9'000,          "admin"};
  const TokenRow older{uuid_number(2), digest_number(2), "bi", "", {}, 1'000, 8'000, ""};
  in_transaction(under_test.store(), [&] {
    good(under_test.store().put_token(newer));
    good(under_test.store().put_token(older));
  });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(texts_of(good(store.list_tokens())) == texts_of(std::vector{older, newer}));
  in_transaction(store, [&] {
    good(store.erase_token(older.token));
    good(store.erase_token(uuid_number(3)));  // nothing to do
  });
  CHECK(texts_of(good(store.list_tokens())) == texts_of(std::vector{newer}));
}

void webhooks_are_kept(StoreUnderTest& under_test) {
  WebhookRow first{uuid_number(1),
                   "https://erp.example/told",
                   Bytes(32, 7),
                   {"visit", "part"},
                   true,
                   812,
                   3,
                   5'000,
                   4'000,
                   "answered 500"};
  const WebhookRow second{uuid_number(2), "https://bi.example", Bytes{}, {}, false, 0, 0, 0, 0, ""};
  in_transaction(under_test.store(), [&] {
    good(under_test.store().put_webhook(second));
    good(under_test.store().put_webhook(first));
  });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(texts_of(good(store.list_webhooks())) == texts_of(std::vector{first, second}));
  first.delivered = 900;
  first.failures = 0;
  in_transaction(store, [&] {
    good(store.put_webhook(first));
    good(store.erase_webhook(second.webhook));
  });
  CHECK(texts_of(good(store.list_webhooks())) == texts_of(std::vector{first}));
}

void machines_roll_back(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  good(store.begin());
  good(store.put_token({uuid_number(1), digest_number(1), "erp", "x", {"feed"}, 1, 2, "a"}));
  good(store.put_webhook({uuid_number(1), "u", Bytes(32, 1), {}, true, 1, 0, 0, 0, ""}));
  store.rollback();
  CHECK(good(store.list_tokens()).empty());
  CHECK(good(store.list_webhooks()).empty());
}

}  // namespace

std::vector<ConformanceCase> machine_cases() {
  return {
      {"tokens are kept, listed oldest first and ended", tokens_are_kept},
      {"webhooks are kept with the place they were told up to", webhooks_are_kept},
      {"tokens and webhooks of a transaction that was taken back are gone", machines_roll_back},
  };
}

}  // namespace daybook::test
