// SPDX-License-Identifier: Apache-2.0
// The built-in rules hold what the after-sales service form asks for, under the rules it asks for.
#include "core/domain/catalog.hpp"

#include <fstream>
#include <sstream>

#include "core/schema/load.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const Schema& after_sales() {
  static const Schema schema = [] {
    auto loaded = load_after_sales();
    if (!loaded.ok()) FAIL(to_string(loaded.error()));
    return std::move(loaded).value();
  }();
  return schema;
}

std::string rule_of(const std::string& collection, const std::string& field) {
  const auto* found = after_sales().find(collection);
  REQUIRE(found != nullptr);
  REQUIRE(found->find(field) != nullptr);
  return to_string(found->find(field)->rule);
}

}  // namespace

TEST_CASE("domain: the built-in rules are the file in the repository, byte for byte") {
  CHECK(after_sales_schema_json() == file_text("core/domain/after_sales.json"));
  CHECK(after_sales().name == "after_sales");
  CHECK_FALSE(after_sales().digest.is_zero());
}

TEST_CASE("domain: every field has a label in Chinese and in English") {
  for (const auto& collection : after_sales().collections) {
    CHECK_FALSE(collection.label_zh.empty());
    CHECK_FALSE(collection.label_en.empty());
    for (const auto& field : collection.fields) {
      INFO(collection.name << "." << field.name);
      CHECK_FALSE(field.label_zh.empty());
      CHECK_FALSE(field.label_en.empty());
    }
  }
}

TEST_CASE("domain: the service form has a place for everything that must be on it") {
  const auto* visit = after_sales().find("visit");
  REQUIRE(visit != nullptr);
  for (const auto* name :
       {"customer_name",  "address",       "phone",         "contact_person", "unit",
        "user_statement", "unit_verified", "opened_before", "cause",          "responsibility",
        "action_taken",   "result",        "category",      "fee_total",      "form_no",
        "technician",     "window_start",  "window_end",    "departed_at",    "arrived_at",
        "finished_at",    "receipt_no",    "loaner_serial", "notes",          "instructions",
        "meter"}) {
    INFO(name);
    CHECK(visit->find(name) != nullptr);
  }
  for (const auto* name :
       {"reason", "name", "quantity", "old_serial", "new_serial", "part_no", "price", "warranty"}) {
    INFO(name);
    CHECK(after_sales().find("part_swap")->find(name) != nullptr);
  }
  CHECK(after_sales().find("part_swap")->find("reason")->required);
  for (const auto* name : {"signer", "signed_at", "strokes", "shown"})
    CHECK(after_sales().find("signature")->find(name) != nullptr);
  CHECK(after_sales().find("approval")->find("decision")->required);
}

TEST_CASE("domain: who may write what, in which phase") {
  CHECK(rule_of("visit", "technician") == "office_until(departed)");
  CHECK(rule_of("visit", "window_start") == "office_until(departed)");
  CHECK(rule_of("visit", "priority") == "office_until(arrived)");
  CHECK(rule_of("visit", "category") == "three_way(ask_human)");
  CHECK(after_sales().find("visit")->find("category")->rule.safe_default ==
        SafeDefault::kTechnician);
  CHECK(rule_of("visit", "cause") == "sealed(signed)");
  CHECK(rule_of("visit", "fee_total") == "sealed(signed)");
  CHECK(rule_of("visit", "notes") == "keep_both");
  CHECK(rule_of("visit", "participants") == "add_wins");
  CHECK(rule_of("visit", "meter") == "grows");
  CHECK(rule_of("visit", "work_record") == "append");
  CHECK(rule_of("customer", "phones") == "add_wins");
  CHECK(rule_of("customer", "address") == "three_way(office)");
  CHECK(rule_of("part", "part_no") == "immutable");
  for (const auto* event : {"departed", "arrived", "signed"}) {
    REQUIRE(after_sales().find("visit")->find_event(event) != nullptr);
    CHECK(after_sales().find("visit")->find_event(event)->fact == "visit_event");
  }
}

TEST_CASE("domain: a technician sees his visits with what belongs to them, and the catalogue") {
  CHECK(after_sales().find("visit")->scope_field == "technician");
  CHECK(after_sales().find("visit")->find("customer")->follow);
  CHECK(after_sales().find("visit")->find("unit")->follow);
  for (const auto* fact : {"visit_event", "part_swap", "fee_line", "signature", "survey", "photo",
                           "approval", "escalation"}) {
    const auto* collection = after_sales().find(fact);
    REQUIRE(collection != nullptr);
    CHECK(collection->is_fact);
    CHECK(collection->parent == "visit");
  }
  CHECK(after_sales().find("part")->shared);
  CHECK(after_sales().find("fee_table")->shared);
}

TEST_CASE("domain: the schema of the measured workload loads") {
  const auto schema = load_schema(file_text("tests/bench/bench_schema.json"), "bench_schema.json");
  if (!schema.ok()) FAIL(to_string(schema.error()));
  CHECK(schema->find("visits")->fields.size() == 22);
  CHECK(schema->find("visits")->scope_field == "technician");
  CHECK(schema->find("parts")->fields.size() == 9);
  CHECK(schema->find("signatures")->fields.size() == 6);
  CHECK(schema->find("parts")->is_fact);
}
