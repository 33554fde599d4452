// SPDX-License-Identifier: Apache-2.0
// What can be wrong with the line, what the line has counted, and the words that change the one and
// print the other. Plain values; used by FaultLine, by the program daybook-line (options and
// control pipe) and by tests. Does not open sockets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace daybook {

enum class LineMode {
  pass,       // bytes go through, subject to the other faults
  no_signal,  // nothing listens: a connect is refused, and what was open is reset
  stall,      // half-open: everything stays connected and nothing moves until the mode changes
  portal,     // a stranger answers every connection with a page of HTML in plain text
};

inline constexpr std::uint32_t kLoseEveryReply = UINT32_MAX;

// Zero means "not this fault" everywhere.
struct LineFaults {
  LineMode mode = LineMode::pass;

  // A connection is reset on both sides once this many bytes, both directions together, have gone
  // through it. The spread (0..100) draws each connection's limit from N - spread % .. N + spread
  // %, under the line's seed.
  std::uint64_t cut_every_bytes = 0;
  std::uint32_t cut_spread_percent = 0;
  // The first bytes of a connection that do not count towards cut_every_bytes: room for a TLS
  // handshake, without which a line that breaks every 2 kB might never carry one whole request.
  std::uint64_t cut_spare_bytes = 0;
  // Like cut_every_bytes, but only the bytes that travel up are counted: the request is cut in two.
  std::uint64_t cut_up_after_bytes = 0;

  // The next N requests arrive whole, but their answers are swallowed and the connection is cut.
  std::uint32_t lose_replies = 0;

  std::uint32_t delay_ms = 0;
  std::uint32_t jitter_ms = 0;  // added to the delay, 0..jitter, under the seed; order is kept
  std::uint64_t rate_bits_per_s = 0;  // each direction, shared by all connections
};

struct LineCounters {
  std::uint64_t connections = 0;   // accepted
  std::uint64_t cuts = 0;          // by cut_every, cut_up or a lost reply
  std::uint64_t replies_lost = 0;  // those of the cuts that swallowed a reply
  std::uint64_t dropped = 0;  // reset because the signal went, a portal came up, or drop was asked
  std::uint64_t portal_answers = 0;
  std::uint64_t turned_away =
      0;  // over the limit of open connections, or nobody answered behind the line
  std::uint64_t bytes_up = 0;         // forwarded, client to server
  std::uint64_t bytes_down = 0;       // forwarded, server to client
  std::uint64_t bytes_swallowed = 0;  // read from either side and never forwarded
};

std::string_view print_mode(LineMode mode);

// One line of JSON without a newline. `commands` counts the control commands obeyed so far, so that
// a script can tell whether the counters it reads are newer than the command it wrote.
std::string print_counters(const LineCounters& counters, LineMode mode, std::uint64_t commands);

// "2048", "2kB" (2,000), "2KiB" (2,048), "3MB", "3MiB". False when it is anything else or over 1
// TB.
bool parse_size(std::string_view text, std::uint64_t& bytes);

// "64kbit" (64,000), "2Mbit", "9600bit", "9600". Bits a second.
bool parse_rate(std::string_view text, std::uint64_t& bits_per_s);

enum class LineAct {
  none,    // an empty line or a remark
  change,  // the faults were changed: put them in force
  drop,    // reset every open connection, change nothing else
  stats,   // write the counters
};

// Reads one control command and changes `faults` accordingly. On false the faults are as they were
// and `why` says what is wrong. README.md beside this file lists the commands.
bool read_command(std::string_view line, LineFaults& faults, LineAct& act, std::string& why);

}  // namespace daybook
