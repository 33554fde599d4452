// SPDX-License-Identifier: Apache-2.0
// Whatever byte of a sealed paper is changed, the place that it is in is named.
#include "core/domain/signature/form_place.hpp"

#include <set>

#include "core/domain/signature/sealed_form.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sample_form.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

SealedForm sample() {
  return sample_form({{"cause", Value::text("fuse")}, {"category", Value::text("free")}});
}

Bytes bytes_of(const SealedForm& form) {
  const auto parts = encode_form(form);
  REQUIRE(parts.ok());
  return signed_bytes(*parts);
}

std::vector<std::string> places(const Bytes& changed) {
  const auto found = changed_places(bytes_of(sample()), changed);
  REQUIRE(found.ok());
  return *found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a changed field of a sealed paper is named", "[signature]") {
  SealedForm form = sample();
  form.records[1].values.set("cause", Value::text("fusE"));
  CHECK(places(bytes_of(form)) == Names{"visit.cause"});
  form = sample();
  form.records[0].values.set("quantity", Value::integer(1001));
  const Names both = places(bytes_of(form));
  CHECK(both == Names{"part_swap.quantity"});
  form = sample();
  form.version = 2;
  CHECK(places(bytes_of(form)) == Names{"form.version"});
  form = sample();
  form.manifest[0].size += 1;
  CHECK(places(bytes_of(form)) == Names{"manifest.part_swap"});
  form = sample();
  form.included_upto.office.version = 18;
  CHECK(places(bytes_of(form)) == Names{"included_upto"});
}

TEST_CASE("every byte of a sealed paper stands in exactly one place", "[signature]") {
  const Bytes whole = bytes_of(sample());
  CHECK(places(whole).empty());
  std::set<std::string> all;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes changed = whole;
    changed[at] ^= 1;
    const Names found = places(changed);
    REQUIRE(found.size() == 1);
    all.insert(found.front());
  }
  for (const char* name : {"tag", "length of content", "form.paper", "form.id", "part_swap.name",
                           "visit.category", "visit.cause", "manifest.part_swap", "included_upto"})
    CHECK(all.count(name) == 1);
}

TEST_CASE("a paper that was cut or lengthened is told by the first place that differs",
          "[signature]") {
  const Bytes whole = bytes_of(sample());
  Bytes cut(whole.begin(), whole.end() - 1);
  CHECK(places(cut) == Names{"included_upto"});
  SealedForm form = sample();
  form.records[1].values.set("cause", Value::text("a longer cause"));
  CHECK(places(bytes_of(form)) == Names{"length of content"});
  CHECK(!changed_places(cut, whole).ok());
}
