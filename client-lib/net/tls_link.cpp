// SPDX-License-Identifier: Apache-2.0
#include "client-lib/net/tls_link.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <utility>

namespace daybook {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

// Encrypted bytes that may wait for the kernel before more is encrypted.
constexpr std::size_t kOutgoingMax = 64 * 1024;
// Of a line that gives way: bytes in the kernel that the network has not taken yet.
constexpr int kUnsentMax = 32 * 1024;

Error error_of(const ErrorCode& error, const char* where) {
  using namespace boost::asio::error;
  const bool broke = error == connection_reset || error == eof || error == broken_pipe ||
                     error == connection_aborted || error == operation_aborted ||
                     error == not_connected;
  return failure(broke ? Errc::kCut : Errc::kOffline, where, error.message());
}

bool is_address(const std::string& host) {
  ErrorCode error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

struct TlsLink::Wire {
  explicit Wire(boost::asio::io_context& io) : socket(io) {}

  tcp::socket socket;
  std::array<std::uint8_t, 16 * 1024> in{};
  std::size_t in_size = 0;  // arrived, not yet given to TLS
  std::string out;          // being sent
  std::size_t out_at = 0;
  bool reading = false;
  bool writing = false;
  bool moved = false;
  ErrorCode read_error;
  ErrorCode write_error;
};

TlsLink::TlsLink(InterruptibleLoop& loop, PinnedTls& tls, HttpsCounters& counters, bool stoppable)
    : loop_(loop),
      tls_(tls),
      counters_(counters),
      stoppable_(stoppable),
      wire_(std::make_shared<Wire>(loop.io)) {}

TlsLink::~TlsLink() {
  ErrorCode ignored;
  wire_->socket.close(ignored);
}

Result<void> TlsLink::run_until(Deadline deadline, const bool& done, bool may_be_nudged) {
  while (!done) {
    if (loop_.interrupted.load()) return failure(Errc::kClosed, "interrupted");
    if (may_be_nudged && loop_.nudged.load()) return success();
    if (loop_.io.stopped()) loop_.io.restart();
    // An idle loop would return at once: the guard makes it wait for the bell.
    const auto guard = boost::asio::make_work_guard(loop_.io);
    if (loop_.io.run_one_until(deadline) == 0) return failure(Errc::kTimedOut, "line");
  }
  return success();
}

Result<tcp::resolver::results_type> TlsLink::resolve(const ServerAddress& address,
                                                     Deadline deadline) {
  ErrorCode not_numeric;
  const auto numeric = boost::asio::ip::make_address(address.host, not_numeric);
  if (!not_numeric) {
    const tcp::endpoint endpoint(numeric, address.port);
    return tcp::resolver::results_type::create(endpoint, address.host,
                                               std::to_string(address.port));
  }
  struct Answer {
    explicit Answer(boost::asio::io_context& io) : resolver(io) {}
    tcp::resolver resolver;
    bool done = false;
    ErrorCode error;
    tcp::resolver::results_type results;
  };
  auto answer = std::make_shared<Answer>(loop_.io);
  answer->resolver.async_resolve(address.host, std::to_string(address.port),
                                 tcp::resolver::numeric_service,
                                 [answer](ErrorCode error, tcp::resolver::results_type results) {
                                   answer->done = true;
                                   answer->error = error;
                                   answer->results = std::move(results);
                                 });
  auto waited = run_until(deadline, answer->done);
  if (!waited.ok()) {
    answer->resolver.cancel();
    return std::move(waited).error();
  }
  if (answer->error) return failure(Errc::kOffline, "name", answer->error.message());
  return answer->results;
}

Result<void> TlsLink::connect(const ServerAddress& address, Deadline deadline) {
  DAYBOOK_ASSIGN(const auto endpoints, resolve(address, deadline));
  struct Answer {
    bool done = false;
    ErrorCode error;
  };
  auto answer = std::make_shared<Answer>();
  boost::asio::async_connect(wire_->socket, endpoints,
                             [answer, wire = wire_](ErrorCode error, const tcp::endpoint&) {
                               answer->done = true;
                               answer->error = error;
                             });
  DAYBOOK_TRY(run_until(deadline, answer->done));
  if (answer->error) return failure(Errc::kOffline, "connect", answer->error.message());
  ErrorCode ignored;
  wire_->socket.set_option(tcp::no_delay(true), ignored);
#ifdef TCP_NOTSENT_LOWAT
  using UnsentMax = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
  if (stoppable_) wire_->socket.set_option(UnsentMax(kUnsentMax), ignored);
#endif
  return success();
}

Result<void> TlsLink::open(const ServerAddress& address, std::int64_t ms) {
  const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  DAYBOOK_TRY(connect(address, deadline));
  talk_.emplace(tls_, is_address(address.host) ? std::string() : address.host);
  return shake_hands(deadline);
}

Result<void> TlsLink::shake_hands(Deadline deadline) {
  for (;;) {
    auto done = talk_->shake_hands();
    start_moving();  // the hello, the finish, or the alert that says why not
    if (!done.ok()) return std::move(done).error();
    if (*done) break;
    if (wire_->read_error) return failure(Errc::kCut, "handshake", wire_->read_error.message());
    wire_->moved = false;
    DAYBOOK_TRY(run_until(deadline, wire_->moved));
    if (wire_->in_size > 0) talk_->take_in({wire_->in.data(), std::exchange(wire_->in_size, 0)});
  }
  ++counters_.connections;
  if (talk_->resumed()) ++counters_.handshakes_resumed;
  return success();
}

// Keeps one read and, when there is something to send, one write on the way.
void TlsLink::start_moving() {
  auto& wire = *wire_;
  if (!wire.reading && wire.in_size == 0 && !wire.read_error) {
    wire.reading = true;
    wire.socket.async_read_some(
        boost::asio::buffer(wire.in),
        [shared = wire_, &counters = counters_](ErrorCode error, std::size_t size) {
          shared->reading = false;
          shared->moved = true;
          shared->read_error = error;
          shared->in_size = size;
          if (!error) counters.line_down += size;
        });
  }
  if (wire.writing || wire.write_error) return;
  if (wire.out_at == wire.out.size()) {
    wire.out = talk_->take_outgoing();
    wire.out_at = 0;
  }
  if (wire.out.empty()) return;
  wire.writing = true;
  wire.socket.async_write_some(
      boost::asio::buffer(wire.out.data() + wire.out_at, wire.out.size() - wire.out_at),
      [shared = wire_, &counters = counters_](ErrorCode error, std::size_t size) {
        shared->writing = false;
        shared->moved = true;
        shared->write_error = error;
        shared->out_at += size;
        if (!error) counters.line_up += size;
      });
}

bool TlsLink::can_write() const {
  return !wire_->writing && !wire_->write_error && wire_->out.size() - wire_->out_at < kOutgoingMax;
}

Result<std::size_t> TlsLink::write(BytesView plain) {
  DAYBOOK_ASSIGN(const auto size, talk_->write(plain));
  // Gathered, so that many small records leave in one packet.
  wire_->out.erase(0, std::exchange(wire_->out_at, 0));
  wire_->out += talk_->take_outgoing();
  return size;
}

Result<std::size_t> TlsLink::read(std::span<std::uint8_t> into) {
  if (wire_->in_size > 0) talk_->take_in({wire_->in.data(), std::exchange(wire_->in_size, 0)});
  DAYBOOK_ASSIGN(const auto size, talk_->read(into));
  if (size == 0 && wire_->read_error) return error_of(wire_->read_error, "line");
  // A reply may still be on its way although sending has failed: the office refuses early. So only
  // reading ends it.
  return size;
}

Result<void> TlsLink::wait(std::int64_t ms) {
  start_moving();
  wire_->moved = false;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  return run_until(deadline, wire_->moved, true);
}

bool TlsLink::alive() {
  if (!talk_) return false;
  start_moving();
  if (loop_.io.stopped()) loop_.io.restart();
  loop_.io.poll();
  if (wire_->in_size > 0) talk_->take_in({wire_->in.data(), std::exchange(wire_->in_size, 0)});
  // Between requests nothing may come but tickets and the goodbye.
  std::uint8_t unexpected = 0;
  const auto got = talk_->read({&unexpected, 1});
  start_moving();
  return got.ok() && *got == 0 && !wire_->read_error && !wire_->write_error;
}

void TlsLink::say_goodbye() {
  if (!talk_ || wire_->writing || wire_->out_at < wire_->out.size()) return;
  talk_->write_goodbye();
  const std::string bytes = talk_->take_outgoing();
  ErrorCode ignored;
  wire_->socket.non_blocking(true, ignored);
  wire_->socket.write_some(boost::asio::buffer(bytes), ignored);
}

}  // namespace daybook
