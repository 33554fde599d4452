// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/live_stream.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "sync-server/net/http_session.hpp"
#include "sync-server/net/reply_text.hpp"

namespace daybook {

SessionStream::SessionStream(std::weak_ptr<HttpSession> session, boost::asio::io_context& loop,
                             std::size_t unsent_size_max, http::Upgrade upgrade)
    : session_(std::move(session)),
      loop_(loop),
      unsent_size_max_(unsent_size_max),
      upgrade_(std::move(upgrade)) {}

void SessionStream::write(std::string_view text) {
  if (closed_.load()) return;
  {
    const std::lock_guard lock(mutex_);
    if (!unsent_.empty() && unsent_.size() + text.size() > unsent_size_max_) {
      unsent_.clear();  // the reader is too slow; half a backlog would be worth nothing to it
      closed_.store(true);
    } else {
      unsent_.append(text);
    }
  }
  wake();
}

void SessionStream::close() {
  if (!closed_.exchange(true)) wake();
}

bool SessionStream::idle() const {
  const std::lock_guard lock(mutex_);
  return unsent_.empty();
}

std::string SessionStream::take_unsent() {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  return std::exchange(unsent_, {});
}

void SessionStream::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (woken_ && !closed_.load()) return;
    woken_ = true;
  }
  if (auto session = session_.lock()) {
    boost::asio::post(loop_, [session = std::move(session)] { session->wake_stream(); });
  }
}

ReplySlip::ReplySlip(std::weak_ptr<HttpSession> session, boost::asio::io_context& loop,
                     std::uint64_t question, std::size_t unsent_size_max)
    : session_(std::move(session)),
      loop_(loop),
      question_(question),
      unsent_size_max_(unsent_size_max) {}

ReplySlip::~ReplySlip() { reply(refusal(500, "unanswered")); }

void ReplySlip::reply(http::Response response) {
  if (used_.exchange(true)) return;
  if (auto session = session_.lock()) {
    auto deliver = [session = std::move(session), question = question_,
                    response = std::move(response)]() mutable {
      session->take_reply(question, std::move(response));
    };
    boost::asio::post(loop_, std::move(deliver));
  }
}

std::shared_ptr<http::LiveStream> ReplySlip::open_stream(http::Upgrade upgrade) {
  auto stream =
      std::make_shared<SessionStream>(session_, loop_, unsent_size_max_, std::move(upgrade));
  auto session = session_.lock();
  if (used_.exchange(true) || !session) {
    stream->end();
    return stream;
  }
  boost::asio::post(loop_, [session = std::move(session), question = question_, stream] {
    session->take_stream(question, stream);
  });
  return stream;
}

}  // namespace daybook
