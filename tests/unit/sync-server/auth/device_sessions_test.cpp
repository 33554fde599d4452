// SPDX-License-Identifier: Apache-2.0
// Nonces, tokens, and the proof of the device key on every connection.
#include "sync-server/auth/device_sessions.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/device_key.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_ports.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr std::int64_t kMinute = 60'000;

struct Sessions {
  ManualClock clock;
  SeededRng rng{5};
  DeviceSessions sessions{Bytes(32, 1), clock, rng};
  std::unique_ptr<Signer> key = std::move(ed25519_signer(Bytes(32, 7))).value();
  DeviceRow device;

  Sessions() {
    device.device = rng.draw<DeviceId>();
    device.key = key->public_key();
  }
  // A request on a connection; the proof signs the channel of that connection.
  http::Request request(const Bytes& token, std::uint64_t connection, bool with_proof = true) {
    http::Request head;
    head.connection = connection;
    head.channel.raw.fill(static_cast<std::uint8_t>(connection));
    head.headers.push_back({"authorization", "Daybook " + to_base64url(token)});
    if (with_proof) {
      const auto proof =
          std::move(key->sign(wire::proof_signing_bytes(token, head.channel))).value();
      head.headers.push_back({"proof", to_base64url(encode(proof))});
    }
    return head;
  }
};

}  // namespace

TEST_CASE("device: a nonce is ours, fresh, and tells when it expires", "[auth]") {
  Sessions s;
  const auto nonce = s.sessions.make_nonce();
  CHECK(s.sessions.check_nonce(nonce).ok());
  for (std::size_t i = 0; i < nonce.size(); ++i) {
    auto other = nonce;
    other[i] = static_cast<std::uint8_t>(other[i] ^ 1);
    CHECK_FALSE(s.sessions.check_nonce(other).ok());
  }
  CHECK_FALSE(s.sessions.check_nonce(BytesView(nonce).first(nonce.size() - 1)).ok());
  s.clock.advance(5 * kMinute + 1);
  CHECK(s.sessions.check_nonce(nonce).error().detail == "the nonce is too old");
}

TEST_CASE("device: a nonce outlives a restart, and is worth nothing on another server", "[auth]") {
  Sessions s;
  const auto nonce = s.sessions.make_nonce();
  DeviceSessions restarted(Bytes(32, 1), s.clock, s.rng), other(Bytes(32, 2), s.clock, s.rng);
  CHECK(restarted.check_nonce(nonce).ok());
  CHECK_FALSE(other.check_nonce(nonce).ok());
}

TEST_CASE("device: a token counts on connections on which the device key signed", "[auth]") {
  Sessions s;
  const auto token = s.sessions.open(s.device).token;
  CHECK(s.sessions.authenticate(s.request(token, 1, false)).error().detail ==
        "no proof on this connection");
  REQUIRE(s.sessions.authenticate(s.request(token, 1)).ok());
  CHECK(s.sessions.authenticate(s.request(token, 1, false)).ok());
  CHECK_FALSE(s.sessions.authenticate(s.request(token, 2, false)).ok());
}

TEST_CASE("device: a token taken from the line is worth nothing elsewhere", "[auth]") {
  Sessions s;
  const auto token = s.sessions.open(s.device).token;
  auto replayed = s.request(token, 1);
  replayed.connection = 2;
  replayed.channel.raw.fill(2);
  CHECK(s.sessions.authenticate(replayed).error().detail == "the proof does not verify");
  s.key = std::move(ed25519_signer(Bytes(32, 8))).value();
  CHECK_FALSE(s.sessions.authenticate(s.request(token, 3)).ok());
}

TEST_CASE("device: a token ends after a quarter of an hour", "[auth]") {
  Sessions s;
  const auto opened = s.sessions.open(s.device);
  CHECK(opened.lifetime_s == 15 * 60);
  REQUIRE(s.sessions.authenticate(s.request(opened.token, 1)).ok());
  s.clock.advance(15 * kMinute + 1);
  CHECK(s.sessions.authenticate(s.request(opened.token, 1)).error().code == Errc::kUnauthorized);
}

TEST_CASE("device: what is forgotten counts no more, also on proven connections", "[auth]") {
  Sessions s;
  const auto token = s.sessions.open(s.device).token;
  REQUIRE(s.sessions.authenticate(s.request(token, 1)).ok());
  s.sessions.forget(s.device.device);
  CHECK_FALSE(s.sessions.authenticate(s.request(token, 1)).ok());
}

TEST_CASE("device: what is no token of ours is refused by its shape", "[auth]") {
  Sessions s;
  const auto token = s.sessions.open(s.device).token;
  const auto with = [&](std::string line) {
    http::Request head;
    head.headers.push_back({"authorization", std::move(line)});
    return s.sessions.authenticate(head).error().detail;
  };
  CHECK(s.sessions.authenticate({}).error().detail == "no token");
  CHECK(with("Bearer " + to_base64url(token)) == "no token");
  CHECK(with("Daybook !!!") == "malformed token");
  CHECK(with("Daybook AAAA") == "unknown token");
  auto head = s.request(token, 1, false);
  head.headers.push_back({"proof", "!!!"});
  CHECK(s.sessions.authenticate(head).error().detail == "malformed proof");
}
