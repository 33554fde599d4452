// SPDX-License-Identifier: Apache-2.0
// The line between phones and the server: whole messages that are dropped, doubled, late, cut
// short, answered by a portal or by an old answer. What a line may do to bytes without being
// noticed is nothing, because TLS stands under it: so damage is always seen, at the latest by the
// decoder.
#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"
#include "tests/sim/checkers/checkers.hpp"
#include "tests/sim/world.hpp"

namespace daybook::sim {
namespace {

constexpr std::int64_t kAnswerWaitMs = 30'000;

// Some bytes changed, or the end missing; never something that still reads as a reply.
Bytes damaged(Bytes frame, Dice& dice) {
  const auto at = dice.next() % frame.size();
  const auto bit = static_cast<std::uint8_t>(1u << (dice.next() % 8));
  const bool cut = dice.next() % 2 == 0;
  Bytes whole = frame;
  frame[at] = static_cast<std::uint8_t>(frame[at] ^ bit);
  if (cut) frame.resize(at);
  const auto message = wire::unpack(frame, wire::kReplySizeMax);
  if (!message.ok() || !wire::decode_sync_reply(*message).ok()) return frame;
  whole.resize(whole.size() / 2);
  return whole;
}

}  // namespace

void World::poll_soon(Phone& phone) {
  const auto idle = phone.core().idle_ms();
  if (idle < 0) return;
  const std::int64_t at = time_.now + idle;
  phone.poll_at = at;
  after(idle, [this, &phone, at] {
    if (phone.poll_at != at) return;
    phone.poll_at = -1;
    if (auto outgoing = phone.ask()) {
      send(phone, std::move(*outgoing));
    } else {
      poll_soon(phone);
    }
  });
}

std::int64_t World::delay() {
  const auto most = static_cast<std::uint64_t>(healed_ ? 20 : plan_.delay_ms_max);
  return static_cast<std::int64_t>(net_dice_.next() % most);
}

void World::give_up(Phone& phone, const Uuid& request, std::int64_t delay_ms, Errc code) {
  after(delay_ms, [this, &phone, request, code] {
    if (phone.in_flight != request) return;
    line_.say(phone.name(), std::string("hears nothing: ") + std::string(daybook::name_of(code)));
    phone.fail(code);
    poll_soon(phone);
  });
}

void World::send(Phone& phone, Outgoing outgoing) {
  ++counted_["requests"];
  const Uuid request = outgoing.request;
  give_up(phone, request, kAnswerWaitMs, Errc::kTimedOut);
  line_.say(phone.name(), "asks");
  if (phone.offline_until > time_.now) return give_up(phone, request, 10, Errc::kOffline);
  if (happens(plan_.drop_request)) return line_.say("line", "drops the request");
  if (happens(plan_.portal)) {
    const std::string page = "<html><body>Welcome to Hotel WiFi</body></html>";
    after(delay(),
          [this, &phone, request, page] { arrive(phone, request, copy_of(view_of(page)), false); });
    return;
  }
  if (happens(plan_.damage)) {
    line_.say("line", "damages the request");
    return give_up(phone, request, delay(), Errc::kCut);
  }
  if (happens(plan_.duplicate)) {
    after(delay(), [this, &phone, frame = outgoing.frame()] {
      office_->receive(phone.device(), frame, [](const Answer&) {});
      tick_soon();
    });
  }
  after(delay(), [this, &phone, request, frame = outgoing.frame()] {
    office_->receive(phone.device(), frame, [this, &phone, request](const Answer& answer) {
      deliver(phone, request, answer);
    });
    tick_soon();
  });
}

// The server has answered; the line has not yet.
void World::deliver(Phone& phone, const Uuid& request, const Answer& answer) {
  const std::int64_t wait = delay();
  if (!answer.reply) return give_up(phone, request, wait, answer.error);
  if (happens(plan_.drop_reply)) return line_.say("line", "drops the reply");
  if (happens(plan_.stale) && !phone.last_reply.empty()) {
    after(wait, [this, &phone, request] { arrive(phone, request, phone.last_reply, false); });
    return;
  }
  if (happens(plan_.damage)) {
    line_.say("line", "damages the reply");
    after(wait, [this, &phone, request, frame = damaged(answer.frame, net_dice_)] {
      arrive(phone, request, frame, false);
    });
    return;
  }
  after(wait,
        [this, &phone, request, frame = answer.frame] { arrive(phone, request, frame, true); });
}

void World::arrive(Phone& phone, const Uuid& request, const Bytes& frame, bool answered) {
  if (phone.in_flight != request) return;
  if (!answered) {
    line_.say(phone.name(), "hears what is no answer");
    phone.hear(frame, nullptr);
  } else {
    const auto message = must(wire::unpack(frame, wire::kReplySizeMax), "unpack");
    const auto reply = must(wire::decode_sync_reply(message), "decode");
    std::string text = "hears push=" + std::to_string(static_cast<int>(reply.push)) +
                       " stored=" + std::to_string(reply.stored.seq);
    if (reply.fork) text += " fork=" + std::to_string(reply.fork->fork_version);
    if (reply.page) {
      text += " head=" + std::to_string(reply.page->head.version) +
              " entries=" + std::to_string(reply.page->entries.size()) +
              " left=" + std::to_string(reply.page->left.size()) +
              " receipts=" + std::to_string(reply.page->receipts.size()) +
              (reply.page->complete ? " complete" : " more");
    }
    line_.say(phone.name(), text);
    phone.hear(frame, &reply);
  }
  look_at(phone);
  poll_soon(phone);
}

void World::tick_soon() {
  if (tick_due_ || !office_->is_up()) return;
  tick_due_ = true;
  after(healed_ ? 0 : plan_.group_wait_ms, [this] { tick(); });
}

void World::tick() {
  tick_due_ = false;
  const auto touched = office_->work(crash_before_, crash_after_);
  crash_before_ = crash_after_ = false;
  if (!office_->is_up()) {
    after(healed_ ? 1'000 : 1'000 + static_cast<std::int64_t>(net_dice_.next() % 60'000),
          [this] { start_server(); });
    return;
  }
  for (auto& phone : phones_) {
    const bool rings =
        touched.contains("shared") || touched.contains("user:" + phone->device().actor);
    if (!rings || phone->offline_until > time_.now || net_dice_.next() % 2 == 0) continue;
    call(*phone);
  }
}

// Later than other calls, or not at all once the office has died: the phone must see for itself
// whether a page fits.
void World::call(Phone& phone) {
  auto page = office_->call_for(phone.device());
  if (!page) return;
  after(delay(), [this, &phone, page = *std::move(page)] {
    if (phone.offline_until > time_.now) return;
    line_.say(phone.name(), phone.hear_call(page) ? "takes a called page" : "hears the bell");
    look_at(phone);
    poll_soon(phone);
  });
}

void World::start_server() {
  if (!office_->is_up()) office_->start();
}

}  // namespace daybook::sim
