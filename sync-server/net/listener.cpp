// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/listener.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <mutex>
#include <utility>

#include "sync-server/net/http_session.hpp"
#include "sync-server/net/reception.hpp"
#include "sync-server/net/tls.hpp"

namespace daybook {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

NoTrace g_no_trace;

HttpPeer peer_of(const tcp::socket& socket, std::uint64_t connection) {
  ErrorCode error;
  auto address = socket.remote_endpoint(error).address();
  HttpPeer peer;
  peer.connection = connection;
  if (error) return peer;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
  }
  peer.address = address.to_string();
  peer.neighbourhood = peer.address;
  if (address.is_v6()) {
    // One household or depot owns a whole /64, and could otherwise come with a new address each
    // time.
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    peer.neighbourhood = boost::asio::ip::address_v6(bytes).to_string();
  }
  return peer;
}

}  // namespace

// Shared with the handlers that wait in the loop, so that they may come home after the Listener is
// gone.
struct Listener::Door : std::enable_shared_from_this<Door> {
  Door(boost::asio::io_context& io, ListenerOptions chosen, http::Handler& handler)
      : loop(io),
        options(std::move(chosen)),
        reception(
            std::make_shared<Reception>(handler, options.trace ? *options.trace : g_no_trace)),
        acceptor(io),
        timer(io) {
    reception->limits = options.limits;
    reception->hosts = options.hosts;
  }

  Result<std::uint16_t> open();
  void accept();
  void welcome(tcp::socket socket);
  void stop();
  void abort();
  TlsContext certificate() {
    const std::lock_guard lock(mutex);
    return tls;
  }

  boost::asio::io_context& loop;
  const ListenerOptions options;
  const std::shared_ptr<Reception> reception;
  tcp::acceptor acceptor;
  boost::asio::steady_timer timer;  // a pause in accepting, later the end of the stop
  std::uint64_t connections_ever = 0;
  Digest pin;
  std::mutex mutex;
  TlsContext tls;  // under mutex
};

Result<std::uint16_t> Listener::Door::open() {
  if (const auto problem = options.limits.problem(); !problem.empty()) {
    return failure(Errc::kInvalid, "limits." + std::string(problem), "zero, or above its default");
  }
  ErrorCode error;
  const auto address = boost::asio::ip::make_address(options.address, error);
  if (error) return failure(Errc::kInvalid, "address", options.address);
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(boost::asio::socket_base::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor.set_option(boost::asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) {
    const auto code = error == boost::asio::error::address_in_use ? Errc::kBusy : Errc::kIo;
    return failure(code, options.address + ":" + std::to_string(options.port), error.message());
  }
  const auto port = acceptor.local_endpoint(error).port();
  accept();
  return port;
}

void Listener::Door::accept() {
  acceptor.async_accept([self = shared_from_this()](ErrorCode error, tcp::socket socket) {
    if (self->reception->stopping || error == boost::asio::error::operation_aborted) return;
    if (!error) {
      self->welcome(std::move(socket));
      self->accept();
      return;
    }
    // Out of descriptors, most likely. Trying again at once would only burn the processor.
    self->timer.expires_after(std::chrono::milliseconds(100));
    self->timer.async_wait([self](ErrorCode late) {
      if (!late && !self->reception->stopping) self->accept();
    });
  });
}

void Listener::Door::welcome(tcp::socket socket) {
  auto& shared = *reception;
  HttpPeer peer = peer_of(socket, ++connections_ever);
  if (peer.address.empty()) return;  // gone already
  const auto present = shared.sessions_of_peer.find(peer.neighbourhood);
  const std::size_t neighbours = present == shared.sessions_of_peer.end() ? 0 : present->second;
  if (shared.sessions.size() >= shared.limits.connections_max ||
      neighbours >= shared.limits.connections_per_peer_max) {
    ++shared.turned_away;
    shared.trace.note(TraceLevel::kWarning, "net.turned_away",
                      {{"connections", static_cast<std::int64_t>(shared.sessions.size())},
                       {"neighbours", static_cast<std::int64_t>(neighbours)}});
    return;
  }
  ErrorCode ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  ++shared.accepted;
  ++shared.sessions_of_peer[peer.neighbourhood];
  const auto number = peer.connection;
  const TlsContext context = certificate();
  auto session = std::make_shared<HttpSession>(loop, std::move(socket), context.get(), reception,
                                               std::move(peer));
  shared.sessions.emplace(number, session);
  shared.sessions_now = shared.sessions.size();
  session->start();
}

void Listener::Door::stop() {
  if (std::exchange(reception->stopping, true)) return;
  ErrorCode ignored;
  acceptor.close(ignored);
  const auto sessions = reception->sessions;  // stopping may take some out
  for (const auto& [number, session] : sessions) session->stop();
  timer.cancel();
  if (reception->sessions.empty()) return;
  reception->on_empty = [self = weak_from_this()] {
    if (const auto door = self.lock()) door->timer.cancel();
  };
  timer.expires_after(std::chrono::milliseconds(options.limits.stop_ms_max));
  timer.async_wait([self = shared_from_this()](ErrorCode late) {
    if (!late) self->abort();
  });
}

void Listener::Door::abort() {
  reception->stopping = true;
  ErrorCode ignored;
  acceptor.close(ignored);
  timer.cancel();
  const auto sessions = reception->sessions;
  for (const auto& [number, session] : sessions) session->abort();
}

Listener::Listener(boost::asio::io_context& loop, ListenerOptions options, http::Handler& handler)
    : door_(std::make_shared<Door>(loop, std::move(options), handler)) {}

Listener::~Listener() { door_->abort(); }

Result<std::uint16_t> Listener::start() {
  DAYBOOK_TRY(reload_certificate());
  DAYBOOK_ASSIGN(door_->pin, spki_pin_of_file(door_->options.certificate_file));
  return door_->open();
}

void Listener::stop() {
  boost::asio::post(door_->loop, [door = door_] { door->stop(); });
}

Result<void> Listener::reload_certificate() {
  DAYBOOK_ASSIGN(auto fresh,
                 make_tls_context(door_->options.key_file, door_->options.certificate_file,
                                  door_->options.limits));
  const std::lock_guard lock(door_->mutex);
  door_->tls = std::move(fresh);
  return success();
}

Digest Listener::pin() const { return door_->pin; }

DoorCounts Listener::counts() const {
  const auto& seen = *door_->reception;
  DoorCounts counts{seen.sessions_now, seen.accepted, seen.turned_away, seen.handshakes_failed,
                    seen.resumed,      seen.bytes_in, seen.bytes_out,   {}};
  for (std::size_t i = 0; i < counts.replies.size(); ++i) counts.replies[i] = seen.replies[i];
  return counts;
}

}  // namespace daybook
