// SPDX-License-Identifier: Apache-2.0
// The office's half of one phone's line (PROTOCOL.md §15): short requests and their replies, and
// what the office says unasked. Made by DeviceDoor when a phone asks for it, kept by LiveHub. Loop
// thread only, but for ring().
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/wire/line.hpp"
#include "core/wire/message.hpp"
#include "sync-server/http/message.hpp"

namespace daybook {

class DeviceLine : public std::enable_shared_from_this<DeviceLine> {
 public:
  // What becomes of a request: exactly one of the two is called, once, on the loop thread.
  using Succeed = std::function<void(const wire::SyncReply&)>;
  using Fail = std::function<void(const Error&)>;
  using Ask = std::function<void(wire::SyncRequest, Succeed, Fail)>;
  using Post = std::function<void(std::function<void()>)>;

  DeviceLine(Ask ask, Post post) : ask_(std::move(ask)), post_(std::move(post)) {}

  // Once, before anything is heard.
  void speak_through(std::shared_ptr<http::LiveStream> stream) { stream_ = std::move(stream); }

  // False: what comes is not this protocol.
  bool hear(BytesView bytes);

  // Something moved in the phone's scopes: a live page, or an empty one for the bare bell. Any
  // thread; what is posted first is said first.
  void ring(Bytes live_page);

  bool closed() const { return stream_->closed(); }
  void close() { stream_->close(); }

 private:
  bool take(const wire::LinePacket& packet);
  void reply(const wire::SyncReply& reply);
  void refuse(const Error& why);
  void say(wire::LineKind kind, BytesView payload);

  const Ask ask_;
  const Post post_;
  std::shared_ptr<http::LiveStream> stream_;
  wire::LineReader reader_{wire::kLineAskSizeMax + 1024};
  wire::LineTalk up_;
  wire::LineTalk down_;
  std::optional<Bytes> asked_;  // the request that is being answered
};

}  // namespace daybook
