// SPDX-License-Identifier: Apache-2.0
// An enrolled phone's way into a line: session, token and proof (EXCHANGE.md §5), without blocking.
// What DeviceSession is on a phone; like there, each line has a session of its own. Used by
// daybook-live.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client-lib/net/https_client.hpp"
#include "core/crypto/device_key.hpp"
#include "core/model/ids.hpp"
#include "core/wire/line.hpp"
#include "tests/bench/live/crowd_line.hpp"

namespace daybook::bench {

class CrowdDevice {
 public:
  CrowdDevice(CrowdLoop& loop, const CrowdDoor& door, const DeviceId& device,
              std::unique_ptr<Signer> key, CrowdLine::Broken broken);

  // Connects from `source` and opens a session.
  void open(const std::string& source, std::function<void()> ready);
  void post(const std::string& path, const HttpHeader& extra, BytesView body,
            std::function<void(HttpReply)> replied);
  // The held line: what the office says on it, but that it is still there.
  using Said = std::function<void(wire::LineKind kind, BytesView payload)>;
  void hold(Said said);
  CrowdLine& line() { return line_; }

 private:
  void ask_nonce(std::function<void()> ready);
  void prove(const Bytes& nonce, std::function<void()> ready);
  void session(const Bytes& body, std::function<void(const HttpReply&)> replied);
  std::string who();  // the token, and the proof where this line has none yet

  CrowdLine line_;
  const DeviceId device_;
  const std::unique_ptr<Signer> key_;
  CrowdLine::Broken broken_;
  Bytes token_;
  bool proven_ = false;
};

}  // namespace daybook::bench
