// SPDX-License-Identifier: Apache-2.0
// Frames: what is packed comes back, and what would hurt is refused.
#include "core/wire/frame.hpp"

#include <zstd.h>

#include "core/wire/limits.hpp"
#include "core/wire/message.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/wire/samples.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr std::size_t kMax = 5 << 20;

// Bytes without any pattern that zstd could use.
Bytes noise(std::size_t size) {
  Bytes bytes(size);
  std::uint64_t state = 88172645463325252u;
  for (auto& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<std::uint8_t>(state >> 32);
  }
  return bytes;
}

// A frame made by hand, the way a stranger would.
Bytes zstd_frame(BytesView message, bool says_size, int window_log = 0) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, says_size ? 1 : 0);
  if (window_log != 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  Bytes frame(1 + ZSTD_compressBound(message.size()));
  frame[0] = 1;
  ZSTD_inBuffer in{message.data(), message.size(), 0};
  ZSTD_outBuffer out{frame.data() + 1, frame.size() - 1, 0};
  // In two calls, so that a frame without its size is made as a stream is.
  while (in.pos < in.size)
    REQUIRE_FALSE(ZSTD_isError(ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue)));
  REQUIRE(ZSTD_compressStream2(context, &out, &in, ZSTD_e_end) == 0);
  ZSTD_freeCCtx(context);
  frame.resize(1 + out.pos);
  return frame;
}

std::string refusal_of(BytesView frame, std::size_t size_max = kMax) {
  const auto message = wire::unpack(frame, size_max);
  return message.ok() ? "accepted" : to_string(message.error());
}

}  // namespace

TEST_CASE("wire: what is packed comes back") {
  for (const std::size_t size :
       {0u, 1u, 10u, 1000u, 65535u, 65536u, 65537u, 131072u, 1u << 20, 5u << 20}) {
    CAPTURE(size);
    const Bytes zeros(size, 0);
    CHECK(wire::unpack(wire::pack(zeros), kMax).value() == zeros);
    const auto random = noise(size);
    CHECK(wire::unpack(wire::pack(random), kMax).value() == random);
    auto mixed = random;
    for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] = i % 7 == 0 ? mixed[i] : 0;
    CHECK(wire::unpack(wire::pack(mixed), kMax).value() == mixed);
  }
}

TEST_CASE("wire: a frame is never longer than the message and its first byte") {
  const auto random = noise(100000);
  CHECK(wire::pack(random).size() == random.size() + 1);
  CHECK(wire::pack(random)[0] == 0);
  const Bytes text(20000, 'a');
  CHECK(wire::pack(text).size() < 100);
  CHECK(wire::pack(text)[0] == 1);
}

TEST_CASE("wire: what would look like a bomb is sent as it is") {
  const Bytes zeros(1 << 20, 0);
  CHECK(wire::pack(zeros)[0] == 0);
}

TEST_CASE("wire: every shorter frame is refused, and so is a longer one") {
  auto message = encode(full_sync_reply());
  message.insert(message.end(), 4000, 'a');
  for (const auto& frame :
       {wire::pack(message), zstd_frame(message, false), zstd_frame(message, true)}) {
    REQUIRE(frame[0] == 1);
    REQUIRE(wire::unpack(frame, kMax).value() == message);
    for (std::size_t size = 0; size < frame.size(); ++size) {
      if (wire::unpack(BytesView(frame).first(size), kMax).ok())
        FAIL("accepted after " << size << " bytes");
    }
    auto longer = frame;
    longer.push_back(0);
    CHECK_THAT(refusal_of(longer), contains("invalid at frame: 1 bytes too many"));
    // A second frame behind it is just as much too many.
    longer = frame;
    longer.insert(longer.end(), frame.begin() + 1, frame.end());
    CHECK_THAT(refusal_of(longer), contains("bytes too many"));
  }
}

TEST_CASE("wire: the output is capped, whether the frame says its size or not") {
  for (const bool says_size : {true, false}) {
    CAPTURE(says_size);
    for (const std::size_t size : {9999u, 10000u, 10001u}) {
      const auto frame = zstd_frame(noise(size), says_size);
      CHECK(wire::unpack(frame, 10000).ok() == (size <= 10000));
    }
    CHECK_THAT(refusal_of(zstd_frame(noise(10001), says_size), 10000),
               contains("too_large at frame: unpacks to more than 10000"));
  }
  CHECK_THAT(refusal_of(Bytes(10002, 0), 10000),
             contains("too_large at frame: 10001 bytes, at most 10000"));
  CHECK(wire::unpack(Bytes(10001, 0), 10000).ok());
}

TEST_CASE("wire: a bomb is refused by its ratio") {
  const Bytes zeros(64 << 20, 0);
  for (const bool says_size : {true, false}) {
    CAPTURE(says_size);
    const auto bomb = zstd_frame(zeros, says_size);
    CHECK(bomb.size() < 10000);
    CHECK_THAT(refusal_of(bomb),
               contains("too_large at frame: unpacks to more than 100 times its size"));
    CHECK_THAT(refusal_of(bomb, 128 << 20), contains("100 times"));
  }
}

TEST_CASE("wire: the ratio counts above 64 KiB only, and exactly") {
  // A frame of p packed bytes may become max(64 KiB, 100 p).
  const auto at = [](std::size_t noisy, std::size_t zeros) {
    auto message = noise(noisy);
    message.insert(message.end(), zeros, 0);
    return message;
  };
  CHECK(wire::unpack(zstd_frame(at(0, 64 << 10), false), kMax).ok());
  CHECK_FALSE(wire::unpack(zstd_frame(at(0, (64 << 10) + 1), false), kMax).ok());
  std::size_t accepted = 0, refused = 0;
  for (std::size_t zeros = 195000; zeros < 215000; zeros += 250) {
    const auto message = at(2000, zeros);
    for (const bool says_size : {true, false}) {
      const auto frame = zstd_frame(message, says_size);
      const bool fits = message.size() <= 100 * (frame.size() - 1);
      CHECK(wire::unpack(frame, kMax).ok() == fits);
      (fits ? accepted : refused)++;
    }
  }
  CHECK(accepted > 0);
  CHECK(refused > 0);
}

TEST_CASE("wire: a window above 8 MiB is refused") {
  const auto message = noise((16 << 20) + 1);
  CHECK(wire::unpack(zstd_frame(message, false, 23), 32 << 20).ok());
  CHECK_THAT(refusal_of(zstd_frame(message, false, 24), 32 << 20), contains("invalid at frame"));
}

TEST_CASE("wire: what is no frame is refused") {
  CHECK_THAT(refusal_of({}), contains("invalid at frame: empty"));
  CHECK_THAT(refusal_of(Bytes{2, 1, 2, 3}), contains("packed in an unknown way: 2"));
  CHECK_THAT(refusal_of(Bytes{1}), contains("not a zstd frame"));
  CHECK_THAT(refusal_of(Bytes{1, 0x28, 0xb5, 0x2f}), contains("not a zstd frame"));
  // A skippable frame carries nothing that we would want to skip.
  CHECK_THAT(refusal_of(Bytes{1, 0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0}),
             contains("not a zstd frame"));
  const std::string html = "<html>Welcome to the hotel</html>";
  CHECK_THAT(refusal_of(view_of(html)), contains("packed in an unknown way: 60"));
}
