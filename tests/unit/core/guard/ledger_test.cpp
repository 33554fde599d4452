// SPDX-License-Identifier: Apache-2.0
// What records post, every ledger example of core/merge/RULES.md, and the law that a balance moved
// step by step is the balance of all that is there.
#include "core/guard/ledger.hpp"

#include <fstream>
#include <limits>
#include <map>

#include "core/schema/load.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/merge/line_reader.hpp"
#include "tests/unit/core/merge/random_universe.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

Schema store_room(const std::string& bounds) {
  const auto schema = load_schema(R"({"daybook_schema": 1, "name": "t", "version": 1,
"collections": {
  "movement": {"kind": "fact", "fields": {"quantity": {"type": "int"},
    "from": {"type": "text"}, "to": {"type": "text"}, "side": {"type": "text"}}},
  "plan": {"kind": "document", "fields": {"quantity": {"type": "int", "rule": "office"},
    "to": {"type": "text", "rule": "office"}}}},
"ledgers": {"stock": {)" + bounds + R"(
  "entries": [{"of": "movement", "account": ["to"], "gives": "quantity"},
              {"of": "movement", "account": ["from"], "takes": "quantity"},
              {"of": "plan", "account": ["to"], "gives": "quantity"}]}}})",
                                  "t.json");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  return *schema;
}

Fields movement(std::int64_t quantity, const std::string& from, const std::string& to) {
  return {
      {"quantity", Value::integer(quantity)}, {"from", Value::text(from)}, {"to", Value::text(to)}};
}

using Balances = std::map<std::string, Balance>;

std::string place_of(const Posting& posting) { return posting.account.as_list().back().as_text(); }

void post_all(const std::vector<Posting>& postings, Balances& balances) {
  for (const auto& posting : postings) post(balances[place_of(posting)], posting);
}

const RecordRef kMovement{"movement", {}};
const RecordRef kPlan{"plan", {}};

// `2 from "warehouse" to "van" => van 2`, `"short van -1"` where it is out of bounds.
void run_example(const std::vector<std::string>& lines) {
  std::string bounds;
  std::optional<Schema> schema;
  Balances balances;
  for (const auto& text : lines) {
    INFO(text);
    LineReader line(text);
    if (line.take("at_least")) {
      bounds += "\"at_least\": " + line.word() + ",";
      continue;
    }
    if (line.take("two_sided")) {
      bounds += "\"two_sided\": true,";
      continue;
    }
    if (line.take("outside")) {
      bounds += "\"outside\": [" + to_string(line.value()) + "],";
      continue;
    }
    if (!schema) schema = store_room(bounds);
    Fields fields;
    fields.set("quantity", line.value());
    if (line.take("from")) fields.set("from", line.value());
    if (line.take("to")) fields.set("to", line.value());
    REQUIRE(line.take("=>"));
    post_all(postings_of(*schema, kMovement, nullptr, fields), balances);
    while (!line.done()) {
      const bool out = line.take("out");
      const std::string place = line.value().as_text();
      CHECK(balances.count(place) == 1);
      CHECK(balances[place].sum == line.value().as_int());
      CHECK(is_within_bounds(schema->ledgers[0], balances[place]) == !out);
    }
  }
}

}  // namespace

TEST_CASE("ledger: every example of RULES.md comes out as written") {
  std::ifstream page("core/merge/RULES.md");
  REQUIRE(page.good());
  std::vector<std::string> example;
  bool inside = false;
  int examples = 0;
  for (std::string line; std::getline(page, line);) {
    if (line == "```ledger") {
      inside = true;
    } else if (inside && line == "```") {
      run_example(example);
      example.clear();
      inside = false;
      ++examples;
    } else if (inside) {
      example.push_back(line);
    }
  }
  CHECK(examples == 2);
}

TEST_CASE("ledger: places outside are not kept, nor is a movement that says no place") {
  const Schema schema = store_room(R"("outside": ["supplier"],)");
  const auto postings = postings_of(schema, kMovement, nullptr, movement(5, "supplier", "van"));
  REQUIRE(postings.size() == 1);
  CHECK(place_of(postings[0]) == "van");
  CHECK(postings_of(schema, kMovement, nullptr, {{"quantity", Value::integer(5)}}).empty());
  CHECK(postings_of(schema, kMovement, nullptr, {{"to", Value::text("van")}}).empty());
  CHECK(postings_of(schema, {"visit", {}}, nullptr, movement(5, "a", "b")).empty());
}

TEST_CASE("ledger: a document that changes takes back what it posted before") {
  const Schema schema = store_room("");
  const Fields three{{"quantity", Value::integer(3)}, {"to", Value::text("van")}};
  const Fields five{{"quantity", Value::integer(5)}, {"to", Value::text("van")}};
  const Fields away{{"quantity", Value::integer(5)}, {"to", Value::text("shop")}};
  CHECK(postings_of(schema, kPlan, &three, three).empty());
  const auto more = postings_of(schema, kPlan, &three, five);
  REQUIRE(more.size() == 1);
  CHECK(more[0].amount == 2);
  Balances balances;
  post_all(postings_of(schema, kPlan, nullptr, three), balances);
  post_all(more, balances);
  post_all(postings_of(schema, kPlan, &five, away), balances);
  CHECK(balances["van"].sum == 0);
  CHECK(balances["shop"].sum == 5);
}

TEST_CASE("ledger: sums that are nonsense stop at the end of numbers") {
  const Schema schema = store_room("");
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  Balances balances;
  for (int i = 0; i < 3; ++i)
    post_all(postings_of(schema, kMovement, nullptr, movement(kLeast, "a", "b")), balances);
  CHECK(balances["a"].sum == std::numeric_limits<std::int64_t>::max());
  CHECK(balances["b"].sum == kLeast);
}

TEST_CASE(
    "ledger laws: nothing appears or vanishes, in any order, and step by step is all at once") {
  const Schema schema = store_room("");
  const std::vector<std::string> places{"van 1", "van 2", "shop", "unit"};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Dice dice(seed);
    std::vector<Fields> movements;
    for (std::uint64_t i = 0; i <= dice.roll(12); ++i) {
      movements.push_back(movement(static_cast<std::int64_t>(dice.roll(9)), places[dice.roll(4)],
                                   places[dice.roll(4)]));
    }
    Balances forwards;
    Balances backwards;
    std::int64_t total = 0;
    for (const auto& one : movements)
      post_all(postings_of(schema, kMovement, nullptr, one), forwards);
    for (auto one = movements.rbegin(); one != movements.rend(); ++one)
      post_all(postings_of(schema, kMovement, nullptr, *one), backwards);
    CHECK(forwards == backwards);
    for (const auto& [place, balance] : forwards) total += balance.sum;
    CHECK(total == 0);
  }
}
