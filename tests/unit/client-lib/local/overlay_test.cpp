// SPDX-License-Identifier: Apache-2.0
// Own sets laid over the office version of a record.
#include "client-lib/local/overlay.hpp"

#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

const RecordRef kVisit{"visit", Uuid{}};

Body edit(const std::string& field, std::optional<Value> was, Value now, Version base = 1) {
  Body body;
  body.id.raw[0] = static_cast<std::uint8_t>(base);
  Base at;
  at.version = base;
  body.changes.push_back(
      {kVisit, Change::Kind::kEdit, {}, {{field, std::move(was), at, std::move(now)}}});
  return body;
}

Body create(Fields fields) {
  Body body;
  body.changes.push_back({kVisit, Change::Kind::kCreate, std::move(fields), {}});
  return body;
}

Laid lay_over(const std::optional<Fields>& office, const std::vector<Body>& bodies) {
  std::vector<Layer> layers;
  for (const Body& body : bodies) layers.push_back({&body, SetState::kOpen});
  return lay(*phone_schema(), kVisit, office, layers);
}

}  // namespace

TEST_CASE("overlay: later sets lie over earlier ones and the earliest base stays", "[overlay]") {
  const auto laid = lay_over(
      Fields{{"notes", words("office")}, {"address", words("here")}},
      {edit("notes", words("a"), words("b"), 4), edit("notes", words("b"), words("c"), 9)});
  CHECK(*laid.values == Fields{{"notes", words("c")}, {"address", words("here")}});
  REQUIRE(laid.covered.size() == 1);
  CHECK(laid.covered[0].base.version == 4);
}

TEST_CASE("overlay: elements travel one by one over a newer list", "[overlay]") {
  const auto laid = lay_over(Fields{{"tags", list_of({"old", "office"})}},
                             {edit("tags", list_of({"old", "gone"}), list_of({"mine"}))});
  CHECK(*laid.values->find("tags") == list_of({"office", "mine"}));
}

TEST_CASE("overlay: a list nobody else touched is shown exactly as it was set", "[overlay]") {
  const auto laid = lay_over(Fields{{"tags", list_of({"a", "b"})}},
                             {edit("tags", list_of({"a", "b"}), list_of({"b", "c", "a"}))});
  CHECK(*laid.values->find("tags") == list_of({"b", "c", "a"}));
}

TEST_CASE("overlay: a claim holds what its author saw, absence too", "[overlay]") {
  Body body;
  body.claims.push_back({kVisit, "address", words("seen"), Base{}});
  body.claims.push_back({kVisit, "technician", std::nullopt, Base{}});
  const auto laid =
      lay_over(Fields{{"address", words("moved")}, {"technician", words("li")}}, {body});
  CHECK(*laid.values == Fields{{"address", words("seen")}});
  CHECK(laid.covered.size() == 2);
}

TEST_CASE("overlay: an edit of what is not there shows nothing", "[overlay]") {
  CHECK_FALSE(lay_over(std::nullopt, {edit("notes", words("a"), words("b"))}).values);
  const auto created = lay_over(
      std::nullopt, {create({{"notes", words("a")}}), edit("notes", words("a"), words("b"))});
  CHECK(*created.values == Fields{{"notes", words("b")}});
  CHECK(created.creator.has_value());
  CHECK(created.covered[0].base == Base{});
}
