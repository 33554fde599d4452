// SPDX-License-Identifier: Apache-2.0
// Unit tests of receipts as stored bytes.
#include "core/model/receipt.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/core/model/sample_bodies.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

const RecordRef kVisit{"visit", id_of("01934567-0000-7000-8000-000000000001")};

Receipt merged_receipt() {
  Receipt receipt;
  receipt.verdict = Verdict::kConflicted;
  receipt.fields.push_back(
      {kVisit, "notes", FieldOutcome::kMerged, "keep_both", Value::text("a"), 0});
  receipt.fields.push_back(
      {kVisit, "window", FieldOutcome::kConflict, "three_way(ask_human)", std::nullopt, 17});
  return receipt;
}

}  // namespace

TEST_CASE("receipt: a plainly accepted set has nothing to store", "[model]") {
  CHECK(encode_outcome(Receipt{}).empty());
  Receipt into = merged_receipt();
  REQUIRE(decode_outcome({}, into).ok());
  CHECK(into.fields.empty());
}

TEST_CASE("receipt: outcomes come back, and leave the rest of the receipt alone", "[model]") {
  Receipt parked;
  parked.reason = "depends_on_parked";
  parked.detail = "changes[1]";
  for (const Receipt& receipt : {merged_receipt(), parked}) {
    Receipt into;
    into.verdict = receipt.verdict;
    into.commit = receipt.commit;
    REQUIRE(decode_outcome(encode_outcome(receipt), into).ok());
    CHECK(into == receipt);
  }
}

TEST_CASE("receipt: a damaged outcome is refused and changes nothing", "[model]") {
  const Bytes bytes = encode_outcome(merged_receipt());
  const Receipt before = merged_receipt();
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    Receipt into = before;
    CHECK_FALSE(decode_outcome(BytesView(bytes).first(size), into).ok());
    CHECK(into == before);
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes other = bytes;
    other[at] ^= 1;
    Receipt into;
    if (decode_outcome(other, into).ok()) CHECK(encode_outcome(into) == other);
  }
}

TEST_CASE("receipt: every verdict and outcome has a name", "[model]") {
  CHECK(name_of(Verdict::kDiscarded) == "discarded");
  CHECK(name_of(Verdict::kFurther) == "further");
  CHECK(name_of(FieldOutcome::kTakenOver) == "taken_over");
  CHECK(name_of(static_cast<Verdict>(99)) == "unknown");
  CHECK(name_of(static_cast<FieldOutcome>(99)) == "unknown");
}
