// SPDX-License-Identifier: Apache-2.0
// A thousand phones at work, two to a technician, each changing something every few seconds at its
// own moments; and an integrator who reads every commit. Tells how long each change took to the
// partner's phone and to the integrator. Used by daybook-live, on its loop.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/live/active_phone.hpp"

namespace daybook::bench {

// GET /api/feed/live with a token for programs.
class Integrator {
 public:
  Integrator(CrowdLoop& loop, const CrowdDoor& door);
  void open(const std::string& token, const std::map<DeviceId, const ActivePhone*>& phones);
  void close() { line_.close(); }
  const std::vector<std::int64_t>& latencies_us() const { return latencies_us_; }
  void forget_latencies() { latencies_us_.clear(); }
  const std::string& trouble() const { return trouble_; }

 private:
  void take_event(const std::string& event, const std::map<DeviceId, const ActivePhone*>& phones);

  CrowdLine line_;
  std::string unread_;  // of the stream, not yet a whole event
  std::vector<std::int64_t> latencies_us_;
  std::string trouble_;
};

struct ActiveOptions {
  std::string folder;  // of the phones' files, active-0.db and so on
  std::size_t phones = 1000;
  std::size_t first_source = 0;  // addresses below are others'
  std::int64_t change_every_ms = 5000;
  std::string token;
};

class ActiveCrowd {
 public:
  ActiveCrowd(CrowdLoop& loop, const CrowdDoor& door, const ActiveOptions& options);
  ~ActiveCrowd() { loop_.drop_clocks(); }
  ActiveCrowd(const ActiveCrowd&) = delete;
  ActiveCrowd& operator=(const ActiveCrowd&) = delete;

  // Every visit is at the office and on the partner's phone, every bell and the feed are open.
  void prepare();
  // Works for so long, then waits until all is seen. Returns how many commits were made.
  std::size_t work(std::int64_t duration_us);
  void close();

  std::vector<std::int64_t> latencies_us() const;
  const Integrator& integrator() const { return integrator_; }
  struct Sums {
    std::uint64_t exchanges = 0;
    std::uint64_t bells = 0;
    std::uint64_t pages = 0;  // of them, pages that made a question needless
    std::uint64_t errors = 0;
    std::size_t commits = 0;
    std::string trouble;
  };
  Sums sums() const;

 private:
  void begin_next();
  void change_later(ActivePhone& phone, std::int64_t end_us);
  bool all_rest() const;
  bool anybody_in_trouble() const;

  CrowdLoop& loop_;
  const ActiveOptions options_;
  std::deque<ActivePhone> phones_;
  Integrator integrator_;
  OsRng rng_;
  std::size_t begun_ = 0;
  std::size_t ready_ = 0;
};

}  // namespace daybook::bench
