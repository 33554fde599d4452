// SPDX-License-Identifier: Apache-2.0
// Packets of the line and what they remember of each other.
#include "core/wire/line.hpp"

#include "core/wire/live_page.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/wire/samples.hpp"

using namespace daybook;
using namespace daybook::wire;

namespace {

Bytes bytes_of(std::string_view text) { return copy_of(view_of(text)); }

std::string error_of(BytesView sent, std::size_t payload_max = 100) {
  LineReader reader(payload_max);
  reader.feed(sent);
  const auto packet = reader.next();
  if (packet.ok()) return *packet ? "packet" : "more";
  return std::string(name_of(packet.error().code)) + " " + packet.error().field;
}

}  // namespace

TEST_CASE("line: packets are found whole and byte by byte", "[wire]") {
  Bytes sent = line_packet(LineKind::kStillHere);
  const Bytes long_one(300, 'x');
  for (const auto& next : {line_packet(LineKind::kTalk, view_of("a")),
                           line_packet(LineKind::kPage, long_one), line_packet(LineKind::kBell)})
    sent.insert(sent.end(), next.begin(), next.end());
  LineReader reader(300);
  std::vector<LinePacket> found;
  for (const auto byte : sent) {
    reader.feed({&byte, 1});
    while (const auto packet = reader.next().value()) found.push_back(*packet);
  }
  REQUIRE(found.size() == 4);
  CHECK(found[0].kind == LineKind::kStillHere);
  CHECK(found[1].payload == bytes_of("a"));
  CHECK(found[2].payload == long_one);
  CHECK(found[3].kind == LineKind::kBell);
  CHECK(reader.held() == 0);
}

TEST_CASE("line: what is no packet is refused", "[wire]") {
  CHECK(error_of(Bytes{5, 0}) == "invalid line.kind");
  CHECK(error_of(Bytes{1}) == "more");
  CHECK(error_of(Bytes{1, 0x80}) == "more");
  CHECK(error_of(Bytes{1, 0x80, 0x00}) == "invalid line.length");
  CHECK(error_of(Bytes{1, 101}) == "too_large line.length");
  CHECK(error_of(Bytes{1, 0xff, 0xff, 0xff, 0x01}) == "too_large line.length");
  CHECK(error_of(Bytes{1, 2, 'a'}) == "more");
}

TEST_CASE("line: a message is packed against what the same end said last", "[wire]") {
  const Bytes first = encode(test::full_sync_request());
  LineTalk sender;
  LineTalk receiver;
  const Bytes packed_first = sender.pack(first);
  CHECK(receiver.unpack(packed_first, kLineAskSizeMax).value() == first);
  Bytes second = first;
  second[second.size() / 2] ^= 1;
  const Bytes packed_second = sender.pack(second);
  CHECK(receiver.unpack(packed_second, kLineAskSizeMax).value() == second);
  if (first.size() <= kLineMemoryMax) CHECK(packed_second.size() < packed_first.size() / 4);

  // A reply knows its request too.
  LineTalk office;
  LineTalk phone;
  const Bytes reply = office.pack(second, second);
  CHECK(reply.size() < 40);
  CHECK(phone.unpack(reply, kLineAnswerSizeMax, second).value() == second);
}

TEST_CASE("line: whoever remembers otherwise, or is sent too much, is told", "[wire]") {
  LineTalk sender;
  const Bytes message(1500, 'a');
  sender.pack(message);
  const Bytes against = sender.pack(message);
  LineTalk stranger;
  const auto nonsense = stranger.unpack(against, kLineAskSizeMax);
  CHECK((!nonsense.ok() || *nonsense != message || nonsense->size() == message.size()));
  LineTalk receiver;
  CHECK(receiver.unpack(LineTalk().pack(message), 1499).error().code == Errc::kTooLarge);
  CHECK(receiver.unpack({}, 100).error().field == "line.payload");
  CHECK(receiver.unpack(Bytes{0x03, 1, 2}, 100).error().code == Errc::kInvalid);
  CHECK(receiver.unpack(Bytes{0x02, 0xff, 0xff}, 100).error().code == Errc::kInvalid);
  CHECK(receiver.unpack(Bytes{0x00, 'a', 'b'}, 1).error().code == Errc::kTooLarge);
  CHECK(receiver.unpack(Bytes{0x00, 'a', 'b'}, 2).value() == bytes_of("ab"));
  Bytes two = LineTalk().pack(message);
  two.push_back(0);
  CHECK(receiver.unpack(two, kLineAskSizeMax).error().code == Errc::kInvalid);
}

TEST_CASE("line: a live page is complete, fits one standing, and has one form", "[wire]") {
  LivePage live = test::sample_live_page();
  const Bytes message = encode(live);
  CHECK(decode_live_page(message).value() == live);
  auto moved = live.page.positions;
  moved.front().version += 1;
  CHECK(standing_of(live.page.head, moved) != live.standing);
  live.patches.push_back(live.patches.front());
  CHECK(decode_live_page(encode(live)).error().field == "live_page.patches");
  live.patches.pop_back();
  live.page.complete = false;
  live.page.digests.clear();
  CHECK(decode_live_page(encode(live)).error().field == "live_page.page");
  CHECK(decode_live_page(Bytes(kLineAnswerSizeMax + 1)).error().code == Errc::kTooLarge);
}
