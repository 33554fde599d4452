// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/http_session.hpp"

#include <algorithm>
#include <utility>

#include "core/base/ensure.hpp"
#include "sync-server/net/head_parser.hpp"
#include "sync-server/net/reply_text.hpp"

namespace daybook {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

HttpSession::HttpSession(boost::asio::io_context& loop, tcp::socket socket, ssl_ctx_st* tls,
                         std::shared_ptr<Reception> reception, HttpPeer peer)
    : loop_(loop),
      reception_(std::move(reception)),
      peer_(std::move(peer)),
      transport_(std::move(socket), tls),
      timer_(loop) {}

void HttpSession::start() { drive(); }

void HttpSession::stop() {
  close_after_ = true;
  const bool resting = state_ == State::kHandshake || (state_ == State::kHead && head_.empty());
  if (resting) {
    transport_.write_goodbye();
    transport_.flush();
    return close();
  }
  if (stream_) stream_->close();
  drive();
}

void HttpSession::abort() { close(); }

void HttpSession::drive() {
  want_read_ = false;
  want_write_ = false;
  while (step()) {
  }
  await_socket();
}

bool HttpSession::step() {
  switch (state_) {
    case State::kHandshake: return step_handshake();
    case State::kHead: return step_head();
    case State::kBody: return step_body();
    case State::kReplying: return step_reply();
    case State::kStreaming: return step_stream();
    case State::kLingering: return step_linger();
    case State::kAnswering:
    case State::kClosed: return false;
  }
  return false;
}

bool HttpSession::wait_to_read() {
  want_read_ = true;
  if (!transport_.flushed()) want_write_ = true;
  return false;
}

bool HttpSession::wait_to_write() {
  want_write_ = true;
  return false;
}

void HttpSession::await_socket() {
  if (state_ == State::kClosed) return;
  if (want_read_ && !read_awaited_) {
    read_awaited_ = true;
    transport_.socket().async_wait(tcp::socket::wait_read,
                                   [self = shared_from_this()](ErrorCode error) {
                                     self->read_awaited_ = false;
                                     if (!error) self->drive();
                                   });
  }
  if (want_write_ && !write_awaited_) {
    write_awaited_ = true;
    transport_.socket().async_wait(tcp::socket::wait_write,
                                   [self = shared_from_this()](ErrorCode error) {
                                     self->write_awaited_ = false;
                                     if (!error) self->drive();
                                   });
  }
}

bool HttpSession::step_handshake() {
  const Step step = transport_.handshake();
  const Step flushed = transport_.flush();  // also the alert that says why it failed
  if (step == Step::kFailed || step == Step::kEnded || flushed == Step::kFailed) {
    ++reception_->handshakes_failed;
    reception_->trace.note(TraceLevel::kDebug, "net.handshake_failed",
                           {{"connection", static_cast<std::int64_t>(peer_.connection)}});
    close();
    return false;
  }
  if (step == Step::kAgain) {
    watch(Watch::kHandshake, reception_->limits.handshake_ms_max);
    return wait_to_read();
  }
  if (transport_.resumed()) ++reception_->resumed;
  state_ = State::kHead;
  return true;
}

// Since the last time this was asked; connections live for hours.
void HttpSession::count_bytes() {
  reception_->bytes_in += transport_.bytes_received() - counted_in_;
  reception_->bytes_out += transport_.bytes_sent() - counted_out_;
  counted_in_ = transport_.bytes_received();
  counted_out_ = transport_.bytes_sent();
}

bool HttpSession::step_head() {
  const auto& limits = reception_->limits;
  if (head_scanned_ < head_.size()) {
    bool broken = false;
    const std::size_t end = find_head_end(head_, head_scanned_, broken);
    head_scanned_ = head_.size();
    if (broken) return refuse(400, "line-end");
    if (end > 0) return begin_request(end);
    if (head_.size() >= limits.head_size_max) return refuse(431, "head");
  }
  if (transport_.flush() == Step::kFailed) {
    close();
    return false;
  }
  auto& scratch = reception_->scratch;
  std::size_t size = 0;
  const std::size_t room = std::min(scratch.size(), limits.head_size_max - head_.size());
  switch (transport_.read({scratch.data(), room}, size)) {
    case Step::kDone:
      head_.append(reinterpret_cast<const char*>(scratch.data()), size);
      return true;
    case Step::kAgain:
      // The first head is expected at once, a later one whenever the peer has something to say.
      if (head_.empty() && questions_ > 0) {
        watch(Watch::kIdle, limits.idle_ms_max);
      } else {
        watch(Watch::kHead, limits.head_ms_max);
      }
      return wait_to_read();
    case Step::kEnded:
    case Step::kFailed: break;
  }
  close();
  return false;
}

bool HttpSession::begin_request(std::size_t head_size) {
  auto parsed = parse_head(std::string_view(head_).substr(0, head_size), reception_->limits,
                           reception_->hosts);
  head_.erase(0, head_size);
  head_scanned_ = 0;
  if (parsed.refusal != 0) return refuse(parsed.refusal, parsed.problem);
  request_ = std::move(parsed.request);
  request_.peer = peer_.address;
  request_.connection = peer_.connection;
  request_.channel = transport_.channel();
  bodiless_ = request_.method == "HEAD";
  ++questions_;
  if (parsed.close || questions_ >= reception_->limits.requests_per_connection_max)
    close_after_ = true;
  return begin_body(parsed.content_length);
}

bool HttpSession::begin_body(std::uint64_t content_length) {
  content_length_ = content_length;
  if (auto refused = reception_->handler.on_head(request_, content_length)) {
    // What would come now is the body, and must not be taken for a request.
    if (content_length > 0) close_after_ = true;
    begin_reply(std::move(*refused));
    return true;
  }
  state_ = State::kBody;
  begin_rate(0);
  return true;
}

bool HttpSession::step_body() {
  auto& body = request_.body;
  const auto missing = static_cast<std::size_t>(content_length_ - body.size());
  if (missing == 0) {
    deliver();
    return false;
  }
  if (!head_.empty()) {  // came together with the head
    const std::string early = head_.substr(0, missing);
    head_.erase(0, early.size());
    return append_body(view_of(early));
  }
  if (transport_.flush() == Step::kFailed) {
    close();
    return false;
  }
  auto& scratch = reception_->scratch;
  std::size_t size = 0;
  switch (transport_.read({scratch.data(), std::min(scratch.size(), missing)}, size)) {
    case Step::kDone: return append_body({scratch.data(), size});
    case Step::kAgain:
      watch(Watch::kBody, reception_->limits.rate_window_ms);
      return wait_to_read();
    case Step::kEnded:
    case Step::kFailed: break;
  }
  close();
  return false;
}

bool HttpSession::append_body(BytesView bytes) {
  auto& body = request_.body;
  if (reception_->bodies_size + bytes.size() > reception_->limits.bodies_size_max) {
    give_up_body();
    return refuse(503, "bodies");
  }
  reception_->bodies_size += bytes.size();
  if (body.capacity() < body.size() + bytes.size()) {
    const std::size_t wanted = std::max(body.size() * 2, body.size() + bytes.size());
    body.reserve(std::min(static_cast<std::size_t>(content_length_), wanted));
  }
  body.insert(body.end(), bytes.begin(), bytes.end());
  return true;
}

void HttpSession::deliver() {
  reception_->bodies_size -= request_.body.size();
  state_ = State::kAnswering;
  watch(Watch::kAnswer, reception_->limits.answer_ms_max);
  const auto slip = std::make_shared<ReplySlip>(weak_from_this(), loop_, questions_,
                                                reception_->limits.stream_unsent_size_max);
  http::ReplySink sink;
  sink.reply = [slip](http::Response response) { slip->reply(std::move(response)); };
  sink.open_stream = [slip]() { return slip->open_stream(); };
  sink.open_line = [slip](http::Upgrade upgrade) { return slip->open_stream(std::move(upgrade)); };
  http::Request asked = std::exchange(request_, {});
  if (const auto* host = asked.find_header("host")) request_.headers.push_back({"host", *host});
  reception_->handler.on_request(std::move(asked), std::move(sink));
}

void HttpSession::take_reply(std::uint64_t question, http::Response response) {
  if (state_ != State::kAnswering || question != questions_) return;
  begin_reply(std::move(response));
  drive();
}

bool HttpSession::refuse(int status, std::string_view problem) {
  reception_->trace.note(TraceLevel::kInfo, "net.refused",
                         {{"connection", static_cast<std::int64_t>(peer_.connection)},
                          {"status", std::int64_t{status}},
                          {"problem", std::string(problem)}});
  close_after_ = true;
  begin_reply(refusal(status, problem));
  return true;
}

void HttpSession::begin_reply(http::Response response) {
  if (response.close) close_after_ = true;
  if (response.status >= 100 && response.status < 600)
    ++reception_->replies[static_cast<std::size_t>(response.status / 100 - 1)];
  const auto* host = request_.find_header("host");
  const ReplyFrame frame{close_after_, host ? std::string_view(*host) : std::string_view{}};
  const std::string head = reply_head(response, frame);
  if (response.close) close_after_ = true;
  reply_.assign(head.begin(), head.end());
  if (!bodiless_) reply_.insert(reply_.end(), response.body.begin(), response.body.end());
  reply_at_ = 0;
  state_ = State::kReplying;
  begin_rate(transport_.bytes_sent());
}

bool HttpSession::step_reply() {
  while (reply_at_ < reply_.size() || !transport_.flushed()) {
    if (reply_at_ < reply_.size() && transport_.has_room()) {
      std::size_t size = 0;
      if (transport_.write(BytesView(reply_).subspan(reply_at_), size) != Step::kDone) {
        close();
        return false;
      }
      reply_at_ += size;
      continue;
    }
    switch (transport_.flush()) {
      case Step::kDone: break;
      case Step::kAgain:
        watch(Watch::kReply, reception_->limits.rate_window_ms);
        return wait_to_write();
      case Step::kEnded:
      case Step::kFailed: close(); return false;
    }
  }
  finish_reply();
  return true;
}

void HttpSession::finish_reply() {
  count_bytes();
  reply_ = Bytes();
  request_ = {};
  bodiless_ = false;
  watch_ = Watch::kNothing;
  if (close_after_) {
    begin_linger();
  } else {
    state_ = State::kHead;
  }
}

void HttpSession::take_stream(std::uint64_t question, std::shared_ptr<SessionStream> stream) {
  if (state_ != State::kAnswering || question != questions_) {
    stream->end();
    return;
  }
  // The kernel's own queue would hide a slow reader for megabytes.
  ErrorCode ignored;
  transport_.socket().set_option(boost::asio::socket_base::send_buffer_size(32 * 1024), ignored);
  stream_ = std::move(stream);
  state_ = State::kStreaming;
  reply_.clear();
  const std::string head = stream_head(stream_->upgrade().protocol);
  std::size_t size = 0;
  for (std::size_t at = 0; at < head.size(); at += size) {
    if (transport_.write(view_of(head).subspan(at), size) != Step::kDone) return close();
  }
  begin_rate(transport_.bytes_sent());
  watch(Watch::kStream, reception_->limits.stream_ping_ms);
  drive();
}

void HttpSession::wake_stream() {
  if (state_ == State::kStreaming) drive();
}

// Hands over what waits, a batch at a time, each only after the one before has left.
bool HttpSession::send_stream() {
  for (;;) {
    const Step flushed = transport_.flush();
    if (flushed != Step::kDone) {
      want_write_ = true;
      return flushed == Step::kAgain;
    }
    const std::string text = stream_->take_unsent();
    if (text.empty()) return true;
    std::size_t size = 0;
    for (std::size_t at = 0; at < text.size(); at += size) {
      if (transport_.write(view_of(text).subspan(at), size) != Step::kDone) return false;
    }
  }
}

bool HttpSession::step_stream() {
  if (!send_stream()) {
    close();
    return false;
  }
  if (stream_->closed()) {
    stream_.reset();
    begin_linger();
    return true;
  }
  if (!head_.empty()) {  // came right behind the head, before our answer to it
    const std::string early = std::exchange(head_, {});
    if (!hear(view_of(early))) {
      close();
      return false;
    }
  }
  std::size_t size = 0;
  switch (transport_.read(reception_->scratch, size)) {
    case Step::kDone:
      if (hear(BytesView(reception_->scratch).first(size))) return true;
      break;
    case Step::kAgain: return wait_to_read();
    case Step::kEnded:
    case Step::kFailed: break;
  }
  close();
  return false;
}

// Under events nothing is expected from the peer but its end; what it says all the same is not a
// request any more.
bool HttpSession::hear(BytesView bytes) {
  if (stream_->upgrade().hear) return stream_->upgrade().hear(bytes);
  lingered_ += bytes.size();
  return lingered_ <= reception_->limits.linger_size_max;
}

void HttpSession::begin_linger() {
  transport_.write_goodbye();
  state_ = State::kLingering;
  lingered_ = 0;
  watch(Watch::kLinger, reception_->limits.linger_ms_max);
}

bool HttpSession::step_linger() {
  const Step flushed = transport_.flush();
  if (flushed == Step::kAgain) return wait_to_write();
  if (flushed == Step::kDone && !sending_shut_) {
    sending_shut_ = true;
    ErrorCode ignored;
    transport_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }
  std::size_t size = 0;
  if (flushed == Step::kDone) {
    const Step got = transport_.discard(reception_->scratch, size);
    lingered_ += size;
    if (got == Step::kAgain) return wait_to_read();
    if (got == Step::kDone && lingered_ <= reception_->limits.linger_size_max) return true;
  }
  close();
  return false;
}

void HttpSession::give_up_body() {
  reception_->bodies_size -= request_.body.size();
  state_ = State::kAnswering;
  const auto* host = request_.find_header("host");
  http::Request kept;
  if (host) kept.headers.push_back({"host", *host});
  std::swap(kept, request_);
  reception_->handler.on_cut(std::move(kept), content_length_);
}

void HttpSession::close() {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();  // forgetting it below may drop the last owner
  if (state_ == State::kBody) give_up_body();
  state_ = State::kClosed;
  count_bytes();
  if (stream_) stream_->end();
  stream_.reset();
  timer_.cancel();
  ++watch_serial_;  // a handler that is queued already is late too, and must not watch the closed
  ErrorCode ignored;
  transport_.socket().close(ignored);
  const auto count = reception_->sessions_of_peer.find(peer_.neighbourhood);
  if (count != reception_->sessions_of_peer.end() && --count->second == 0)
    reception_->sessions_of_peer.erase(count);
  reception_->sessions.erase(peer_.connection);
  reception_->sessions_now = reception_->sessions.size();
  if (reception_->sessions.empty() && reception_->on_empty) reception_->on_empty();
}

}  // namespace daybook
