// SPDX-License-Identifier: Apache-2.0
// The server's one way to call out: a request over HTTPS, and its whole reply. Blocks, so it is for
// worker threads, never for the loop or the core; each call has its own connection and no state
// stays behind. Who answers is always verified: chain and name, TLS 1.2 or later, and nothing here
// turns that off. Plain http only to this machine itself. Redirects are handed back, not followed:
// where a secret goes is decided by who wrote the URL, not by who answered it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "sync-server/http/message.hpp"

namespace daybook {

struct OutCall {
  std::string method = "GET";
  std::string url;
  // Beside these, Host, Content-Length and Connection are said here and refused from callers.
  std::vector<http::Header> headers;
  Bytes body;
  // For everything together: name, connection, handshake, sending and the reply.
  std::int64_t timeout_ms = 10'000;
  std::size_t reply_size_max = 256 * 1024;  // of the body; a head is at most 16 KiB
};

struct OutReply {
  int status = 0;
  std::vector<http::Header> headers;  // names in lower case
  Bytes body;

  const std::string* find_header(std::string_view lower_case_name) const;
};

// Whom to believe.
struct OutTrust {
  std::string ca_file;  // PEM; only these are believed then. Empty: the system's authorities.
};

// Any status is an answer. What went wrong is named by the error's field:
//   url, method, headers   kInvalid, before anything was sent
//   trust                  kInvalid: the CA file cannot be read
//   resolve, connect       kOffline
//   certificate            kUntrusted: chain, name or date
//   handshake              kUntrusted: not TLS, or none that we speak
//   send, reply            kCut: the line broke; kInvalid: not HTTP; kTooLarge: `detail` says which
//   any stage              kTimedOut: where it stood when the time was over
// kBusy at `resolve`: too many names are still being looked up by calls that gave up.
Result<OutReply> call_out(const OutCall& call, const OutTrust& trust);

}  // namespace daybook
