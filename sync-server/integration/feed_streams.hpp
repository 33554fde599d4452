// SPDX-License-Identifier: Apache-2.0
// The feed, live: each commit is pushed, whole and in order, to every reader that has an open
// stream, as fast as that reader takes it. Reading thread only; a reader whose session or token has
// ended is cut off.
#pragma once

#include <memory>
#include <vector>

#include "sync-server/api/call.hpp"
#include "sync-server/auth/office_sessions.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/integration/commit_line.hpp"

namespace daybook {

class FeedStreams {
 public:
  explicit FeedStreams(OfficeSessions& sessions) : sessions_(sessions) {}

  // Answers the request: with a stream, or with what is wrong with it.
  void open(const Call& call, ReadDesk& desk, const http::ReplySink& sink);

  // Sends what each reader has room for. True while somebody is behind: ask again soon.
  bool pump(ServerStore& book, const Schema& schema);
  void close_all();
  std::size_t size() const { return readers_.size(); }

 private:
  struct Reader {
    OfficeUser user;
    std::shared_ptr<http::LiveStream> stream;
    Version told = 0;
    WantedCollections wanted;
  };
  Result<bool> advance(ServerStore& book, const Schema& schema, Version head, Reader& reader);

  OfficeSessions& sessions_;
  std::vector<Reader> readers_;
};

}  // namespace daybook
