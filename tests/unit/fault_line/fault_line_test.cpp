// SPDX-License-Identifier: Apache-2.0
// What the bad line promises, against a plain TCP echo server: every fault, its counters, and that
// a clean line changes no byte. Also the words of its control pipe.
#include "tests/fault_line/fault_line.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/fault_line/tls_record_counter.hpp"
#include "tests/support/catch.hpp"

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using daybook::FaultLine;
using daybook::LineCounters;
using daybook::LineFaults;
using daybook::LineMode;
using daybook::LineOptions;

// Sends back what it gets, and remembers how much it got. One thread.
class EchoServer {
 public:
  EchoServer() {
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~EchoServer() {
    io_.stop();
    thread_.join();
  }
  std::uint16_t port() const { return port_; }
  std::uint64_t bytes_received() const { return received_.load(); }
  int connections() const { return connections_.load(); }

 private:
  struct Talk {
    explicit Talk(tcp::socket s) : socket(std::move(s)) {}
    tcp::socket socket;
    std::array<char, 8192> buffer{};
  };
  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
      if (!error) {
        ++connections_;
        read(std::make_shared<Talk>(std::move(socket)));
        accept();
      }
    });
  }
  void read(const std::shared_ptr<Talk>& talk) {
    talk->socket.async_read_some(asio::buffer(talk->buffer),
                                 [this, talk](boost::system::error_code error, std::size_t count) {
                                   received_ += count;
                                   if (error) {
                                     return;
                                   }
                                   asio::async_write(
                                       talk->socket, asio::buffer(talk->buffer.data(), count),
                                       [this, talk](boost::system::error_code failed, std::size_t) {
                                         if (!failed) {
                                           read(talk);
                                         }
                                       });
                                 });
  }
  asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
  std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::atomic<std::uint64_t> received_{0};
  std::atomic<int> connections_{0};
  std::thread thread_;
};

// A blocking client whose every read gives up after two seconds.
class Caller {
 public:
  explicit Caller(std::uint16_t port) {
    socket_.connect(tcp::endpoint(asio::ip::make_address("127.0.0.1"), port), error_);
  }
  bool connected() const { return !error_; }
  bool write(const std::string& text) {
    asio::write(socket_, asio::buffer(text), error_);
    return !error_;
  }
  void end_writing() { socket_.shutdown(tcp::socket::shutdown_send, error_); }

  // Reads up to `count` bytes; fewer when the line ends or nothing comes for `patience`.
  std::string read(std::size_t count,
                   std::chrono::milliseconds patience = std::chrono::milliseconds(2000)) {
    std::string text(count, '\0');
    std::size_t got = 0;
    bool done = false;
    asio::async_read(socket_, asio::buffer(text),
                     [&](boost::system::error_code error, std::size_t bytes) {
                       done = true;
                       got = bytes;
                       error_ = error;
                     });
    io_.restart();
    io_.run_for(patience);
    timed_out_ = !done;
    if (!done) {
      socket_.cancel();
      io_.restart();
      io_.run();
    }
    text.resize(got);
    return text;
  }
  bool was_reset() const {
    return error_ == asio::error::connection_reset || error_ == asio::error::broken_pipe;
  }
  bool timed_out() const { return timed_out_; }

 private:
  asio::io_context io_;
  tcp::socket socket_{io_};
  boost::system::error_code error_;
  bool timed_out_ = false;
};

std::unique_ptr<FaultLine> open_line(std::uint16_t to, const LineFaults& faults,
                                     std::uint64_t seed = 1) {
  LineOptions options;
  options.to_port = to;
  options.faults = faults;
  options.seed = seed;
  std::string why;
  auto line = FaultLine::open(options, why);
  INFO(why);
  REQUIRE(line != nullptr);
  return line;
}

