// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/core/model/sample_bodies.hpp"

#include <fstream>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook::test {
namespace {

const Base kSawNothing{};

Body body_of(std::string_view id, std::string actor) {
  Body body;
  body.id = id_of(id);
  body.salt = id_of("00112233-4455-6677-8899-aabbccddeeff");
  body.actor = std::move(actor);
  return body;
}

RecordRef the_visit() { return {"visit", id_of("01934567-0000-7000-8000-000000000001")}; }
RecordRef the_swap() { return {"part_swap", id_of("01934567-0000-7000-8000-000000000002")}; }

Base seen_at(Version version) { return {id_of("a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf"), version}; }

}  // namespace

Uuid id_of(std::string_view text) { return uuid_from(text).value(); }
Digest digest_of(std::string_view hex) { return Digest::from(from_hex(hex).value()).value(); }

Body smallest_body() {
  Body body = body_of("01934567-89ab-7cde-8f01-23456789abcc", "li.wei");
  body.schema_version = 1;
  body.changes.push_back({the_visit(), Change::Kind::kCreate, {}, {}});
  return body;
}

Body cellar_body() {
  Body body = body_of("01934567-89ab-7cde-8f01-23456789abcd", "li.wei");
  body.stamp = {1732239000123, 480, 86400123, 0xfedcba9876543210, -1500, 40};
  body.schema_version = 3;
  body.depends = {id_of("01934567-89ab-7cde-8f01-23456789abcc")};

  Change visit{the_visit(), Change::Kind::kEdit, {}, {}};
  visit.edits.push_back(
      {"notes", Value::text("门锁坏了"), seen_at(41), Value::text("门锁坏了\n用侧门")});
  visit.edits.push_back({"state", Value::text("planned"), seen_at(41), Value::text("departed")});
  visit.edits.push_back(
      {"phones", std::nullopt, kSawNothing, Value::list({Value::text("+86 10 5550 0199")})});
  visit.edits.push_back({"fault_code", Value::null(), seen_at(7), Value::text("E-42")});
  body.changes.push_back(visit);

  Change swap{the_swap(), Change::Kind::kCreate, {}, {}};
  swap.created = {{"visit", Value::bytes(copy_of(the_visit().id.view()))},
                  {"serial", Value::text("STB-7731")},
                  {"quantity", Value::integer(1000)},
                  {"fitted", Value::boolean(true)},
                  {"refund", Value::integer(-2550)},
                  {"returned", Value::null()},
                  {"photos", Value::list({})},
                  {"box", Value::bytes({0x00, 0xff})}};
  body.changes.push_back(swap);

  body.claims.push_back({the_visit(), "address", Value::text("中关村大街 27 号"), seen_at(40)});
  body.claims.push_back({the_visit(), "slot", std::nullopt, kSawNothing});
  body.attachments.push_back(
      {sha256(view_of("strokes")), 7, "image/svg+xml", "signature", the_visit()});
  return body;
}

Body repair_body() {
  Body body = body_of("01934567-89ab-7cde-8f01-23456789abce", "sun.yan");
  body.stamp = {1732239001000, -210, -5, 1, 0, -1};
  body.schema_version = 4;
  Change visit{the_visit(), Change::Kind::kEdit, {}, {}};
  visit.edits.push_back({"fee", Value::integer(INT64_MAX), seen_at(static_cast<Version>(INT64_MAX)),
                         Value::integer(INT64_MIN)});
  body.changes.push_back(visit);
  body.replaces = id_of("01934567-89ab-7cde-8f01-23456789abcd");
  return body;
}

Bytes golden_body(const std::string& name) {
  std::ifstream file("tests/golden/body/" + name + ".hex");
  std::string digits;
  for (std::string line; std::getline(file, line);) {
    for (const char c : line.substr(0, line.find('#'))) {
      if (c != ' ') digits += c;
    }
  }
  return from_hex(digits).value_or(Bytes{});
}

}  // namespace daybook::test
