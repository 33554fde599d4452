// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fan_in.hpp"

#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include "tests/bench/bench_phone.hpp"

namespace daybook::bench {
namespace {

constexpr std::size_t kRecordsPerPhone = 50;
constexpr std::size_t kRecordsPerUnit = 4;

// The first records of the workload as they stand at its end, in the order of their making.
std::vector<WorkOp> final_records(const std::string& path) {
  std::vector<WorkOp> records;
  WorkloadReader reader;
  std::string why;
  if (!reader.open(path, why)) give_up("workload", failure(Errc::kIo, why));
  WorkUnit unit;
  while (reader.next(unit, why)) {
    for (const WorkOp& op : unit.ops) {
      if (op.kind == WorkKind::put) {
        records.push_back(op);
        continue;
      }
      for (WorkOp& record : records) {
        if (record.collection == op.collection && record.id == op.id)
          record.fields.update(op.fields);
      }
    }
  }
  records.resize(std::min(records.size(), kRecordsPerPhone));
  return records;
}

std::string with_suffix(std::string id, std::size_t phone) {
  char suffix[9];
  std::snprintf(suffix, sizeof suffix, "%08x", static_cast<unsigned>(phone) + 1);
  return id.replace(id.size() - 8, 8, suffix);
}

void commit_all(BenchPhone& phone, std::vector<WorkOp> records, std::size_t number,
                const std::string& actor) {
  WorkUnit unit;
  const auto commit = [&] {
    take(phone.core().commit(phone.read_unit(unit)), "commit");
    static_cast<void>(phone.core().take_events());
    unit.ops.clear();
  };
  for (WorkOp& record : records) {
    record.id = with_suffix(record.id, number);
    if (record.fields.contains("visit"))
      record.fields["visit"] = with_suffix(record.fields["visit"].get<std::string>(), number);
    if (record.fields.contains("technician")) record.fields["technician"] = actor;
    unit.ops.push_back(std::move(record));
    if (unit.ops.size() == kRecordsPerUnit) commit();
  }
  if (!unit.ops.empty()) commit();
}

}  // namespace

FanIn run_fan_in(const std::string& folder, const std::string& codes, const std::string& workload,
                 void (*begin)(void*), void* context) {
  const auto records = final_records(workload);
  std::vector<std::unique_ptr<BenchPhone>> phones;
  std::ifstream lines(codes);
  std::string actor;
  std::string code;
  while (lines >> actor >> code) {
    auto phone =
        std::make_unique<BenchPhone>(folder + "/fan-" + std::to_string(phones.size()) + ".db");
    phone->enrol(code);
    phone->make_ready();
    phone->exchange_all();
    commit_all(*phone, records, phones.size(), actor);
    phones.push_back(std::move(phone));
  }
  FanIn result;
  result.latencies.resize(phones.size());
  std::atomic<std::uint64_t> errors{0};
  std::vector<std::thread> threads;
  begin(context);
  const double began_s = monotonic_s();
  for (std::size_t i = 0; i < phones.size(); ++i) {
    threads.emplace_back([&, i] {
      BenchPhone& phone = *phones[i];
      const double began = monotonic_s();
      while (true) {
        const auto went = phone.exchange_once();
        if (!went.ok()) ++errors;
        if (!went.ok() || !*went) break;
      }
      result.latencies[i] = phone.last_acknowledged_s() - began;
      if (phone.status().pending != 0) ++errors;
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& phone : phones)
    result.wall_s = std::max(result.wall_s, phone->last_acknowledged_s() - began_s);
  result.errors = errors;
  return result;
}

}  // namespace daybook::bench
