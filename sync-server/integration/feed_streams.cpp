// SPDX-License-Identifier: Apache-2.0
#include "sync-server/integration/feed_streams.hpp"

#include <algorithm>

#include "sync-server/api/replies.hpp"

namespace daybook {
namespace {

constexpr std::size_t kReadersMax = 200;
constexpr std::size_t kWriteSizeMax = 32 * 1024;  // a batch; a longer commit goes alone

}  // namespace

void FeedStreams::open(const Call& call, ReadDesk& desk, const http::ReplySink& sink) {
  std::erase_if(readers_, [](const Reader& reader) { return reader.stream->closed(); });
  const auto prepare = [&]() -> Result<Reader> {
    if (readers_.size() >= kReadersMax) return failure(Errc::kBusy);
    const auto* after = call.find_query("after");
    const auto* collections = call.find_query("collections");
    // A reader that comes back says itself where it was.
    const std::string from = !call.last_event.empty() ? call.last_event : after ? *after : "";
    Reader reader;
    reader.user = call.user;
    DAYBOOK_ASSIGN(reader.wanted, wanted_in(desk.schema, collections ? *collections : ""));
    DAYBOOK_ASSIGN(reader.told, read_feed_cursor(desk.book, from));
    return reader;
  };
  auto reader = prepare();
  if (!reader.ok()) return sink.reply(error_reply(reader.error()));
  reader->stream = sink.open_stream();
  readers_.push_back(*std::move(reader));
}

bool FeedStreams::pump(ServerStore& book, const Schema& schema) {
  if (readers_.empty()) return false;
  const auto head = book.head();
  if (!head.ok()) return true;
  bool behind = false;
  for (auto& reader : readers_) {
    if (!sessions_.still_good(reader.user)) reader.stream->close();
    const auto more = advance(book, schema, head->version, reader);
    // A book that cannot be read now may be read later; the reader keeps its place.
    behind = behind || !more.ok() || *more;
  }
  std::erase_if(readers_, [](const Reader& reader) { return reader.stream->closed(); });
  return behind;
}

Result<bool> FeedStreams::advance(ServerStore& book, const Schema& schema, Version head,
                                  Reader& reader) {
  while (reader.told < head && !reader.stream->closed()) {
    if (!reader.stream->idle()) return true;
    std::string text;
    const auto write = [&](const std::string& line, const CommitRow& row) {
      text +=
          "id: " + feed_cursor(row.version, row.head) + "\nevent: commit\ndata: " + line + "\n\n";
    };
    DAYBOOK_ASSIGN(reader.told, tell_commits(book, schema, reader.wanted, reader.told,
                                             {SIZE_MAX, kWriteSizeMax, SIZE_MAX}, write));
    if (!text.empty()) reader.stream->write(text);
  }
  return false;
}

void FeedStreams::close_all() {
  for (const auto& reader : readers_) reader.stream->close();
  readers_.clear();
}

}  // namespace daybook
