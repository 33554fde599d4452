// SPDX-License-Identifier: Apache-2.0
// Who hears the bell: everybody in a scope where something moved, once, and nobody else.
#include "sync-server/session/live_hub.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/simulated_ports.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Ear final : http::LiveStream {
  void write(std::string_view) override { ++rung; }
  void close() override { gone = true; }
  bool closed() const override { return gone; }
  bool idle() const override { return true; }
  int rung = 0;
  bool gone = false;
};

struct Listening {
  LiveHub hub;
  SeededRng rng{7};
  DeviceId device;

  std::shared_ptr<Ear> add(std::vector<std::string> scopes) {
    device = rng.draw<DeviceId>();
    const auto ear = std::make_shared<Ear>();
    hub.add(device, std::move(scopes), ear);
    return ear;
  }
};

}  // namespace

TEST_CASE("bell: rings once for a group, in the scopes where something moved", "[session]") {
  Listening all;
  const auto li = all.add({"shared", "user:li"});
  const auto zhang = all.add({"shared", "user:zhang"});
  CHECK((li->rung == 1 && zhang->rung == 1));  // "you are heard"
  all.hub.ring({"user:li", "receipts:li"});
  CHECK((li->rung == 2 && zhang->rung == 1));
  all.hub.ring({"shared", "user:li"});
  CHECK((li->rung == 3 && zhang->rung == 2));
  all.hub.ring({});
  all.hub.ring({"user:wang"});
  CHECK((li->rung == 3 && zhang->rung == 2));
}

TEST_CASE("bell: who has gone or is revoked is rung no more, the others are", "[session]") {
  Listening all;
  const auto gone = all.add({"shared", "user:li"});
  const auto revoked = all.add({"shared", "user:li"});
  const DeviceId device = all.device;
  const auto stays = all.add({"shared", "user:li"});
  gone->gone = true;
  all.hub.close_streams_of(device);
  CHECK(revoked->gone);
  all.hub.ring({"user:li"});
  CHECK((gone->rung == 1 && revoked->rung == 1 && stays->rung == 2));
  CHECK(all.hub.size() == 1);
  all.hub.close_all();
  CHECK(stays->gone);
  CHECK(all.hub.size() == 0);
}

TEST_CASE("bell: streams that have gone are forgotten while others come", "[session]") {
  Listening all;
  for (int i = 0; i < 1000; ++i) all.add({"user:li"})->gone = true;
  const auto stays = all.add({"user:li"});
  CHECK(stays.use_count() == 2);
  all.hub.ring({"user:li"});
  CHECK(stays->rung == 2);
  CHECK(all.hub.size() == 1);
}
