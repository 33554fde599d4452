// SPDX-License-Identifier: Apache-2.0
#include "client-lib/net/pinned_tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <string_view>

#include "core/crypto/sha256.hpp"

namespace daybook {

struct PinnedTlsCallbacks {
  // Stands in for the whole chain verification of OpenSSL, so it is the only judge and cannot be
  // skipped.
  static int check_pin(X509_STORE_CTX* store, void* argument) {
    const auto& tls = *static_cast<const PinnedTls*>(argument);
    if (tls.is_pinned(X509_STORE_CTX_get0_cert(store))) return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  }
  static int keep_ticket(SSL* ssl, SSL_SESSION* session) {
    auto& tls = *static_cast<PinnedTls*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    tls.forget_ticket();
    tls.ticket_ = session;
    return 1;  // ours to free
  }
};

namespace {

// Every name here is two bytes in every hello.
//  - X25519 alone has its share sent along. The hybrid groups of newer OpenSSL would add 1.2 kB
//  each way: on a
//    line that breaks every
//    2,000 bytes no hello would ever get through.
//  - RSA for offices that bring a certificate of their own authority.
bool set_policy(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_ENCRYPT_THEN_MAC | SSL_OP_NO_EXTENDED_MASTER_SECRET);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  return SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256") ==
             1 &&
         SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1 &&
         SSL_CTX_set1_sigalgs_list(
             context,
             "ecdsa_secp256r1_sha256:ed25519:rsa_pss_rsae_sha256:ecdsa_secp384r1_sha384:"
             "rsa_pkcs1_sha256") == 1;
}

}  // namespace

PinnedTls::PinnedTls(std::vector<Digest> pins)
    : pins_(std::move(pins)), context_(SSL_CTX_new(TLS_client_method())) {
  if (context_ == nullptr || !set_policy(context_)) {
    SSL_CTX_free(context_);
    context_ = nullptr;
    return;
  }
  SSL_CTX_set_app_data(context_, this);
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context_, PinnedTlsCallbacks::check_pin, this);
  SSL_CTX_sess_set_new_cb(context_, PinnedTlsCallbacks::keep_ticket);
}

PinnedTls::~PinnedTls() {
  forget_ticket();
  SSL_CTX_free(context_);
}

void PinnedTls::forget_ticket() {
  SSL_SESSION_free(ticket_);
  ticket_ = nullptr;
}

bool PinnedTls::is_pinned(x509_st* certificate) const {
  if (certificate == nullptr) return false;
  unsigned char* encoded = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
  if (size <= 0) return false;
  const Digest pin = sha256({encoded, static_cast<std::size_t>(size)});
  OPENSSL_free(encoded);
  return std::find(pins_.begin(), pins_.end(), pin) != pins_.end();
}

TlsTalk::TlsTalk(PinnedTls& tls, const std::string& name) : tls_(tls), ssl_(SSL_new(tls.context_)) {
  ensure(ssl_ != nullptr);
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  ensure(in != nullptr && out != nullptr);
  BIO_set_mem_eof_return(in, -1);
  SSL_set_bio(ssl_, in, out);
  SSL_set_connect_state(ssl_);
  if (!name.empty()) SSL_set_tlsext_host_name(ssl_, name.c_str());
  if (tls.ticket_ != nullptr) {
    // A copy: OpenSSL strikes out a ticket that was used, but when the line breaks there is no
    // other, and ours may be used again.
    SSL_SESSION* copy = SSL_SESSION_dup(tls.ticket_);
    if (copy != nullptr) SSL_set_session(ssl_, copy);
    SSL_SESSION_free(copy);
  }
}

TlsTalk::~TlsTalk() {
  // Else freeing it would strike out the session, which is the ticket we keep.
  SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
}

Error TlsTalk::broken(const char* where) const {
  char reason[160] = "not TLS";
  if (const auto code = ERR_peek_error(); code != 0)
    ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  return failure(Errc::kUntrusted, where, reason);
}

Result<bool> TlsTalk::shake_hands() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) {
    if (SSL_get_error(ssl_, result) == SSL_ERROR_WANT_READ) return false;
    const bool stranger = SSL_get_verify_result(ssl_) != X509_V_OK;
    return broken(stranger ? "tls.pin" : "tls");
  }
  // On resumption no certificate travels; the ticket stands for the one that was seen with it, and
  // that one is asked again.
  X509* certificate = SSL_get1_peer_certificate(ssl_);
  const bool pinned = tls_.is_pinned(certificate);
  X509_free(certificate);
  if (!pinned) {
    tls_.forget_ticket();
    return failure(Errc::kUntrusted, "tls.pin", "key is not in the pin set");
  }
  return true;
}

void TlsTalk::take_in(BytesView from_line) {
  std::size_t taken = 0;
  const int good = BIO_write_ex(SSL_get_rbio(ssl_), from_line.data(), from_line.size(), &taken);
  ensure(good == 1 && taken == from_line.size());
}

std::string TlsTalk::take_outgoing() {
  BIO* out = SSL_get_wbio(ssl_);
  std::string bytes(BIO_ctrl_pending(out), '\0');
  std::size_t got = 0;
  if (!bytes.empty() && BIO_read_ex(out, bytes.data(), bytes.size(), &got) != 1) got = 0;
  bytes.resize(got);
  return bytes;
}

Result<std::size_t> TlsTalk::write(BytesView plain) {
  // Small records first: a break in the middle of a record loses all of it. See the office's
  // TlsTransport for the arithmetic.
  const std::size_t record_size_max = written_ < 4096 ? 256 : written_ < 65536 ? 1360 : 16384;
  ERR_clear_error();
  std::size_t size = 0;
  if (SSL_write_ex(ssl_, plain.data(), std::min(plain.size(), record_size_max), &size) != 1)
    return broken("tls");
  written_ += size;
  return size;
}

Result<std::size_t> TlsTalk::read(std::span<std::uint8_t> into) {
  ERR_clear_error();
  std::size_t size = 0;
  const int result = SSL_read_ex(ssl_, into.data(), into.size(), &size);
  if (result == 1) return size;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return std::size_t{0};
    case SSL_ERROR_ZERO_RETURN: return failure(Errc::kCut, "tls", "the server closed");
    default: return broken("tls");
  }
}

void TlsTalk::write_goodbye() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_) == 1) SSL_shutdown(ssl_);
}

Digest TlsTalk::channel() const {
  static constexpr std::string_view kLabel = "EXPORTER-daybook-channel";
  Digest value;
  if (SSL_is_init_finished(ssl_) != 1 ||
      SSL_export_keying_material(ssl_, value.raw.data(), value.raw.size(), kLabel.data(),
                                 kLabel.size(), nullptr, 0, 0) != 1) {
    return {};
  }
  return value;
}

bool TlsTalk::resumed() const { return SSL_session_reused(ssl_) == 1; }

}  // namespace daybook
