// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/tls_transport.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "core/base/ensure.hpp"

namespace daybook {

// OpenSSL's way to the socket. Its own socket BIO would raise SIGPIPE when the peer is gone, and
// write each record by itself.
struct TlsTransportBio {
  static int read(BIO* bio, char* into, int size) {
    auto& self = *static_cast<TlsTransport*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const auto got =
        ::recv(self.socket_.native_handle(), into, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (got > 0) self.bytes_received_ += static_cast<std::uint64_t>(got);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
      BIO_set_retry_read(bio);
    return static_cast<int>(got);
  }
  static int write(BIO* bio, const char* from, int size) {
    auto& self = *static_cast<TlsTransport*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    self.out_.append(from, static_cast<std::size_t>(size));
    return size;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    // Lives as long as the process, like every method table of OpenSSL.
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* fresh =
          BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "daybook socket");
      ensure(fresh != nullptr);
      BIO_meth_set_read(fresh, read);
      BIO_meth_set_write(fresh, write);
      BIO_meth_set_ctrl(fresh, control);
      return fresh;
    }();
    return made;
  }
};

TlsTransport::TlsTransport(boost::asio::ip::tcp::socket socket, ssl_ctx_st* context)
    : socket_(std::move(socket)), ssl_(SSL_new(context)) {
  ensure(ssl_ != nullptr);
  BIO* bio = BIO_new(TlsTransportBio::method());
  ensure(bio != nullptr);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_accept_state(ssl_);
}

TlsTransport::~TlsTransport() {
  // Else OpenSSL strikes out the session of a connection that broke: the very one that will be
  // resumed.
  SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
}

TlsTransport::Step TlsTransport::step_of(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE: return Step::kDone;
    case SSL_ERROR_WANT_READ: return Step::kAgain;
    case SSL_ERROR_ZERO_RETURN: return Step::kEnded;
    default: return Step::kFailed;
  }
}

TlsTransport::Step TlsTransport::handshake() {
  ERR_clear_error();
  const auto step = step_of(SSL_do_handshake(ssl_));
  // The phone keeps the ticket it has: a new one at every reconnect would cost 79 bytes of the
  // 2,000 that a bad line gives.
  if (step == Step::kAgain && SSL_session_reused(ssl_) == 1) SSL_set_num_tickets(ssl_, 0);
  return step;
}

TlsTransport::Step TlsTransport::read(std::span<std::uint8_t> into, std::size_t& size) {
  ERR_clear_error();
  size = 0;
  return step_of(SSL_read_ex(ssl_, into.data(), into.size(), &size));
}

// 256 bytes cost 22 more as a record, 8 %; a break costs half a record on average. Past the first
// kilobytes the line has proved itself.
std::size_t TlsTransport::record_size_max() const {
  if (payload_written_ < 4096) return 256;
  if (payload_written_ < 65536) return 1360;
  return 16384;
}

TlsTransport::Step TlsTransport::write(BytesView from, std::size_t& size) {
  ERR_clear_error();
  size = 0;
  const auto step =
      step_of(SSL_write_ex(ssl_, from.data(), std::min(from.size(), record_size_max()), &size));
  payload_written_ += size;
  return step == Step::kAgain ? Step::kFailed
                              : step;  // the BIO takes everything, so it cannot wait
}

void TlsTransport::write_goodbye() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_) == 1) SSL_shutdown(ssl_);
}

TlsTransport::Step TlsTransport::flush() {
  while (out_at_ < out_.size()) {
    const auto sent = ::send(socket_.native_handle(), out_.data() + out_at_, out_.size() - out_at_,
                             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Step::kAgain : Step::kFailed;
    out_at_ += static_cast<std::size_t>(sent);
    bytes_sent_ += static_cast<std::uint64_t>(sent);
  }
  out_ = std::string();  // gives the memory back
  out_at_ = 0;
  return Step::kDone;
}

TlsTransport::Step TlsTransport::discard(std::span<std::uint8_t> scratch, std::size_t& size) {
  const auto got = ::recv(socket_.native_handle(), scratch.data(), scratch.size(), MSG_DONTWAIT);
  size = got > 0 ? static_cast<std::size_t>(got) : 0;
  if (got > 0) return Step::kDone;
  if (got == 0) return Step::kEnded;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Step::kAgain : Step::kFailed;
}

Digest TlsTransport::channel() const {
  static constexpr std::string_view kLabel = "EXPORTER-daybook-channel";
  Digest value;
  if (SSL_is_init_finished(ssl_) != 1 ||
      SSL_export_keying_material(ssl_, value.raw.data(), value.raw.size(), kLabel.data(),
                                 kLabel.size(), nullptr, 0, 0) != 1) {
    return {};
  }
  return value;
}

bool TlsTransport::resumed() const { return SSL_session_reused(ssl_) == 1; }

}  // namespace daybook
