// SPDX-License-Identifier: Apache-2.0
// One connection to elsewhere for call_out, plain or TLS, moved forward by waiting with one
// deadline for everything. Blocking; one thread, its own loop. Knows nothing of HTTP.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "sync-server/net/out_call.hpp"
#include "sync-server/net/out_url.hpp"

namespace daybook {

class OutLine {
 public:
  explicit OutLine(std::int64_t timeout_ms);
  ~OutLine();
  OutLine(const OutLine&) = delete;
  OutLine& operator=(const OutLine&) = delete;

  // Name, TCP and, for https, TLS with the chain and the name verified.
  Result<void> open(const OutUrl& url, const OutTrust& trust);
  Result<void> write(BytesView bytes);
  // 0: the other end has finished, in good order. A TLS peer that just vanishes is kCut.
  Result<std::size_t> read(std::span<std::uint8_t> into);

 private:
  struct Wire;  // Asio stays in the .cpp
  std::unique_ptr<Wire> wire_;
};

}  // namespace daybook
