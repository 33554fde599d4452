// SPDX-License-Identifier: Apache-2.0
// The read-only pages: what stands in the book, for people with a browser. Plain HTML without a
// script, in Chinese and English, built from the schema's labels; prints as it is. Called by api
// inside a group, core thread only. Writes nothing and asks nobody who is looking: that was decided
// before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/auth/territory.hpp"
#include "sync-server/store/server_store.hpp"
#include "sync-server/views/html.hpp"

namespace daybook {

struct PageSetting {
  std::int64_t now_ms = 0;
  std::int16_t utc_offset_min = 0;
  std::string viewer;               // who is looking; printed at the foot
  const Territory* sees = nullptr;  // and what of the house; null: all of it
};

// All visits in id order, a page of them after `after`; phones with unsent work on top.
Result<std::string> visits_page(ServerStore& store, const Schema& schema,
                                const PageSetting& setting, const std::optional<Uuid>& after);
// One visit whole. kNotFound when there is none.
Result<std::string> visit_page(ServerStore& store, const Schema& schema, const PageSetting& setting,
                               const Uuid& id);

// "You are in" after a one-time link: leads on to the visits. It is a page and not a redirect,
// because a browser that came from a mail would not send the strict cookie along a redirect.
std::string opened_page();
// A heading and a sentence for what went wrong, in both languages; and, when there is one, a link
// that leads on.
struct PageNotice {
  std::string_view title_zh, title_en, text_zh, text_en;
  std::string_view link = {}, link_zh = {}, link_en = {};
};
std::string notice_page(const PageNotice& notice);

std::string_view style_sheet();

// --- for the files of this room ---

// A whole document around `content`.
std::string framed(std::string_view title, const HtmlWriter& content, const PageSetting& setting);

}  // namespace daybook
