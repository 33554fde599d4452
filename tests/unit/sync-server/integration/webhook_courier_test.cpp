// SPDX-License-Identifier: Apache-2.0
// Delivery in order under failures; the signature; the pauses.
#include "sync-server/integration/webhook_courier.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/unit/sync-server/api/office_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 2'000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace

TEST_CASE("webhooks: the signature is an HMAC over time and body, with a known answer") {
  // HMAC-SHA256(key = 32 times 0x07, "1790000000.{}\n"), computed with openssl dgst.
  CHECK(webhook_signature(Bytes(32, 7), 1790000000, view_of("{}\n")) ==
        "t=1790000000,v1=05aee4b72b37b9556d52fa392f30cc2a7546781744292974b3211b0d7ff87618");
}

TEST_CASE("webhooks: pauses double, stay under an hour and are not all alike") {
  SeededRng rng(7);
  std::set<std::int64_t> drawn;
  for (std::uint32_t failures = 1; failures < 40; ++failures) {
    const std::int64_t whole =
        std::min<std::int64_t>(3'600'000, std::int64_t{1000} << std::min(failures - 1, 12U));
    const auto pause = webhook_pause_ms(failures, rng);
    CHECK(pause >= whole / 2);
    CHECK(pause <= whole);
    drawn.insert(webhook_pause_ms(12, rng));
  }
  CHECK(drawn.size() > 10);
}

TEST_CASE("webhooks: every commit arrives once and in order although the other side fails") {
  OfficeWorld office;
  auto& world = office.world;
  const auto record = world.visit();
  world.office_create(record, {{"priority", number(0)}});
  for (int i = 1; i < 20; ++i) world.office_edit(record, "priority", number(i));
  const auto admin = office.token_of(Role::kAdmin);
  const auto made = office.send("POST", "/api/webhooks", admin,
                                R"({"url":"https://erp.example/told","after":"0"})");
  REQUIRE(made.status == 201);
  CHECK(made.json["secret"].get<std::string>().size() == 64);

  std::mutex mutex;
  std::vector<std::uint64_t> versions;
  int calls = 0;
  const auto send = [&](const WebhookCall& call) -> Result<int> {
    const std::scoped_lock lock(mutex);
    ++calls;
    if (calls == 1) return failure(Errc::kOffline, "connect");
    if (calls == 2) return 503;
    std::string text(text_of(call.body));
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
      versions.push_back(Json::parse(text.substr(at, text.find('\n', at) - at))["version"]);
    return 200;
  };
  // The store is one and the threads are several: the world is theirs only while nobody else is in.
  std::mutex world_mutex;
  const auto submit = [&](CoreTask task) {
    const std::scoped_lock lock(world_mutex);
    world.clock.advance(2'000);  // the pause passes
    std::vector<CoreTask> tasks;
    tasks.push_back(std::move(task));
    run_group(*world.core, std::move(tasks));
    return true;
  };
  {
    WebhookCourier courier(
        {world.store, world.schema, world.clock, world.rng, world.trace, send, submit}, 1);
    CHECK(eventually([&] {
      courier.look_again();
      const std::scoped_lock lock(mutex);
      return versions.size() == 20;
    }));
  }
  for (std::size_t i = 0; i < versions.size(); ++i) CHECK(versions[i] == i + 1);
  const auto shown = office.send("GET", "/api/webhooks", admin).json["webhooks"][0];
  CHECK(shown["behind"] == 0);
  CHECK(shown["failures"] == 0);
  CHECK_FALSE(shown.contains("secret"));
}

TEST_CASE("webhooks: only safe addresses and known collections are taken") {
  OfficeWorld office;
  const auto admin = office.token_of(Role::kAdmin);
  const auto field_of = [&](const std::string& body) {
    return office.send("POST", "/api/webhooks", admin, body).error_field();
  };
  CHECK(field_of(R"({"url":"http://erp.example/told"})") == "url");
  CHECK(field_of(R"({"url":"ftp://erp.example"})") == "url");
  CHECK(field_of(R"({"url":"http://localhost.example:80"})") == "url");
  CHECK(field_of(R"({"url":"https://erp.example","collections":["nothing"]})") == "collections");
  CHECK(field_of(R"({"url":"https://erp.example","after":"9.0000000000000000"})") == "after");
  for (int i = 0; i < 32; ++i) CHECK(field_of(R"({"url":"https://erp.example"})").empty());
  CHECK(field_of(R"({"url":"https://erp.example"})") == "webhooks");
}
