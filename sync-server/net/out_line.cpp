// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/out_line.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace daybook {

namespace ssl = boost::asio::ssl;
using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Deadline = std::chrono::steady_clock::time_point;

namespace {

// Names that are still looked up although their call gave up waiting.
constexpr int kLookupsMax = 16;
std::atomic<int> lookups_under_way{0};

Error too_late(const char* stage) {
  return failure(Errc::kTimedOut, stage, "the time for the whole call is over");
}

struct Found {
  std::mutex mutex;
  std::condition_variable arrived;
  bool done = false;
  ErrorCode error;
  std::vector<tcp::endpoint> endpoints;
};

void look_up(const std::shared_ptr<Found>& found, const std::string& host, std::uint16_t port) {
  boost::asio::io_context io;
  tcp::resolver resolver(io);
  ErrorCode error;
  std::vector<tcp::endpoint> endpoints;
  for (const auto& entry :
       resolver.resolve(host, std::to_string(port), tcp::resolver::numeric_service, error)) {
    endpoints.push_back(entry.endpoint());
  }
  {
    const std::scoped_lock lock(found->mutex);
    found->done = true;
    found->error = error;
    found->endpoints = std::move(endpoints);
  }
  found->arrived.notify_one();
  --lookups_under_way;
}

// The system's resolver cannot be interrupted, and a dead name server holds it for half a minute:
// so a thread of its own asks, and is left to itself when the deadline comes first.
Result<std::vector<tcp::endpoint>> resolve(const OutUrl& url, Deadline deadline) {
  if (url.is_address)
    return std::vector{tcp::endpoint(boost::asio::ip::make_address(url.host), url.port)};
  if (lookups_under_way.fetch_add(1) >= kLookupsMax) {
    --lookups_under_way;
    return failure(Errc::kBusy, "resolve", "names are not answered at present");
  }
  const auto found = std::make_shared<Found>();
  std::thread(look_up, found, url.host, url.port).detach();
  std::unique_lock lock(found->mutex);
  if (!found->arrived.wait_until(lock, deadline, [&] { return found->done; }))
    return too_late("resolve");
  if (found->error) return failure(Errc::kOffline, "resolve", found->error.message());
  return found->endpoints;
}

// `localhost` is a name like any other: what it leads to decides.
Result<void> check_plain(const OutUrl& url, const std::vector<tcp::endpoint>& endpoints) {
  if (url.tls) return success();
  for (const auto& endpoint : endpoints) {
    if (!endpoint.address().is_loopback())
      return failure(Errc::kInvalid, "url", "plain http is for this machine only");
  }
  return success();
}

Error openssl_failure(Errc code, const char* field) {
  char reason[160] = "no reason given";
  if (const auto error = ERR_get_error(); error != 0)
    ERR_error_string_n(error, reason, sizeof reason);
  ERR_clear_error();
  return failure(code, field, reason);
}

Result<void> set_trust(SSL_CTX* context, const OutTrust& trust) {
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  const int loaded = trust.ca_file.empty()
                         ? SSL_CTX_set_default_verify_paths(context)
                         : SSL_CTX_load_verify_locations(context, trust.ca_file.c_str(), nullptr);
  return loaded == 1 ? success() : openssl_failure(Errc::kInvalid, "trust");
}

Result<void> expect_name(SSL* ssl, const OutUrl& url) {
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set = url.is_address
                       ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), url.host.c_str()) == 1
                       : SSL_set1_host(ssl, url.host.c_str()) == 1 &&
                             SSL_set_tlsext_host_name(ssl, url.host.c_str()) == 1;
  return set ? success() : openssl_failure(Errc::kInvalid, "url");
}

}  // namespace

struct OutLine::Wire {
  explicit Wire(std::int64_t timeout_ms)
      : deadline(std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms)) {}

  // Starts one operation and waits for it. When the deadline comes first the socket is closed, and
  // the operation is waited for all the same: what it refers to is still alive then.
  template <class Start>
  Result<std::pair<ErrorCode, std::size_t>> finish(const char* stage, Start start) {
    bool done = false;
    std::pair<ErrorCode, std::size_t> outcome;
    start([&](const ErrorCode& error, const auto&... more) {
      done = true;
      outcome.first = error;
      if constexpr ((std::is_same_v<std::size_t, std::decay_t<decltype(more)>> && ...))
        ((outcome.second = more), ...);
    });
    io.restart();
    io.run_until(deadline);
    if (done) return outcome;
    ErrorCode ignored;
    socket.close(ignored);
    io.restart();
    io.run();
    return too_late(stage);
  }

  Result<void> shake_hands(const OutUrl& url, const OutTrust& trust) {
    DAYBOOK_TRY(set_trust(context.native_handle(), trust));
    tls.emplace(socket, context);
    DAYBOOK_TRY(expect_name(tls->native_handle(), url));
    DAYBOOK_ASSIGN(const auto shaken, finish("handshake", [&](auto handler) {
                     tls->async_handshake(ssl::stream_base::client, std::move(handler));
                   }));
    const long verdict = SSL_get_verify_result(tls->native_handle());
    if (verdict != X509_V_OK) {
      return failure(Errc::kUntrusted, "certificate", X509_verify_cert_error_string(verdict));
    }
    if (shaken.first) return failure(Errc::kUntrusted, "handshake", shaken.first.message());
    return success();
  }

  const Deadline deadline;
  boost::asio::io_context io{1};
  tcp::socket socket{io};
  ssl::context context{ssl::context::tls_client};
  std::optional<ssl::stream<tcp::socket&>> tls;
};

OutLine::OutLine(std::int64_t timeout_ms) : wire_(std::make_unique<Wire>(timeout_ms)) {}

OutLine::~OutLine() = default;

Result<void> OutLine::open(const OutUrl& url, const OutTrust& trust) {
  auto& wire = *wire_;
  DAYBOOK_ASSIGN(const auto endpoints, resolve(url, wire.deadline));
  DAYBOOK_TRY(check_plain(url, endpoints));
  DAYBOOK_ASSIGN(const auto connected, wire.finish("connect", [&](auto handler) {
    boost::asio::async_connect(wire.socket, endpoints, std::move(handler));
  }));
  if (connected.first) return failure(Errc::kOffline, "connect", connected.first.message());
  return url.tls ? wire.shake_hands(url, trust) : success();
}

Result<void> OutLine::write(BytesView bytes) {
  auto& wire = *wire_;
  const auto buffer = boost::asio::buffer(bytes.data(), bytes.size());
  DAYBOOK_ASSIGN(const auto written, wire.finish("send", [&](auto handler) {
    if (wire.tls)
      boost::asio::async_write(*wire.tls, buffer, std::move(handler));
    else
      boost::asio::async_write(wire.socket, buffer, std::move(handler));
  }));
  return written.first ? failure(Errc::kCut, "send", written.first.message()) : success();
}

Result<std::size_t> OutLine::read(std::span<std::uint8_t> into) {
  auto& wire = *wire_;
  const auto buffer = boost::asio::buffer(into.data(), into.size());
  DAYBOOK_ASSIGN(const auto got, wire.finish("reply", [&](auto handler) {
    if (wire.tls)
      wire.tls->async_read_some(buffer, std::move(handler));
    else
      wire.socket.async_read_some(buffer, std::move(handler));
  }));
  if (got.first == boost::asio::error::eof) return std::size_t{0};
  if (got.first) return failure(Errc::kCut, "reply", got.first.message());
  return got.second;
}

}  // namespace daybook
