// SPDX-License-Identifier: Apache-2.0
// Unit tests of check_shape(): each limit and rule, and that the decoder asks the same.
#include "core/model/cbor.hpp"
#include "core/model/change_set.hpp"
#include "core/model/limits.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/model/sample_bodies.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// What check_shape says of a good body after one change to it; the decoder must say the same of its
// bytes.
template <class Spoil>
std::string refusal(Spoil spoil) {
  Body body = cellar_body();
  spoil(body);
  const auto checked = check_shape(body);
  if (checked.ok()) return "accepted";
  if (decode_body(encode(body)).ok()) return "accepted by the decoder only";
  return std::string(name_of(checked.error().code)) + " at " + checked.error().field;
}

std::vector<SetId> many_ids(std::size_t count) {
  std::vector<SetId> ids(count);
  for (std::size_t i = 0; i < count; ++i) {
    ids[i].raw[0] = static_cast<std::uint8_t>(i >> 8);
    ids[i].raw[1] = static_cast<std::uint8_t>(i & 255);
    ids[i].raw[2] = 1;
  }
  return ids;
}

}  // namespace

TEST_CASE("change set: good bodies pass", "[model]") {
  CHECK(check_shape(smallest_body()).ok());
  CHECK(check_shape(cellar_body()).ok());
  CHECK(check_shape(repair_body()).ok());
}

TEST_CASE("change set: the front is checked", "[model]") {
  CHECK(refusal([](Body& b) { b.id = {}; }) == "invalid at id");
  CHECK(refusal([](Body& b) { b.actor.clear(); }) == "invalid at actor");
  CHECK(refusal([](Body& b) { b.actor = std::string(65, 'a'); }) == "too_large at actor");
  CHECK(refusal([](Body& b) { b.actor = "li\nwei"; }) == "invalid at actor");
  CHECK(refusal([](Body& b) { b.actor = "\xff"; }) == "invalid at actor");
  CHECK(refusal([](Body& b) { b.stamp.skew_bound_ms = -2; }) == "invalid at stamp.skew_bound_ms");
  CHECK(refusal([](Body& b) { b.schema_version = UINT64_MAX; }) == "too_large at schema_version");
  CHECK(refusal([](Body& b) { b.depends.push_back(b.id); }) == "invalid at depends[1]");
  CHECK(refusal([](Body& b) { b.depends.push_back(b.depends[0]); }) == "invalid at depends[1]");
  CHECK(refusal([](Body& b) { b.depends = many_ids(kDependsMax + 1); }) == "too_large at depends");
  CHECK(refusal([](Body& b) { b.depends = many_ids(kDependsMax); }) == "accepted");
  CHECK(refusal([](Body& b) { b.replaces = b.id; }) == "invalid at replaces");
}

TEST_CASE("change set: names are a-z, 0-9 and underscore, a letter first", "[model]") {
  for (const char* name : {"", "Visit", "1st", "_a", "a-b", "a b", "a;drop", "前"}) {
    CAPTURE(name);
    CHECK(refusal([&](Body& b) { b.changes[0].record.collection = name; }) ==
          "invalid at changes[0].collection");
    CHECK(refusal([&](Body& b) { b.claims[1].field = name; }) == "invalid at claims[1].field");
  }
  CHECK(refusal([](Body& b) { b.attachments[0].role = "Photo"; }) ==
        "invalid at attachments[0].role");
  CHECK(refusal([](Body& b) { b.changes[1].created.set("Box", {}); }) ==
        "invalid at changes[1].created");
  CHECK(refusal([](Body& b) { b.claims[0].field = std::string(64, 'a'); }) == "accepted");
  CHECK(refusal([](Body& b) { b.claims[0].field = std::string(65, 'a'); }) ==
        "too_large at claims[0].field");
}

TEST_CASE("change set: no record comes twice, no field twice, and edits keep the canonical order",
          "[model]") {
  CHECK(refusal([](Body& b) { b.changes.push_back(b.changes[0]); }) == "invalid at changes[2]");
  CHECK(refusal([](Body& b) { std::swap(b.changes[0].edits[0], b.changes[0].edits[1]); }) ==
        "invalid at changes[0].edits[1]");
  CHECK(refusal([](Body& b) { b.changes[0].edits[1].field = "notes"; }) ==
        "invalid at changes[0].edits[1]");
  CHECK(refusal([](Body& b) { b.claims.push_back(b.claims[0]); }) == "invalid at claims[2]");
  CHECK(refusal([](Body& b) { b.attachments.push_back(b.attachments[0]); }) ==
        "invalid at attachments[1]");
}

TEST_CASE("change set: one content may be attached in two roles", "[model]") {
  CHECK(refusal([](Body& b) {
          b.attachments.push_back(b.attachments[0]);
          b.attachments[1].role = "evidence";
        }) == "accepted");
}

