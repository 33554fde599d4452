// SPDX-License-Identifier: Apache-2.0
// The phone's half of the line against a real door: what is called out, questions, refusals, breaks
// and silence.
#include "client-lib/net/live_line.hpp"

#include <chrono>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/client-lib/net/office_and_phone.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

HttpLimits with_line() {
  HttpLimits limits;
  limits.upgrade = wire::kLineProtocol;
  return limits;
}

// A line with its thread.
struct Held {
  explicit Held(OfficeAndPhone& world)
      : client(world.address()), line(client, world.device, *world.signer) {}
  ~Held() { stop(); }

  void hold() {
    stop();
    client.allow();
    holder = std::thread([this] {
      ended = line.hold([this](BytesView page) {
        const std::lock_guard lock(mutex);
        heard += page.empty() ? "(bell)" : std::string(text_of(page));
      });
    });
    wait_for([this] { return line.is_open() && calls() >= 2; });
  }
  void stop() {
    if (!holder.joinable()) return;
    client.interrupt();
    holder.join();
  }
  std::size_t calls() const {
    const auto counters = line.counters();
    return counters.bells + counters.pages;
  }
  template <class Condition>
  void wait_for(Condition condition) {
    for (int tries = 0; !condition(); ++tries) {
      REQUIRE(tries < 5000);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  HttpsClient client;
  LiveLine line;
  std::mutex mutex;
  std::string heard;
  Result<void> ended = success();
  std::thread holder;
};

std::string text_in(const Result<Bytes>& reply) {
  return reply.ok() ? std::string(text_of(*reply)) : std::string(name_of(reply.error().code));
}

constexpr std::int64_t kPatienceMs = 5000;

}  // namespace

TEST_CASE("line: what is called out is heard, and questions are answered in turn", "[line]") {
  OfficeAndPhone world(1, with_line());
  world.office.carry_out = [](BytesView asked) { return Bytes(asked.rbegin(), asked.rend()); };
  Held held(world);
  CHECK(text_in(held.line.ask(view_of("abc"), kPatienceMs)) == "cut");
  held.hold();
  CHECK(held.heard == "(bell)a page");
  for (int i = 0; i < 20; ++i) {
    CHECK(text_in(held.line.ask(view_of("abc"), kPatienceMs)) == "cba");
    CHECK(text_in(held.line.ask(view_of(std::string(3000, 'x')), kPatienceMs)) ==
          std::string(3000, 'x'));
  }
  CHECK(held.line.counters().asked == 40);
  const Bytes too_long(wire::kLineAskSizeMax + 1, 'x');
  CHECK(text_in(held.line.ask(too_long, kPatienceMs)) == "too_large");
  CHECK(world.office.sessions_opened() == 1);
}

TEST_CASE("line: a second message like the first costs a tenth of it", "[line]") {
  OfficeAndPhone world(1, with_line());
  Held held(world);
  held.hold();
  const Bytes message = some_bytes(500, 1);
  const auto cost = [&] {
    const auto before = held.client.counters();
    CHECK(held.line.ask(message, kPatienceMs).ok());
    const auto after = held.client.counters();
    return after.line_up + after.line_down - before.line_up - before.line_down;
  };
  const auto first = cost();
  const auto second = cost();
  INFO(first << " and " << second);
  CHECK(first > 500);
  CHECK(second < 100);
}

TEST_CASE("line: a refusal is the question's answer, and the next one is asked", "[line]") {
  OfficeAndPhone world(1, with_line());
  Held held(world);
  held.hold();
  world.office.refuse_on_line(Errc::kDiskFull);
  const auto refused = held.line.ask(view_of("a"), kPatienceMs);
  CHECK(text_in(refused) == "disk_full");
  CHECK(refused.error().field == "x");
  world.office.refuse_on_line(std::nullopt);
  CHECK(text_in(held.line.ask(view_of("a"), kPatienceMs)) == "a");
}

TEST_CASE("line: a question whose line breaks gets its answer at once", "[line]") {
  OfficeAndPhone world(1, with_line());
  Held held(world);
  held.hold();
  world.office.fall_silent(true);
  std::thread breaking([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    world.office.cut_line();
  });
  CHECK(text_in(held.line.ask(view_of("a"), kPatienceMs)) == "cut");
  breaking.join();
  held.holder.join();
  CHECK(held.ended.error().code == Errc::kCut);
  CHECK_FALSE(held.line.is_open());
  world.office.fall_silent(false);
  held.heard.clear();
  held.holder = std::thread([&] { held.ended = held.line.hold([](BytesView) {}); });
  held.wait_for([&] { return held.line.is_open(); });
  CHECK(text_in(held.line.ask(view_of("a"), kPatienceMs)) == "a");
}

TEST_CASE("line: after a question without an answer nobody takes a late one for his", "[line]") {
  OfficeAndPhone world(1, with_line());
  Held held(world);
  held.hold();
  world.office.fall_silent(true);
  CHECK(text_in(held.line.ask(view_of("first"), 100)) == "timed_out");
  world.office.fall_silent(false);
  CHECK_FALSE(held.line.is_open());
  held.holder.join();
  CHECK(held.ended.error().code == Errc::kTimedOut);
}

TEST_CASE("line: an interruption ends it, and an office without lines is a refusal", "[line]") {
  OfficeAndPhone world(1, with_line());
  Held held(world);
  held.hold();
  held.stop();
  CHECK(held.ended.error().code == Errc::kClosed);
  OfficeAndPhone old_office(2);
  Held refused(old_office);
  CHECK(refused.line.hold([](BytesView) {}).error().code == Errc::kUntrusted);
}
