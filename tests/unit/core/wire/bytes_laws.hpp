// SPDX-License-Identifier: Apache-2.0
// What must hold of every message's bytes, whatever the message is: used by the tests of each
// message.
#pragma once

#include "core/base/bytes.hpp"
#include "core/base/hex.hpp"
#include "tests/support/catch.hpp"

namespace daybook::test {

// decode(encode(x)) is x, every beginning of encode(x) is refused, and so is anything behind it.
// `decode` is a decoder of message.hpp.
template <class Message, class Decode>
void check_laws_of(const Message& message, Decode decode) {
  const Bytes bytes = encode(message);
  const auto decoded = decode(bytes);
  REQUIRE(decoded.ok());
  CHECK(*decoded == message);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (decode(BytesView(bytes).first(size)).ok()) FAIL("accepted after " << size << " bytes");
  }
  auto longer = bytes;
  longer.push_back(0);
  CHECK_FALSE(decode(longer).ok());
}

// Flips every bit: what is still accepted must be encoded to the very same bytes again, so no two
// byte strings mean the same.
template <class Message, class Decode>
void check_one_form_of(const Message& message, Decode decode) {
  auto bytes = encode(message);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1 << bit));
      const auto decoded = decode(bytes);
      if (decoded.ok() && encode(*decoded) != bytes)
        FAIL("second form at byte " << at << ": " << to_hex(bytes));
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1 << bit));
    }
  }
}

}  // namespace daybook::test
