// SPDX-License-Identifier: Apache-2.0
// daybook-bench: the phone's side of the scenarios in peers/README.md, against a daybookd that
// round.py has started. One scenario a run, so that its peak memory is its own; one JSON line a
// measurement, in the form of the peers'.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/model/cbor.hpp"
#include "core/platform/os_rng.hpp"
#include "tests/bench/bench_phone.hpp"
#include "tests/bench/fan_in.hpp"
#include "tests/bench/listener.hpp"
#include "tests/bench/photos.hpp"

namespace daybook::bench {
namespace {

constexpr std::uint64_t kRecordsPerVisit = 4;
constexpr std::uint64_t kUnitsPerVisit = 4;

constexpr const char* kUsage =
    "daybook-bench SCENARIO --name value …\n"
    "  enrol   --store FILE --code CODE [--first-contact yes]\n"
    "  s1      --store FILE --workload FILE --visits N [--astray N]\n"
    "          commits; leaves everything unsent, N sets with a reference that leads nowhere\n"
    "  s2      --store FILE --visits N --server-pid PID       uploads what s1 has left\n"
    "  s3      --store FILE --workload FILE --visits N --server-pid PID\n"
    "  s4      --store FILE --other FILE --workload FILE --visits N --count N --server-pid PID\n"
    "  s5      --store FILE --other FILE --edits FILE --other-edits FILE --visits N --server-pid "
    "PID\n"
    "  s6      --folder DIR --codes FILE --workload FILE --visits N --server-pid PID\n"
    "  s7      --store FILE --photos DIR --lines N --visits 0 --server-pid PID\n"
    "  s8      --store FILE --visits N                        as s2, but goes on when the office "
    "dies\n"
    "  pragmas --store FILE --side client|server\n";

using Options = std::map<std::string, std::string>;

const std::string& option(const Options& options, const std::string& name) {
  const auto found = options.find(name);
  if (found == options.end()) {
    std::fprintf(stderr, "daybook-bench: --%s is missing\n%s", name.c_str(), kUsage);
    std::exit(2);
  }
  return found->second;
}

std::uint64_t number(const Options& options, const std::string& name) {
  return std::strtoull(option(options, name).c_str(), nullptr, 10);
}

int server_pid(const Options& options) { return static_cast<int>(number(options, "server-pid")); }

Line begin_line(const char* scenario, const Options& options, const char* variant) {
  Line line;
  line["peer"] = "daybook";
  line["s"] = scenario;
  line["n"] = number(options, "visits");
  line["variant"] = variant;
  return line;
}

void print(Line& line) {
  line["load"] = load_average();
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

// What the two processes and the line between them cost, from its making on.
class Section {
 public:
  Section(BenchPhone& phone, int server)
      : phone_(phone),
        server_(server),
        line_before_(phone.line().client.counters()),
        exchanges_before_(phone.exchanges()),
        server_cpu_before_s_(cpu_of_process_s(server)),
        own_cpu_before_s_(own_cpu_s()),
        began_s_(monotonic_s()) {}

  double began_s() const { return began_s_; }

  void finish(Line& line, double ended_s, std::uint64_t visits) const {
    const double wall = ended_s - began_s_;
    const double own_cpu = own_cpu_s() - own_cpu_before_s_;
    const HttpsCounters now = phone_.line().client.counters();
    line["wall_s"] = round_to(wall, 4);
    line["records_s"] = round_to(static_cast<double>(visits * kRecordsPerVisit) / wall, 0);
    line["wire_up"] = now.line_up - line_before_.line_up;
    line["wire_down"] = now.line_down - line_before_.line_down;
    line["reqs"] = phone_.exchanges() - exchanges_before_;
    line["cpu_client_s"] = round_to(own_cpu, 3);
    line["cpu_server_s"] = round_to(cpu_of_process_s(server_) - server_cpu_before_s_, 3);
    line["rss_client_mb"] = peak_memory_mb(0);
    line["rss_server_mb"] = peak_memory_mb(server_);
  }

 private:
  BenchPhone& phone_;
  const int server_;
  const HttpsCounters line_before_;
  const std::uint64_t exchanges_before_;
  const double server_cpu_before_s_;
  const double own_cpu_before_s_;
  const double began_s_;
};

int enrol(const Options& options) {
  BenchPhone phone(option(options, "store"));
  phone.enrol(option(options, "code"));
  // A phone that has had its first contact is at rest; one that has not fills itself page by page.
  if (options.count("first-contact") > 0) {
    phone.make_ready();
    phone.exchange_all();
  }
  return 0;
}

// The office parks a fact about a visit that nobody knows.
bool lead_astray(CommitInput& input, Rng& rng) {
  for (auto& change : input.changes) {
    if (change.record.collection != "parts") continue;
    change.values.set("visit", Value::bytes(copy_of(rng.draw<Uuid>().view())));
    return true;
  }
  return false;
}

int commit_locally(const Options& options) {
  BenchPhone phone(option(options, "store"));
  WorkloadReader reader;
  std::string why;
  if (!reader.open(option(options, "workload"), why)) give_up("workload", failure(Errc::kIo, why));
  WorkUnit unit;
  std::vector<double> latencies;
  double wall = 0;
  double cpu = 0;
  const std::uint64_t units_max = number(options, "visits") * kUnitsPerVisit;
  std::uint64_t astray = options.count("astray") > 0 ? number(options, "astray") : 0;
  const std::uint64_t apart = astray == 0 ? 0 : units_max / astray;
  OsRng rng;
  while (latencies.size() < units_max && reader.next(unit, why)) {
    CommitInput input = phone.read_unit(unit);
    const bool due = astray > 0 && latencies.size() >= units_max - astray * apart;
    if (due && lead_astray(input, rng)) --astray;
    const double cpu_before = own_cpu_s();
    const double before = monotonic_s();
    take(phone.core().commit(input), "commit");
    latencies.push_back(monotonic_s() - before);
    cpu += own_cpu_s() - cpu_before;
    wall += latencies.back();
    static_cast<void>(phone.core().take_events());
  }
  if (!why.empty()) give_up("workload", failure(Errc::kInvalid, why));
  Line line = begin_line("S1", options, "synchronous=FULL, one unit per commit, ClientCore");
  line["wall_s"] = round_to(wall, 4);
  line["units_s"] = round_to(static_cast<double>(latencies.size()) / wall, 0);
  add_latencies(line, latencies);
  line["cpu_s"] = round_to(cpu, 3);
  line["rss_client_mb"] = peak_memory_mb(0);
  print(line);
  if (astray > 0) give_up("astray", failure(Errc::kInvalid, "workload", "too few parts"));
  return 0;
}

int upload(const Options& options) {
  BenchPhone phone(option(options, "store"));
  phone.make_ready();
  Line line = begin_line("S2", options, "TLS, synchronous=FULL at both ends");
  const Section section(phone, server_pid(options));
  phone.exchange_all();
  section.finish(line, phone.last_acknowledged_s(), number(options, "visits"));
  line["settled_s"] = round_to(monotonic_s() - section.began_s(), 4);
  line["signatures_verified"] = phone.batches();
  const ClientStatus status = phone.status();
  line["pending"] = status.pending;
  line["unsettled"] = status.stored;
  line["parked"] = status.parked;
  print(line);
  return status.pending == 0 ? 0 : 1;
}

int download(const Options& options) {
  BenchPhone phone(option(options, "store"));
  WorkUnit first;
  std::string why;
  WorkloadReader reader;
  if (!reader.open(option(options, "workload"), why) || !reader.next(first, why)) {
    give_up("workload", failure(Errc::kIo, why));
  }
  const auto id = uuid_from(first.ops.front().id);
  if (!id) give_up("workload", failure(Errc::kInvalid, "id"));
  // Not by the schema: a fresh phone learns it with the first page.
  const RecordRef wanted{first.ops.front().collection, *id};
  phone.make_ready();
  Line line = begin_line("S3", options, "TLS, synchronous=FULL at both ends");
  double readable_s = 0;
  const Section section(phone, server_pid(options));
  while (take(phone.exchange_once(), "exchange")) {
    if (readable_s > 0) continue;
    if (take(phone.core().find_row(wanted), "row")) readable_s = monotonic_s() - section.began_s();
    static_cast<void>(phone.core().take_events());
  }
  section.finish(line, monotonic_s(), number(options, "visits"));
  line["first_readable_s"] = round_to(readable_s, 4);
  line["filling"] = phone.status().filling;
  print(line);
  return readable_s > 0 ? 0 : 1;
}

void nap(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

// TLS bytes of all four connections of two phones.
HttpsCounters both_lines(BenchPhone& one, BenchPhone& other) {
  HttpsCounters all;
  for (BenchPhone* phone : {&one, &other}) {
    for (const HttpsClient* client : {&phone->line().client, &phone->live().client}) {
      all.line_up += client->counters().line_up;
      all.line_down += client->counters().line_down;
    }
  }
  return all;
}

int change_one_field(const Options& options) {
  constexpr double bell_patience_s = 2;
  BenchPhone phone(option(options, "store"));
  phone.make_ready();
  phone.exchange_all();
  // What is called out to the writer itself concerns others' work; it is fetched with the next ask.
  phone.hold_line([](BytesView) {});
  WorkloadReader reader;
  std::string why;
  if (!reader.open(option(options, "workload"), why)) give_up("workload", failure(Errc::kIo, why));
  Listener other(option(options, "other"));
  // After the first bells each phone has asked once, and the office knows how far it has read.
  phone.core().on_bell();
  phone.exchange_all();
  nap(0.5);
  Line line = begin_line("S4", options, "held lines, TLS, synchronous=FULL everywhere");
  const HttpsCounters before = both_lines(phone, other.phone());
  const std::uint64_t count = number(options, "count");
  std::vector<double> latencies;
  const Section section(phone, server_pid(options));
  WorkUnit unit;
  while (latencies.size() < count && reader.next(unit, why)) {
    if (unit.kind != "open") continue;
    const std::string value = "s4-" + std::to_string(latencies.size());
    CommitInput input;
    input.changes.push_back({phone.read_unit(unit).changes.front().record, Change::Kind::kEdit,
                             Fields{{"status", Value::text(value)}}});
    other.expect(input.changes.front().record, "status", value);
    const double began_s = monotonic_s();
    take(phone.core().commit(input), "commit");
    phone.exchange_all();
    latencies.push_back(other.wait_seen(bell_patience_s) - began_s);
    static_cast<void>(phone.core().take_events());
  }
  section.finish(line, monotonic_s(), latencies.size());
  phone.live().stop();
  other.stop();
  const HttpsCounters after = both_lines(phone, other.phone());
  const std::uint64_t up = after.line_up - before.line_up;
  const std::uint64_t down = after.line_down - before.line_down;
  line.erase("records_s");
  line["wire_up"] = up;
  line["wire_down"] = down;
  line["bytes_per_change"] = (up + down) / std::max<std::uint64_t>(1, latencies.size());
  line["changes"] = latencies.size();
  line["reqs"] = phone.exchanges() + other.phone().exchanges();
  line["asked_by_line"] = phone.live().live.counters().asked;
  line["called"] = other.bells();
  line["pages_called"] = other.phone().live().live.counters().pages;
  line["asked_without_bell"] = other.unrung();
  add_latencies(line, latencies);
  print(line);
  return latencies.size() == count ? 0 : 1;
}

// All units of a file of edits, offline. Returns the records that they touch.
std::set<RecordRef> commit_edits(BenchPhone& phone, const std::string& path) {
  WorkloadReader reader;
  std::string why;
  if (!reader.open(path, why)) give_up("edits", failure(Errc::kIo, why));
  std::set<RecordRef> touched;
  for (WorkUnit unit; reader.next(unit, why);) {
    const CommitInput input = phone.read_unit(unit);
    take(phone.core().commit(input), "commit");
    for (const auto& change : input.changes) touched.insert(change.record);
    static_cast<void>(phone.core().take_events());
  }
  if (!why.empty()) give_up("edits", failure(Errc::kInvalid, why));
  return touched;
}

// Ids and rows as bytes, in the order of the ids: the office's book gives the same for the same
// rows (round.py).
std::string digest_of_rows(BenchPhone& phone, const std::set<RecordRef>& records) {
  Sha256 hash;
  for (const auto& record : records) {
    const auto row = take(phone.core().find_row(record), "row");
    if (!row) give_up("row", failure(Errc::kNotFound, record.collection, to_string(record.id)));
    hash.update(record.id.view());
    hash.update(encode(row->values));
  }
  return to_hex(hash.finish().view());
}

// Two phones of one technician edit every visit offline, then both send and fetch.
int collide(const Options& options) {
  BenchPhone a(option(options, "store"));
  BenchPhone b(option(options, "other"));
  const auto records = commit_edits(a, option(options, "edits"));
  commit_edits(b, option(options, "other-edits"));
  a.make_ready();
  b.make_ready();
  Line line = begin_line("S5", options, "A B A, TLS, synchronous=FULL everywhere");
  const HttpsCounters b_before = b.line().client.counters();
  const Section section(a, server_pid(options));
  a.exchange_all();
  b.exchange_all();
  a.core().sync_now();
  a.exchange_all();
  section.finish(line, monotonic_s(), 2 * records.size());
  const HttpsCounters b_after = b.line().client.counters();
  line.erase("records_s");
  line["wire_up"] = line["wire_up"].get<std::uint64_t>() + b_after.line_up - b_before.line_up;
  line["wire_down"] =
      line["wire_down"].get<std::uint64_t>() + b_after.line_down - b_before.line_down;
  line["reqs"] = a.exchanges() + b.exchanges();
  line["pending"] = a.status().pending + a.status().stored + b.status().pending + b.status().stored;
  line["rows_a"] = digest_of_rows(a, records);
  line["rows_b"] = digest_of_rows(b, records);
  print(line);
  return line["pending"] == 0 ? 0 : 1;
}

// Says when the first batch was taken, so that round.py can kill the office, and afterwards what it
// came to.
int upload_through_death(const Options& options) {
  constexpr double pause_s = 0.001;
  constexpr double patience_s = 120;
  BenchPhone phone(option(options, "store"));
  phone.make_ready();
  const HttpsCounters before = phone.line().client.counters();
  const double began_s = monotonic_s();
  double broke_s = 0;
  double accepted_s = 0;
  std::uint64_t failures = 0;
  bool announced = false;
  while (monotonic_s() < began_s + patience_s) {
    const auto went = phone.exchange_once();
    if (!went.ok()) {
      ++failures;
      if (broke_s <= 0) broke_s = monotonic_s();
      nap(pause_s);
      phone.core().sync_now();
      continue;
    }
    if (!*went) break;
    static_cast<void>(phone.core().take_events());
    if (broke_s > 0 && accepted_s <= 0) accepted_s = monotonic_s();
    if (!announced && phone.batches() > 0) {
      std::printf("accepted\n");
      std::fflush(stdout);
      announced = true;
    }
  }
  const HttpsCounters now = phone.line().client.counters();
  Line line = begin_line("S8", options, "TLS, synchronous=FULL at both ends");
  line["broke"] = broke_s > 0;
  line["broke_s"] = round_to(broke_s - began_s, 4);
  line["accepted_at_s"] = accepted_s;
  line["failed_attempts"] = failures;
  line["wall_s"] = round_to(phone.last_acknowledged_s() - began_s, 4);
  line["wire_up"] = now.line_up - before.line_up;
  line["wire_down"] = now.line_down - before.line_down;
  const std::uint64_t payload_up = phone.line().carrier.counters().payload_up;
  line["payload_up"] = payload_up;
  line["bytes_resent"] = payload_up - std::min(payload_up, phone.answered_bytes());
  line["signatures_verified"] = phone.batches();
  line["pending"] = phone.status().pending;
  print(line);
  return phone.status().pending == 0 ? 0 : 1;
}

int fan_in(const Options& options) {
  struct Before {
    int server = 0;
    double cpu_s = 0;
  } before{server_pid(options), 0};
  const auto begin = [](void* context) {
    auto& at = *static_cast<Before*>(context);
    at.cpu_s = cpu_of_process_s(at.server);
  };
  const FanIn result = run_fan_in(option(options, "folder"), option(options, "codes"),
                                  option(options, "workload"), begin, &before);
  const std::string devices = std::to_string(result.latencies.size());
  Line line = begin_line("S6", options, ("devices=" + devices).c_str());
  line["wall_s"] = round_to(result.wall_s, 4);
  line["devices_s"] = round_to(static_cast<double>(result.latencies.size()) / result.wall_s, 0);
  std::vector<double> latencies = result.latencies;
  add_latencies(line, latencies);
  line["errors"] = result.errors;
  line["cpu_server_s"] = round_to(cpu_of_process_s(before.server) - before.cpu_s, 3);
  line["rss_server_mb"] = peak_memory_mb(before.server);
  print(line);
  return result.errors == 0 ? 0 : 1;
}

int show_pragmas(const Options& options) {
  Line line;
  line["peer"] = "daybook";
  line["pragmas"] = option(options, "side");
  line.update(effective_pragmas(option(options, "store")));
  print(line);
  return 0;
}

int bring_all_photos(const Options& options) {
  BenchPhone phone(option(options, "store"));
  phone.make_ready();
  const std::string blobs = option(options, "store") + ".contents";
  const auto lines = static_cast<std::size_t>(number(options, "lines"));
  auto line = begin_line("S7", options, (std::to_string(lines) + " lines").c_str());
  const double server_before_s = cpu_of_process_s(server_pid(options));
  const double own_before_s = own_cpu_s();
  const PhotoRun run = bring_photos(phone, option(options, "photos"), blobs, lines);
  line["n"] = run.photos;
  line["wall_s"] = round_to(run.wall_s, 4);
  line["mb_s"] = round_to(static_cast<double>(run.bytes) / run.wall_s / 1e6, 1);
  line["wire_up"] = run.wire_up;
  line["wire_down"] = run.wire_down;
  line["wire_ratio"] = round_to(
      static_cast<double>(run.wire_up + run.wire_down) / static_cast<double>(run.bytes), 4);
  line["cpu_client_s"] = round_to(own_cpu_s() - own_before_s, 3);
  line["cpu_server_s"] = round_to(cpu_of_process_s(server_pid(options)) - server_before_s, 3);
  line["rss_client_mb"] = peak_memory_mb(0);
  line["rss_server_mb"] = peak_memory_mb(server_pid(options));
  print(line);
  constexpr std::size_t changes = 200;
  auto idle = change_records(phone, blobs, changes, false);
  auto busy = change_records(phone, blobs, changes, true);
  auto beside = begin_line("S7-records", options, "while photos go up");
  for (auto* latencies : {&idle, &busy}) std::sort(latencies->begin(), latencies->end());
  beside["idle_p50_ms"] = round_to(idle[changes / 2], 2);
  beside["busy_p50_ms"] = round_to(busy[changes / 2], 2);
  beside["idle_p99_ms"] = round_to(idle[changes * 99 / 100], 2);
  beside["busy_p99_ms"] = round_to(busy[changes * 99 / 100], 2);
  beside["ratio_p50"] = round_to(busy[changes / 2] / idle[changes / 2], 2);
  beside["rss_server_mb"] = peak_memory_mb(server_pid(options));
  print(beside);
  return 0;
}

int run(const std::string& scenario, const Options& options) {
  if (scenario == "enrol") return enrol(options);
  if (scenario == "s1") return commit_locally(options);
  if (scenario == "s2") return upload(options);
  if (scenario == "s3") return download(options);
  if (scenario == "s4") return change_one_field(options);
  if (scenario == "s5") return collide(options);
  if (scenario == "s6") return fan_in(options);
  if (scenario == "s7") return bring_all_photos(options);
  if (scenario == "s8") return upload_through_death(options);
  if (scenario == "pragmas") return show_pragmas(options);
  std::fputs(kUsage, stderr);
  return 2;
}

}  // namespace
}  // namespace daybook::bench

int main(int count, char** words) {
  daybook::bench::Options options;
  for (int i = 2; i + 1 < count; i += 2) {
    const std::string name = words[i];
    if (name.rfind("--", 0) == 0) options[name.substr(2)] = words[i + 1];
  }
  return daybook::bench::run(count > 1 ? words[1] : "", options);
}
