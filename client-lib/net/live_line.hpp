// SPDX-License-Identifier: Apache-2.0
// The phone's half of its line to the office (PROTOCOL.md §15): hears what moves there as soon as
// it does, and carries short requests in a few hundred bytes. One thread holds it, another asks
// through it. Where it breaks nothing is lost: the same request goes by a Carrier, and what was
// said meanwhile is fetched.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "client-lib/net/device_session.hpp"
#include "client-lib/net/https_client.hpp"
#include "core/base/result.hpp"
#include "core/crypto/device_key.hpp"
#include "core/wire/line.hpp"

namespace daybook {

struct LiveCounters {
  std::uint64_t asked = 0;  // and answered
  std::uint64_t bells = 0;
  std::uint64_t pages = 0;
};

class LiveLine {
 public:
  // The bare bell (empty) or a live page's message.
  using OnCall = std::function<void(BytesView live_page)>;

  // Borrows both for its life; the client is this line's alone.
  LiveLine(HttpsClient& client, const Uuid& device, Signer& signer);

  // Opens it and serves it until it breaks or the client is interrupted; blocks. `on_call` runs on
  // this thread.
  Result<void> hold(const OnCall& on_call);

  // From another thread, one at a time: the reply's message. kCut: there is no line, or it broke
  // before the answer; kTooLarge: question or answer is too long for it; kTimedOut. Any other code
  // is the office's refusal. Whether the request was carried out is unknown after an error.
  Result<Bytes> ask(BytesView message, std::int64_t ms);

  bool is_open() const;
  LiveCounters counters() const;

 private:
  Result<void> open();
  Result<void> serve(const OnCall& on_call);
  Result<void> send_question(wire::LineTalk& up, Bytes& asked);
  Result<void> take(const wire::LinePacket& packet, wire::LineTalk& down, const Bytes& asked,
                    const OnCall& on_call);
  void answer(Result<Bytes> result);
  void shut();

  HttpsClient& client_;
  DeviceSession session_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool open_ = false;
  bool given_up_ = false;  // a question was not answered in time: nobody may answer it later
  std::optional<Bytes> question_;  // not yet sent
  bool waiting_ = false;           // for the answer
  std::optional<Result<Bytes>> answer_;
  LiveCounters counters_;
};

}  // namespace daybook
