// SPDX-License-Identifier: Apache-2.0
// Every limit of the phone's door to the network, in one place, each with its reason. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace daybook {

struct HttpsLimits {
  // Name, TCP and TLS together. A phone that has a line at all shakes hands in 2 s; the rest is
  // waiting for one that is gone.
  std::int64_t connect_ms_max = 10'000;
  // No byte in either direction: the line is dead, whatever TCP believes. Carrier NATs forget
  // silently.
  std::int64_t stall_ms_max = 30'000;
  // One request with its reply, however steadily it drips.
  std::int64_t transfer_ms_max = 15 * 60 * 1000;
  // Who gives way to records waits so long before each 16 KiB, then goes on: contents trickle
  // beside a first sync of hours.
  std::int64_t gives_way_ms_max = 1'000;
  // The office says on a line every 25 s that it is there; two lost in a row mean that it is not.
  std::int64_t silence_ms_max = 60'000;

  // Heads of replies, as the office keeps them for requests.
  std::size_t head_size_max = 8 * 1024;
  std::size_t fields_max = 64;
};

}  // namespace daybook
