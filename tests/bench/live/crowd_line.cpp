// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/live/crowd_line.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/ensure.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook::bench {
namespace {

const HttpsLimits kLimits;

// The office of this measurement is on this machine, whatever name its codes give it.

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ensure(::inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1);
  return address;
}

Error broken_by(const char* where) {
  char reason[160] = "ended";
  if (const auto code = ERR_peek_error(); code != 0)
    ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  return failure(Errc::kCut, where, reason);
}

}  // namespace

CrowdDoor::CrowdDoor(ServerAddress server)
    : server_(std::move(server)), tls_(SSL_CTX_new(TLS_client_method())) {
  ensure(tls_ != nullptr);
  SSL_CTX_set_min_proto_version(tls_, TLS1_3_VERSION);
  SSL_CTX_set_mode(tls_, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                             SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(tls_, SSL_SESS_CACHE_OFF);
  // As pinned_tls.cpp: the pin is the only judge, asked when the hands are shaken.
  SSL_CTX_set_verify(tls_, SSL_VERIFY_NONE, nullptr);
  ensure(SSL_CTX_set_ciphersuites(tls_, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256") ==
         1);
  ensure(SSL_CTX_set1_groups_list(tls_, "X25519:P-256") == 1);
}

CrowdDoor::~CrowdDoor() { SSL_CTX_free(tls_); }

CrowdLine::CrowdLine(CrowdLoop& loop, const CrowdDoor& door, Broken broken)
    : loop_(loop), door_(door), broken_(std::move(broken)) {}

CrowdLine::~CrowdLine() { close(); }

void CrowdLine::close() {
  state_ = State::kClosed;
  if (socket_ >= 0) {
    loop_.forget(socket_);
    ::close(std::exchange(socket_, -1));
  }
  SSL_free(std::exchange(ssl_, nullptr));
  unsent_.clear();
  status_ = 0;
}

void CrowdLine::give_up(const Error& why) {
  if (state_ == State::kClosed) return;
  close();
  broken_(why);
}

void CrowdLine::open(const std::string& source, std::function<void()> opened) {
  ensure(state_ == State::kClosed);
  opened_ = std::move(opened);
  state_ = State::kConnecting;
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const auto refuse = [&](const char* where) {
    give_up(failure(Errc::kOffline, where, std::strerror(errno)));
  };
  if (socket_ < 0) return refuse("socket");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // Else the port is taken before the peer is known, and 28,000 of an address are all there are.
  ::setsockopt(socket_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const sockaddr_in from = address_of(source, 0);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
    return refuse("bind");
  const sockaddr_in to = address_of("127.0.0.1", door_.server().port);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
      errno != EINPROGRESS) {
    return refuse("connect");
  }
  to_write_ = true;
  loop_.watch(socket_, true, *this);
}

void CrowdLine::on_socket() {
  if (state_ == State::kConnecting) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return give_up(failure(Errc::kOffline, "connect", std::strerror(error)));
    ssl_ = SSL_new(door_.tls());
    ensure(ssl_ != nullptr);
    SSL_set_fd(ssl_, socket_);
    SSL_set_connect_state(ssl_);
    state_ = State::kShaking;
  }
  const auto went = [&]() -> Result<void> {
    if (state_ == State::kShaking) return shake();
    DAYBOOK_TRY(send());
    return receive();
  }();
  if (!went.ok()) return give_up(went.error());
  const bool to_write = !unsent_.empty();
  if (is_open() && to_write != std::exchange(to_write_, to_write))
    loop_.watch(socket_, to_write, *this);
}

Result<void> CrowdLine::shake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) {
    const int why = SSL_get_error(ssl_, result);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? success()
                                                                     : broken_by("handshake");
  }
  if (!is_pinned()) return failure(Errc::kUntrusted, "tls.pin");
  state_ = State::kIdle;
  opened_();
  return success();
}

bool CrowdLine::is_pinned() const {
  X509* certificate = SSL_get1_peer_certificate(ssl_);
  if (certificate == nullptr) return false;
  unsigned char* encoded = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
  X509_free(certificate);
  if (size <= 0) return false;
  const Digest pin = sha256({encoded, static_cast<std::size_t>(size)});
  OPENSSL_free(encoded);
  const auto& pins = door_.server().pins;
  return std::find(pins.begin(), pins.end(), pin) != pins.end();
}

Digest CrowdLine::channel() const {
  static constexpr std::string_view kLabel = "EXPORTER-daybook-channel";
  Digest value;
  ensure(SSL_export_keying_material(ssl_, value.raw.data(), value.raw.size(), kLabel.data(),
                                    kLabel.size(), nullptr, 0, 0) == 1);
  return value;
}

void CrowdLine::ask(const std::string& text) {
  ensure(state_ == State::kIdle);
  state_ = State::kAsking;
  reader_ = std::make_unique<ReplyReader>(kLimits, ReplyExpectation{8 << 20, false, false});
  unsent_ = text;
  // A failure is told by the socket: whoever has just asked is not called back at once.
  if (!send().ok()) unsent_.clear();
  if (!unsent_.empty() && !std::exchange(to_write_, true)) loop_.watch(socket_, true, *this);
}

void CrowdLine::request(const std::string& text, std::function<void(HttpReply)> replied) {
  replied_ = std::move(replied);
  ask(text);
}

void CrowdLine::follow(const std::string& text, int status, Heard heard) {
  status_ = status;
  head_.clear();
  heard_ = std::move(heard);
  ask(text);
}

Result<void> CrowdLine::hear(BytesView bytes) {
  if (status_ == 0) return heard_(bytes);
  head_.append(text_of(bytes));
  const auto end = head_.find("\r\n\r\n");
  if (end == std::string::npos) return success();
  if (head_.rfind("HTTP/1.1 " + std::to_string(status_) + " ", 0) != 0)
    return failure(Errc::kUntrusted, "stream", head_.substr(0, 40));
  status_ = 0;
  const std::string rest = std::exchange(head_, {}).substr(end + 4);
  return rest.empty() ? success() : heard_(view_of(rest));
}

Result<void> CrowdLine::send() {
  while (!unsent_.empty()) {
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_write_ex(ssl_, unsent_.data(), unsent_.size(), &size);
    if (result == 1) {
      unsent_.erase(0, size);
      continue;
    }
    const int why = SSL_get_error(ssl_, result);
    return why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ ? success()
                                                                     : broken_by("write");
  }
  return success();
}

Result<void> CrowdLine::receive() {
  static std::array<std::uint8_t, 16 * 1024> room;  // one thread, and what is read is used at once
  while (is_open()) {
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_read_ex(ssl_, room.data(), room.size(), &size);
    if (result != 1)
      return SSL_get_error(ssl_, result) == SSL_ERROR_WANT_READ ? success() : broken_by("read");
    DAYBOOK_TRY(take({room.data(), size}));
  }
  return success();
}

Result<void> CrowdLine::take(BytesView bytes) {
  if (state_ != State::kAsking) return failure(Errc::kUntrusted, "reply", "nobody has asked");
  if (heard_) return hear(bytes);
  DAYBOOK_ASSIGN(const auto used, reader_->feed(bytes));
  if (used != bytes.size()) return failure(Errc::kUntrusted, "reply", "more than was asked for");
  if (!reader_->complete()) return success();
  HttpReply reply = reader_->take_reply();
  const bool ends = reader_->ends_connection();
  reader_.reset();
  state_ = State::kIdle;
  const auto replied = std::move(replied_);
  if (ends) close();  // in good order: whoever asks next opens it again
  replied(std::move(reply));
  return success();
}

}  // namespace daybook::bench
