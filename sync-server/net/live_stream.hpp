// SPDX-License-Identifier: Apache-2.0
// The two ends of an answer that belong to somebody else's thread: LiveStream for what goes on
// (events, a line), and the slip on which exactly one reply may be written. Made by HttpSession,
// handed to the Handler; any thread may use them, also after the connection is gone. They hold the
// session weakly and reach it by posting to its loop, so whoever keeps one must let go of it before
// the io_context dies.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "sync-server/http/message.hpp"

namespace daybook {

class HttpSession;

// `write` takes the text of whole events as they go over the line ("event: bell\ndata: 17\n\n"), or
// of whole packets after an upgrade; net adds only its pings.
class SessionStream final : public http::LiveStream {
 public:
  SessionStream(std::weak_ptr<HttpSession> session, boost::asio::io_context& loop,
                std::size_t unsent_size_max, http::Upgrade upgrade = {});

  void write(std::string_view text) override;
  void close() override;
  bool closed() const override { return closed_.load(); }
  bool idle() const override;

  // By the session, on the loop.
  const http::Upgrade& upgrade() const { return upgrade_; }  // without a protocol: events
  std::string take_unsent();
  void end() { closed_.store(true); }  // the connection is gone

 private:
  void wake();

  const std::weak_ptr<HttpSession> session_;
  boost::asio::io_context& loop_;
  const std::size_t unsent_size_max_;
  const http::Upgrade upgrade_;
  std::atomic<bool> closed_{false};
  mutable std::mutex mutex_;
  std::string unsent_;  // under mutex_
  bool woken_ = false;  // under mutex_: a wake is on its way
};

// One question's permission to be answered once. When the last copy is gone unanswered, the answer
// is 500: a handler that forgets must not hang a connection.
class ReplySlip {
 public:
  ReplySlip(std::weak_ptr<HttpSession> session, boost::asio::io_context& loop,
            std::uint64_t question, std::size_t unsent_size_max);
  ~ReplySlip();
  ReplySlip(const ReplySlip&) = delete;
  ReplySlip& operator=(const ReplySlip&) = delete;

  void reply(http::Response response);
  std::shared_ptr<http::LiveStream> open_stream(http::Upgrade upgrade = {});

 private:
  const std::weak_ptr<HttpSession> session_;
  boost::asio::io_context& loop_;
  const std::uint64_t question_;
  const std::size_t unsent_size_max_;
  std::atomic<bool> used_{false};
};

}  // namespace daybook
