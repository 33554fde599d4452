// SPDX-License-Identifier: Apache-2.0
// What a phone keeps of its enrolment, as bytes in its file.
#include "client-lib/session/client_state.hpp"
#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

Enrolment sample(KeyAlg alg) {
  Enrolment enrolment;
  enrolment.device = phone_device();
  enrolment.actor = "zhang";
  enrolment.role = "technician";
  enrolment.server_url = "https://office.example:8443";
  enrolment.pins = {Digest{}};
  enrolment.key_seed = Bytes(32, 5);
  enrolment.key_alg = alg;
  return enrolment;
}

// The bytes with another number of items said in front, and something behind.
Bytes bent(Bytes bytes, std::uint8_t items, std::initializer_list<std::uint8_t> behind) {
  bytes[0] = static_cast<std::uint8_t>(0x80 | items);
  bytes.insert(bytes.end(), behind);
  return bytes;
}

std::string refusal_of(const Bytes& bytes) {
  const auto read = decode_enrolment(bytes);
  return read.ok() ? "accepted" : to_string(read.error());
}

}  // namespace

TEST_CASE("enrolment: what was kept comes back, with the algorithm of the key", "[session]") {
  for (const KeyAlg alg : {KeyAlg::kEd25519, KeyAlg::kEs256}) {
    CHECK(want(decode_enrolment(encode(sample(alg)))) == sample(alg));
  }
}

TEST_CASE("enrolment: a phone with an Ed25519 key keeps the bytes that there were before ES256",
          "[session]") {
  const Bytes kept = encode(sample(KeyAlg::kEd25519));
  CHECK(kept.front() == 0x86);
  CHECK(encode(sample(KeyAlg::kEs256)) == bent(kept, 7, {2}));
}

TEST_CASE("enrolment: kept bytes of another number of items or another algorithm are refused",
          "[session]") {
  const Bytes kept = encode(sample(KeyAlg::kEd25519));
  CHECK_THAT(refusal_of(bent(kept, 7, {3})), contains("too_new at enrolment.key_alg"));
  CHECK_THAT(refusal_of(bent(kept, 7, {1})), contains("invalid at enrolment.key_alg"));
  CHECK_THAT(refusal_of(bent(kept, 7, {0})), contains("invalid at enrolment.key_alg"));
  CHECK_THAT(refusal_of(bent(kept, 7, {})), contains("invalid at enrolment.key_alg"));
  CHECK_THAT(refusal_of(bent(kept, 6, {2})), contains("invalid at enrolment"));
  CHECK_THAT(refusal_of(bent(kept, 5, {})), contains("invalid at enrolment"));
  CHECK_THAT(refusal_of(bent(kept, 8, {2, 2})), contains("at enrolment"));
}

TEST_CASE("enrolment: an ES256 secret that is none makes no signer", "[session]") {
  ManualClock clock;
  SeededRng rng(1);
  NoTrace trace;
  auto core = want(ClientCore::open(want(open_sqlite_local_store({})), clock, rng, trace, {}));
  auto enrolment = sample(KeyAlg::kEs256);
  enrolment.key_seed = Bytes(32, 0xff);
  want(core->enrol(enrolment));
  const auto asked = core->next_request();
  CHECK((!asked.ok() || !*asked || core->signer() == nullptr));
}
