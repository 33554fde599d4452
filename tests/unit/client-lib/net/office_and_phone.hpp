// SPDX-License-Identifier: Apache-2.0
// An office behind a door, a line that can go bad, and what a phone needs to reach it: the
// surroundings of most tests here.
#pragma once

#include <memory>
#include <random>
#include <string>

#include "client-lib/net/carrier.hpp"
#include "client-lib/net/https_client.hpp"
#include "core/base/ensure.hpp"
#include "core/crypto/device_key.hpp"
#include "tests/fault_line/fault_line.hpp"
#include "tests/unit/client-lib/net/fake_office.hpp"
#include "tests/unit/sync-server/net/office_door.hpp"

namespace daybook::test {

class SeededRng : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937_64 engine_;
};

inline Bytes some_bytes(std::size_t size, std::uint64_t seed) {
  Bytes bytes(size);
  SeededRng(seed).fill(bytes);
  return bytes;
}

struct OfficeAndPhone {
  explicit OfficeAndPhone(std::uint64_t seed = 1, const HttpLimits& limits = {})
      : rng(seed),
        signer(make_signer()),
        office(device, signer->public_key()),
        door(office, limits) {
    LineOptions options;
    options.to_port = door.port();
    options.seed = seed;
    std::string why;
    line = FaultLine::open(options, why);
    ensure(line != nullptr);
  }

  ServerAddress address() const { return {"127.0.0.1", line->port(), {door.pin()}}; }
  ServerAddress direct() const { return {"127.0.0.1", door.port(), {door.pin()}}; }

  static std::unique_ptr<Signer> make_signer() {
    const Bytes seed(32, 7);
    return std::move(ed25519_signer(seed)).value();
  }

  SeededRng rng;
  Uuid device = Uuid::from(Bytes(16, 3)).value();
  std::unique_ptr<Signer> signer;
  FakeOffice office;
  OfficeDoor door;
  std::unique_ptr<FaultLine> line;
};

}  // namespace daybook::test
