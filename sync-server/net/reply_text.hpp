// SPDX-License-Identifier: Apache-2.0
// The head of a reply as it goes over the line. Used by HttpSession. Pure.
#pragma once

#include <string>
#include <string_view>

#include "sync-server/http/message.hpp"

namespace daybook {

struct ReplyFrame {
  bool close = false;       // this is the last reply of the connection
  std::string_view host{};  // the request's Host, to tell a name from an address; may be empty
};

// Few and short: on a line that breaks every 2,000 bytes a header is paid for at every break. No
// Date (times that matter are in the bodies) and no Server (it helps nobody but an attacker). A
// header of the handler replaces ours of the same name; one that could break the framing turns the
// reply into a 500, which also empties `response.body`.
std::string reply_head(http::Response& response, const ReplyFrame& frame);

// The head of a reply that goes on until the connection ends: events, or another protocol.
std::string stream_head(std::string_view protocol = {});

// A refusal by the door itself: {"error":"<problem>"}.
http::Response refusal(int status, std::string_view problem);

}  // namespace daybook
