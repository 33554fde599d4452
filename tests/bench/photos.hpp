// SPDX-License-Identifier: Apache-2.0
// S7: a hundred photos that a phone has promised go to the office, each durable before it is
// acknowledged; and how long a record takes meanwhile. Used by daybook-bench.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/bench_phone.hpp"

namespace daybook::bench {

struct PhotoRun {
  double wall_s = 0;
  std::uint64_t photos = 0;
  std::uint64_t bytes = 0;  // of contents
  std::uint64_t wire_up = 0, wire_down = 0;
};

// `folder`: with index.ndjson and the photos that it lists; `blobs`: where the phone keeps them.
// `lines`: connections at the same time. Promises them first, outside the clock.
PhotoRun bring_photos(BenchPhone& phone, const std::string& folder, const std::string& blobs,
                      std::size_t lines);

// Milliseconds from a change until the office has acknowledged it, `count` of them one after the
// other; with `busy`, while a large content goes up beside.
std::vector<double> change_records(BenchPhone& phone, const std::string& blobs, std::size_t count,
                                   bool busy);

}  // namespace daybook::bench
