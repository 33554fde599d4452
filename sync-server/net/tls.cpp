// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/tls.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>

namespace daybook {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr std::size_t kPemSizeMax = 64 * 1024;

Error openssl_failure(std::string field) {
  char reason[160] = "no reason given";
  if (const auto code = ERR_get_error(); code != 0) ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  return failure(Errc::kInvalid, std::move(field), reason);
}

std::string text_of(BIO* bio) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(bio, &start);
  return size > 0 ? std::string(start, static_cast<std::size_t>(size)) : std::string();
}

bool is_address(const std::string& name) {
  const std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>> address(
      a2i_IPADDRESS(name.c_str()));
  return address != nullptr;
}

// Host names only: no comma, colon or equals sign may change what the extension says.
bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '-' && c != '.') return false;
  }
  return true;
}

Result<std::string> alternative_names(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) {
    const bool address = is_address(name);
    if (!address && !is_host_name(name)) return failure(Errc::kInvalid, "names", name);
    list += list.empty() ? "" : ",";
    list += (address ? "IP:" : "DNS:") + name;
  }
  return list;
}

Result<void> fill_certificate(X509* certificate, EVP_PKEY* key, std::string_view common_name,
                              const std::string& names) {
  std::uint8_t serial[8];
  if (RAND_bytes(serial, sizeof serial) != 1) return openssl_failure("serial");
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7f) | 0x40);  // positive, never shortened
  const std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
  constexpr long kDay = 24 * 60 * 60;
  bool good = X509_set_version(certificate, X509_VERSION_3) == 1 &&
              BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr &&
              X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay) != nullptr &&
              X509_time_adj_ex(X509_getm_notAfter(certificate), 3650, 0, nullptr) != nullptr &&
              X509_set_pubkey(certificate, key) == 1;
  X509_NAME* name = X509_get_subject_name(certificate);
  good = good &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
  if (good && !names.empty()) {
    const Extension extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()));
    good = extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
  }
  if (!good || X509_sign(certificate, key, EVP_sha256()) == 0)
    return openssl_failure("certificate");
  return success();
}

Result<void> write_new_file(const std::string& path, const std::string& text, mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) {
    return failure(errno == EEXIST ? Errc::kAlreadyExists : Errc::kIo, path, std::strerror(errno));
  }
  std::size_t written = 0;
  while (written < text.size()) {
    const auto step = ::write(file, text.data() + written, text.size() - written);
    if (step < 0 && errno == EINTR) continue;
    if (step <= 0) break;
    written += static_cast<std::size_t>(step);
  }
  const bool good = written == text.size() && ::fsync(file) == 0;
  const int reason = errno;
  ::close(file);
  if (good) return success();
  ::unlink(path.c_str());
  return failure(reason == ENOSPC ? Errc::kDiskFull : Errc::kIo, path, std::strerror(reason));
}

