// SPDX-License-Identifier: Apache-2.0
// Cases as stored bytes, and what is read from their history. Old ones are held against
// tests/golden/case, which an earlier format wrote.
#include "core/model/conflict_case.hpp"

#include <fstream>

#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/model/sample_bodies.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

CaseEvent event(CaseEventKind kind, const ActorId& by) {
  CaseEvent made;
  made.kind = kind;
  made.by = by;
  return made;
}

// As format 1 had it.
ConflictCase bare_case() {
  ConflictCase c;
  c.number = 17;
  c.kind = CaseKind::kAmendment;
  c.record = {"visit", id_of("01934567-0000-7000-8000-000000000001")};
  c.field = "window";
  c.device = id_of("d0d1d2d3-d4d5-d6d7-d8d9-dadbdcdddedf");
  c.rule = "three_way(ask_human)";
  c.base_value = Value::null();
  c.device_value = Value::integer(-1);
  c.detail = "数据";
  c.trail = {id_of("01934567-89ab-7cde-8f01-23456789abcd"),
             id_of("01934567-89ab-7cde-8f01-23456789abce")};
  c.opened = 90;
  c.opened_ms = 1732239000500;
  c.device_actor = "li.wei";
  return c;
}

ConflictCase settled(ConflictCase c, CaseState state) {
  c.state = state;
  c.resolved_by = "zhao";
  c.choice = "value";
  c.reason = "customer called";
  c.resolved = 95;
  return c;
}

ConflictCase decided_case() {
  ConflictCase c = settled(bare_case(), CaseState::kDecided);
  c.rules_version = 4;
  c.severity = Severity::kHigh;
  c.due_ms = 1732325400500;
  c.holder = "zhao";
  c.events = {event(CaseEventKind::kOpened, ""), event(CaseEventKind::kAsked, "zhao"),
              event(CaseEventKind::kResolved, "zhao")};
  c.events[1].to = "li.wei";
  c.events[1].text = "几点到的？";
  c.events[2].value = Value::integer(7);
  c.events[2].displaced = Value::null();
  c.events[2].choice = "value";
  c.events[2].commit = 95;
  c.events[2].at_ms = 1732239600000;
  c.events[2].act = id_of("01934567-89ab-7cde-8f01-23456789abcf");
  return c;
}

Bytes golden_case(const std::string& name) {
  std::ifstream file("tests/golden/case/" + name + ".hex");
  std::string digits;
  for (std::string line; std::getline(file, line);) digits += line.substr(0, line.find('#'));
  return from_hex(digits).value_or(Bytes{});
}

}  // namespace

TEST_CASE("case: what is stored comes back", "[model]") {
  for (const ConflictCase& c : {ConflictCase{}, bare_case(), decided_case()}) {
    const auto decoded = decode_case(encode(c));
    REQUIRE(decoded.ok());
    CHECK(*decoded == c);
  }
}

TEST_CASE("case: one of format 1 is read; what was settled under it is closed", "[model][golden]") {
  const auto open = decode_case(golden_case("v1_open"));
  REQUIRE(open.ok());
  CHECK(*open == bare_case());
  const auto closed = decode_case(golden_case("v1_settled"));
  REQUIRE(closed.ok());
  CHECK(*closed == settled(bare_case(), CaseState::kClosed));
}

TEST_CASE("case: format 2 is these bytes", "[model][golden]") {
  CHECK(to_hex(encode(decided_case())) == to_hex(golden_case("v2_decided")));
}

TEST_CASE("case: damaged bytes are refused wherever they are cut", "[model]") {
  for (const Bytes& bytes : {encode(decided_case()), golden_case("v1_settled")}) {
    for (std::size_t size = 0; size < bytes.size(); ++size)
      CHECK_FALSE(decode_case(BytesView(bytes).first(size)).ok());
  }
  const Bytes bytes = encode(decided_case());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes other = bytes;
    other[at] ^= 4;
    const auto decoded = decode_case(other);
    if (decoded.ok()) CHECK(encode(*decoded) == other);
  }
}

TEST_CASE("case: every kind, state and event has a name", "[model]") {
  CHECK(name_of(CaseKind::kLostInRestore) == "lost_in_restore");
  CHECK(name_of(static_cast<CaseKind>(99)) == "unknown");
  CHECK(name_of(CaseState::kDecided) == "decided");
  CHECK(name_of(static_cast<CaseState>(99)) == "unknown");
  CHECK(name_of(CaseEventKind::kClosed) == "closed");
  CHECK(name_of(static_cast<CaseEventKind>(99)) == "unknown");
  CHECK(severity_from("high") == Severity::kHigh);
  CHECK_FALSE(severity_from("urgent").has_value());
}

TEST_CASE("case: what waits for whom is read from the history", "[model]") {
  using enum CaseEventKind;
  ConflictCase c;
  CHECK(open_question(c) == nullptr);
  c.events = {event(kOpened, ""), event(kAsked, "chen"), event(kProposed, "chen")};
  REQUIRE(open_question(c) != nullptr);
  REQUIRE(waiting_proposal(c) != nullptr);
  CHECK(decision_in_force(c) == nullptr);
  c.events.push_back(event(kAnswered, "li"));
  CHECK(open_question(c) == nullptr);
  c.events.push_back(event(kApproved, "wu"));
  CHECK(waiting_proposal(c) == nullptr);
  c.events.push_back(event(kResolved, "chen"));
  CHECK(decision_in_force(c) == &c.events.back());
  c.events.push_back(event(kProposed, "chen"));  // to undo it
  CHECK(waiting_proposal(c) == &c.events.back());
  c.events.push_back(event(kUndone, "chen"));
  CHECK(decision_in_force(c) == nullptr);
  CHECK(waiting_proposal(c) == nullptr);
}

TEST_CASE("case: the desk lists the earlier deadline first, and none comes last", "[model]") {
  ConflictCase soon;
  soon.due_ms = 5;
  CHECK(due_place(soon) < due_place(ConflictCase{}));
}
