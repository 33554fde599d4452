// SPDX-License-Identifier: Apache-2.0
// A bad telephone line between a phone and the office: a TCP forwarder on 127.0.0.1 that can cut,
// stall, refuse, slow down, lose replies or answer as a captive portal. Tests and the demo put it
// between client and server. Runs one thread of its own; every member may be called from any other
// thread. Sees bytes only: of TLS it reads no more than the five bytes that head each record, to
// know when a request has begun. Cannot duplicate or reorder, because TCP would not let it be seen.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/fault_line/faults.hpp"

namespace daybook {

struct LineOptions {
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 0;  // 0 takes a free one
  std::string to_host = "127.0.0.1";
  std::uint16_t to_port = 0;
  std::uint64_t seed = 1;
  LineFaults faults;
  std::string portal_page;  // HTML; empty means the page that comes with the line
};

class FaultLine {
 public:
  // Null when the line cannot listen; `why` then says so.
  static std::unique_ptr<FaultLine> open(const LineOptions& options, std::string& why);

  // Resets what is still open and joins the thread.
  ~FaultLine();
  FaultLine(const FaultLine&) = delete;
  FaultLine& operator=(const FaultLine&) = delete;

  // The same for the whole life of the line, with signal or without.
  std::uint16_t port() const;

  // Returns when the faults are in force. Byte limits count from here on for connections already
  // open. False only when the line could not listen again after no_signal.
  bool apply(const LineFaults& faults);

  LineFaults faults() const;
  LineCounters counters() const;

  // Resets every open connection; new ones are welcome.
  void drop_connections();

 private:
  struct Parts;
  explicit FaultLine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace daybook
