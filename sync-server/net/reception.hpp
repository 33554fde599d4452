// SPDX-License-Identifier: Apache-2.0
// What all connections of one listener share: limits, the handler, who is here, and one buffer to
// read into. Made by Listener, held by it and by every HttpSession. Loop thread only.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/ports/trace.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/net/limits.hpp"

namespace daybook {

class HttpSession;

struct Reception {
  Reception(http::Handler& answers, Trace& notes) : handler(answers), trace(notes) {}

  http::Handler& handler;
  Trace& trace;
  HttpLimits limits;
  std::vector<std::string> hosts;
  bool stopping = false;
  std::function<void()> on_empty;  // set while stopping: the last connection has gone

  std::map<std::uint64_t, std::shared_ptr<HttpSession>> sessions;
  std::map<std::string, std::size_t> sessions_of_peer;
  std::atomic<std::size_t> sessions_now{0};  // for whoever asks from another thread
  // Since the start, likewise.
  std::atomic<std::uint64_t> accepted{0}, turned_away{0}, handshakes_failed{0}, resumed{0};
  std::atomic<std::uint64_t> bytes_in{0}, bytes_out{0};
  std::array<std::atomic<std::uint64_t>, 5> replies{};  // by the first digit of the status, 1 to 5
  std::size_t bodies_size = 0;  // arrived and not yet handed over, all connections together

  // Everybody reads into this and copies out what is his: so ten thousand waiting phones need no
  // buffers.
  std::array<std::uint8_t, 16 * 1024> scratch{};
};

}  // namespace daybook
