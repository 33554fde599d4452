// SPDX-License-Identifier: Apache-2.0
// HTTPS/1.1 to one server that is known by its key: blocking, one request at a time, on a
// connection that is kept. Used by Carrier, by the host's enrolment, by tools and tests. One thread
// at a time; `interrupt` from any other.
//
// The server must show a key whose SPKI is in the pin set, else not a byte of a request is sent
// (kUntrusted). There is no way to switch that off, and nothing else about the certificate is
// consulted: no authority, no name, no date, because the phone's clock may be years wrong and its
// trust store may hold an interceptor. Does not follow redirects, keep cookies, unpack contents or
// retry what may have been carried out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client-lib/net/limits.hpp"
#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

class RightOfWay;

struct ServerAddress {
  std::string host;  // name, IPv4 or IPv6 address without brackets
  std::uint16_t port = 0;
  std::vector<Digest> pins;  // SHA-256 of SubjectPublicKeyInfo; at least one
};

struct HttpHeader {
  std::string name;  // lower case in replies
  std::string value;
};

struct HttpCall {
  std::string_view method = "GET";
  std::string target = "/";         // path and query, percent-encoded
  std::vector<HttpHeader> headers;  // beside Host, Content-Length and Content-Type
  std::string_view content_type;
  BytesView body;
  std::size_t reply_size_max = 64 * 1024;
  // False: only on the connection that is open (its channel was signed); kCut when it is gone.
  bool may_connect = true;
};

struct HttpReply {
  int status = 0;  // 0: no head has arrived
  std::vector<HttpHeader> headers;
  Bytes body;

  const std::string* find_header(std::string_view lower_case_name) const;
  // Compares the media type, without its parameters.
  bool has_content_type(std::string_view lower_case_type) const;
};

struct HttpsCounters {
  std::uint64_t connections = 0;  // that reached the end of the handshake
  std::uint64_t handshakes_resumed = 0;
  std::uint64_t line_up = 0;  // TLS bytes, handshakes included
  std::uint64_t line_down = 0;
  std::uint64_t body_up = 0;    // bytes of bodies handed to TLS
  std::uint64_t body_down = 0;  // bytes of bodies received
};

class HttpsClient {
 public:
  // `first`, borrowed for its life: whom everything on this line gives way to.
  explicit HttpsClient(ServerAddress address, const HttpsLimits& limits = {},
                       RightOfWay* first = nullptr);
  ~HttpsClient();
  HttpsClient(const HttpsClient&) = delete;
  HttpsClient& operator=(const HttpsClient&) = delete;

  // Makes sure of an open connection; one that the server has closed meanwhile is replaced.
  // kInvalid without pins. kOffline: nobody answers; kCut: the line broke; kTimedOut; kUntrusted: a
  // stranger; kClosed: interrupted.
  Result<void> connect();
  void disconnect();
  bool connected() const;
  // Counts connections: proofs are given once on each.
  std::uint64_t connection() const;
  // What a proof of the device key is bound to; zero when not connected.
  Digest channel() const;

  // A reply of any status is a value. On kCut, kTimedOut and kClosed, take_partial_reply() holds
  // what had arrived of it. A malformed reply is kUntrusted, one over reply_size_max kTooLarge; the
  // connection ends with every error.
  Result<HttpReply> request(const HttpCall& call);
  HttpReply take_partial_reply();
  // Of the last call's body, handed to TLS so far: an upper bound for what the server can have.
  std::size_t body_bytes_sent() const;

  // Asks that the connection becomes something else. After a reply of status 101 it carries bytes
  // both ways, by the three below, until one of them fails or disconnect(); any other reply is a
  // value too, and the connection stays HTTP.
  Result<HttpReply> upgrade(const HttpCall& call);
  Result<void> write_line(BytesView bytes);
  // What has come; nothing when nudged. kCut: the server ended it. kTimedOut: nothing within
  // silence_ms_max.
  Result<Bytes> read_line();
  // From any thread: the read_line() under way returns, or the next one.
  void nudge();

  // Waits; kClosed when interrupted meanwhile.
  Result<void> pause(std::int64_t ms);

  // The call under way, and every later one, returns kClosed until `allow`. From any thread.
  void interrupt();
  void allow();

  HttpsCounters counters() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace daybook
