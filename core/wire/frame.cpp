// SPDX-License-Identifier: Apache-2.0
#include "core/wire/frame.hpp"

#include <zstd.h>

#include <algorithm>
#include <memory>
#include <string>

#include "core/base/ensure.hpp"
#include "core/wire/limits.hpp"

namespace daybook::wire {
namespace {

constexpr std::uint8_t kPlain = 0x00;
constexpr std::uint8_t kZstd = 0x01;
constexpr std::uint32_t kZstdMagic = 0xFD2FB528;
constexpr std::size_t kRatioFreeSize = 64 << 10;  // below this nobody is hurt by a high ratio

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// What a frame of this many packed bytes may become.
std::size_t output_max(std::size_t packed, std::size_t size_max) {
  const std::size_t by_ratio = packed > size_max / kRatioMax ? size_max : packed * kRatioMax;
  return std::min(size_max, std::max(kRatioFreeSize, by_ratio));
}

bool starts_with_magic(BytesView packed) {
  if (packed.size() < 4) return false;
  std::uint32_t magic = 0;
  for (std::size_t i = 4; i-- > 0;) magic = (magic << 8) | packed[i];
  return magic == kZstdMagic;
}

Error too_large(std::size_t packed, std::size_t size_max) {
  const auto most = output_max(packed, size_max);
  return failure(Errc::kTooLarge, "frame",
                 most == size_max
                     ? "unpacks to more than " + std::to_string(size_max) + " bytes"
                     : "unpacks to more than " + std::to_string(kRatioMax) + " times its size");
}

Result<Bytes> decompress(BytesView packed, std::size_t size_max) {
  // A skippable frame or one of another version has another magic.
  if (!starts_with_magic(packed)) return failure(Errc::kInvalid, "frame", "not a zstd frame");
  const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  ensure(context != nullptr);
  ensure(!ZSTD_isError(ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowLogMax)));

  const std::size_t most = output_max(packed.size(), size_max);
  const auto declared = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (declared == ZSTD_CONTENTSIZE_ERROR)
    return failure(Errc::kInvalid, "frame", "not a zstd frame");
  const bool says_size = declared != ZSTD_CONTENTSIZE_UNKNOWN;
  if (says_size && declared > most) return too_large(packed.size(), size_max);

  // With the whole output at hand zstd needs no window of its own.
  Bytes message(says_size ? static_cast<std::size_t>(declared)
                          : std::min(most, ZSTD_DStreamOutSize()));
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  ZSTD_outBuffer out{message.data(), message.size(), 0};
  for (;;) {
    const auto before = in.pos + out.pos;
    const auto left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left)) return failure(Errc::kInvalid, "frame", ZSTD_getErrorName(left));
    if (left == 0) break;
    if (in.pos + out.pos != before) continue;
    // No progress: it wants more input, or more room.
    if (out.pos < out.size) return failure(Errc::kInvalid, "frame", "ends too early");
    if (message.size() == most) return too_large(packed.size(), size_max);
    message.resize(std::min(most, message.size() * 2));
    out.dst = message.data();
    out.size = message.size();
  }
  if (in.pos != in.size)
    return failure(Errc::kInvalid, "frame", std::to_string(in.size - in.pos) + " bytes too many");
  message.resize(out.pos);
  return message;
}

}  // namespace

Bytes as_it_is(BytesView message) {
  Bytes frame;
  frame.reserve(1 + message.size());
  frame.push_back(kPlain);
  frame.insert(frame.end(), message.begin(), message.end());
  return frame;
}

Bytes pack(BytesView message, Effort effort) {
  Bytes frame(1 + ZSTD_compressBound(message.size()));
  frame[0] = kZstd;
  const auto size = ZSTD_compress(frame.data() + 1, frame.size() - 1, message.data(),
                                  message.size(), static_cast<int>(effort));
  ensure(!ZSTD_isError(size));
  // What shrinks so far that the other side would take it for a bomb goes as it is.
  if (size >= message.size() || message.size() > output_max(size, message.size()))
    return as_it_is(message);
  frame.resize(1 + size);
  return frame;
}

Result<Bytes> unpack(BytesView frame, std::size_t size_max) {
  if (frame.empty()) return failure(Errc::kInvalid, "frame", "empty");
  const auto packed = frame.subspan(1);
  if (frame[0] == kZstd) return decompress(packed, size_max);
  if (frame[0] != kPlain)
    return failure(Errc::kInvalid, "frame",
                   "packed in an unknown way: " + std::to_string(frame[0]));
  if (packed.size() > size_max) {
    return failure(Errc::kTooLarge, "frame",
                   std::to_string(packed.size()) + " bytes, at most " + std::to_string(size_max));
  }
  return copy_of(packed);
}

}  // namespace daybook::wire
