// SPDX-License-Identifier: Apache-2.0
#include "core/wire/line.hpp"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "core/base/ensure.hpp"
#include "core/wire/limits.hpp"

namespace daybook::wire {
namespace {

constexpr std::uint8_t kPlain = 0x00;
constexpr std::uint8_t kAgainstMemory = 0x02;
// Always the same, so it does not travel.
constexpr std::array<std::uint8_t, 4> kMagic = {0x28, 0xB5, 0x2F, 0xFD};
constexpr int kLevel = 5;
constexpr std::size_t kLengthBytesMax = 3;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// One for each thread that packs: making one costs more than packing a small message with it.
ZSTD_CCtx* packer() {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  ensure(context != nullptr);
  ensure(!ZSTD_isError(ZSTD_CCtx_reset(context.get(), ZSTD_reset_session_and_parameters)));
  return context.get();
}

ZSTD_DCtx* unpacker() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  ensure(context != nullptr);
  ensure(!ZSTD_isError(ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_and_parameters)));
  return context.get();
}

}  // namespace

Bytes line_packet(LineKind kind, BytesView payload) {
  Bytes packet;
  packet.reserve(1 + kLengthBytesMax + payload.size());
  packet.push_back(static_cast<std::uint8_t>(kind));
  std::size_t rest = payload.size();
  for (; rest >= 0x80; rest >>= 7) packet.push_back(static_cast<std::uint8_t>(rest | 0x80));
  packet.push_back(static_cast<std::uint8_t>(rest));
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

Result<std::optional<LinePacket>> LineReader::next() {
  if (held_.empty()) return std::optional<LinePacket>{};
  if (held_[0] > static_cast<std::uint8_t>(LineKind::kRefusal))
    return failure(Errc::kInvalid, "line.kind", std::to_string(held_[0]));
  std::size_t length = 0;
  std::size_t at = 1;
  for (;; ++at) {
    if (at > kLengthBytesMax) return failure(Errc::kTooLarge, "line.length");
    if (at == held_.size()) return std::optional<LinePacket>{};
    length |= static_cast<std::size_t>(held_[at] & 0x7f) << (7 * (at - 1));
    if ((held_[at] & 0x80) == 0) break;
  }
  if (at > 1 && held_[at] == 0) return failure(Errc::kInvalid, "line.length");
  ++at;
  if (length > payload_size_max_)
    return failure(Errc::kTooLarge, "line.length", std::to_string(payload_size_max_));
  if (held_.size() - at < length) return std::optional<LinePacket>{};
  const auto begin = held_.begin() + static_cast<std::ptrdiff_t>(at);
  const auto end = begin + static_cast<std::ptrdiff_t>(length);
  LinePacket packet{static_cast<LineKind>(held_[0]), Bytes(begin, end)};
  held_.erase(held_.begin(), end);
  if (held_.empty()) held_ = Bytes();  // ten thousand resting lines keep no buffers
  return std::optional(std::move(packet));
}

Bytes LineTalk::known_to_both(BytesView answered) const {
  Bytes known = last_;
  if (answered.size() <= kLineMemoryMax)
    known.insert(known.end(), answered.begin(), answered.end());
  return known;
}

void LineTalk::remember(BytesView message) {
  last_ = message.size() <= kLineMemoryMax ? copy_of(message) : Bytes();
}

Bytes LineTalk::pack(BytesView message, BytesView answered) {
  const Bytes known = known_to_both(answered);
  remember(message);
  ZSTD_CCtx* const context = packer();
  ensure(!ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel)));
  ensure(!ZSTD_isError(ZSTD_CCtx_refPrefix(context, known.data(), known.size())));
  Bytes packed(ZSTD_compressBound(message.size()));
  const auto size =
      ZSTD_compress2(context, packed.data(), packed.size(), message.data(), message.size());
  ensure(!ZSTD_isError(size) && std::equal(kMagic.begin(), kMagic.end(), packed.begin()));
  Bytes payload;
  if (size - kMagic.size() >= message.size()) {
    payload.push_back(kPlain);
    payload.insert(payload.end(), message.begin(), message.end());
    return payload;
  }
  payload.push_back(kAgainstMemory);
  payload.insert(payload.end(), packed.begin() + kMagic.size(),
                 packed.begin() + static_cast<std::ptrdiff_t>(size));
  return payload;
}

Result<Bytes> LineTalk::unpack(BytesView payload, std::size_t size_max, BytesView answered) {
  if (payload.empty()) return failure(Errc::kInvalid, "line.payload", "empty");
  const BytesView rest = payload.subspan(1);
  if (payload[0] == kPlain) {
    if (rest.size() > size_max)
      return failure(Errc::kTooLarge, "line.payload", std::to_string(size_max));
    remember(rest);
    return copy_of(rest);
  }
  if (payload[0] != kAgainstMemory)
    return failure(Errc::kInvalid, "line.payload",
                   "packed in an unknown way: " + std::to_string(payload[0]));
  Bytes packed(kMagic.begin(), kMagic.end());
  packed.insert(packed.end(), rest.begin(), rest.end());
  const auto declared = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (declared == ZSTD_CONTENTSIZE_ERROR || declared == ZSTD_CONTENTSIZE_UNKNOWN)
    return failure(Errc::kInvalid, "line.payload", "no frame that says its size");
  if (declared > size_max)
    return failure(Errc::kTooLarge, "line.payload", std::to_string(size_max));
  const Bytes known = known_to_both(answered);
  ZSTD_DCtx* const context = unpacker();
  ensure(!ZSTD_isError(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, kWindowLogMax)));
  ensure(!ZSTD_isError(ZSTD_DCtx_refPrefix(context, known.data(), known.size())));
  Bytes message(static_cast<std::size_t>(declared));
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  ZSTD_outBuffer out{message.data(), message.size(), 0};
  const auto left = ZSTD_decompressStream(context, &out, &in);
  if (ZSTD_isError(left)) return failure(Errc::kInvalid, "line.payload", ZSTD_getErrorName(left));
  if (left != 0 || in.pos != in.size || out.pos != out.size)
    return failure(Errc::kInvalid, "line.payload", "not one whole frame");
  remember(message);
  return message;
}

}  // namespace daybook::wire
