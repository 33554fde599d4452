// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/live/active_phone.hpp"

#include <charconv>
#include <utility>

#include "client-lib/net/exchange_words.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook::bench {
namespace {

constexpr const char* kField = "action_taken";

// What a technician types into that field, with a number in front that tells the commits apart.
std::string words_of(std::size_t number) {
  return std::to_string(number) + " 更换启动电容，试机三十分钟，电流正常";
}

std::size_t number_in(const std::string& words) {
  std::size_t number = 0;
  std::from_chars(words.data(), words.data() + words.size(), number);
  return number;
}

const Enrolment& enrolment_of(BenchPhone& phone) {
  ensure(phone.core().enrolment().has_value());
  return *phone.core().enrolment();
}

}  // namespace

ActivePhone::ActivePhone(CrowdLoop& loop, const CrowdDoor& door, const std::string& store,
                         std::string source)
    : loop_(loop),
      source_(std::move(source)),
      phone_(store),
      device_(enrolment_of(phone_).device),
      exchange_line_(loop, door, device_,
                     take(ed25519_signer(enrolment_of(phone_).key_seed), "key"),
                     [this](const Error& why) {
                       // The office ends a line on which nothing was said for long; nothing is
                       // lost.
                       if (in_flight_) fail(why);
                     }),
      bell_line_(loop, door, device_, take(ed25519_signer(enrolment_of(phone_).key_seed), "key"),
                 [this](const Error& why) { note(why); }),
      visit_{"visit", phone_.core().new_id()} {}

void ActivePhone::begin(std::function<void()> ready) {
  ready_ = std::move(ready);
  commit(Change::Kind::kCreate);
  pump();
}

void ActivePhone::change() {
  commit(Change::Kind::kEdit);
  pump();
}

void ActivePhone::close() {
  in_flight_ = false;
  exchange_line_.line().close();
  bell_line_.line().close();
}

void ActivePhone::commit(Change::Kind kind) {
  const std::size_t number = committed_us_.size() + 1;
  CommitInput input;
  Fields values{{kField, Value::text(words_of(number))}};
  if (kind == Change::Kind::kCreate) {
    values.set("technician", Value::text(enrolment_of(phone_).actor));
    values.set("customer_name", Value::text("客户"));
  }
  input.changes.push_back({visit_, kind, std::move(values)});
  committed_us_.push_back(monotonic_us());
  const auto done = take(phone_.core().commit(input), "commit");
  committed_by_seq_us_[done.seq] = committed_us_.back();
  static_cast<void>(phone_.core().take_events());
}

std::int64_t ActivePhone::committed_us(std::uint64_t seq) const {
  const auto found = committed_by_seq_us_.find(seq);
  return found == committed_by_seq_us_.end() ? 0 : found->second;
}

void ActivePhone::pump() {
  if (in_flight_) return;
  const auto outgoing = take(phone_.core().next_request(), "request");
  if (!outgoing) {
    if (!std::exchange(listening_, true)) listen();
    return;
  }
  in_flight_ = true;
  if (exchange_line_.line().is_open()) return send(*outgoing);
  exchange_line_.open(source_, [this, request = *outgoing] { send(request); });
}

// In one part, as any phone sends what is below 16 KiB.
void ActivePhone::send(const Outgoing& request) {
  const auto exchange = rng_.draw<Uuid>();
  const Bytes frame = request.frame();
  const ExchangePart part{exchange, 0, frame.size(), 0};
  exchange_line_.post(request.path, {"Exchange", print_exchange(part)}, frame,
                      [this, exchange](const HttpReply& reply) { on_reply(exchange, reply); });
}

void ActivePhone::on_reply(const Uuid& exchange, const HttpReply& reply) {
  if (reply.status != 200) return fail(error_of_reply(reply));
  const auto answer = read_exchange_answer(reply, exchange);
  if (!answer.ok()) return fail(answer.error());
  if (sha256(reply.body) != answer->digest) return fail(failure(Errc::kUntrusted, "digest"));
  in_flight_ = false;
  ++exchanges_;
  if (auto taken = phone_.core().on_reply(reply.body); !taken.ok()) note(taken.error());
  static_cast<void>(phone_.core().take_events());
  look();
  pump();
}

void ActivePhone::fail(const Error& why) {
  in_flight_ = false;
  note(why);
  phone_.core().on_failure(why);
  loop_.at(monotonic_us() + std::max<std::int64_t>(phone_.core().idle_ms(), 1) * 1000,
           [this] { pump(); });
}

void ActivePhone::note(const Error& why) {
  ++errors_;
  trouble_ = to_string(why);
}

void ActivePhone::listen() {
  bell_line_.open(source_, [this] {
    said_ = {};
    bell_line_.hold([this](wire::LineKind kind, BytesView payload) {
      ++bells_;
      if (kind == wire::LineKind::kPage) {
        const Bytes page = take(said_.unpack(payload, wire::kLineAnswerSizeMax), "called page");
        if (take(phone_.core().on_live_page(page), "live page")) {
          ++pages_;
          static_cast<void>(phone_.core().take_events());
          return look();
        }
      } else {
        phone_.core().on_bell();
      }
      pump();
      if (ready_) std::exchange(ready_, nullptr)();
    });
  });
}

void ActivePhone::look() {
  if (partner_ == nullptr) return;
  const auto row = take(phone_.core().find_row(partner_->visit_), "row");
  const Value* const words = row ? row->values.find(kField) : nullptr;
  if (words == nullptr) return;
  const std::int64_t now_us = monotonic_us();
  for (const std::size_t newest = number_in(words->as_text()); seen_ < newest; ++seen_)
    latencies_us_.push_back(now_us - partner_->committed_us_[seen_]);
}

}  // namespace daybook::bench
