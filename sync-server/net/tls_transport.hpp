// SPDX-License-Identifier: Apache-2.0
// One TLS connection over a socket that never blocks. Owned by an HttpSession, used on the loop
// thread only. Idle connections hold no buffers (17 kB each, all of it OpenSSL's; measured over
// 900): the socket is waited for, not read into memory, and what OpenSSL encrypts is collected here
// only until the kernel takes it. Records are small at first, because a line that breaks early
// loses every record that is not whole. Does not wait and knows no deadlines: the session does.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/fixed_bytes.hpp"

struct bio_st;
struct ssl_st;
struct ssl_ctx_st;

namespace daybook {

class TlsTransport {
 public:
  enum class Step : std::uint8_t {
    kDone,   // it went through, at least in part
    kAgain,  // nothing moved: wait for the socket to become readable (flush: writable)
    kEnded,  // the peer has closed
    kFailed  // not TLS, forged, or the socket is broken
  };

  TlsTransport(boost::asio::ip::tcp::socket socket, ssl_ctx_st* context);
  ~TlsTransport();
  TlsTransport(const TlsTransport&) = delete;
  TlsTransport& operator=(const TlsTransport&) = delete;

  // Each may leave bytes for flush().
  Step handshake();
  Step read(std::span<std::uint8_t> into, std::size_t& size);
  // Takes at most one record's worth. REQUIRES: has_room(), not empty.
  Step write(BytesView from, std::size_t& size);
  // Says goodbye inside TLS; does not wait for the other's.
  void write_goodbye();

  // Hands the kernel what is encrypted. kDone: nothing is left.
  Step flush();
  bool has_room() const { return out_.size() - out_at_ < kOutMax; }
  bool flushed() const { return out_at_ == out_.size(); }

  // Bytes that are not TLS any more, after the goodbye.
  Step discard(std::span<std::uint8_t> scratch, std::size_t& size);

  Digest channel() const;  // zero until the handshake is done
  bool resumed() const;
  std::uint64_t bytes_sent() const { return bytes_sent_; }  // as the kernel took them
  std::uint64_t bytes_received() const { return bytes_received_; }
  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  friend struct TlsTransportBio;
  static constexpr std::size_t kOutMax = 32 * 1024;

  Step step_of(int result);
  std::size_t record_size_max() const;

  boost::asio::ip::tcp::socket socket_;
  ssl_st* ssl_;
  std::string out_;
  std::size_t out_at_ = 0;
  std::uint64_t bytes_sent_ = 0;
  std::uint64_t bytes_received_ = 0;
  std::uint64_t payload_written_ = 0;
};

}  // namespace daybook
