// SPDX-License-Identifier: Apache-2.0
// Unit tests of records with their provenance as stored bytes.
#include "core/model/record_state.hpp"

#include <random>

#include "core/base/ensure.hpp"
#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/model/sample_bodies.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

const RecordRef kVisit{"visit", id_of("01934567-0000-7000-8000-000000000001")};

RecordState visited() {
  const Write created{41, kOfficeLineage, 0, true};
  const Write departed{52, 3, 9, true};
  const Write merged{53, 4, 2, false};
  RecordState state;
  state.record = kVisit;
  state.created = 41;
  state.version = 53;
  state.created_by = kOfficeLineage;
  state.fields["address"] = {Value::text("中关村大街 27 号"), created, {}, {}};
  state.fields["notes"] = {Value::text("a\nb"), merged, {{3, 9}, {4, 1}}, {}};
  state.fields["phones"] = {
      Value::list({Value::text("1"), Value::text("2")}),
      merged,
      {},
      {{Value::text("1"), created, {merged}}, {Value::text("2"), departed, {}}}};
  state.fields["from_the_future"] = {Value::null(), created, {}, {}};
  state.events["departed"] = departed;
  state.events["cancelled"] = merged;
  return state;
}

void check_round_trip(const RecordState& state) {
  const EncodedRecord encoded = encode(state);
  CHECK(encoded.row == encode(state.values()));
  const auto decoded = decode_record_state(state.record, encoded.row, encoded.provenance);
  REQUIRE(decoded.ok());
  CHECK(*decoded == state);
}

}  // namespace

TEST_CASE("record state: what is stored comes back, unknown fields too", "[model]") {
  check_round_trip(visited());
  check_round_trip({kVisit, 0, 0, 0, {}, {}});
}

TEST_CASE("record state: the row holds the values in canonical order and nothing else", "[model]") {
  std::string names;
  for (const auto& [name, value] : visited().values()) names += name + " ";
  CHECK(names == "notes phones address from_the_future ");
}

TEST_CASE("record state: a record that one set created costs about a byte a field", "[model]") {
  RecordState state;
  state.record = kVisit;
  state.created = state.version = 100'000;
  state.created_by = 70;
  for (int i = 0; i < 30; ++i) {
    state.fields["field_" + std::to_string(i)] = {
        Value::integer(i), {100'000, 70, 5000, true}, {}, {}};
  }
  CHECK(encode(state).provenance.size() < 30 + 35);
}

TEST_CASE("record state: damaged provenance is refused at every byte where it is cut", "[model]") {
  const EncodedRecord encoded = encode(visited());
  for (std::size_t size = 0; size < encoded.provenance.size(); ++size) {
    CHECK_FALSE(
        decode_record_state(kVisit, encoded.row, BytesView(encoded.provenance).first(size)).ok());
  }
  for (std::size_t size = 0; size < encoded.row.size(); ++size) {
    CHECK_FALSE(
        decode_record_state(kVisit, BytesView(encoded.row).first(size), encoded.provenance).ok());
  }
  CHECK_FALSE(decode_record_state(kVisit, encode(Fields{}), encoded.provenance).ok());
}

TEST_CASE("record state: no other provenance means the same", "[model]") {
  EncodedRecord encoded = encode(visited());
  for (std::size_t at = 0; at < encoded.provenance.size(); ++at) {
    const std::uint8_t original = encoded.provenance[at];
    for (int other = 0; other < 256; ++other) {
      if (other == original) continue;
      encoded.provenance[at] = static_cast<std::uint8_t>(other);
      const auto decoded = decode_record_state(kVisit, encoded.row, encoded.provenance);
      if (decoded.ok() && encode(*decoded).provenance != encoded.provenance) {
        FAIL("second form at byte " << at << ": " << to_hex(encoded.provenance));
      }
    }
    encoded.provenance[at] = original;
  }
}

TEST_CASE("record state: elements that are not the field's list are a broken invariant",
          "[model]") {
  RecordState state = visited();
  state.fields["phones"].elements.pop_back();
  CHECK_THROWS_AS(encode(state), BrokenInvariant);
  state = visited();
  state.fields["phones"].elements[0].value = Value::text("3");
  CHECK_THROWS_AS(encode(state), BrokenInvariant);
}

TEST_CASE("record state: a thousand random states come back", "[model]") {
  std::mt19937_64 random(20261122);
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  const auto some_write = [&] {
    return Write{below(5), static_cast<Lineage>(below(3)), below(4), below(2) == 0};
  };
  for (int round = 0; round < 1000; ++round) {
    RecordState state;
    state.record = kVisit;
    state.created = below(10);
    state.version = below(1000);
    for (std::uint64_t i = below(6); i > 0; --i) {
      FieldState& field =
          state.fields[std::string(1 + below(3), static_cast<char>('a' + below(4)))];
      field = {Value::integer(static_cast<std::int64_t>(below(9))), some_write(), {}, {}};
      for (std::uint64_t seen = below(3); seen > 0; --seen) {
        field.seen_by.push_back({static_cast<Lineage>(below(9)), below(9)});
      }
      if (below(3) != 0) continue;
      ValueList list;
      for (std::uint64_t element = below(4); element > 0; --element) {
        list.push_back(Value::integer(static_cast<std::int64_t>(element)));
        field.elements.push_back({list.back(), some_write(), {}});
        if (below(3) == 0) field.elements.back().also.push_back(some_write());
      }
      field.value = Value::list(list);
    }
    for (std::uint64_t i = below(3); i > 0; --i)
      state.events[std::string(1, static_cast<char>('a' + i))] = some_write();
    check_round_trip(state);
  }
}
