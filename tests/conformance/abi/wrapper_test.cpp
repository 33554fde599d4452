// SPDX-License-Identifier: Apache-2.0
// daybook.hpp: owners move, failures carry what the C door said.
#include "tests/conformance/abi/enrolled_store.hpp"

namespace daybook::test {

TEST_CASE("abi: the C++ wrapper's owners move and close once", "[abi]") {
  const EnrolledStore store;
  app::Phone first(store.path());
  app::Phone phone(std::move(first));
  new_visit(phone);
  app::Rows rows = phone.query("select id from visit");
  app::Rows moved(std::move(rows));
  CHECK(moved.next());
  CHECK_FALSE(moved.next());
}

TEST_CASE("abi: a failure says code, field and detail", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  try {
    static_cast<void>(
        phone.commit(R"({"changes":[{"collection":"visit","create":{"meter":1.5}}]})"));
    FAIL("committed");
  } catch (const app::Failure& failure) {
    CHECK(failure.code() == DAYBOOK_WRONG_TYPE);
    CHECK(failure.field() == "changes[0].create.meter");
    CHECK_THAT(failure.what(), contains("wrong_type at changes[0].create.meter"));
  }
}

}  // namespace daybook::test
