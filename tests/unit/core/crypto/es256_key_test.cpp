// SPDX-License-Identifier: Apache-2.0
// ES256 device keys, held against tests/golden/key/es256.txt: RFC 6979's signatures, their other
// halves, and what is no key.
#include <openssl/err.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "core/base/ensure.hpp"
#include "core/base/hex.hpp"
#include "core/crypto/device_key.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

// RFC 6979, A.2.5.
constexpr std::string_view kSecret =
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr std::string_view kKey =
    "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
// The order of the group, and half of it.
constexpr std::string_view kOrder =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view kHalfOrder =
    "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";

Bytes hex(std::string_view text) { return from_hex(text).value(); }

std::unique_ptr<Signer> signer() {
  return std::move(signer_of(KeyAlg::kEs256, hex(kSecret))).value();
}

struct Line {
  std::string answer, place;
  Bytes key, message, signature;
};

std::vector<Line> golden_lines() {
  std::ifstream file("tests/golden/key/es256.txt");
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    if (text.empty() || text[0] == '#') continue;
    std::istringstream words(text);
    std::string key, message, signature;
    Line line;
    words >> line.answer >> line.place >> key >> message >> signature;
    line.key = hex(key);
    line.message = message == "-" ? Bytes() : hex(message);
    line.signature = hex(signature);
    lines.push_back(line);
  }
  return lines;
}

// As a receiver does: the key, the signature, then whether they belong together.
Result<void> received(const Line& line) {
  DAYBOOK_ASSIGN(const auto key, decode_public_key(line.key));
  DAYBOOK_ASSIGN(const auto signature, decode_signature(line.signature));
  return verify(key, line.message, signature);
}

// Hands out what it was given, then counts upwards.
class ScriptedRng final : public Rng {
 public:
  explicit ScriptedRng(std::vector<Bytes> draws) : draws_(std::move(draws)) {}
  void fill(std::span<std::uint8_t> out) override {
    const Bytes& draw = draws_[std::min(taken_++, draws_.size() - 1)];
    std::copy(draw.begin(), draw.end(), out.begin());
  }
  std::size_t taken() const { return taken_; }

 private:
  std::vector<Bytes> draws_;
  std::size_t taken_ = 0;
};

}  // namespace

TEST_CASE("crypto: ES256 answers every golden line as it is written there", "[crypto][golden]") {
  const auto lines = golden_lines();
  REQUIRE(lines.size() == 28);
  for (const Line& line : lines) {
    CAPTURE(line.answer, line.place, to_hex(line.key), to_hex(line.signature));
    const auto answer = received(line);
    CHECK((answer.ok() ? "ok" : name_of(answer.error().code)) == line.answer);
    CHECK((answer.ok() ? "-" : answer.error().field) == line.place);
  }
}

TEST_CASE("crypto: ES256 finds the public key of a secret, and knows it again", "[crypto]") {
  CHECK(to_hex(signer()->public_key().raw) == kKey);
  CHECK(signer()->public_key().alg == KeyAlg::kEs256);
  CHECK(to_hex(encode(signer()->public_key())) == "02" + std::string(kKey));
  CHECK(*decode_public_key(encode(signer()->public_key())) == signer()->public_key());
}

TEST_CASE("crypto: ES256 signs in one form, 64 bytes with the lower s", "[crypto]") {
  const auto key = signer();
  std::set<Bytes> seen;
  for (std::uint8_t i = 0; i < 64; ++i) {
    const Bytes message(i, i);
    const auto signature = key->sign(message);
    REQUIRE(signature.ok());
    CHECK(signature->alg == KeyAlg::kEs256);
    REQUIRE(signature->raw.size() == kSignatureSize);
    CHECK(to_hex(BytesView(signature->raw).subspan(32)) <= kHalfOrder);
    CHECK(verify(key->public_key(), message, *signature).ok());
    CHECK(*decode_signature(encode(*signature)) == *signature);
    seen.insert(signature->raw);
  }
  CHECK(seen.size() == 64);
}

