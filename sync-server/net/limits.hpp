// SPDX-License-Identifier: Apache-2.0
// Every limit of the office's HTTP door, in one place, each with its reason. Read by listener,
// session and parser; filled by app from the configuration, which may only lower them, save the two
// numbers of connections (`problem` names a field that was raised). Plain values, no thread rule.
// Does not hold what a phone may send inside a body: that is core/model/limits.hpp and
// core/wire/limits.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace daybook {

struct HttpLimits {
  // The head. 8 KiB is what Beast and most proxies take; our own phones need 400 bytes.
  std::size_t head_size_max = 8 * 1024;
  std::size_t fields_max = 64;
  // An identity provider hands a browser back to us with a code in the address, of up to 2 KiB.
  std::size_t target_size_max = 4 * 1024;

  // The body: a push batch of 4 MiB with its envelope, or a form of the console. Beyond it the
  // answer is 413, before a byte is read.
  std::size_t body_size_max = 4 * 1024 * 1024 + 64 * 1024;
  // JSON: what the widest door takes, a rule set. Every route says its own, less, before a byte of
  // the body is read (auth/policy.cpp).
  std::size_t json_size_max = 4 * 1024 * 1024 + 64 * 1024;
  // All bodies that are arriving at one moment, together. Beyond it: 503. Memory grows with what
  // came, not with what was announced.
  std::size_t bodies_size_max = 256 * 1024 * 1024;

  // Time. The head must be whole this long after its first byte (or after the handshake, for the
  // first).
  std::int64_t handshake_ms_max = 10'000;
  std::int64_t head_ms_max = 10'000;
  // Body and reply: in each window so many bytes must have moved, or the connection ends. A line of
  // 2 kbit/s still passes.
  std::int64_t rate_window_ms = 30'000;
  std::size_t rate_bytes_per_s_min = 256;
  std::int64_t transfer_ms_max = 15 * 60 * 1000;
  // How long the house may think. Then 503, and the connection ends, because a late answer would
  // meet the next question.
  std::int64_t answer_ms_max = 120'000;
  // Between two requests. Phones that want to hear more keep a stream.
  std::int64_t idle_ms_max = 75'000;
  // After a refusal we read what is still coming and throw it away, so that the refusal is not lost
  // to a reset.
  std::int64_t linger_ms_max = 2'000;
  std::size_t linger_size_max = 1024 * 1024;
  // A stop lets requests in flight finish.
  std::int64_t stop_ms_max = 5'000;

  // Connections. A listening phone holds one, a phone at work two: so many carry 10,000 phones of
  // which half are at work, within the 20,000 files of the unit. A peer is an IPv4 address or an
  // IPv6 /64; a whole depot with two connections for each phone may sit behind one address. An
  // operator may set both, up to the ceiling: beyond, one loop thread would not follow.
  static constexpr std::size_t kConnectionsCeiling = 100'000;
  std::size_t connections_max = 16'000;
  std::size_t connections_per_peer_max = 1'024;
  std::size_t requests_per_connection_max = 1'000;
  // Resumable TLS sessions that the office remembers (about 1 KiB each), and for how long.
  std::size_t tls_sessions_max = 4'096;
  std::int64_t tls_session_s_max = 24 * 60 * 60;

  // What a connection may become (exactly this, by GET). Empty: nothing; every other upgrade is a
  // way around the framing.
  std::string_view upgrade;

  // Live streams. A reader that lets this much wait is cut off: it will ask again and miss nothing,
  // the bell carries no truth.
  std::size_t stream_unsent_size_max = 64 * 1024;
  // Shorter than the 30 s after which carrier-grade NATs begin to forget a silent connection.
  std::int64_t stream_ping_ms = 25'000;

  // The first field that is zero or above its default (of the connections: above the ceiling), or
  // "" when all is well.
  std::string_view problem() const;
};

}  // namespace daybook
