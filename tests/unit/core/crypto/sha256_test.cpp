// SPDX-License-Identifier: Apache-2.0
// Unit tests of hashes, held against FIPS 180 and RFC 4231.
#include "core/crypto/sha256.hpp"

#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {
std::string hex(const Digest& digest) { return to_hex(digest.view()); }
}  // namespace

TEST_CASE("crypto: SHA-256 of the published messages", "[crypto]") {
  CHECK(hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256(view_of("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256(view_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex(sha256(Bytes(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("crypto: content in pieces hashes like the whole, and again after that", "[crypto]") {
  const std::string text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  Sha256 hash;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t at = 0; at < text.size(); at += 5)
      hash.update(view_of(std::string_view(text).substr(at, 5)));
    hash.update({});
    CHECK(hash.finish() == sha256(view_of(text)));
  }
  CHECK(hash.finish() == sha256({}));
}

TEST_CASE("crypto: HMAC-SHA-256 of RFC 4231", "[crypto]") {
  CHECK(hex(hmac_sha256(Bytes(20, 0x0b), view_of("Hi There"))) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex(hmac_sha256(view_of("Jefe"), view_of("what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(hmac_sha256(Bytes(20, 0xaa), Bytes(50, 0xdd))) ==
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  CHECK(hex(hmac_sha256(Bytes(131, 0xaa),
                        view_of("Test Using Larger Than Block-Size Key - Hash Key First"))) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("crypto: an empty HMAC key is a key of its own", "[crypto]") {
  hmac_sha256(view_of("before"), {});
  CHECK(hex(hmac_sha256({}, {})) ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("crypto: comparing in constant time still compares", "[crypto]") {
  CHECK(equal_in_constant_time({}, {}));
  CHECK(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 2}));
  CHECK_FALSE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 3}));
  CHECK_FALSE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 2, 3}));
}
