// SPDX-License-Identifier: Apache-2.0
// The built-in rules hold what the after-sales service form asks for, under the rules it asks for.
#include "core/domain/catalog.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "core/acts/sql_check.hpp"
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

TEST_CASE("domain: what the trade keeps has a place: people, parts, money, papers and deadlines") {
  std::istringstream names(
      "organisation person qualification authorisation customer contact site contract model "
      "unit unit_component warranty_term contact_log contact_answer service_request "
      "dispatch_order order_event assignment finding assessment work_entry compensation "
      "consent escalation_answer visit_report transport price_book part_price serial_item "
      "stock_movement stock_count requisition goods_receipt receipt_copy requisition_line "
      "goods_receipt_line old_part_batch old_part_item old_part_receipt old_part_waiver "
      "write_off loaner manufacturer_answer manufacturer_shipment loan loan_event takeaway "
      "takeaway_event bench_movement cash_entry deposit_entry fee_declaration invoice "
      "variance labour_claim first_review complaint return_claim return_consent "
      "inspection_plan follow_up campaign campaign_answer inspection_occurrence tool "
      "tool_custody tool_event tool_purchase tech_document document_read policy sla_policy "
      "kpi_month training travel_claim quality_notice stock_level complaint_step");
  for (std::string name; names >> name;) {
    INFO(name);
    CHECK(after_sales().find(name) != nullptr);
  }
}

TEST_CASE("domain: every phone gets the catalogue and the policies, and nothing of a customer") {
  std::set<std::string> shared;
  for (const auto& collection : after_sales().collections) {
    if (collection.shared) shared.insert(collection.name);
  }
  CHECK(shared == std::set<std::string>{"fee_table", "model", "part", "part_price", "policy",
                                        "price_book", "quality_notice", "sla_policy",
                                        "tech_document", "warranty_term"});
}

TEST_CASE("domain: what belongs to the office alone is on no phone") {
  for (const auto* name :
       {"serial_item", "goods_receipt", "old_part_batch", "old_part_item", "stock_level",
        "kpi_month", "campaign", "tool_purchase", "outlet_quota"}) {
    INFO(name);
    const auto* collection = after_sales().find(name);
    REQUIRE(collection != nullptr);
    CHECK_FALSE(collection->shared);
    CHECK(collection->scope_field.empty());
    CHECK(collection->parent.empty());
  }
}

TEST_CASE("domain: whoever decides second finds that it is decided") {
  CHECK(rule_of("requisition_line", "decision") == "first_wins");
  CHECK(rule_of("requisition_line", "quantity") == "technician_until(decided)");
  CHECK(rule_of("complaint", "service_fault") == "first_wins");
  CHECK(rule_of("dispatch_order", "lead") == "office_until(departed)");
  CHECK(rule_of("organisation", "repair_level") == "ask_human");
  CHECK(after_sales().find("organisation")->find("repair_level")->rule.safe_default ==
        SafeDefault::kSmaller);
  CHECK(after_sales().find("old_part_item")->find("result")->rule.safe_default ==
        SafeDefault::kSmaller);
  CHECK(after_sales().find("old_part_item")->find("result")->values.front() == "fault_unknown");
}

TEST_CASE("domain: parts, cash, loans and hand-overs are watched, and numbers name one thing") {
  std::set<std::string> ledgers;
  for (const auto& ledger : after_sales().ledgers) {
    ledgers.insert(ledger.name);
    CHECK_FALSE(ledger.label_zh.empty());
    CHECK_FALSE(ledger.label_en.empty());
  }
  CHECK(ledgers == std::set<std::string>{"bench", "cash", "cash_handed_in", "counted",
                                         "counted_by_account", "deposits", "handed_over", "issued",
                                         "loans", "old_parts", "stock", "tools"});
  for (const auto* name : {"customer", "unit", "part", "person", "loaner", "serial_item", "tool"}) {
    INFO(name);
    CHECK_FALSE(after_sales().find(name)->unique.empty());
  }
}

TEST_CASE("domain: views and acts work on the tables of both sides") {
  const auto found = find_sql_trouble(after_sales());
  REQUIRE(found.ok());
  for (const auto& trouble : *found) FAIL_CHECK(trouble.place << ": " << trouble.detail);
  CHECK(after_sales().views.size() >= 40);
  CHECK(after_sales().acts.size() >= 60);
}

TEST_CASE("domain: views, acts and what acts take have a label in Chinese and in English") {
  for (const auto& view : after_sales().views) {
    INFO(view.name);
    CHECK_FALSE(view.label_zh.empty());
    CHECK_FALSE(view.label_en.empty());
  }
  for (const auto& act : after_sales().acts) {
    INFO(act.name);
    CHECK_FALSE(act.label_zh.empty());
    CHECK_FALSE(act.label_en.empty());
    for (const auto& argument : act.takes) {
      INFO(argument.name);
      CHECK_FALSE(argument.label_zh.empty());
      CHECK_FALSE(argument.label_en.empty());
    }
  }
}

TEST_CASE("domain: an act fills in what its records cannot do without") {
  for (const auto& act : after_sales().acts) {
    for (const auto& creation : act.creates) {
      for (const auto& field : after_sales().find(creation.collection)->fields) {
        INFO(act.name << " creates " << creation.collection << ": " << field.name);
        const auto given = std::any_of(creation.set.begin(), creation.set.end(),
                                       [&](const auto& set) { return set.first == field.name; });
        CHECK((given || !field.required));
      }
    }
  }
}

TEST_CASE("domain: nobody decides on his own work") {
  for (const auto* name : {"decide_requisition_line", "decide_consent", "waive_old_part",
                           "write_off", "receive_cash", "review_order", "book_count"}) {
    INFO(name);
    const auto* act = after_sales().find_act(name);
    REQUIRE(act != nullptr);
    CHECK(act->by == Where::kOffice);
    CHECK(std::any_of(act->conditions.begin(), act->conditions.end(),
                      [](const ActCondition& condition) {
                        return condition.holds.find(":me") != std::string::npos && !condition.warn;
                      }));
  }
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
