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
  std::string text;
  DAYBOOK_ASSIGN(
      at, tell_commits(desk.book, desk.schema, wanted, at, {limit, kPageSizeMax, kCommitsLookedAt},
                       [&](const std::string& line, const CommitRow&) { text += line + "\n"; }));
  DAYBOOK_ASSIGN(const auto told_head, desk.book.find_head(at));
  http::Response response = json_reply(Json::object());
  response.content_type = "application/x-ndjson";
  response.body = copy_of(view_of(text));
  // Goes on from here, whether or not a line was told: what was passed over need not be looked at
  // again.
  response.headers.push_back({"Daybook-Next", feed_cursor(at, told_head.value_or(Digest{}))});
  response.headers.push_back({"Daybook-Behind", std::to_string(head.version - at)});
  return response;
}

}  // namespace daybook
