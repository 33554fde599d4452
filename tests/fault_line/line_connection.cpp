// SPDX-License-Identifier: Apache-2.0
// The pumps of one connection and the faults that act on it. Every handler holds the connection
// alive and looks at closed_ first. Nothing here waits by spinning: a stalled or paced direction
// sleeps until a timer or a command wakes it.
#include "tests/fault_line/line_connection.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace daybook {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

// What may be under way in one direction of one connection. Enough for 64 kbit/s at seconds of
// delay.
constexpr std::size_t kQueueBytesMax = std::size_t{256} * 1024;
// A reply counts as over when both sides have been quiet this long after its first byte. Long
// enough for a server that writes head and body apart, and for its session tickets to be followed
// by the answer.
constexpr milliseconds kReplyQuiet{150};
// A server that does not answer at all is cut off after this.
constexpr milliseconds kReplyWaitMax{10'000};

}  // namespace

LineConnection::LineConnection(LineState& line, tcp::socket client, std::uint64_t ordinal)
    : line_(line),
      ordinal_(ordinal),
      client_(std::move(client)),
      server_(client_.get_executor()),
      settling_(client_.get_executor()),
      up_{&client_, &server_, asio::steady_timer(client_.get_executor()), &LineCounters::bytes_up,
          0},
      down_{&server_, &client_, asio::steady_timer(client_.get_executor()),
            &LineCounters::bytes_down, 1} {
  reset_limits();
}

void LineConnection::start() {
  server_.async_connect(line_.target, [self = shared_from_this()](boost::system::error_code error) {
    if (self->closed_) {
      return;
    }
    if (error) {
      self->line_.count(&LineCounters::turned_away);
      self->close_hard();
      return;
    }
    boost::system::error_code ignored;  // without no_delay the line is merely slower
    self->client_.set_option(tcp::no_delay(true), ignored);
    self->server_.set_option(tcp::no_delay(true), ignored);
    self->connected_ = true;
    self->pump(self->up_);
    self->pump(self->down_);
  });
}

void LineConnection::obey_faults() {
  if (closed_) {
    return;
  }
  reset_limits();
  if (line_.faults.lose_replies == 0 && losing_) {
    // The command took the fault back before the reply came.
    losing_ = false;
    settling_.cancel();
  }
  pump(up_);
  pump(down_);
}

void LineConnection::drop() {
  if (!closed_) {
    line_.count(&LineCounters::dropped);
    close_hard();
  }
}

void LineConnection::pump(Direction& direction) {
  write_more(direction);
  read_more(direction);
}

void LineConnection::read_more(Direction& direction) {
  if (closed_ || !connected_ || direction.reading || direction.ended ||
      line_.faults.mode == LineMode::stall || direction.queued_bytes >= kQueueBytesMax) {
    return;
  }
  std::size_t take = direction.buffer.size();
  if (line_.faults.rate_bits_per_s > 0) {
    // A twentieth of a second at a time, so that a slow line is slow evenly.
    const std::uint64_t slice = line_.faults.rate_bits_per_s / 8 / 20;
    take = static_cast<std::size_t>(std::clamp<std::uint64_t>(slice, 64, take));
  }
  direction.reading = true;
  direction.from->async_read_some(
      asio::buffer(direction.buffer.data(), take),
      [self = shared_from_this(), &direction](boost::system::error_code error, std::size_t count) {
        direction.reading = false;
        if (self->closed_) {
          return;
        }
        if (error == asio::error::eof) {
          direction.ended = true;
          self->finish_if_drained(direction);
          return;
        }
        if (error) {
          self->close_hard();
          return;
        }
        direction.queue.push_back(
            {std::string(direction.buffer.data(), count), self->plan_due(direction, count)});
        direction.queued_bytes += count;
        self->pump(direction);
      });
}

LineClock::time_point LineConnection::plan_due(Direction& direction, std::size_t bytes) {
  const LineFaults& faults = line_.faults;
  LineClock::time_point due = LineClock::now();
  if (faults.rate_bits_per_s > 0) {
    LineClock::time_point& free_at = line_.free_at[direction.lane];
    free_at = std::max(free_at, due) +
              std::chrono::microseconds(bytes * 8 * 1'000'000 / faults.rate_bits_per_s);
    due = free_at;
  }
  due += milliseconds(faults.delay_ms);
  if (faults.jitter_ms > 0) {
    const std::uint64_t turn = direction.chunks_seen * 2 + direction.lane;
    due += milliseconds(line_.draw(ordinal_, turn) % (std::uint64_t{faults.jitter_ms} + 1));
  }
  ++direction.chunks_seen;
  direction.last_due = std::max(direction.last_due, due);
  return direction.last_due;
}

void LineConnection::write_more(Direction& direction) {
  while (!closed_ && connected_ && !direction.writing && !direction.queue.empty() &&
         line_.faults.mode != LineMode::stall) {
    if (direction.queue.front().due > LineClock::now()) {
      if (!direction.pacing) {
        direction.pacing = true;
        direction.pace.expires_at(direction.queue.front().due);
        direction.pace.async_wait(
            [self = shared_from_this(), &direction](boost::system::error_code) {
              direction.pacing = false;
              self->pump(direction);
            });
      }
      return;
    }
    if (losing_ && !is_up(direction)) {
      swallow_front(direction);
      continue;
    }
    write_front(direction);
    return;
  }
  if (!closed_) {
    finish_if_drained(direction);
  }
}

