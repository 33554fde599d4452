// SPDX-License-Identifier: Apache-2.0
#include "sync-server/session/exchange_table.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

constexpr std::size_t kExchangesPerDeviceMax = 4;
constexpr std::size_t kBytesPerDeviceMax = 8 << 20;
constexpr std::size_t kBytesMax = 256 << 20;
constexpr std::int64_t kReplyLifetimeMs = 60 * 60 * 1000;
constexpr std::int64_t kRequestLifetimeMs = 24 * 60 * 60 * 1000;
constexpr std::int64_t kSweepEveryMs = 60 * 1000;

// "0", or a digit 1-9 and up to nine more.
std::optional<std::uint64_t> read_number(std::string_view text) {
  if (text.empty() || text.size() > 10 || (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  std::uint64_t number = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

}  // namespace

Result<ExchangeHeader> read_exchange_header(std::string_view text) {
  std::string_view parts[4];
  for (int i = 0; i < 4; ++i) {
    const auto end = text.find(';');
    if ((end == std::string_view::npos) != (i == 3))
      return failure(Errc::kInvalid, "exchange", "expected id;offset;total;have");
    parts[i] = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  const auto bytes = from_base64url(parts[0]);
  const auto id = bytes ? Uuid::from(*bytes) : std::nullopt;
  const auto offset = read_number(parts[1]);
  const auto total = read_number(parts[2]);
  const auto have = read_number(parts[3]);
  if (!id || !offset || !total || !have)
    return failure(Errc::kInvalid, "exchange", "expected id;offset;total;have");
  return ExchangeHeader{*id, *offset, *total, *have};
}

ExchangeTable::Exchange* ExchangeTable::find(const DeviceId& device, const Uuid& id) {
  const auto found = exchanges_.find({device, id});
  return found == exchanges_.end() ? nullptr : &found->second;
}

const ExchangeTable::Exchange* ExchangeTable::find(const DeviceId& device, const Uuid& id) const {
  const auto found = exchanges_.find({device, id});
  return found == exchanges_.end() ? nullptr : &found->second;
}

Result<ExchangeTable::Step> ExchangeTable::take(const DeviceId& device, const std::string& path,
                                                const ExchangeHeader& header, BytesView body,
                                                std::uint64_t total_max) {
  if (header.total > total_max)
    return failure(Errc::kTooLarge, "exchange.total", "at most " + std::to_string(total_max));
  if (header.offset + body.size() > header.total)
    return failure(Errc::kInvalid, "exchange.offset", "beyond the total");
  Exchange* exchange = find(device, header.id);
  if (exchange == nullptr) {
    if (header.offset > 0) return Step::kWrongOffset;
    drop_old(device);
    exchange = &exchanges_[{device, header.id}];
    exchange->path = path;
    exchange->total = header.total;
    exchange->order = next_order_++;
  }
  if (exchange->total != header.total || exchange->path != path) {
    return failure(Errc::kInvalid, "exchange.total", "this exchange began otherwise");
  }
  exchange->touched_ms = clock_.wall_ms();
  if (header.offset > exchange->received) return Step::kWrongOffset;
  if (exchange->reply) return Step::kReplied;
  if (exchange->running) return Step::kRunning;
  const std::uint64_t known = exchange->received - header.offset;
  if (known < body.size()) {
    const auto fresh = body.subspan(static_cast<std::size_t>(known));
    exchange->request.insert(exchange->request.end(), fresh.begin(), fresh.end());
    exchange->received += fresh.size();
    size_ += fresh.size();
  }
  return exchange->received < exchange->total ? Step::kPart : Step::kWhole;
}

ExchangeState ExchangeTable::state_of(const DeviceId& device, const Uuid& id) const {
  const Exchange* exchange = find(device, id);
  if (exchange == nullptr) return {};
  ExchangeState state{exchange->received, std::nullopt, exchange->digest};
  if (exchange->reply) state.reply = exchange->reply->size();
  return state;
}

Bytes ExchangeTable::take_request(const DeviceId& device, const Uuid& id) {
  Exchange* exchange = find(device, id);
  ensure(exchange != nullptr && exchange->received == exchange->total && !exchange->running);
  exchange->running = true;
  // A newer request that arrived whole means that the replies before it were read, or are of no use
  // any more.
  for (auto held = exchanges_.lower_bound({device, Uuid{}});
       held != exchanges_.end() && held->first.first == device;) {
    held =
        held->second.reply && held->second.order < exchange->order ? erase(held) : std::next(held);
  }
  size_ -= exchange->request.size();
  return std::exchange(exchange->request, {});
}

void ExchangeTable::replied(const DeviceId& device, const Uuid& id, Bytes reply) {
  Exchange* exchange = find(device, id);
  if (exchange == nullptr) return;
  exchange->running = false;
  exchange->digest = sha256(reply);
  size_ += reply.size();
  exchange->reply = std::move(reply);
}

void ExchangeTable::failed(const DeviceId& device, const Uuid& id, Bytes request) {
  Exchange* exchange = find(device, id);
  if (exchange == nullptr) return;
  exchange->running = false;
  size_ += request.size();
  exchange->request = std::move(request);
}

std::optional<BytesView> ExchangeTable::reply_of(const DeviceId& device, const Uuid& id) const {
  const Exchange* exchange = find(device, id);
  if (exchange == nullptr || !exchange->reply) return std::nullopt;
  return BytesView(*exchange->reply);
}

ExchangeTable::Exchanges::iterator ExchangeTable::erase(Exchanges::iterator held) {
  size_ -= held->second.size();
  return exchanges_.erase(held);
}

// Makes room for one more exchange of the device: expired ones go, then its oldest, then anybody's
// oldest. Ten thousand phones each leave a reply here, so what is done for every exchange looks at
// one device only.
void ExchangeTable::drop_old(const DeviceId& device) {
  drop_expired();
  const auto begin = exchanges_.lower_bound({device, Uuid{}});
  auto end = begin;
  while (end != exchanges_.end() && end->first.first == device) ++end;
  drop_oldest_while({begin, end}, [](std::size_t number, std::size_t size) {
    return number >= kExchangesPerDeviceMax || size > kBytesPerDeviceMax;
  });
  if (size_ <= kBytesMax) return;
  drop_oldest_while({exchanges_.begin(), exchanges_.end()},
                    [](std::size_t, std::size_t size) { return size > kBytesMax; });
}

void ExchangeTable::drop_expired() {
  const std::int64_t now = clock_.wall_ms();
  if (now >= swept_ms_ && now - swept_ms_ < kSweepEveryMs) return;
  swept_ms_ = now;
  for (auto held = exchanges_.begin(); held != exchanges_.end();) {
    const auto& exchange = held->second;
    const auto lifetime = exchange.reply ? kReplyLifetimeMs : kRequestLifetimeMs;
    const bool expired = !exchange.running && now - exchange.touched_ms > lifetime;
    held = expired ? erase(held) : std::next(held);
  }
}

void ExchangeTable::drop_oldest_while(
    Span among, const std::function<bool(std::size_t, std::size_t)>& too_much) {
  for (;;) {
    std::size_t number = 0, size = 0;
    auto oldest = among.end;
    for (auto held = among.begin; held != among.end; ++held) {
      ++number;
      size += held->second.size();
      if (held->second.running) continue;
      if (oldest == among.end || held->second.order < oldest->second.order) oldest = held;
    }
    if (!too_much(number, size) || oldest == among.end) return;
    const bool first = oldest == among.begin;
    const auto next = erase(oldest);
    if (first) among.begin = next;
  }
}

}  // namespace daybook
