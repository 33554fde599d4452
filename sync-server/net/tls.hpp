// SPDX-License-Identifier: Apache-2.0
// The office's key, its certificate and the TLS context made of them. Used by the listener; app
// makes the pair at `daybookd init` and prints the pin into enrolment codes. Any thread; a context
// is handed out read-only. Does not judge clients: phones prove their device key above TLS, people
// a password.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"
#include "sync-server/net/limits.hpp"

struct ssl_ctx_st;

namespace daybook {

struct PemPair {
  std::string key;
  std::string certificate;
};

// A fresh P-256 key and a certificate for it, signed by itself, good for ten years: trust comes
// from the pin, not from the date. `names` are host names and IP addresses, e.g. {"depot.example",
// "192.0.2.7"}. The certificate has no more in it than a browser needs, because every byte of it
// travels at each first contact (about 370 bytes in DER).
Result<PemPair> make_self_signed(std::string_view common_name,
                                 const std::vector<std::string>& names);

// Writes both; the key is readable by its owner only. kAlreadyExists when either file is there: a
// key is never overwritten.
Result<void> write_pem_files(const PemPair& pair, const std::string& key_file,
                             const std::string& certificate_file);

// SHA-256 of the SubjectPublicKeyInfo: survives a renewed certificate over the same key. The text
// may hold a chain; the first counts.
Result<Digest> spki_pin(std::string_view certificate_pem);
Result<Digest> spki_pin_of_file(const std::string& certificate_file);

// What a certificate says of itself: until when, and for whom ("DNS:depot.example, IP Address:…").
struct CertificateFacts {
  std::int64_t not_after_ms = 0;
  std::string names;
};
Result<CertificateFacts> certificate_facts(const std::string& certificate_file);

using TlsContext = std::shared_ptr<ssl_ctx_st>;

// TLS 1.3 only, one small ticket per full handshake, none on resumption. Errors name the file.
//
// Bytes on the line with OpenSSL 3.0 and a phone of ours, both directions together (printed and
// bounded by tests/unit/client-lib/net/carrier_cost_test.cpp; a certificate with one host name and
// one address):
//   full    up 245  down 752  = 997, of which the ticket 79
//   resumed up 324  down 225  = 549
Result<TlsContext> make_tls_context(const std::string& key_file,
                                    const std::string& certificate_file, const HttpLimits& limits);

}  // namespace daybook
