// SPDX-License-Identifier: Apache-2.0
// One-time codes, and phones that come back under the device they were.
#include "sync-server/auth/enrolment.hpp"

#include "core/crypto/device_key.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr Digest kChannel{};

// A person with a code and a phone with a key.
struct Counter {
  ServerWorld world;
  Enrolment enrolment{world.store, world.schema, world.clock, world.rng};
  std::unique_ptr<Signer> key = must(ed25519_signer(Bytes(32, 7)));

  Counter() {
    world.within([&] {
      must(world.store.put_user({"li", "Li Ming", "technician", "", true}));
      must(world.store.put_user({"wang", "Wang Qiang", "technician", "", true}));
      return 0;
    });
  }
  Bytes code(const ActorId& actor = "li") {
    return world.within([&] { return must(enrolment.make_code(actor)); });
  }
  wire::EnrolRequest request(Bytes code) {
    wire::EnrolRequest asked;
    asked.code = std::move(code);
    asked.key = key->public_key();
    asked.device_name = "tablet";
    asked.proof = must(key->sign(wire::enrol_signing_bytes(asked.code, asked.key, kChannel)));
    return asked;
  }
  Result<wire::EnrolReply> enrol(const wire::EnrolRequest& asked) {
    return world.within([&] { return enrolment.enrol(asked, kChannel); });
  }
  DeviceRow device(const DeviceId& id) { return *must(world.store.find_device(id)); }
};

}  // namespace

TEST_CASE("enrolment: a code makes one device, for the person it was made for", "[auth]") {
  Counter desk;
  const auto asked = desk.request(desk.code());
  const auto reply = must(desk.enrol(asked));
  CHECK(reply.actor == "li");
  CHECK(desk.device(reply.device).key == asked.key);
  CHECK(desk.enrol(asked).error().code == Errc::kForbidden);
}

TEST_CASE("enrolment: the office takes keys of both algorithms, and keeps which", "[auth]") {
  for (const KeyAlg alg : {KeyAlg::kEd25519, KeyAlg::kEs256}) {
    Counter desk;
    desk.key = must(signer_of(alg, Bytes(32, 7)));
    const auto device = must(desk.enrol(desk.request(desk.code()))).device;
    CHECK(desk.device(device).key == desk.key->public_key());
    CHECK(desk.device(device).key.alg == alg);
    // It comes back with a new code and that key.
    auto again = desk.request(desk.code());
    again.device = device;
    CHECK(must(desk.enrol(again)).device == device);
    // The same secret under the other algorithm is another key.
    desk.key =
        must(signer_of(alg == KeyAlg::kEs256 ? KeyAlg::kEd25519 : KeyAlg::kEs256, Bytes(32, 7)));
    auto changed = desk.request(desk.code());
    changed.device = device;
    CHECK(desk.enrol(changed).error().field == "enrol.device");
  }
}

TEST_CASE("enrolment: a proof of another algorithm than the key's proves nothing", "[auth]") {
  Counter desk;
  auto asked = desk.request(desk.code());
  asked.proof.alg = KeyAlg::kEs256;
  CHECK(desk.enrol(asked).error().code == Errc::kWrongSignature);
  CHECK(desk.enrol(asked).error().field == "signature.alg");
}

TEST_CASE("enrolment: a code is worth nothing after a quarter of an hour", "[auth]") {
  Counter desk;
  const auto asked = desk.request(desk.code());
  desk.world.clock.advance(Enrolment::code_lifetime_ms() + 1);
  CHECK(desk.enrol(asked).error().code == Errc::kForbidden);
}

TEST_CASE("enrolment: a wrong proof is refused, and the fifth kills the code", "[auth]") {
  Counter desk;
  const auto good = desk.request(desk.code());
  auto wrong = good;
  wrong.proof = must(desk.key->sign(view_of("something else")));
  for (int i = 0; i < 5; ++i) CHECK(desk.enrol(wrong).error().code == Errc::kWrongSignature);
  CHECK(desk.enrol(good).error().code == Errc::kForbidden);
}

TEST_CASE("enrolment: a proof for another connection is worth nothing", "[auth]") {
  Counter desk;
  auto asked = desk.request(desk.code());
  Digest other{};
  other.raw[0] = 1;
  asked.proof = must(desk.key->sign(wire::enrol_signing_bytes(asked.code, asked.key, other)));
  CHECK(desk.enrol(asked).error().code == Errc::kWrongSignature);
}

TEST_CASE("enrolment: a closed account's code is refused", "[auth]") {
  Counter desk;
  const auto asked = desk.request(desk.code());
  desk.world.within([&] {
    must(desk.world.store.put_user({"li", "Li Ming", "technician", "", false}));
    return 0;
  });
  CHECK(desk.enrol(asked).error().code == Errc::kForbidden);
}

TEST_CASE("enrolment: a phone that a restored office does not know stays the device it was",
          "[auth]") {
  Counter desk;
  auto asked = desk.request(desk.code());
  asked.device = desk.world.rng.draw<DeviceId>();
  CHECK(must(desk.enrol(asked)).device == *asked.device);
  CHECK(desk.device(*asked.device).status == DeviceStatus::kActive);
}

TEST_CASE("enrolment: a revoked phone comes back with a new code and the key it had", "[auth]") {
  Counter desk;
  const auto device = must(desk.enrol(desk.request(desk.code()))).device;
  for (const auto status : {DeviceStatus::kStolen, DeviceStatus::kLeaver}) {
    desk.world.within([&] {
      auto row = desk.device(device);
      row.status = status;
      must(desk.world.store.put_device(row));
      return 0;
    });
    auto again = desk.request(desk.code());
    again.device = device;
    CHECK(must(desk.enrol(again)).device == device);
    CHECK(desk.device(device).status == DeviceStatus::kActive);
  }
}

TEST_CASE("enrolment: nobody becomes a device by naming it", "[auth]") {
  Counter desk;
  const auto device = must(desk.enrol(desk.request(desk.code()))).device;
  const auto known = desk.device(device);
  // Another key, with a good code for the same person.
  desk.key = must(ed25519_signer(Bytes(32, 8)));
  auto stranger = desk.request(desk.code());
  stranger.device = device;
  const auto refused = desk.enrol(stranger);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Errc::kForbidden);
  CHECK(refused.error().field == "enrol.device");
  // The right key, for another person: unsent work of the first may be in it.
  desk.key = must(ed25519_signer(Bytes(32, 7)));
  auto handed = desk.request(desk.code("wang"));
  handed.device = device;
  CHECK(desk.enrol(handed).error().code == Errc::kForbidden);
  CHECK(desk.device(device).key == known.key);
  CHECK(desk.device(device).actor == "li");
}

TEST_CASE("enrolment: what support holds back is not let go by a code", "[auth]") {
  Counter desk;
  const auto device = must(desk.enrol(desk.request(desk.code()))).device;
  desk.world.within([&] {
    auto row = desk.device(device);
    row.status = DeviceStatus::kHeld;
    must(desk.world.store.put_device(row));
    return 0;
  });
  auto again = desk.request(desk.code());
  again.device = device;
  CHECK(desk.enrol(again).ok());
  CHECK(desk.device(device).status == DeviceStatus::kHeld);
}
