// SPDX-License-Identifier: Apache-2.0
// Who is told: everybody in a scope where something moved, once, and nobody else.
#include "sync-server/session/live_hub.hpp"

#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// Hears the bare bell: the core has served none of these phones.
struct Ear final : http::LiveStream {
  void write(std::string_view) override { ++rung; }
  void close() override { gone = true; }
  bool closed() const override { return gone; }
  bool idle() const override { return true; }
  int rung = 0;
  bool gone = false;
};

struct Listening {
  ServerWorld world;
  LiveHub hub;
  DeviceId device;

  std::shared_ptr<Ear> add(std::vector<std::string> scopes) {
    device = world.rng.draw<DeviceId>();
    const auto ear = std::make_shared<Ear>();
    const auto line = std::make_shared<DeviceLine>(
        [](wire::SyncRequest, const DeviceLine::Succeed&, const DeviceLine::Fail&) {},
        [](const std::function<void()>& work) { work(); });
    line->speak_through(ear);
    hub.add(device, std::move(scopes), line);
    return ear;
  }
  void ring(const std::set<std::string>& touched) { hub.ring(*world.core, touched); }
};

}  // namespace

TEST_CASE("bell: rings once for a group, in the scopes where something moved", "[session]") {
  Listening all;
  const auto li = all.add({"shared", "user:li"});
  const auto zhang = all.add({"shared", "user:zhang"});
  CHECK((li->rung == 1 && zhang->rung == 1));  // "you are heard"
  all.ring({"user:li", "receipts:li"});
  CHECK((li->rung == 2 && zhang->rung == 1));
  all.ring({"shared", "user:li"});
  CHECK((li->rung == 3 && zhang->rung == 2));
  all.ring({});
  all.ring({"user:wang"});
  CHECK((li->rung == 3 && zhang->rung == 2));
}

TEST_CASE("bell: who has gone or is revoked is rung no more, the others are", "[session]") {
  Listening all;
  const auto gone = all.add({"shared", "user:li"});
  const auto revoked = all.add({"shared", "user:li"});
  const DeviceId device = all.device;
  const auto stays = all.add({"shared", "user:li"});
  gone->gone = true;
  all.hub.close_lines_of(device);
  CHECK(revoked->gone);
  all.ring({"user:li"});
  CHECK((gone->rung == 1 && revoked->rung == 1 && stays->rung == 2));
  CHECK(all.hub.size() == 1);
  all.hub.close_all();
  CHECK(stays->gone);
  CHECK(all.hub.size() == 0);
}

TEST_CASE("bell: lines that have gone are forgotten while others come", "[session]") {
  Listening all;
  for (int i = 0; i < 1000; ++i) all.add({"user:li"})->gone = true;
  const auto stays = all.add({"user:li"});
  CHECK(stays.use_count() == 2);
  all.ring({"user:li"});
  CHECK(stays->rung == 2);
  CHECK(all.hub.size() == 1);
}