TEST_CASE("change set: a create has no edits, an edit has at least one and nothing else",
          "[model]") {
  CHECK(refusal([](Body& b) { b.changes[0].edits.clear(); }) == "invalid at changes[0].edits");
  Body both = cellar_body();
  both.changes[0].created = {{"box", Value::null()}};
  CHECK(check_shape(both).error().field == "changes[0].created");
  both = cellar_body();
  both.changes[1].edits = both.changes[0].edits;
  CHECK(check_shape(both).error().field == "changes[1].edits");
}

TEST_CASE("change set: values are scalars and flat lists of bounded size", "[model]") {
  const Value long_text = Value::text(std::string(kValueSizeMax + 1, 'x'));
  CHECK(refusal([&](Body& b) { b.changes[0].edits[0].now = long_text; }) ==
        "too_large at changes[0].edits[0].now");
  CHECK(refusal([&](Body& b) { b.changes[0].edits[0].was = long_text; }) ==
        "too_large at changes[0].edits[0].was");
  CHECK(refusal([&](Body& b) { b.changes[1].created.set("box", long_text); }) ==
        "too_large at changes[1].created.box");
  CHECK(refusal([&](Body& b) { b.claims[0].seen = Value::bytes(Bytes(kValueSizeMax + 1)); }) ==
        "too_large at claims[0].seen");
  CHECK(refusal([](Body& b) { b.changes[0].edits[0].now = Value::list({Value::list({})}); }) ==
        "too_large at changes[0].edits[0].now[0]");
  CHECK(refusal([](Body& b) { b.changes[0].edits[0].now = Value::text(std::string("a\0b", 3)); }) ==
        "invalid at changes[0].edits[0].now");
  CHECK(refusal([](Body& b) {
          b.changes[0].edits[0].now = Value::list({Value::null(), Value::text("\xc0\x80")});
        }) == "invalid at changes[0].edits[0].now[1]");
  CHECK(refusal([](Body& b) {
          b.changes[0].edits[0].now = Value::list(ValueList(kListItemsMax));
        }) == "accepted");
  CHECK(refusal([](Body& b) {
          b.changes[0].edits[0].now = Value::list(ValueList(kListItemsMax + 1));
        }) == "too_large at changes[0].edits[0].now");
}

TEST_CASE("change set: counts are bounded", "[model]") {
  CHECK(refusal([](Body& b) {
          const auto ids = many_ids(kChangesPerSetMax + 1);
          b.changes.clear();
          for (const SetId& id : ids)
            b.changes.push_back({{"visit", id}, Change::Kind::kCreate, {}, {}});
        }) == "too_large at changes");
  CHECK(refusal([](Body& b) {
          for (std::size_t i = 0; i <= kFieldsPerChangeMax; ++i) {
            b.changes[1].created.set("f" + std::to_string(i), Value::null());
          }
        }) == "too_large at changes[1].created");
  CHECK(refusal([](Body& b) { b.attachments[0].size = kAttachmentSizeMax + 1; }) ==
        "too_large at attachments[0].size");
  CHECK(refusal([](Body& b) { b.attachments[0].media_type = "photo"; }) ==
        "invalid at attachments[0].media_type");
}

TEST_CASE("change set: bases name a bounded number of epochs", "[model]") {
  const auto epochs = many_ids(kBaseEpochsMax + 1);
  const auto with_epochs = [&](std::size_t count) {
    Body body = smallest_body();
    for (std::size_t i = 0; i < count; ++i) {
      body.claims.push_back({{"visit", epochs[i]}, "address", std::nullopt, {epochs[i], 1}});
    }
    return body;
  };
  CHECK(check_shape(with_epochs(kBaseEpochsMax)).ok());
  CHECK(check_shape(with_epochs(kBaseEpochsMax + 1)).error().field == "epochs");
  CHECK_FALSE(decode_body(encode(with_epochs(kBaseEpochsMax + 1))).ok());
}

TEST_CASE("change set: the whole is bounded, and a body at the limit still goes through",
          "[model]") {
  Body body = smallest_body();
  for (int i = 0; i < 4; ++i) {
    body.changes[0].created.set("t" + std::to_string(i),
                                Value::text(std::string(kValueSizeMax - 100, 'x')));
  }
  const std::size_t room = kBodySizeMax - encode(body).size();
  // A field of three letters, its text and the five bytes of the text's length.
  body.changes[0].created.set("end", Value::text(std::string(room - 4 - 3, 'y')));
  REQUIRE(encode(body).size() == kBodySizeMax);
  CHECK(check_shape(body).ok());
  CHECK(*decode_body(encode(body)) == body);
  body.changes[0].created.set("end", Value::text(std::string(room - 4 - 2, 'y')));
  CHECK(to_string(check_shape(body).error()) ==
        "too_large at body: 1048577 bytes, at most 1048576");
  CHECK(decode_body(encode(body)).error().code == Errc::kTooLarge);
}
