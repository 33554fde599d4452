// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/meters.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

namespace daybook::bench {
namespace {

double read_clock_s(clockid_t clock) {
  timespec at{};
  clock_gettime(clock, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
}

double percentile_ms(const std::vector<double>& sorted, std::size_t percent) {
  return round_to(sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)] * 1e3, 3);
}

std::int64_t memory_kib(int pid, const std::string& what) {
  std::ifstream file("/proc/" + (pid > 0 ? std::to_string(pid) : std::string("self")) + "/status");
  std::string word;
  std::int64_t kib = 0;
  while (file >> word) {
    if (word == what && file >> kib) return kib;
  }
  return 0;
}

}  // namespace

double monotonic_s() { return read_clock_s(CLOCK_MONOTONIC); }

std::int64_t monotonic_us() {
  timespec at{};
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * std::int64_t{1'000'000} + at.tv_nsec / 1000;
}

double own_cpu_s() { return read_clock_s(CLOCK_PROCESS_CPUTIME_ID); }

double cpu_of_process_s(int pid) {
  if (pid <= 0) return 0;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // The name of the program stands in brackets and may hold anything; utime and stime are the 12th
  // and 13th after it.
  const auto end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos) return 0;
  std::istringstream words(text.substr(end_of_name + 1));
  std::string word;
  for (int i = 0; i < 11; ++i) words >> word;
  double user = 0;
  double system = 0;
  words >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double peak_memory_mb(int pid) {
  return round_to(static_cast<double>(memory_kib(pid, "VmHWM:")) / 1024, 1);
}

std::int64_t resident_kib(int pid) { return memory_kib(pid, "VmRSS:"); }

std::string load_average() {
  std::ifstream file("/proc/loadavg");
  std::string one;
  std::string five;
  std::string fifteen;
  file >> one >> five >> fifteen;
  return one + " " + five + " " + fifteen;
}

double round_to(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return std::round(value * scale) / scale;
}

void add_latencies(Line& line, std::vector<double> latencies_s) {
  if (latencies_s.empty()) return;
  std::sort(latencies_s.begin(), latencies_s.end());
  line["p50_ms"] = percentile_ms(latencies_s, 50);
  line["p99_ms"] = percentile_ms(latencies_s, 99);
  line["max_ms"] = percentile_ms(latencies_s, 100);
}

void add_latencies_us(Line& line, const std::vector<std::int64_t>& latencies_us) {
  std::vector<double> latencies_s;
  for (const std::int64_t us : latencies_us) latencies_s.push_back(static_cast<double>(us) / 1e6);
  add_latencies(line, std::move(latencies_s));
}

}  // namespace daybook::bench