// A client that names protocols and not ours is talking to somebody else (ALPACA); one that names
// none is a phone of ours.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned int in_size, void*) {
  static constexpr unsigned char kOurs[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<void> set_policy(SSL_CTX* context, const HttpLimits& limits) {
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  // The hybrid group is for browsers that offer it: its share is over 1 kB, and a phone on a bad
  // line does not ask for it.
#if OPENSSL_VERSION_NUMBER >= 0x30500000L
  constexpr const char* kGroups = "X25519:P-256:P-384:X25519MLKEM768";
#else
  constexpr const char* kGroups = "X25519:P-256:P-384";
#endif
  if (SSL_CTX_set_ciphersuites(
          context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") !=
          1 ||
      SSL_CTX_set1_groups_list(context, kGroups) != 1) {
    return openssl_failure("tls");
  }
  // NO_TICKET means, with TLS 1.3, a ticket that is only the 32-byte name of a session we remember:
  // a third of the bytes of one that carries the session. A restart forgets them, and phones shake
  // hands in full once.
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_num_tickets(context, 1);
  static constexpr unsigned char kPurpose[] = "daybook";
  SSL_CTX_set_session_id_context(context, kPurpose, sizeof kPurpose - 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size(context, static_cast<long>(limits.tls_sessions_max));
  SSL_CTX_set_timeout(context, static_cast<long>(limits.tls_session_s_max));
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return success();
}

}  // namespace

Result<PemPair> make_self_signed(std::string_view common_name,
                                 const std::vector<std::string>& names) {
  if (common_name.empty() || common_name.size() > 64)
    return failure(Errc::kInvalid, "common_name", "1 to 64 bytes");
  DAYBOOK_ASSIGN(const auto list, alternative_names(names));
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  if (!key || !certificate) return openssl_failure("key");
  DAYBOOK_TRY(fill_certificate(certificate.get(), key.get(), common_name, list));

  const Bio key_text(BIO_new(BIO_s_secmem()));
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  if (!key_text || !certificate_text ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1) {
    return openssl_failure("pem");
  }
  return PemPair{text_of(key_text.get()), text_of(certificate_text.get())};
}

Result<void> write_pem_files(const PemPair& pair, const std::string& key_file,
                             const std::string& certificate_file) {
  DAYBOOK_TRY(write_new_file(key_file, pair.key, S_IRUSR | S_IWUSR));
  return write_new_file(certificate_file, pair.certificate, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
}

Result<Digest> spki_pin(std::string_view certificate_pem) {
  if (certificate_pem.size() > kPemSizeMax)
    return failure(Errc::kTooLarge, "certificate", "64 KiB");
  const Bio in(BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  const Certificate certificate(in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)
                                   : nullptr);
  if (!certificate) return openssl_failure("certificate");
  unsigned char* encoded = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &encoded);
  if (size <= 0) return openssl_failure("certificate");
  Digest pin;
  SHA256(encoded, static_cast<std::size_t>(size), pin.raw.data());
  OPENSSL_free(encoded);
  return pin;
}

namespace {

Result<std::string> text_of_pem(const std::string& certificate_file) {
  std::ifstream file(certificate_file, std::ios::binary);
  if (!file) return failure(Errc::kNotFound, certificate_file, "cannot be opened");
  std::string text(kPemSizeMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

Result<Digest> spki_pin_of_file(const std::string& certificate_file) {
  DAYBOOK_ASSIGN(const auto text, text_of_pem(certificate_file));
  auto pin = spki_pin(text);
  if (!pin.ok()) return failure(pin.error().code, certificate_file, pin.error().detail);
  return pin;
}

Result<CertificateFacts> certificate_facts(const std::string& certificate_file) {
  DAYBOOK_ASSIGN(const auto text, text_of_pem(certificate_file));
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return openssl_failure(certificate_file);
  CertificateFacts facts;
  std::tm until{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &until) != 1)
    return openssl_failure(certificate_file);
  facts.not_after_ms = static_cast<std::int64_t>(::timegm(&until)) * 1000;
  const int at = X509_get_ext_by_NID(certificate.get(), NID_subject_alt_name, -1);
  if (at >= 0) {
    const Bio written(BIO_new(BIO_s_mem()));
    X509V3_EXT_print(written.get(), X509_get_ext(certificate.get(), at), 0, 0);
    char* data = nullptr;
    const long size = BIO_get_mem_data(written.get(), &data);
    if (size > 0) facts.names.assign(data, static_cast<std::size_t>(size));
  }
  return facts;
}

Result<TlsContext> make_tls_context(const std::string& key_file,
                                    const std::string& certificate_file, const HttpLimits& limits) {
  ERR_clear_error();
  const TlsContext context(SSL_CTX_new(TLS_server_method()), Freed<SSL_CTX_free>{});
  if (!context) return openssl_failure("tls");
  DAYBOOK_TRY(set_policy(context.get(), limits));
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    return openssl_failure(certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return openssl_failure(key_file);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) return openssl_failure(key_file);
  return context;
}

}  // namespace daybook
