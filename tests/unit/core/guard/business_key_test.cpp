// SPDX-License-Identifier: Apache-2.0
// By which names of the world a record is known.
#include "core/guard/business_key.hpp"

#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

CollectionSchema customers() {
  CollectionSchema collection;
  collection.name = "customer";
  collection.unique = {{{"number"}, {}}, {{"phones", "address"}, "merged_into"}};
  return collection;
}

std::string keys_in(const Fields& fields) {
  const CollectionSchema collection = customers();
  std::string text;
  for (const auto& key : keys_of(collection, fields)) text += to_string(key.value) + " ";
  return text;
}

Value texts(const std::vector<std::string>& items) {
  ValueList list;
  for (const auto& item : items) list.push_back(Value::text(item));
  return Value::list(std::move(list));
}

}  // namespace

TEST_CASE("business key: a list gives a key for each of its elements, once") {
  CHECK(keys_in({{"phones", texts({"138", "139", "138"})}, {"address", Value::text("Quay 1")}}) ==
        R"(["138", "Quay 1"] ["139", "Quay 1"] )");
}

TEST_CASE("business key: what is empty names nothing") {
  CHECK(keys_in({}).empty());
  CHECK(keys_in({{"number", Value::null()}}).empty());
  CHECK(keys_in({{"number", Value::text("")}}).empty());
  CHECK(keys_in({{"phones", texts({})}, {"address", Value::text("Quay 1")}}).empty());
  CHECK(keys_in({{"phones", texts({"138"})}}).empty());
  CHECK(keys_in({{"number", Value::text("7")}}) == R"(["7"] )");
}

TEST_CASE("business key: a record that was merged into another gives its key free") {
  const Fields one{{"phones", texts({"138"})}, {"address", Value::text("Quay 1")}};
  Fields merged = one;
  merged.set("merged_into", Value::text("somewhere"));
  CHECK_FALSE(keys_in(one).empty());
  CHECK(keys_in(merged).empty());
}