TEST_CASE("crypto: one bent bit anywhere in an ES256 signature, and it does not verify",
          "[crypto]") {
  const auto key = signer();
  const Bytes message = hex("af82");
  const Signature good = std::move(key->sign(message)).value();
  for (std::size_t bit = 0; bit < good.raw.size() * 8; ++bit) {
    Signature bent = good;
    bent.raw[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    CHECK(verify(key->public_key(), message, bent).error().code == Errc::kWrongSignature);
  }
  CHECK(verify(key->public_key(), hex("af83"), good).error().code == Errc::kWrongSignature);
  CHECK(verify(key->public_key(), {}, {KeyAlg::kEs256, {}}).error().code == Errc::kWrongSignature);
}

TEST_CASE("crypto: one secret under two algorithms makes keys that know nothing of each other",
          "[crypto]") {
  const Bytes message = hex("af82");
  for (const auto& [own, other] :
       {std::pair(KeyAlg::kEd25519, KeyAlg::kEs256), std::pair(KeyAlg::kEs256, KeyAlg::kEd25519)}) {
    const auto key = std::move(signer_of(own, hex(kSecret))).value();
    const Signature good = std::move(key->sign(message)).value();
    REQUIRE(verify(key->public_key(), message, good).ok());
    const auto refused = [&](const PublicKey& under, const Signature& signature) {
      const auto answer = verify(under, message, signature);
      REQUIRE_FALSE(answer.ok());
      CHECK(answer.error().code == Errc::kWrongSignature);
      return answer.error().field;
    };
    const auto stranger = std::move(signer_of(other, hex(kSecret))).value();
    CHECK(refused(stranger->public_key(), good) == "signature.alg");
    CHECK(refused(key->public_key(), {other, good.raw}) == "signature.alg");
    CHECK(refused(stranger->public_key(), {other, good.raw}) == "signature");
    CHECK(key->public_key() != stranger->public_key());
  }
}

TEST_CASE("crypto: an ES256 secret is a number from 1 to below the group order", "[crypto]") {
  const auto field_of = [](const Bytes& secret) {
    const auto made = signer_of(KeyAlg::kEs256, secret);
    return made.ok() ? std::string("ok") : made.error().field;
  };
  Bytes last = hex(kOrder);
  CHECK(field_of(last) == "seed");
  --last.back();
  CHECK(field_of(last) == "ok");
  CHECK(field_of(Bytes(32, 0)) == "seed");
  CHECK(field_of(Bytes(32, 0xff)) == "seed");
  CHECK(field_of(Bytes(31, 1)) == "seed");
  CHECK(field_of({}) == "seed");
  Bytes one(32, 0);
  one.back() = 1;
  CHECK(field_of(one) == "ok");
  // The generator of the group, and its mirror image n - 1.
  const auto first = std::move(signer_of(KeyAlg::kEs256, one)).value()->public_key();
  const auto mirrored = std::move(signer_of(KeyAlg::kEs256, last)).value()->public_key();
  CHECK(to_hex(first.raw) == "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
  CHECK(to_hex(mirrored.raw) ==
        "026b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
}

TEST_CASE("crypto: a drawn secret is drawn again until it is one", "[crypto]") {
  ScriptedRng misses({hex(kOrder), Bytes(32, 0), hex(kSecret)});
  CHECK(draw_key_secret(KeyAlg::kEs256, misses) == hex(kSecret));
  CHECK(misses.taken() == 3);
  ScriptedRng once({Bytes(32, 0)});
  CHECK(draw_key_secret(KeyAlg::kEd25519, once) == Bytes(32, 0));
  CHECK(once.taken() == 1);
  ScriptedRng broken({Bytes(32, 0)});
  CHECK_THROWS_AS(draw_key_secret(KeyAlg::kEs256, broken), BrokenInvariant);
}

TEST_CASE("crypto: a refused key or signature leaves no trace in OpenSSL's errors", "[crypto]") {
  ERR_clear_error();
  for (const Line& line : golden_lines()) static_cast<void>(received(line));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("crypto: the algorithms have names", "[crypto]") {
  CHECK(name_of(KeyAlg::kEd25519) == "ed25519");
  CHECK(name_of(KeyAlg::kEs256) == "es256");
  CHECK(key_alg_named("es256") == KeyAlg::kEs256);
  CHECK(key_alg_named("ed25519") == KeyAlg::kEd25519);
  CHECK_FALSE(key_alg_named("ES256").has_value());
}
