// SPDX-License-Identifier: Apache-2.0
// Holds the code against tests/golden/body/*.hex, which another program wrote from CHANGE_SET.md. A
// vector once committed never changes: a phone that was acknowledged these bytes will send these
// bytes.
#include <fstream>
#include <iterator>

#include "core/base/hex.hpp"
#include "core/model/chain.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/model/sample_bodies.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

void check_golden(const std::string& name, const Body& expected, std::size_t size,
                  const std::string& hash) {
  const Bytes golden = golden_body(name);
  REQUIRE(golden.size() == size);
  CHECK(to_hex(hash_of_body(golden).view()) == hash);
  CHECK(to_hex(encode(expected)) == to_hex(golden));
  const auto decoded = decode_body(golden);
  REQUIRE(decoded.ok());
  CHECK(*decoded == expected);
}

}  // namespace

TEST_CASE("golden: the smallest body", "[model][golden]") {
  check_golden("smallest", smallest_body(), 96,
               "0f64011ca7bc9cad3cf74d002b5caed6d23a36869372592c7316103f64252c10");
}

TEST_CASE("golden: a visit in the cellar, with every kind of item", "[model][golden]") {
  check_golden("cellar", cellar_body(), 595,
               "3891b869c29663b445ce61e78625ce4ff36cc7d09e14093a0c810be5f2d64ba4");
}

TEST_CASE("golden: a repair, with the extremes of integers", "[model][golden]") {
  check_golden("repair", repair_body(), 173,
               "004c60ee12a28c26e02a2447a5ba73eb36fb59d52d249f5bbd18d0b205356ffb");
}

TEST_CASE("golden: the page that other languages read has the same vectors", "[model][golden]") {
  std::ifstream file("core/model/CHANGE_SET.md");
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (const std::string name : {"smallest", "cellar", "repair"}) {
    const Bytes golden = golden_body(name);
    const std::string hash = to_hex(hash_of_body(golden).view());
    CHECK_THAT(page, contains("| `" + name + ".hex` | " + std::to_string(golden.size()) + " | `" +
                              hash + "` |"));
  }
  const DeviceId device = id_of("d0d1d2d3-d4d5-d6d7-d8d9-dadbdcdddedf");
  const IncarnationId incarnation = id_of("10111213-1415-1617-1819-1a1b1c1d1e1f");
  Digest link = first_link(device, incarnation, {}, 0, {});
  CHECK_THAT(page, contains("| first link | `" + to_hex(link.view())));
  std::uint64_t seq = 0;
  for (const std::string name : {"smallest", "cellar"}) {
    link = next_link(device, incarnation, ++seq, link, hash_of_body(golden_body(name)));
    CHECK_THAT(page,
               contains("| " + std::to_string(seq) + ", `" + name + "` | `" + to_hex(link.view())));
  }
}
