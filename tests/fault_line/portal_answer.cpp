// SPDX-License-Identifier: Apache-2.0
// Reads once, answers, waits for the client to leave. See portal_answer.hpp.
#include "tests/fault_line/portal_answer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <string_view>
#include <utility>

namespace daybook {

namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kPortalLifeMax{10};
constexpr std::string_view kPageOfTheHouse =
    "<!doctype html><html><head><title>Guest Wi-Fi</title></head>"
    "<body><h1>Welcome</h1><p>Accept the terms to use the Internet.</p></body></html>\n";

}  // namespace

PortalAnswer::PortalAnswer(LineState& line, asio::ip::tcp::socket client)
    : line_(line), client_(std::move(client)), deadline_(client_.get_executor()) {
  const std::string_view page =
      line.portal_page.empty() ? kPageOfTheHouse : std::string_view(line.portal_page);
  reply_ =
      "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: "
      "close\r\nContent-Length: ";
  reply_ += std::to_string(page.size());
  reply_ += "\r\n\r\n";
  reply_ += page;
}

void PortalAnswer::start() {
  deadline_.expires_after(kPortalLifeMax);
  deadline_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (!error) {
      self->hang_up();
    }
  });
  client_.async_read_some(
      asio::buffer(buffer_),
      [self = shared_from_this()](boost::system::error_code error, std::size_t count) {
        self->line_.count(&LineCounters::bytes_swallowed, count);
        if (error) {
          self->hang_up();
          return;
        }
        self->answer();
      });
}

void PortalAnswer::answer() {
  line_.count(&LineCounters::portal_answers);
  asio::async_write(
      client_, asio::buffer(reply_),
      [self = shared_from_this()](boost::system::error_code error, std::size_t) {
        if (error) {
          self->hang_up();
          return;
        }
        boost::system::error_code ignored;  // a client that has left already needs no goodbye
        self->client_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        self->drain();
      });
}

// Closing with bytes unread would reset the connection and could take the page away from the
// client.
void PortalAnswer::drain() {
  client_.async_read_some(
      asio::buffer(buffer_),
      [self = shared_from_this()](boost::system::error_code error, std::size_t count) {
        self->line_.count(&LineCounters::bytes_swallowed, count);
        if (error) {
          self->hang_up();
          return;
        }
        self->drain();
      });
}

void PortalAnswer::hang_up() {
  deadline_.cancel();
  boost::system::error_code ignored;
  client_.close(ignored);
}

}  // namespace daybook
