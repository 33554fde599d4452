// SPDX-License-Identifier: Apache-2.0
// One connection through the line: two directions, each a bounded queue of chunks with a due time.
// Made by FaultLine on accept; lives on the thread of the line; ends itself. Does not listen and
// does not decide the mode of the line.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "tests/fault_line/line_state.hpp"
#include "tests/fault_line/tls_record_counter.hpp"

namespace daybook {

class LineConnection : public std::enable_shared_from_this<LineConnection> {
 public:
  LineConnection(LineState& line, boost::asio::ip::tcp::socket client, std::uint64_t ordinal);

  void start();
  void obey_faults();  // the faults of the line have changed
  void drop();         // reset, counted as dropped

 private:
  struct Chunk {
    std::string bytes;
    LineClock::time_point due;
  };
  struct Direction {
    boost::asio::ip::tcp::socket* from;
    boost::asio::ip::tcp::socket* to;
    boost::asio::steady_timer pace;
    std::uint64_t LineCounters::*counter;
    std::size_t lane;  // 0 up, 1 down
    std::deque<Chunk> queue{};
    std::size_t queued_bytes = 0;
    std::uint64_t chunks_seen = 0;
    LineClock::time_point last_due{};
    std::array<char, 16384> buffer{};
    bool reading = false;
    bool writing = false;
    bool pacing = false;
    bool ended = false;     // the sender has closed its half
    bool finished = false;  // and the receiver has been told
  };

  bool is_up(const Direction& direction) const { return &direction == &up_; }
  void pump(Direction& direction);
  void read_more(Direction& direction);
  void write_more(Direction& direction);
  void write_front(Direction& direction);
  void after_write(Direction& direction, boost::system::error_code error, std::size_t written);
  void finish_if_drained(Direction& direction);
  LineClock::time_point plan_due(Direction& direction, std::size_t bytes);
  void swallow_front(Direction& direction);
  void begin_loss_if_asked();
  void arm_settling();
  void end_loss();
  void reset_limits();
  std::uint64_t find_allowance(const Direction& direction) const;
  bool is_spent() const;
  void cut();
  void close_hard();

  LineState& line_;
  std::uint64_t ordinal_;
  boost::asio::ip::tcp::socket client_;
  boost::asio::ip::tcp::socket server_;
  boost::asio::steady_timer settling_;
  Direction up_;
  Direction down_;
  std::uint64_t forwarded_ = 0;  // both directions, the chunk now being written included
  std::uint64_t forwarded_up_ = 0;
  std::uint64_t limit_ = 0;  // position in forwarded_ at which to cut; 0 = none
  std::uint64_t limit_up_ = 0;
  TlsRecordCounter records_up_;
  bool losing_ = false;  // this connection's next reply is being swallowed
  std::uint64_t swallowed_since_up_ = 0;
  bool connected_ = false;
  bool closed_ = false;
};

}  // namespace daybook
