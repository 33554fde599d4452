// SPDX-License-Identifier: Apache-2.0
// One connection: shakes hands, reads one request at a time, asks the Handler, writes the reply,
// goes on. A machine of seven states that is driven whenever the socket can move; what the peer
// sent too early waits in the kernel and is served in order. Made by Listener; lives on the loop
// thread; ends itself. Does not decide who may do what: that is behind the Handler.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "sync-server/http/message.hpp"
#include "sync-server/net/live_stream.hpp"
#include "sync-server/net/reception.hpp"
#include "sync-server/net/tls_transport.hpp"

namespace daybook {

// Who is at the other end.
struct HttpPeer {
  std::string address;           // for the handler
  std::string neighbourhood;     // address, or its /64: what the limit per peer counts
  std::uint64_t connection = 0;  // number in this process
};

class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(boost::asio::io_context& loop, boost::asio::ip::tcp::socket socket, ssl_ctx_st* tls,
              std::shared_ptr<Reception> reception, HttpPeer peer);

  void start();
  // Ends when the request in flight is answered; at once when there is none. Streams close.
  void stop();
  // Ends now. A body that was arriving is handed to Handler::on_cut.
  void abort();

  // From ReplySlip and SessionStream, posted to the loop. Late or doubled ones do nothing.
  void take_reply(std::uint64_t question, http::Response response);
  void take_stream(std::uint64_t question, std::shared_ptr<SessionStream> stream);
  void wake_stream();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  using Step = TlsTransport::Step;
  enum class State : std::uint8_t {
    kHandshake,
    kHead,
    kBody,
    kAnswering,
    kReplying,
    kStreaming,
    kLingering,
    kClosed
  };
  // What the one timer is waiting for.
  enum class Watch : std::uint8_t {
    kNothing,
    kHandshake,
    kIdle,
    kHead,
    kBody,
    kAnswer,
    kReply,
    kStream,
    kLinger
  };

  void drive();
  // Each step moves what can move and says whether to go on at once; when not, it has said what to
  // wait for.
  bool step();
  bool step_handshake();
  bool step_head();
  bool step_body();
  bool step_reply();
  bool step_stream();
  bool step_linger();
  void await_socket();
  bool wait_to_read();
  bool wait_to_write();

  bool begin_request(std::size_t head_size);
  bool begin_body(std::uint64_t content_length);
  bool append_body(BytesView bytes);
  void deliver();
  void begin_reply(http::Response response);
  bool refuse(int status, std::string_view problem);
  void finish_reply();
  void count_bytes();
  void begin_linger();
  void close();
  void give_up_body();  // tells the handler what had arrived
  bool send_stream();
  bool hear(BytesView bytes);

  // Sets the timer unless it is waiting for the same already.
  void watch(Watch what, std::int64_t ms);
  void on_timer();
  void begin_rate(std::uint64_t bytes_now);
  bool rate_is_fine(std::uint64_t bytes_now);  // once per window
  bool stream_moves() const;                   // as fast as a reply must, since the last round

  boost::asio::io_context& loop_;
  const std::shared_ptr<Reception> reception_;
  const HttpPeer peer_;
  TlsTransport transport_;
  boost::asio::steady_timer timer_;
  State state_ = State::kHandshake;
  Watch watch_ = Watch::kNothing;
  std::uint64_t watch_serial_ = 0;
  bool want_read_ = false;
  bool want_write_ = false;
  bool read_awaited_ = false;
  bool write_awaited_ = false;

  std::string head_;              // arrived, not yet a whole head
  std::size_t head_scanned_ = 0;  // so far there is no end in it
  http::Request request_;
  std::uint64_t content_length_ = 0;
  std::uint64_t questions_ = 0;  // handed to the handler or refused by it; the newest one's number
  bool close_after_ = false;
  bool bodiless_ = false;  // HEAD

  Bytes reply_;
  std::size_t reply_at_ = 0;
  std::shared_ptr<SessionStream> stream_;
  std::uint64_t lingered_ = 0;
  bool sending_shut_ = false;

  SteadyTime transfer_begun_{};
  std::uint64_t window_bytes_ = 0;
  std::uint64_t counted_in_ = 0;
  std::uint64_t counted_out_ = 0;
};

}  // namespace daybook
