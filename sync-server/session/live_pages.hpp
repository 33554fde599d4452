// SPDX-License-Identifier: Apache-2.0
// What the office calls out to a phone unasked (PROTOCOL.md §15): remembers how far each has read
// and makes pages from there. Owned by ServerCore; core thread, inside a transaction.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/base/result.hpp"
#include "core/wire/live_page.hpp"
#include "sync-server/feed/feed.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

class LivePages {
 public:
  LivePages(ServerStore& store, Feed& feed) : store_(store), feed_(feed) {}

  // What a phone was just served; an incomplete page, or none, is no place to stand.
  void note(const DeviceId& device, const std::optional<wire::Page>& page);

  // Nothing where there is no news for it; an encoded live page; or an empty one, for the bare
  // bell, where it is not known how far the phone has read or much is new.
  Result<std::optional<Bytes>> call_for(const DeviceId& device);

 private:
  // Of a phone that got our last complete page. It may not have: a live page says what it is for,
  // and the phone compares.
  struct Standing {
    Cursor cursor;
    std::vector<wire::ScopePosition> positions;
  };
  Result<wire::LivePage> page_for(const DeviceRow& device, const Standing& standing);
  Result<void> shorten(wire::LivePage& live, Version seen);
  Result<bool> phone_has(const wire::Page& page, const wire::PageEntry& entry, Version seen);

  ServerStore& store_;
  Feed& feed_;
  std::map<DeviceId, Standing> standings_;
};

}  // namespace daybook
