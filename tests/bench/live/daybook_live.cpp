// SPDX-License-Identifier: Apache-2.0
// daybook-live: thousands of phones that listen, and some that work, on one daybookd that live.py
// has started. One JSON line a measurement. See README.md here.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>

#include "client-lib/abi/enrolment_call.hpp"
#include "client-lib/abi/server_address.hpp"
#include "core/base/hex.hpp"
#include "core/domain/catalog.hpp"
#include "tests/bench/live/active_crowd.hpp"
#include "tests/bench/live/idle_crowd.hpp"

namespace daybook::bench {
namespace {

constexpr const char* kUsage =
    "daybook-live COMMAND --name value …\n"
    "  enrol   --codes FILE --phones FILE              phones that will only listen: keys, no "
    "store\n"
    "  enrol   --codes FILE --folder DIR               phones that will work: stores\n"
    "  play    --phones FILE --server-pid PID --idle-s N\n"
    "          [--active N --folder DIR --token TOKEN --change-every-ms N --work-s N]\n"
    "          waits for a line of input after the line \"idle\": then somebody rings all\n";

using Options = std::map<std::string, std::string>;

const std::string& option(const Options& options, const std::string& name) {
  const auto found = options.find(name);
  if (found != options.end()) return found->second;
  std::fprintf(stderr, "daybook-live: --%s is missing\n%s", name.c_str(), kUsage);
  std::exit(2);
}

std::int64_t number(const Options& options, const std::string& name) {
  return std::strtoll(option(options, name).c_str(), nullptr, 10);
}

void print(Line line) {
  line["load"] = load_average();
  std::cout << line.dump() << std::endl;
}

// Blocking calls on a few threads: what is measured begins later.
template <class Work>
void for_each_in_parallel(std::size_t count, const Work& work) {
  constexpr int threads_max = 8;
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < threads_max; ++i) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < count; at = next++) work(at);
    });
  }
  for (auto& thread : threads) thread.join();
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// One line a phone: server, pin, device, key.
int enrol_listeners(const std::vector<std::string>& codes, const std::string& path) {
  std::vector<Enrolment> made(codes.size());
  for_each_in_parallel(codes.size(), [&](std::size_t at) {
    OsRng rng;
    abi::EnrolmentCall call;
    call.code_text = codes[at];
    call.device_name = "listener";
    call.schema = std::string(after_sales_schema_json());
    made[at] = take(abi::call_for_enrolment(call, rng), "enrolment");
  });
  std::ofstream file(path);
  for (const Enrolment& one : made)
    file << one.server_url << ' ' << to_hex(one.pins.front().view()) << ' '
         << to_hex(one.device.view()) << ' ' << to_hex(one.key_seed) << '\n';
  return file.flush() ? 0 : 1;
}

int enrol(const Options& options) {
  const auto codes = lines_of(option(options, "codes"));
  if (options.contains("phones")) return enrol_listeners(codes, option(options, "phones"));
  const std::string& folder = option(options, "folder");
  for_each_in_parallel(codes.size(), [&](std::size_t at) {
    BenchPhone phone(folder + "/active-" + std::to_string(at) + ".db");
    phone.enrol(codes[at]);
    phone.make_ready();
    phone.exchange_all();
  });
  return 0;
}

struct Crowd {
  ServerAddress server;
  std::vector<KnownPhone> phones;
};

Crowd read_crowd(const std::string& path) {
  Crowd crowd;
  std::ifstream file(path);
  std::string url, pin, device, seed;
  while (file >> url >> pin >> device >> seed) {
    crowd.server =
        take(abi::read_server_address(url, {Digest::from(from_hex(pin).value_or(Bytes{})).value()}),
             "server");
    crowd.phones.push_back({DeviceId(Uuid::from(from_hex(device).value_or(Bytes{})).value()),
                            from_hex(seed).value_or(Bytes{})});
  }
  return crowd;
}

// What the server is and costs over a while.
class ServerMeter {
 public:
  explicit ServerMeter(int pid) : pid_(pid) { restart(); }
  void restart() {
    began_us_ = monotonic_us();
    cpu_s_ = cpu_of_process_s(pid_);
    own_cpu_s_ = own_cpu_s();
  }
  void add_to(Line& line) const {
    const auto lasted_s = static_cast<decltype(own_cpu_s())>(monotonic_us() - began_us_) / 1e6;
    line["server_rss_mb"] = resident_kib(pid_) / 1024;
    line["lasted_s"] = round_to(lasted_s, 1);
    line["server_cpu_percent"] = round_to((cpu_of_process_s(pid_) - cpu_s_) * 100 / lasted_s, 1);
    line["phones_cpu_percent"] = round_to((own_cpu_s() - own_cpu_s_) * 100 / lasted_s, 1);
  }

 private:
  const int pid_;
  std::int64_t began_us_ = 0;
  decltype(own_cpu_s()) cpu_s_ = 0;
  decltype(own_cpu_s()) own_cpu_s_ = 0;
};

Line line_at(const char* what) {
  Line line;
  line["s"] = "live";
  line["at"] = what;
  return line;
}

