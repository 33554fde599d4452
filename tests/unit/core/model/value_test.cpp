// SPDX-License-Identifier: Apache-2.0
// Unit tests of values and of the sorted map of fields.
#include "core/model/value.hpp"

#include "core/base/ensure.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

TEST_CASE("value: fields keep the canonical order whatever order they were set in", "[model]") {
  Fields fields;
  fields.set("state", Value::text("b"));
  fields.set("id", Value::integer(1));
  fields.set("notes", Value::null());
  std::string order;
  for (const auto& [name, value] : fields) order += name + " ";
  CHECK(order == "id notes state ");
}

TEST_CASE("value: absent and null are different", "[model]") {
  const Fields with_null{{"notes", Value::null()}};
  CHECK(with_null.contains("notes"));
  CHECK(with_null.find("notes")->is_null());
  CHECK_FALSE(with_null.contains("state"));
  CHECK(with_null != Fields{});
}

TEST_CASE("value: setting a field again replaces it, erasing takes it away", "[model]") {
  Fields fields{{"fee", Value::integer(1)}};
  fields.set("fee", Value::integer(2));
  CHECK(fields.size() == 1);
  CHECK(fields.find("fee")->as_int() == 2);
  CHECK(fields.erase("fee"));
  CHECK_FALSE(fields.erase("fee"));
  CHECK(fields.empty());
}

TEST_CASE("value: kinds are never mistaken for one another", "[model]") {
  CHECK(Value::integer(1) != Value::boolean(true));
  CHECK(Value::text("a") != Value::bytes({'a'}));
  CHECK(Value::list({}) != Value::null());
  CHECK_THROWS_AS(Value::text("1").as_int(), BrokenInvariant);
}

TEST_CASE("value: every kind has a short form for logs", "[model]") {
  const Value list =
      Value::list({Value::integer(-5), Value::text("a"), Value::bytes({10}), Value::null()});
  CHECK(to_string(list) == "[-5, \"a\", h'0a', null]");
  CHECK(to_string(Value::boolean(false)) == "false");
}