bool wait_until(const std::function<bool()>& holds) {
  for (int turn = 0; turn < 400; ++turn) {
    if (holds()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

std::string make_text(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 7;
  for (char& letter : text) {
    state = state * 1664525U + 1013904223U;
    letter = static_cast<char>(state >> 24U);
  }
  return text;
}

}  // namespace

TEST_CASE("fault_line: a clean line changes no byte and passes the end on", "[fault_line]") {
  const EchoServer server;
  const auto line = open_line(server.port(), {});
  Caller caller(line->port());
  const std::string text = make_text(60'000);
  REQUIRE(caller.write(text));
  REQUIRE(caller.read(text.size()) == text);
  caller.end_writing();
  CHECK(caller.read(1).empty());
  CHECK_FALSE(caller.was_reset());
  const LineCounters counters = line->counters();
  CHECK(counters.connections == 1);
  CHECK(counters.cuts == 0);
  CHECK(counters.bytes_up == text.size());
  CHECK(counters.bytes_down == text.size());
  CHECK(counters.bytes_swallowed == 0);
}

TEST_CASE("fault_line: cut-every resets both sides after exactly that many bytes", "[fault_line]") {
  const EchoServer server;
  LineFaults faults;
  faults.cut_every_bytes = 2048;
  const auto line = open_line(server.port(), faults);
  for (int round = 1; round <= 5; ++round) {
    Caller caller(line->port());
    REQUIRE(caller.write(make_text(4096)));
    const std::string back = caller.read(4096);
    CHECK(caller.was_reset());
    REQUIRE(wait_until([&] { return line->counters().cuts == static_cast<std::uint64_t>(round); }));
    const LineCounters counters = line->counters();
    CHECK(counters.bytes_up + counters.bytes_down == 2048U * static_cast<unsigned>(round));
    CHECK(back.size() <= 2048);
  }
  CHECK(line->counters().connections == 5);
  CHECK(wait_until([&] { return server.bytes_received() == line->counters().bytes_up; }));
}

TEST_CASE("fault_line: the spare bytes of a connection do not count towards the cut",
          "[fault_line]") {
  const EchoServer server;
  LineFaults faults;
  faults.cut_every_bytes = 1000;
  faults.cut_spare_bytes = 3000;
  const auto line = open_line(server.port(), faults);
  Caller caller(line->port());
  REQUIRE(caller.write(make_text(1500)));
  REQUIRE(caller.read(1500).size() == 1500);
  caller.write(make_text(5000));
  caller.read(5000);
  REQUIRE(wait_until([&] { return line->counters().cuts == 1; }));
  CHECK(line->counters().bytes_up + line->counters().bytes_down == 4000);
}

TEST_CASE("fault_line: a spread cut stays in its range and repeats under its seed",
          "[fault_line]") {
  const EchoServer server;
  LineFaults faults;
  faults.cut_up_after_bytes = 0;
  faults.cut_every_bytes = 2000;
  faults.cut_spread_percent = 50;
  const auto measure = [&](std::uint64_t seed) {
    const auto line = open_line(server.port(), faults, seed);
    std::vector<std::uint64_t> limits;
    for (std::uint64_t round = 1; round <= 8; ++round) {
      const LineCounters before = line->counters();
      Caller caller(line->port());
      caller.write(make_text(8000));
      caller.read(8000);
      REQUIRE(wait_until([&] { return line->counters().cuts == round; }));
      const LineCounters after = line->counters();
      limits.push_back(after.bytes_up + after.bytes_down - before.bytes_up - before.bytes_down);
    }
    return limits;
  };
  const auto first = measure(42);
  CHECK(first == measure(42));
  CHECK(first != measure(43));
  for (const std::uint64_t limit : first) {
    CHECK(limit >= 1000);
    CHECK(limit <= 3000);
  }
}

TEST_CASE("fault_line: cut-up counts only what travels up", "[fault_line]") {
  const EchoServer server;
  LineFaults faults;
  faults.cut_up_after_bytes = 3000;
  const auto line = open_line(server.port(), faults);
  Caller caller(line->port());
  REQUIRE(caller.write(make_text(2000)));
  REQUIRE(caller.read(2000).size() == 2000);
  caller.write(make_text(2000));
  caller.read(2000);
  REQUIRE(wait_until([&] { return line->counters().cuts == 1; }));
  CHECK(line->counters().bytes_up == 3000);
  CHECK(wait_until([&] { return server.bytes_received() == 3000; }));
}

TEST_CASE("fault_line: a lost reply leaves the request whole at the server", "[fault_line]") {
  const EchoServer server;
  LineFaults faults;
  faults.lose_replies = 2;
  const auto line = open_line(server.port(), faults);
  const std::string text = make_text(50'000);
  for (std::uint64_t round = 1; round <= 2; ++round) {
    Caller caller(line->port());
    REQUIRE(caller.write(text));
    CHECK(caller.read(text.size()).empty());
    CHECK(caller.was_reset());
    CHECK(line->counters().replies_lost == round);
    CHECK(server.bytes_received() == text.size() * round);
  }
  CHECK(line->faults().lose_replies == 0);
  Caller caller(line->port());
  REQUIRE(caller.write(text));
  CHECK(caller.read(text.size()) == text);
  CHECK(line->counters().cuts == 2);
}

TEST_CASE("fault_line: a stall is silence without an end, and ends without loss", "[fault_line]") {
  const EchoServer server;
  const auto line = open_line(server.port(), {});
  Caller caller(line->port());
  REQUIRE(caller.write("before"));
  REQUIRE(caller.read(6) == "before");
  LineFaults stalled;
  stalled.mode = LineMode::stall;
  REQUIRE(line->apply(stalled));
  REQUIRE(caller.write("during"));
  CHECK(caller.read(6, std::chrono::milliseconds(200)).empty());
  CHECK(caller.timed_out());
  REQUIRE(line->apply({}));
  CHECK(caller.read(6) == "during");
  CHECK(line->counters().cuts == 0);
}

TEST_CASE("fault_line: without signal a connect is refused, and the port stays the same",
          "[fault_line]") {
  const EchoServer server;
  const auto line = open_line(server.port(), {});
  const std::uint16_t port = line->port();
  Caller before(port);
  REQUIRE(before.write("hello"));
  REQUIRE(before.read(5) == "hello");
  LineFaults off;
  off.mode = LineMode::no_signal;
  REQUIRE(line->apply(off));
  CHECK(before.read(1).empty());
  CHECK(before.was_reset());
  CHECK_FALSE(Caller(port).connected());
  CHECK(line->port() == port);
  REQUIRE(line->apply({}));
  Caller after(port);
  REQUIRE(after.connected());
  REQUIRE(after.write("again"));
  CHECK(after.read(5) == "again");
  CHECK(line->counters().dropped == 1);
  CHECK(line->counters().cuts == 0);
}

TEST_CASE("fault_line: a portal answers with a page and never asks the server", "[fault_line]") {
  const EchoServer server;
  LineFaults faults;
  faults.mode = LineMode::portal;
  const auto line = open_line(server.port(), faults);
  Caller caller(line->port());
  REQUIRE(caller.write("\x16\x03\x01 hello"));
  const std::string page = caller.read(4000);
  CHECK(page.rfind("HTTP/1.1 200 OK\r\n", 0) == 0);
  CHECK(page.find("Guest Wi-Fi") != std::string::npos);
  CHECK(server.connections() == 0);
  CHECK(line->counters().portal_answers == 1);
  CHECK(line->counters().bytes_up == 0);
}

TEST_CASE("fault_line: delay and rate take their time and keep the order", "[fault_line]") {
  const EchoServer server;
  LineFaults faults;
  faults.delay_ms = 30;
  faults.jitter_ms = 20;
  faults.rate_bits_per_s = 800'000;
  const auto line = open_line(server.port(), faults);
  const std::string text = make_text(20'000);
  const auto began = std::chrono::steady_clock::now();
  Caller caller(line->port());
  REQUIRE(caller.write(text));
  CHECK(caller.read(text.size()) == text);
  // 20,000 bytes at 100,000 a second, and two delays.
  CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(200 + 60));
}

TEST_CASE("fault_line: a server that is not there turns the caller away", "[fault_line]") {
  std::uint16_t nobody = 0;
  {
    const EchoServer gone;
    nobody = gone.port();
  }
  const auto line = open_line(nobody, {});
  Caller caller(line->port());
  CHECK(caller.read(1).empty());
  CHECK(caller.was_reset());
  CHECK(line->counters().turned_away == 1);
}

TEST_CASE("fault_line: the line can be taken down in the middle of traffic", "[fault_line]") {
  const EchoServer server;
  auto line = open_line(server.port(), {});
  Caller caller(line->port());
  REQUIRE(caller.write(make_text(100'000)));
  line.reset();
  caller.read(100'000);
  CHECK_FALSE(caller.timed_out());
}

TEST_CASE("fault_line: a request of TLS begins at its second application record", "[fault_line]") {
  const auto record = [](char type, std::size_t length) {
    std::string bytes{type, 3, 3, static_cast<char>(length >> 8U),
                      static_cast<char>(length & 0xFFU)};
    return bytes + std::string(length, '\x17');
  };
  const std::string hello = record(0x16, 300) + record(0x14, 1) + record(0x17, 53);
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
    daybook::TlsRecordCounter counter;
    const auto see = [&counter, step](const std::string& bytes) {
      bool found = false;
      for (std::size_t at = 0; at < bytes.size(); at += step) {
        found = counter.see(bytes.data() + at, std::min(step, bytes.size() - at)) || found;
      }
      return found;
    };
    CHECK_FALSE(see(hello));
    CHECK(see(record(0x17, 400)));
    CHECK_FALSE(see(record(0x17, 19)));  // an encrypted alert
  }
}

TEST_CASE("fault_line: commands and sizes are read strictly", "[fault_line]") {
  std::uint64_t bytes = 0;
  CHECK((daybook::parse_size("2kB", bytes) && bytes == 2000));
  CHECK((daybook::parse_size("2KiB", bytes) && bytes == 2048));
  CHECK((daybook::parse_size("2048", bytes) && bytes == 2048));
  for (const char* wrong : {"", "kB", "2 kB", "-1", "2kb/s", "99999999999999999999", "9999999MB"}) {
    CHECK_FALSE(daybook::parse_size(wrong, bytes));
  }
  CHECK((daybook::parse_rate("64kbit", bytes) && bytes == 64'000));

  LineFaults faults;
  daybook::LineAct act = daybook::LineAct::none;
  std::string why;
  CHECK(daybook::read_command("cut-every 2048 25%", faults, act, why));
  CHECK(act == daybook::LineAct::change);
  CHECK(faults.cut_every_bytes == 2048);
  CHECK(faults.cut_spread_percent == 25);
  CHECK(daybook::read_command("off", faults, act, why));
  CHECK(faults.mode == LineMode::no_signal);
  CHECK(daybook::read_command("on", faults, act, why));
  CHECK(faults.mode == LineMode::pass);
  CHECK(faults.cut_every_bytes == 2048);
  CHECK(daybook::read_command("clear", faults, act, why));
  CHECK(faults.cut_every_bytes == 0);
  CHECK(daybook::read_command("lose-replies all", faults, act, why));
  CHECK(faults.lose_replies == daybook::kLoseEveryReply);
  CHECK((daybook::read_command("stats", faults, act, why) && act == daybook::LineAct::stats));
  CHECK((daybook::read_command("  # a remark", faults, act, why) && act == daybook::LineAct::none));
  for (const char* wrong :
       {"cut-every", "cut-every x", "cut-every 1 200%", "delay 999999999", "dance", "off now"}) {
    CHECK_FALSE(daybook::read_command(wrong, faults, act, why));
    CHECK_FALSE(why.empty());
  }
  CHECK(faults.lose_replies == daybook::kLoseEveryReply);
}
