// SPDX-License-Identifier: Apache-2.0
#include "core/wire/live_page.hpp"

#include "core/crypto/sha256.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/line.hpp"
#include "core/wire/message_parts.hpp"
#include "core/wire/page.hpp"
#include "core/wire/scope_digest.hpp"

namespace daybook::wire {
namespace {

constexpr std::string_view kTag = "daybook.live-page";
constexpr std::string_view kStandingTag = "daybook.standing";
constexpr std::size_t kItems = 5;

std::uint64_t first_bits(const Digest& digest) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i) bits = (bits << 8) | digest.raw[i];
  return bits >> 1;
}

void write_patch(CborWriter& out, const RowPatch& patch) {
  out.array(2).unsigned_integer(patch.entry).unsigned_integer(patch.check);
}

RowPatch read_patch(MessageReader& in) {
  in.array_of("", 2);
  RowPatch patch;
  patch.entry = static_cast<std::uint32_t>(in.unsigned_integer("entry", kPageEntriesMax));
  patch.check = in.unsigned_integer("check");
  return patch;
}

}  // namespace

std::uint64_t standing_of(const Cursor& cursor, const std::vector<ScopePosition>& positions) {
  CborWriter out;
  out.array(4).text(kStandingTag).unsigned_integer(1);
  write_cursor(out, cursor);
  write_positions(out, positions);
  return first_bits(sha256(out.out()));
}

std::uint64_t check_of(const RecordRef& record, BytesView row) {
  return first_bits(digest_of_row(record, row));
}

Bytes encode(const LivePage& live) {
  CborWriter out;
  out.array(kItems).text(kTag).unsigned_integer(kMessageFormat).unsigned_integer(live.standing);
  write_page(out, live.page);
  write_list(out, live.patches, write_patch);
  return out.take();
}

Result<LivePage> decode_live_page(BytesView bytes) {
  if (bytes.size() > kLineAnswerSizeMax)
    return failure(Errc::kTooLarge, "live_page", std::to_string(kLineAnswerSizeMax));
  MessageReader in(bytes, "live_page");
  LivePage live;
  in.open(kTag, kItems);
  live.standing = in.unsigned_integer("standing");
  live.page = in.inside("page", read_page);
  if (!in.failed() && !live.page.complete) in.fail(Errc::kInvalid, "page", "not complete");
  if (!in.failed() && live.page.own) in.fail(Errc::kInvalid, "page.own", "only in a reply");
  live.patches = in.list("patches", live.page.entries.size(), read_patch);
  for (std::size_t i = 0; i < live.patches.size() && !in.failed(); ++i) {
    const bool ordered = i == 0 || live.patches[i].entry > live.patches[i - 1].entry;
    if (!ordered || live.patches[i].entry >= live.page.entries.size())
      in.fail(Errc::kInvalid, "patches", "no entry, or not ascending");
  }
  DAYBOOK_TRY(in.close());
  return live;
}

}  // namespace daybook::wire
