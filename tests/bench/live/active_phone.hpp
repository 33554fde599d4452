// SPDX-License-Identifier: Apache-2.0
// A phone at work: the real core on its own file, with one line for exchanges and one for the bell,
// as libdaybook has them, but on the crowd's loop instead of threads of its own. Changes one field
// of its own visit again and again; looks for what its partner has changed. Used by daybook-live.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/bench_phone.hpp"
#include "tests/bench/live/crowd_device.hpp"

namespace daybook::bench {

class ActivePhone {
 public:
  ActivePhone(CrowdLoop& loop, const CrowdDoor& door, const std::string& store, std::string source);

  // Commits its visit, carries it to the office, opens the bell; `ready` comes with the first bell.
  void begin(std::function<void()> ready);
  // One act of the user, and the way to the office.
  void change();
  bool resting() const { return !in_flight_; }
  void close();

  // The technician's other phone: whose visit is looked at here.
  void pair_with(const ActivePhone& partner) { partner_ = &partner; }
  bool sees_partner() const { return seen_ > 0; }

  const DeviceId& device() const { return device_; }
  // Monotonic microseconds just before each commit; the first is the visit itself.
  const std::vector<std::int64_t>& committed_us() const { return committed_us_; }
  // By the number in this phone's chain, as an integrator is told.
  std::int64_t committed_us(std::uint64_t seq) const;
  // From the partner's commits until they were in this phone's file.
  const std::vector<std::int64_t>& latencies_us() const { return latencies_us_; }
  void forget_latencies() { latencies_us_.clear(); }
  std::uint64_t exchanges() const { return exchanges_; }
  std::uint64_t bells() const { return bells_; }
  std::uint64_t pages() const { return pages_; }
  std::uint64_t errors() const { return errors_; }
  const std::string& trouble() const { return trouble_; }  // the last error

 private:
  void pump();
  void send(const Outgoing& request);
  void on_reply(const Uuid& exchange, const HttpReply& reply);
  void fail(const Error& why);
  void note(const Error& why);
  void listen();
  void look();
  void commit(Change::Kind kind);

  CrowdLoop& loop_;
  const std::string source_;
  BenchPhone phone_;
  const DeviceId device_;
  CrowdDevice exchange_line_;
  CrowdDevice bell_line_;
  OsRng rng_;
  RecordRef visit_;
  std::function<void()> ready_;
  const ActivePhone* partner_ = nullptr;
  std::size_t seen_ = 0;  // of the partner's commits
  bool in_flight_ = false;
  bool listening_ = false;
  std::vector<std::int64_t> committed_us_;
  std::map<std::uint64_t, std::int64_t> committed_by_seq_us_;
  std::vector<std::int64_t> latencies_us_;
  std::uint64_t exchanges_ = 0;
  std::uint64_t bells_ = 0;
  std::uint64_t pages_ = 0;  // of them, pages that fitted
  wire::LineTalk said_;      // what the office has said on the line
  std::uint64_t errors_ = 0;
  std::string trouble_;
};

}  // namespace daybook::bench
