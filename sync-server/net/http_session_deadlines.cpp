// SPDX-License-Identifier: Apache-2.0
// The clock of a connection: no state waits for ever. Part of HttpSession.
#include <chrono>

#include "sync-server/net/http_session.hpp"

namespace daybook {
namespace {

std::string_view ping_of(const http::Upgrade& upgrade) {
  return upgrade.protocol.empty() ? std::string_view(":\n\n") : upgrade.ping;
}

}  // namespace

void HttpSession::watch(Watch what, std::int64_t ms) {
  if (watch_ == what) return;
  watch_ = what;
  timer_.expires_after(std::chrono::milliseconds(ms));
  // Cancelling does not reach a handler that is queued already: the serial tells it that it is
  // late.
  timer_.async_wait(
      [self = shared_from_this(), serial = ++watch_serial_](boost::system::error_code error) {
        if (!error && serial == self->watch_serial_) self->on_timer();
      });
}

void HttpSession::begin_rate(std::uint64_t bytes_now) {
  transfer_begun_ = std::chrono::steady_clock::now();
  window_bytes_ = bytes_now;
}

bool HttpSession::rate_is_fine(std::uint64_t bytes_now) {
  const auto& limits = reception_->limits;
  const auto moved = bytes_now - window_bytes_;
  window_bytes_ = bytes_now;
  const auto wanted =
      limits.rate_bytes_per_s_min * static_cast<std::uint64_t>(limits.rate_window_ms) / 1000;
  const auto lasted = std::chrono::steady_clock::now() - transfer_begun_;
  return moved >= wanted && lasted < std::chrono::milliseconds(limits.transfer_ms_max);
}

bool HttpSession::stream_moves() const {
  const auto& limits = reception_->limits;
  const auto ms = static_cast<std::uint64_t>(limits.stream_ping_ms);
  return transport_.bytes_sent() - window_bytes_ >= limits.rate_bytes_per_s_min * ms / 1000;
}

void HttpSession::on_timer() {
  const auto& limits = reception_->limits;
  const Watch what = watch_;
  watch_ = Watch::kNothing;
  switch (what) {
    case Watch::kNothing: return;
    case Watch::kHandshake:
    case Watch::kLinger: return close();
    case Watch::kIdle: begin_linger(); break;
    case Watch::kHead:
      if (head_.empty()) {
        begin_linger();
      } else {
        refuse(408, "head");
      }
      break;
    case Watch::kBody:
      if (rate_is_fine(request_.body.size())) {
        watch(Watch::kBody, limits.rate_window_ms);
        return;
      }
      give_up_body();
      refuse(408, "body");
      break;
    case Watch::kAnswer: refuse(503, "answer"); break;
    case Watch::kReply:
      if (!rate_is_fine(transport_.bytes_sent())) return close();
      watch(Watch::kReply, limits.rate_window_ms);
      return;
    case Watch::kStream:
      // Bytes wait and hardly any has left since the last round: nobody is there any more. A reader
      // of the feed that is behind has bytes waiting at every moment, and takes them.
      if (!transport_.flushed() && !stream_moves()) return close();
      window_bytes_ = transport_.bytes_sent();
      if (stream_ && transport_.flushed() && stream_->idle())
        stream_->write(ping_of(stream_->upgrade()));
      count_bytes();
      watch(Watch::kStream, limits.stream_ping_ms);
      break;
  }
  drive();
}

}  // namespace daybook