// Somebody at headquarters changes what everybody sees; all these phones have to be rung.
void ring_all(CrowdLoop& loop, IdleCrowd& crowd, ServerMeter& meter) {
  crowd.ring_is_due();
  const std::size_t listening = crowd.listening();
  std::cout << "{\"at\":\"ring now\"}" << std::endl;
  std::string began_us;
  std::getline(std::cin, began_us);  // monotonic, when the act was sent
  meter.restart();
  constexpr std::int64_t patience_us = 60'000'000;
  const bool all = crowd.wait_rung(patience_us);
  std::vector<std::int64_t> latencies;
  for (const std::int64_t at : crowd.rung_at_us())
    latencies.push_back(at - std::strtoll(began_us.c_str(), nullptr, 10));
  Line line = line_at("rung");
  line["rung"] = latencies.size();
  line["of"] = listening;
  meter.add_to(line);
  add_latencies_us(line, latencies);
  print(line);
  if (!all) give_up("ring", failure(Errc::kTimedOut, "bells", crowd.loss()));
  loop.run(monotonic_us() + 2'000'000, [] { return false; });
}

void work(CrowdLoop& loop, const CrowdDoor& door, const Options& options, std::size_t idle,
          ServerMeter& meter) {
  ActiveOptions active;
  active.folder = option(options, "folder");
  active.phones = static_cast<std::size_t>(number(options, "active"));
  active.first_source = idle;
  active.change_every_ms = number(options, "change-every-ms");
  active.token = option(options, "token");
  ActiveCrowd crowd(loop, door, active);
  crowd.prepare();
  const auto before = crowd.sums();
  meter.restart();
  const std::size_t commits = crowd.work(number(options, "work-s") * 1'000'000);
  Line line = line_at("worked");
  line["phones"] = active.phones;
  line["idle"] = idle;
  line["change_every_s"] = active.change_every_ms / 1000;
  line["commits"] = commits;
  line["exchanges"] = crowd.sums().exchanges - before.exchanges;
  line["bells"] = crowd.sums().bells - before.bells;
  line["pages"] = crowd.sums().pages - before.pages;
  line["errors"] = crowd.sums().errors - before.errors;
  if (!crowd.sums().trouble.empty()) line["trouble"] = crowd.sums().trouble;
  meter.add_to(line);
  line["driver_late_ms"] = loop.take_lateness_us() / 1000;
  line["way"] = "phone to phone";
  line["seen"] = crowd.latencies_us().size();
  add_latencies_us(line, crowd.latencies_us());
  print(line);
  Line feed = line_at("worked");
  feed["way"] = "phone to integrator";
  feed["seen"] = crowd.integrator().latencies_us().size();
  if (!crowd.integrator().trouble().empty()) feed["trouble"] = crowd.integrator().trouble();
  add_latencies_us(feed, crowd.integrator().latencies_us());
  print(feed);
  crowd.close();
}

int play(const Options& options) {
  const Crowd known = read_crowd(option(options, "phones"));
  const int pid = static_cast<int>(number(options, "server-pid"));
  ServerMeter meter(pid);
  CrowdLoop loop;
  const CrowdDoor door(known.server);
  const std::int64_t before_kib = resident_kib(pid);
  Line empty = line_at("empty");
  empty["server_rss_mb"] = before_kib / 1024;
  print(empty);

  IdleCrowd crowd(loop, door, known.phones);
  crowd.open();
  Line opened = line_at("opened");
  opened["listening"] = crowd.listening();
  opened["lost"] = crowd.lost();
  if (crowd.lost() > 0) opened["loss"] = crowd.loss();
  meter.add_to(opened);
  print(opened);
  loop.run(monotonic_us() + 3'000'000, [] { return false; });

  meter.restart();
  loop.run(monotonic_us() + number(options, "idle-s") * 1'000'000, [] { return false; });
  Line idle = line_at("idle");
  idle["listening"] = crowd.listening();
  meter.add_to(idle);
  const auto phones = std::max<std::int64_t>(1, static_cast<std::int64_t>(crowd.listening()));
  idle["bytes_per_phone"] = (resident_kib(pid) - before_kib) * 1024 / phones;
  print(idle);
  ring_all(loop, crowd, meter);
  if (options.contains("active")) work(loop, door, options, known.phones.size(), meter);

  crowd.close();
  loop.run(monotonic_us() + 5'000'000, [] { return false; });
  Line closed = line_at("closed");
  closed["server_rss_mb"] = resident_kib(pid) / 1024;
  closed["server_peak_mb"] = peak_memory_mb(pid);
  print(closed);
  return crowd.lost() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace daybook::bench

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);
  daybook::bench::Options options;
  for (int i = 2; i + 1 < count; i += 2) {
    const std::string name = words[i];
    if (name.rfind("--", 0) == 0) options[name.substr(2)] = words[i + 1];
  }
  const std::string command = count > 1 ? words[1] : "";
  if (command == "enrol") return daybook::bench::enrol(options);
  if (command == "play") return daybook::bench::play(options);
  std::fputs(daybook::bench::kUsage, stderr);
  return 2;
}
