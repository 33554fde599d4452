// SPDX-License-Identifier: Apache-2.0
// The feed a page at a time: one commit a line, whole, in the order of the book.
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/integration/commit_line.hpp"
#include "sync-server/integration/handlers.hpp"

namespace daybook {
namespace {

constexpr std::size_t kCommitsUsual = 500;
constexpr std::size_t kCommitsMost = 2'000;
constexpr std::size_t kPageSizeMax = 4 << 20;
constexpr std::size_t kCommitsLookedAt = 20'000;  // of which none need be of a wanted collection

}  // namespace

Result<http::Response> feed_page(const Call& call, ReadDesk& desk) {
  const auto* after = call.find_query("after");
  const auto* collections = call.find_query("collections");
  DAYBOOK_ASSIGN(const auto limit, limit_in(call, kCommitsUsual, kCommitsMost));
  DAYBOOK_ASSIGN(const auto wanted, wanted_in(desk.schema, collections ? *collections : ""));
  DAYBOOK_ASSIGN(Version at, read_feed_cursor(desk.book, after ? *after : ""));
  DAYBOOK_ASSIGN(const auto head, desk.book.head());
  DAYBOOK_ASSIGN(const auto begin, desk.book.find_head(at));
  std::string cursor = feed_cursor(at, begin.value_or(Digest{}));
  std::string text;
  std::size_t told = 0;
  std::size_t looked_at = 0;
  while (at < head.version && told < limit && text.size() < kPageSizeMax &&
         looked_at++ < kCommitsLookedAt) {
    DAYBOOK_ASSIGN(const auto row, desk.book.find_commit(at + 1));
    if (!row) return failure(Errc::kCorrupt, "commit", std::to_string(at + 1));
    DAYBOOK_ASSIGN(const auto line, commit_line(desk.book, desk.schema, *row, wanted));
    if (!line.empty()) {
      text += line + "\n";
      ++told;
    }
    ++at;
    cursor = feed_cursor(at, row->head);
  }
  http::Response response = json_reply(Json::object());
  response.content_type = "application/x-ndjson";
  response.body = copy_of(view_of(text));
  // Goes on from here, whether or not a line was told: what was passed over need not be looked at
  // again.
  response.headers.push_back({"Daybook-Next", cursor});
  response.headers.push_back({"Daybook-Behind", std::to_string(head.version - at)});
  return response;
}

}  // namespace daybook
