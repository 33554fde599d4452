// SPDX-License-Identifier: Apache-2.0
// The captive portal of a hotel: whatever arrives, it answers 200 and a page, in plain text, and
// hangs up. Made by FaultLine on accept while the mode is portal; lives on the thread of the line;
// ends itself within seconds. Never contacts the server.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>

#include "tests/fault_line/line_state.hpp"

namespace daybook {

class PortalAnswer : public std::enable_shared_from_this<PortalAnswer> {
 public:
  PortalAnswer(LineState& line, boost::asio::ip::tcp::socket client);
  void start();

 private:
  void answer();
  void drain();
  void hang_up();

  LineState& line_;
  boost::asio::ip::tcp::socket client_;
  boost::asio::steady_timer deadline_;
  std::array<char, 4096> buffer_{};
  std::string reply_;
};

}  // namespace daybook
