// SPDX-License-Identifier: Apache-2.0
// Finds the bytes of requests in what a client sends, by the five-byte heads of TLS 1.3 records,
// across any chunking. Used by LineConnection to lose the reply to a request and not half a
// handshake. Decrypts nothing and trusts nothing: a stream that does not begin like TLS is simply
// not TLS, and every byte of it belongs to a request.
#pragma once

#include <cstddef>
#include <cstdint>

namespace daybook {

class TlsRecordCounter {
 public:
  // True when any of the bytes belongs to a request.
  bool see(const char* bytes, std::size_t count) {
    bool found = false;
    for (std::size_t at = 0; at < count; ++at) {
      if (body_left_ == 0) {
        see_head(static_cast<unsigned char>(bytes[at]));
        found = found || !is_tls_;
        continue;
      }
      const std::size_t skip = body_left_ < count - at ? body_left_ : count - at;
      body_left_ -= skip;
      at += skip - 1;
      found = found || in_request_;
    }
    return found;
  }

 private:
  void see_head(unsigned char byte) {
    constexpr unsigned char kHandshake = 0x16;
    constexpr unsigned char kApplication = 0x17;
    // An encrypted alert (close_notify) is two bytes, a type byte and a tag of sixteen; no request
    // is that short.
    constexpr std::size_t kAlertBytes = 19;
    if (!seen_any_) {
      seen_any_ = true;
      is_tls_ = byte == kHandshake;
    }
    if (!is_tls_) {
      return;
    }
    if (head_seen_ == 0) {
      is_application_ = byte == kApplication;
    }
    if (head_seen_ == 3) {
      body_length_ = static_cast<std::size_t>(byte) << 8U;
    }
    if (head_seen_ == 4) {
      body_left_ = body_length_ + byte;
      const bool counts = is_application_ && body_left_ > kAlertBytes;
      application_records_ += counts ? 1U : 0U;
      // The first application record a TLS 1.3 client sends is the end of its handshake.
      in_request_ = counts && application_records_ >= 2;
    }
    head_seen_ = (head_seen_ + 1) % 5;
  }

  bool seen_any_ = false;
  bool is_tls_ = false;
  bool is_application_ = false;
  bool in_request_ = false;
  int head_seen_ = 0;
  std::size_t body_length_ = 0;
  std::size_t body_left_ = 0;
  std::uint64_t application_records_ = 0;
};

}  // namespace daybook
