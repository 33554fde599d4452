// SPDX-License-Identifier: Apache-2.0
// Judges the head of a request and turns it into plain values. Called by HttpSession with one whole
// head, and by its tests and fuzz target with anything. Pure.
//
// Two readers must agree. The guard goes over the bytes first and refuses every doubtful framing,
// because the Beast of our distributions lets request smuggling through (Transfer-Encoding beside
// Content-Length, folded lines, several Hosts); what it let pass is then read by Beast's parser,
// and a head that the two understand differently is refused too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sync-server/http/message.hpp"
#include "sync-server/net/limits.hpp"

namespace daybook {

struct ParsedHead {
  int refusal =
      0;  // HTTP status, 0 when the request is accepted; every refusal ends the connection
  std::string_view problem;  // which rule, e.g. "transfer-encoding"; a name, never the peer's text
  http::Request request;     // method, path, query, headers
  std::uint64_t content_length = 0;
  bool close = false;  // the client asked to end after this one
};

// `head` ends with the empty line. `hosts` is the allow list of Host values, lower case, without
// port; empty allows all.
ParsedHead parse_head(std::string_view head, const HttpLimits& limits,
                      const std::vector<std::string>& hosts);

// Where the head ends in what has arrived: its size, 0 when more is needed. `broken` is set when it
// can never become a head: a line feed without carriage return, or an empty first line. Looks from
// `from` on only.
std::size_t find_head_end(std::string_view arrived, std::size_t from, bool& broken);

// Splits and decodes "/a%20b?x=1". False when it is not an absolute path, or hides NUL, a slash or
// "..".
bool read_target(std::string_view target, http::Request& request);

}  // namespace daybook
