// SPDX-License-Identifier: Apache-2.0
// TLS 1.3 as a phone speaks it: short hellos, a pin set instead of authorities, and the last ticket
// kept for the next connection. Owned by HttpsClient; its thread only. No sockets here: bytes in,
// bytes out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;
struct x509_st;

namespace daybook {

// The context: pins and ticket, for as many conversations as follow each other.
class PinnedTls {
 public:
  explicit PinnedTls(std::vector<Digest> pins);
  ~PinnedTls();
  PinnedTls(const PinnedTls&) = delete;
  PinnedTls& operator=(const PinnedTls&) = delete;

  bool good() const { return context_ != nullptr && !pins_.empty(); }
  bool is_pinned(x509_st* certificate) const;
  void forget_ticket();

 private:
  friend class TlsTalk;
  friend struct PinnedTlsCallbacks;

  const std::vector<Digest> pins_;
  ssl_ctx_st* context_ = nullptr;
  ssl_session_st* ticket_ = nullptr;
};

// One conversation. What is to go over the line gathers in `outgoing`; what came is fed with
// `take_in`.
class TlsTalk {
 public:
  // `name` goes into the hello when it is a name; empty for an address.
  TlsTalk(PinnedTls& tls, const std::string& name);
  ~TlsTalk();
  TlsTalk(const TlsTalk&) = delete;
  TlsTalk& operator=(const TlsTalk&) = delete;

  // True when the handshake is done and the server's key is in the pin set, false while more must
  // come in.
  Result<bool> shake_hands();
  void take_in(BytesView from_line);
  std::string take_outgoing();

  // Encrypts at most one record of it; returns how much that was.
  Result<std::size_t> write(BytesView plain);
  // 0: nothing whole has come in. kCut: the server said goodbye.
  Result<std::size_t> read(std::span<std::uint8_t> into);
  void write_goodbye();

  Digest channel() const;
  bool resumed() const;

 private:
  Error broken(const char* where) const;

  PinnedTls& tls_;
  ssl_st* ssl_ = nullptr;
  std::uint64_t written_ = 0;
};

}  // namespace daybook
