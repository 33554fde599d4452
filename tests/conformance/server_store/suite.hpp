// SPDX-License-Identifier: Apache-2.0
// The conformance suite of ServerStore: a list of cases, each a function on an empty store, run for
// every adapter by server_store_test.cpp. A new adapter (PostgreSQL next) adds a StoreUnderTest and
// one TEST_CASE, no case of its own; what only one adapter can do is tested beside it.
#pragma once

#include <string>
#include <vector>

#include "sync-server/store/server_store.hpp"

namespace daybook::test {

// A fresh, empty store and the way to stop and open it again.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual ServerStore& store() = 0;
  // As after a stop of the server: what was committed is there, what was not is gone. The old
  // reference is dead.
  virtual void reopen() = 0;
};

struct ConformanceCase {
  std::string sentence;
  void (*run)(StoreUnderTest& under_test);
};

// Every case, by topic; each list lives in the file of its name.
std::vector<ConformanceCase> transaction_cases();
std::vector<ConformanceCase> log_cases();
std::vector<ConformanceCase> record_cases();
std::vector<ConformanceCase> scope_cases();
std::vector<ConformanceCase> who_cases();
std::vector<ConformanceCase> machine_cases();
std::vector<ConformanceCase> trouble_cases();
std::vector<ConformanceCase> desk_cases();
std::vector<ConformanceCase> attachment_cases();
std::vector<ConformanceCase> keeping_cases();

std::vector<ConformanceCase> all_cases();

}  // namespace daybook::test