void LineConnection::write_front(Direction& direction) {
  const std::string& bytes = direction.queue.front().bytes;
  const std::uint64_t allowance = find_allowance(direction);
  if (allowance == 0) {
    cut();
    return;
  }
  const std::size_t count =
      static_cast<std::size_t>(std::min<std::uint64_t>(allowance, bytes.size()));
  forwarded_ += count;
  if (is_up(direction)) {
    forwarded_up_ += count;
    if (records_up_.see(bytes.data(), count)) {
      begin_loss_if_asked();
    }
  }
  direction.writing = true;
  asio::async_write(*direction.to, asio::buffer(bytes.data(), count),
                    [self = shared_from_this(), &direction](boost::system::error_code error,
                                                            std::size_t written) {
                      direction.writing = false;
                      self->line_.count(direction.counter, written);
                      if (!self->closed_) {
                        self->after_write(direction, error, written);
                      }
                    });
}

void LineConnection::after_write(Direction& direction, boost::system::error_code error,
                                 std::size_t written) {
  direction.queued_bytes -= written;
  const Direction& other = is_up(direction) ? down_ : up_;
  if (error) {
    close_hard();
  } else if (is_spent() && !other.writing) {
    cut();
  } else {
    direction.queue.pop_front();
    pump(direction);
  }
}

void LineConnection::finish_if_drained(Direction& direction) {
  if (!direction.ended || direction.finished || !direction.queue.empty() || direction.writing ||
      line_.faults.mode == LineMode::stall) {
    return;
  }
  if (losing_ && !is_up(direction)) {
    end_loss();  // the server has closed after its reply: there is nothing more to wait for
    return;
  }
  direction.finished = true;
  boost::system::error_code ignored;  // a receiver that has gone is found by the other direction
  direction.to->shutdown(tcp::socket::shutdown_send, ignored);
  if (up_.finished && down_.finished) {
    closed_ = true;
    settling_.cancel();
    client_.close(ignored);
    server_.close(ignored);
    line_.forget(ordinal_);
  }
}

void LineConnection::swallow_front(Direction& direction) {
  const std::size_t count = direction.queue.front().bytes.size();
  line_.count(&LineCounters::bytes_swallowed, count);
  swallowed_since_up_ += count;
  direction.queued_bytes -= count;
  direction.queue.pop_front();
  arm_settling();
}

void LineConnection::begin_loss_if_asked() {
  if (!losing_) {
    if (line_.faults.lose_replies == 0) {
      return;
    }
    losing_ = true;
    if (line_.faults.lose_replies != kLoseEveryReply) {
      --line_.faults.lose_replies;
    }
  }
  swallowed_since_up_ = 0;
  arm_settling();
}

void LineConnection::arm_settling() {
  settling_.expires_after(swallowed_since_up_ > 0 ? kReplyQuiet : kReplyWaitMax);
  settling_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (!error && !self->closed_ && self->losing_) {
      self->end_loss();
    }
  });
}

void LineConnection::end_loss() {
  line_.count(&LineCounters::replies_lost);
  cut();
}

void LineConnection::reset_limits() {
  const LineFaults& faults = line_.faults;
  limit_ = 0;
  limit_up_ = 0;
  if (faults.cut_every_bytes > 0) {
    std::uint64_t bytes = faults.cut_every_bytes;
    if (faults.cut_spread_percent > 0) {
      const std::uint64_t reach = bytes * faults.cut_spread_percent / 100;
      bytes = bytes - reach + line_.draw(ordinal_, UINT64_MAX) % (2 * reach + 1);
    }
    limit_ = std::max(forwarded_, faults.cut_spare_bytes) + std::max<std::uint64_t>(bytes, 1);
  }
  if (faults.cut_up_after_bytes > 0) {
    limit_up_ = forwarded_up_ + faults.cut_up_after_bytes;
  }
}

std::uint64_t LineConnection::find_allowance(const Direction& direction) const {
  std::uint64_t allowance = UINT64_MAX;
  if (limit_ > 0) {
    allowance = limit_ > forwarded_ ? limit_ - forwarded_ : 0;
  }
  if (limit_up_ > 0 && is_up(direction)) {
    allowance = std::min(allowance, limit_up_ > forwarded_up_ ? limit_up_ - forwarded_up_ : 0);
  }
  return allowance;
}

bool LineConnection::is_spent() const {
  return (limit_ > 0 && forwarded_ >= limit_) || (limit_up_ > 0 && forwarded_up_ >= limit_up_);
}

void LineConnection::cut() {
  line_.count(&LineCounters::cuts);
  close_hard();
}

void LineConnection::close_hard() {
  if (closed_) {
    return;
  }
  closed_ = true;
  settling_.cancel();
  up_.pace.cancel();
  down_.pace.cancel();
  line_.count(&LineCounters::bytes_swallowed, up_.queued_bytes + down_.queued_bytes);
  boost::system::error_code ignored;  // a socket that is gone already needs no reset
  for (tcp::socket* socket : {&client_, &server_}) {
    socket->set_option(asio::socket_base::linger(true, 0), ignored);
    socket->close(ignored);
  }
  line_.forget(ordinal_);
}

}  // namespace daybook
