// SPDX-License-Identifier: Apache-2.0
// Bundles as archives, and the sums that say which file was changed.
#include "tools/evidence/bundle.hpp"

#include "tests/support/catch.hpp"
#include "tools/evidence/sums.hpp"

using namespace daybook;
using namespace daybook::evidence;

namespace {

Bytes bytes_of(std::string_view text) { return copy_of(view_of(text)); }

Bundle sample() {
  Bundle bundle{{"a.txt", bytes_of("first")}, {"b", Bytes(1000, 7)}, {"empty", {}}};
  add_sums(bundle);
  return bundle;
}

}  // namespace

TEST_CASE("an archive holds the files and nothing else", "[evidence]") {
  const Bytes archive = tar_of(sample());
  CHECK(archive.size() % 512 == 0);
  const auto again = untar(archive);
  REQUIRE(again.ok());
  CHECK(*again == sample());
}

TEST_CASE("an archive with a changed header, a cut or an addition is refused", "[evidence]") {
  const Bytes archive = tar_of(sample());
  for (std::size_t at = 0; at < 512; ++at) {
    Bytes changed = archive;
    changed[at] ^= 1;
    const auto read = untar(changed);
    CHECK((!read.ok() || *read != sample()));
  }
  CHECK(!untar({archive.data(), archive.size() - 1}).ok());
  CHECK(!untar({}).ok());
  Bytes longer = archive;
  longer.push_back(0);
  CHECK(!untar(longer).ok());
}

TEST_CASE("no file of a bundle lies anywhere else", "[evidence]") {
  CHECK(is_file_name("form-1.signed"));
  for (const char* name : {"", ".", "..", "../a", "a/b", ".hidden", "a b", "a\nb"})
    CHECK(!is_file_name(name));
}

TEST_CASE("a flipped bit anywhere names the file that it is in", "[evidence]") {
  CHECK(check_sums(sample()).empty());
  for (const auto& [name, bytes] : sample()) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (const int bit : {1, 16, 32, 128}) {
        Bundle changed = sample();
        changed[name][at] = static_cast<std::uint8_t>(bytes[at] ^ bit);
        const auto findings = check_sums(changed);
        REQUIRE(!findings.empty());
        for (const auto& one : findings) REQUIRE(one.file == name);
      }
    }
  }
}

TEST_CASE("files that were lost, added or fitted to a rewritten list are named", "[evidence]") {
  Bundle lost = sample();
  lost.erase("b");
  CHECK(check_sums(lost) == std::vector<Finding>{{"b", "missing", ""}});
  Bundle added = sample();
  added["c"] = bytes_of("more");
  CHECK(check_sums(added) == std::vector<Finding>{{"c", "not listed", ""}});
  Bundle fitted = sample();
  const Bytes witness = fitted[kWitnessSums];
  fitted.erase(kSums);
  fitted.erase(kWitnessSums);
  fitted["a.txt"] = bytes_of("other");
  add_sums(fitted);
  fitted[kWitnessSums] = witness;
  CHECK(check_sums(fitted) ==
        std::vector<Finding>{{kSums, "changed", ""}, {"a.txt", "changed", ""}});
  Bundle bare = sample();
  bare.erase(kSums);
  CHECK(check_sums(bare) == std::vector<Finding>{{kSums, "missing", ""}});
}
