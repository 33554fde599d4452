// SPDX-License-Identifier: Apache-2.0
// A sealed paper has one form, and any flipped bit of it is another paper.
#include "core/domain/signature/sealed_form.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/domain/catalog.hpp"
#include "core/domain/signature/form_compare.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sample_form.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// The paper of FORM.md.
SealedForm sample() {
  auto form = sample_form({{"category", Value::text("free")}});
  form.included_upto.own.push_back({filled<IncarnationId>(5), 9});
  return form;
}

FormParts parts_of(const SealedForm& form) {
  auto parts = encode_form(form);
  REQUIRE(parts.ok());
  return *parts;
}

PaperRules built_in_rules() {
  auto schema = load_after_sales();
  REQUIRE(schema.ok());
  auto papers = load_papers(*schema);
  REQUIRE(papers.ok());
  REQUIRE(papers->size() == 1);
  return papers->front();
}

}  // namespace

TEST_CASE("a sealed form has the hash that its page says", "[signature]") {
  CHECK(to_hex(content_hash(parts_of(sample())).view()) ==
        "b6d5cd99856205fdba4d36b99eb156ad077fc68b3c25effb8f13569110876482");
}

TEST_CASE("the content hash is the hash of the one file that is exported", "[signature]") {
  const auto parts = parts_of(sample());
  CHECK(sha256(signed_bytes(parts)) == content_hash(parts));
  const auto again = split_signed_bytes(signed_bytes(parts));
  REQUIRE(again.ok());
  CHECK(*again == parts);
  const auto form = decode_form(*again);
  REQUIRE(form.ok());
  CHECK(*form == sample());
}

TEST_CASE("every flipped bit of a sealed form is another hash, and no cut form is read",
          "[signature]") {
  const auto whole = signed_bytes(parts_of(sample()));
  const auto hash = sha256(whole);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Bytes flipped = whole;
    flipped[i] ^= 1;
    CHECK(sha256(flipped) != hash);
    CHECK_FALSE(split_signed_bytes(BytesView(whole).first(i)).ok());
  }
}

TEST_CASE("records of a form stand in order and once", "[signature]") {
  SealedForm form = sample();
  std::swap(form.records[0], form.records[1]);
  CHECK(encode_form(form).error().field == "form.records");
  form.records[1] = form.records[0];
  CHECK(encode_form(form).error().field == "form.records");
}

TEST_CASE("a form that no record could hold is refused by its size", "[signature]") {
  SealedForm form = sample();
  for (int i = 0; i < 5; ++i)
    form.records[1].values.set("t" + std::to_string(i), Value::text(std::string(60'000, 'x')));
  CHECK(encode_form(form).error().code == Errc::kTooLarge);
}

TEST_CASE("two versions of a form are told apart by record and field", "[signature]") {
  const SealedForm before = sample();
  SealedForm after = before;
  after.records[0].values.set("quantity", Value::integer(2000));
  const auto changes = compare_forms(before, after);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].record.collection == "part_swap");
  CHECK(changes[0].field == "quantity");
  CHECK(changes[0].before == Value::integer(1000));
  CHECK(changes[0].after == Value::integer(2000));
}

TEST_CASE("a changed swap or category is signed again, a typing error in the address is not",
          "[signature]") {
  const PaperRules rules = built_in_rules();
  const auto change = [](std::string collection, std::string field) {
    FormChange one;
    one.record.collection = std::move(collection);
    one.field = std::move(field);
    return std::vector<FormChange>{one};
  };
  CHECK(needs_signature(change("part_swap", "quantity"), rules));
  CHECK(needs_signature(change("fee_line", ""), rules));
  CHECK(needs_signature(change("finding", "cause"), rules));
  CHECK(needs_signature(change("visit", "category"), rules));
  CHECK_FALSE(needs_signature(change("visit", "address"), rules));
}
