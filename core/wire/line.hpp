// SPDX-License-Identifier: Apache-2.0
// The packets of the line, the two-way stream between one phone and the office (PROTOCOL.md §15):
// cut out of a stream of bytes, and packed against what the same end said last, so that what does
// not change from message to message costs nothing. Both ends use the same pieces, one LineTalk for
// each direction. Not for sharing between threads.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace daybook::wire {

inline constexpr std::string_view kLineProtocol = "daybook-line/1";

// The line is for short talk: what is longer goes by an exchange, which survives a break. Bytes,
// unpacked.
inline constexpr std::size_t kLineAskSizeMax = 16 << 10;
inline constexpr std::size_t kLineAnswerSizeMax = 64 << 10;
// A packet may be a little longer than what is in it. Both directions.
inline constexpr std::size_t kLinePayloadSizeMax = kLineAnswerSizeMax + 1024;
// A message longer than this is not remembered: ten thousand lines remember two each.
inline constexpr std::size_t kLineMemoryMax = 2048;

enum class LineKind : std::uint8_t {
  kStillHere = 0,  // both ways, empty
  kTalk = 1,       // up: a sync request; down: its reply
  kBell = 2,       // down, empty: something moved, ask
  kPage = 3,       // down: a live page
  kRefusal = 4,    // down: an error message in place of a reply; not packed
};

struct LinePacket {
  LineKind kind = LineKind::kStillHere;
  Bytes payload;
};

Bytes line_packet(LineKind kind, BytesView payload = {});

// Finds the packets in what arrives. kInvalid: an unknown kind, or a length that is not in its
// shortest form; kTooLarge. After an error the line is worth nothing.
class LineReader {
 public:
  explicit LineReader(std::size_t payload_size_max) : payload_size_max_(payload_size_max) {}

  void feed(BytesView bytes) { held_.insert(held_.end(), bytes.begin(), bytes.end()); }
  // Nothing while the next packet is not whole.
  Result<std::optional<LinePacket>> next();
  std::size_t held() const { return held_.size(); }

 private:
  std::size_t payload_size_max_;
  Bytes held_;
};

// One direction. The receiver unpacks in the order in which the sender packed, or what it makes is
// nonsense.
class LineTalk {
 public:
  // `answered`: the message of the other end to which this one is the reply; empty when it is none.
  Bytes pack(BytesView message, BytesView answered = {});
  Result<Bytes> unpack(BytesView payload, std::size_t size_max, BytesView answered = {});

 private:
  Bytes known_to_both(BytesView answered) const;
  void remember(BytesView message);

  Bytes last_;
};

}  // namespace daybook::wire
