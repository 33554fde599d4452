// SPDX-License-Identifier: Apache-2.0
// The second phone of S4: one thread holds the line and takes the pages that are called out on it;
// one asks, where there was only a bell. Both tell when what was expected is there. Used by
// daybook-bench. Public functions from one thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "tests/bench/bench_phone.hpp"

namespace daybook::bench {

class Listener {
 public:
  // Fetches what it has not, then listens.
  explicit Listener(const std::string& store);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // `field` of `record` will become `value`.
  void expect(const RecordRef& record, std::string field, std::string value);
  // The monotonic second at which that was committed in this phone's file. Asks without a bell
  // after `patience_s`.
  double wait_seen(double patience_s);
  // Ends both threads; only then may the phone be looked at.
  void stop();

  BenchPhone& phone() { return phone_; }
  std::uint64_t bells() const { return bells_; }
  std::uint64_t unrung() const { return unrung_; }

 private:
  void called(BytesView page);
  void ring();
  void fetch();
  void look();

  BenchPhone phone_;
  std::atomic<bool> stopping_ = false;
  std::mutex core_mutex_;  // of the phone
  std::mutex mutex_;       // of everything below
  std::condition_variable changed_;
  bool rung_ = false;
  std::optional<RecordRef> record_;
  std::string field_;
  std::string value_;
  double seen_s_ = 0;
  std::uint64_t bells_ = 0;
  std::uint64_t unrung_ = 0;
  std::thread fetch_thread_;
};

}  // namespace daybook::bench
