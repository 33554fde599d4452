// SPDX-License-Identifier: Apache-2.0
#include "sync-server/session/live_pages.hpp"

#include "core/model/cbor.hpp"
#include "core/wire/line.hpp"

namespace daybook {
namespace {

constexpr std::size_t kStandingsMax = 20'000;
// A live page takes the place of a bell: what takes longer to send waits to be asked for.
constexpr std::size_t kPageSizeMax = 16 << 10;
constexpr std::size_t kPageEntriesMax = 64;

bool says_nothing(const wire::Page& page) {
  return page.entries.empty() && page.left.empty() && page.receipts.empty() &&
         page.scopes_left.empty();
}

}  // namespace

void LivePages::note(const DeviceId& device, const std::optional<wire::Page>& page) {
  if (!page || !page->complete) {
    standings_.erase(device);
    return;
  }
  // Forgetting one costs its phone a question, nothing else.
  if (standings_.size() >= kStandingsMax && !standings_.contains(device))
    standings_.erase(standings_.begin());
  standings_[device] = {page->head, page->positions};
}

Result<std::optional<Bytes>> LivePages::call_for(const DeviceId& id) {
  const auto silence = std::optional<Bytes>{};
  const auto bare_bell = std::optional(Bytes());
  const auto found = standings_.find(id);
  if (found == standings_.end()) return bare_bell;
  Standing& standing = found->second;
  DAYBOOK_ASSIGN(const auto head, store_.head());
  // The very change came from this phone.
  if (standing.cursor == Cursor{head.epoch, head.version, head.head}) return silence;
  // What was served from a group that could not be kept was never served.
  DAYBOOK_ASSIGN(const auto held, store_.find_head(standing.cursor.version));
  if (standing.cursor.version > 0 && held != standing.cursor.head) return bare_bell;
  DAYBOOK_ASSIGN(const auto device, store_.find_device(id));
  if (!device || device->status != DeviceStatus::kActive) return silence;
  DAYBOOK_ASSIGN(auto live, page_for(*device, standing));
  const bool small =
      live.page.complete && live.page.entries.size() + live.page.left.size() <= kPageEntriesMax;
  if (!small || live.page.head.epoch != standing.cursor.epoch) return bare_bell;
  if (says_nothing(live.page)) return silence;
  DAYBOOK_TRY(shorten(live, standing.cursor.version));
  Bytes message = wire::encode(live);
  if (message.size() > wire::kLineAnswerSizeMax) return bare_bell;
  standing = {live.page.head, live.page.positions};
  return std::optional(std::move(message));
}

Result<wire::LivePage> LivePages::page_for(const DeviceRow& device, const Standing& standing) {
  DAYBOOK_ASSIGN(const auto contact, store_.find_contact(device.device));
  wire::SyncRequest asked;
  asked.cursor = standing.cursor;
  asked.positions = standing.positions;
  asked.page_size_max = kPageSizeMax;
  wire::LivePage live;
  live.standing = wire::standing_of(standing.cursor, standing.positions);
  DAYBOOK_ASSIGN(live.page, feed_.page(device, asked, contact));
  return live;
}

// Of a row that the phone has only what was written since.
Result<void> LivePages::shorten(wire::LivePage& live, Version seen) {
  for (std::uint32_t i = 0; i < live.page.entries.size(); ++i) {
    wire::PageEntry& entry = live.page.entries[i];
    DAYBOOK_ASSIGN(const bool there, phone_has(live.page, entry, seen));
    if (!there) continue;
    DAYBOOK_ASSIGN(const auto state, store_.find_record(entry.record));
    if (!state) continue;
    Fields changed;
    for (const auto& [name, field] : state->fields) {
      if (field.write.commit > seen) changed.set(name, field.value);
    }
    live.patches.push_back({i, wire::check_of(entry.record, entry.row)});
    entry.row = encode(changed);
  }
  return {};
}

Result<bool> LivePages::phone_has(const wire::Page& page, const wire::PageEntry& entry,
                                  Version seen) {
  for (const std::uint32_t scope : entry.scopes) {
    DAYBOOK_ASSIGN(const auto member, store_.find_member(page.scopes[scope], entry.record));
    if (!member || member->entered == 0 || member->entered > seen) continue;
    if (member->left == 0 || member->left > seen) return true;
  }
  return false;
}

}  // namespace daybook
