// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: what a phone, or a stranger in its place, says on a line. Read whole and byte by byte
// it means the same; what unpacks keeps within its limit, after any memory; a live page has one
// form.
#include <cstdlib>
#include <string>

#include "core/wire/line.hpp"
#include "core/wire/live_page.hpp"
#include "tests/fuzz/one_form.hpp"

namespace {

using namespace daybook;

constexpr std::size_t kPayloadMax = 4096;

std::string packets_of(wire::LineReader& reader) {
  std::string packets;
  for (;;) {
    const auto packet = reader.next();
    if (!packet.ok()) return packets + "!";
    if (!*packet) return packets;
    packets += std::to_string(static_cast<int>((*packet)->kind)) + ":";
    packets.append(text_of((*packet)->payload)).append("\n");
  }
}

void try_unpack(BytesView all) {
  wire::LineTalk talk;
  const auto plain = talk.unpack(all, kPayloadMax);
  const auto again = talk.unpack(all, kPayloadMax, all);
  for (const auto* message : {&plain, &again}) {
    if (message->ok() && (*message)->size() > kPayloadMax) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const BytesView all(bytes, size);
  wire::LineReader whole(kPayloadMax);
  whole.feed(all);
  const std::string expected = packets_of(whole);
  wire::LineReader dripping(kPayloadMax);
  std::string found;
  for (std::size_t i = 0; i < size && (found.empty() || found.back() != '!'); ++i) {
    dripping.feed(all.subspan(i, 1));
    found += packets_of(dripping);
  }
  if (found != expected) std::abort();
  try_unpack(all);
  test::demand_one_form(wire::decode_live_page(all), all);
  return 0;
}
