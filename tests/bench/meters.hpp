// SPDX-License-Identifier: Apache-2.0
// What a measurement line is made of: clocks, CPU and memory of this process and of the server's,
// as Linux counts them. Used by daybook-bench; any thread. Knows nothing of Daybook.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace daybook::bench {

using Line = nlohmann::ordered_json;

double monotonic_s();
std::int64_t monotonic_us();
double own_cpu_s();
// User and system time of all threads, in steps of 10 ms; 0 without a process.
double cpu_of_process_s(int pid);
// VmHWM; pid 0 is this process.
double peak_memory_mb(int pid);
// VmRSS, as it is now.
std::int64_t resident_kib(int pid);
std::string load_average();
double round_to(double value, int decimals);

// p50_ms, p99_ms and max_ms of them.
void add_latencies(Line& line, std::vector<double> latencies_s);
void add_latencies_us(Line& line, const std::vector<std::int64_t>& latencies_us);

}  // namespace daybook::bench
