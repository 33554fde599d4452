// SPDX-License-Identifier: Apache-2.0
// S6: many phones that all have 50 records come on line at the same moment. Each is a real core on
// its own file with its own key and connection; enrolment, first contact and handshake lie before
// the clock. Used by daybook-bench.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace daybook::bench {

struct FanIn {
  double wall_s = 0;
  std::vector<double> latencies;  // of each phone, until all it had was acknowledged
  std::uint64_t errors = 0;
};

// `codes`: a file with "<actor> <enrolment code>" a line, one for each phone. `begin` is called
// between the preparation and the start.
FanIn run_fan_in(const std::string& folder, const std::string& codes, const std::string& workload,
                 void (*begin)(void*), void* context);

}  // namespace daybook::bench
