// SPDX-License-Identifier: Apache-2.0
// floor: the design in miniature, without TLS, accounts, rules, history or validation. A lower
// bound on cost to measure Daybook against; not a product. One scenario per run, one JSON line per
// measurement. README.md of the folder above says what the scenarios are.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "client.hpp"
#include "rows.hpp"
#include "server.hpp"

namespace floor_peer {

namespace {

namespace http = boost::beast::http;

using Words = std::vector<std::string>;

constexpr const char* kUsage =
    "floor server PORT DB FULL|NORMAL\n"
    "floor s1 DIR FILE FULL|NORMAL OUTBOX(0|1) UNITS_PER_COMMIT\n"
    "floor prep DIR FILE\n"
    "floor s2|s3 PORT DIR raw|zstd BATCH_BYTES\n"
    "floor s4 PORT DIR COUNT\n"
    "floor s5 PORT DIR FILE_A FILE_B\n"
    "floor s6 PORT DIR FILE_W100 DEVICES\n"
    "floor s7 PORT DIR PHOTOS COUNT\n"
    "floor s8 PORT DIR BATCH_BYTES KILL_AFTER_MS SERVER_PID RESTART_COMMAND\n"
    "floor count DB\n";

double find_percentile(std::vector<double> sorted, std::size_t percent) {
  std::sort(sorted.begin(), sorted.end());
  return sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)] * 1e3;
}

std::string print_latencies(const std::vector<double>& latencies_s) {
  char text[120];
  std::snprintf(text, sizeof text, ",\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f",
                find_percentile(latencies_s, 50), find_percentile(latencies_s, 99),
                find_percentile(latencies_s, 100));
  return text;
}

std::string print_visits(sqlite3* database) {
  return ",\"n\":" +
         std::to_string(static_cast<long>(query_number(database, "SELECT count(*) FROM visits")));
}

int commit_locally(const Words& words) {
  const std::vector<Unit> units = load_units(words[3]);
  std::size_t changes = 0;
  std::size_t visits = 0;
  for (const Unit& unit : units) {
    for (const Operation& operation : unit.operations) {
      ++changes;
      visits += operation.put && operation.table == kVisits ? 1U : 0U;
    }
  }
  const std::string path = words[2] + "/s1.db";
  remove_database(path);
  sqlite3* database = open_database(path, words[4]);
  std::vector<double> latencies;
  WriteOptions options;
  options.outbox = words[5] != "0";
  options.units_per_commit = static_cast<std::size_t>(std::max(1, std::atoi(words[6].c_str())));
  options.latencies_s = &latencies;
  const double began_cpu = cpu_s();
  const double began = now_s();
  write_units(database, units, options);
  const double wall = now_s() - began;
  const double cpu = cpu_s() - began_cpu;
  execute(database, "PRAGMA wal_checkpoint(TRUNCATE)");
  struct stat file {};
  stat(path.c_str(), &file);
  std::printf(
      "{\"peer\":\"floor-ops\",\"s\":\"S1\",\"n\":%zu,\"variant\":\"synchronous=%s outbox=%s "
      "units_per_commit=%s\","
      "\"wall_s\":%.3f,\"visits_s\":%.0f,\"units_s\":%.0f,\"changes_s\":%.0f,\"cpu_s\":%.3f,\"rss_"
      "client_mb\":%.1f,"
      "\"db_mb\":%.2f%s}\n",
      visits, words[4].c_str(), words[5].c_str(), words[6].c_str(), wall,
      static_cast<double>(visits) / wall, static_cast<double>(latencies.size()) / wall,
      static_cast<double>(changes) / wall, cpu, peak_memory_mb(),
      static_cast<double>(file.st_size) / 1e6, print_latencies(latencies).c_str());
  return 0;
}

// A client's database with one outbox row per unit, ready to be uploaded.
int prepare_client(const Words& words) {
  remove_database(words[2] + "/c1.db");
  sqlite3* database = open_database(words[2] + "/c1.db", "NORMAL");
  write_units(database, load_units(words[3]), {});
  sqlite3_close(database);
  return 0;
}

int upload_all(Client& client, const Words& words) {
  sqlite3* database = open_database(words[3] + "/c1.db", "FULL");
  Section section("S2", words[4] + " batch=" + words[5], client);
  upload(database, client,
         {"dev1", words[4] == "zstd", std::strtoull(words[5].c_str(), nullptr, 10), false});
  section.finish(count_records(database), print_visits(database));
  return 0;
}

int download_all(Client& client, const Words& words) {
  const bool packed = words[4] == "zstd";
  remove_database(words[3] + "/c2.db");
  sqlite3* database = open_database(words[3] + "/c2.db", "FULL");
  Section section("S3", words[4] + " batch=" + words[5], client);
  std::uint64_t since = 0;
  for (;;) {
    const std::string batch =
        client.get("/pull?dev=dev2&max=" + words[5] + "&since=" + std::to_string(since), packed);
    if (batch.empty()) {
      break;
    }
    since = apply_batch(database, batch, since);
  }
  section.finish(count_records(database), print_visits(database));
  return 0;
}

struct Pair {
  sqlite3* a;
  sqlite3* b;
  std::uint64_t since;
};

Pair bootstrap_pair(Client& client, const std::string& directory) {
  remove_database(directory + "/a.db");
  remove_database(directory + "/b.db");
  Pair pair{open_database(directory + "/a.db", "FULL"), open_database(directory + "/b.db", "FULL"),
            0};
  pair.since = bootstrap(client, pair.a, pair.b);
  return pair;
}

std::vector<std::string> list_visits(sqlite3* database) {
  std::vector<std::string> ids;
  sqlite3_stmt* statement = prepare(database, "SELECT id FROM visits");
  while (sqlite3_step(statement) == SQLITE_ROW) {
    ids.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
  }
  sqlite3_finalize(statement);
  return ids;
}

// A commits one field and pushes; B waits in a long poll and commits it. From A's commit to B's.
int change_one_field(int port, Client& client, const Words& words) {
  const int count = std::max(1, std::atoi(words[4].c_str()));
  const Pair pair = bootstrap_pair(client, words[3]);
  const std::vector<std::string> ids = list_visits(pair.a);
  if (ids.empty()) {
    die("s4 needs a server that holds visits");
  }
  std::atomic<int> seen{0};
  std::thread listener([&] {
    Client other(port);
    std::uint64_t since = pair.since;
    for (int i = 0; i < count; ++i) {
      since = apply_batch(pair.b, other.get("/pull?wait=1&dev=B&since=" + std::to_string(since)),
                          since);
      ++seen;
      seen.notify_all();
    }
  });
  usleep(100'000);
  std::vector<double> latencies;
  Section section("S4", "long poll, synchronous=FULL", client);
  for (int i = 0; i < count; ++i) {
    const double began = now_s();
    Unit unit;
    unit.operations.push_back({false,
                               kVisits,
                               ids[static_cast<std::size_t>(i) % ids.size()],
                               {{"status", json::value("st-" + std::to_string(i))}}});
    unit.raw = print_operations(unit.operations);
    write_units(pair.a, {unit}, {});
    std::string batch;
    append_frame(batch, static_cast<std::uint64_t>(i) + 1, unit.raw.data(), unit.raw.size());
    client.send(http::verb::post, "/push?dev=A" + std::to_string(getpid()), batch);
    for (int have = seen.load(); have <= i; have = seen.load()) {
      seen.wait(have);
    }
    latencies.push_back(now_s() - began);
    usleep(1000);
  }
  section.finish(count, ",\"n\":" + std::to_string(count) + print_latencies(latencies));
  listener.join();
  return 0;
}

// Both edit every visit offline; then A and B push, then both pull. The floor has no rule: they end
// up different.
int collide(Client& client, const Words& words) {
  const Pair pair = bootstrap_pair(client, words[3]);
  write_units(pair.a, load_units(words[4]), {});
  write_units(pair.b, load_units(words[5]), {});
  Section section("S5", "no rule: last arrival wins", client);
  upload(pair.a, client, {"devA"});
  upload(pair.b, client, {"devB"});
  const std::string rest = "&max=100000000&since=" + std::to_string(pair.since);
  apply_batch(pair.a, client.get("/pull?dev=devA" + rest), pair.since);
  apply_batch(pair.b, client.get("/pull?dev=devB" + rest), pair.since);
  const auto count = [](sqlite3* database, const char* where) {
    return std::to_string(static_cast<long>(query_number(
        database, (std::string("SELECT count(*) FROM visits WHERE ") + where).c_str())));
  };
  section.finish(2000, ",\"a_notes_of_b\":" + count(pair.a, "notes LIKE 'B%:%'") +
                           ",\"b_notes_of_b\":" + count(pair.b, "notes LIKE 'B%:%'") +
                           ",\"a_reopened\":" + count(pair.a, "status='reopened'") +
                           ",\"b_reopened\":" + count(pair.b, "status='reopened'"));
  return 0;
}

// The first 50 final records of w100, in units of four, with the ends of their ids replaced by the
// device's number.
std::vector<Operation> load_device_records(const std::string& path) {
  std::unordered_map<std::string, std::size_t> places;
  std::vector<Operation> records;
  for (const Unit& unit : load_units(path)) {
    for (const Operation& operation : unit.operations) {
      if (operation.put) {
        places[operation.id] = records.size();
        records.push_back(operation);
        continue;
      }
      auto& fields = records[places[operation.id]].fields;
      for (const auto& field : operation.fields) {
        const auto same = std::find_if(fields.begin(), fields.end(), [&field](const auto& other) {
          return other.first == field.first;
        });
        if (same == fields.end()) {
          fields.push_back(field);
        } else {
          same->second = field.second;
        }
      }
    }
    if (records.size() > 60) {
      break;
    }
  }
  records.resize(50);
  return records;
}

std::string make_device_batch(const std::vector<Operation>& records, int device) {
  char suffix[9];
  std::snprintf(suffix, sizeof suffix, "%08x", static_cast<unsigned>(device) + 1);
  std::string batch;
  std::uint64_t sequence = 0;
  for (std::size_t from = 0; from < records.size(); from += 4) {
    std::vector<Operation> unit(
        records.begin() + static_cast<long>(from),
        records.begin() + static_cast<long>(std::min(records.size(), from + 4)));
    for (Operation& record : unit) {
      record.id.replace(record.id.size() - 8, 8, suffix);
      for (auto& [name, value] : record.fields) {
        if (name == "visit") {
          std::string visit(value.as_string());
          visit.replace(visit.size() - 8, 8, suffix);
          value = visit;
        }
      }
    }
    const std::string raw = print_operations(unit);
    append_frame(batch, ++sequence, raw.data(), raw.size());
  }
  return batch;
}

int fan_in(int port, Client& client, const Words& words) {
  const int devices = std::max(1, std::atoi(words[5].c_str()));
  const std::vector<Operation> records = load_device_records(words[4]);
  std::vector<std::string> batches;
  for (int device = 0; device < devices; ++device) {
    batches.push_back(make_device_batch(records, device));
  }
  std::vector<double> latencies(batches.size());
  Section section("S6", "devices=" + words[5], client);
  std::vector<std::thread> threads;
  for (std::size_t device = 0; device < batches.size(); ++device) {
    threads.emplace_back([&, device] {
      const double began = now_s();
      Client own(port);
      own.send(http::verb::post,
               "/push?dev=" + std::to_string(getpid()) + "-" + std::to_string(device),
               batches[device]);
      latencies[device] = now_s() - began;
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  char rate[60];
  std::snprintf(rate, sizeof rate, ",\"devices_s\":%.0f", devices / section.seconds());
  section.finish(devices * 50.0, rate + print_latencies(latencies));
  return 0;
}

int upload_photos(Client& client, const Words& words) {
  std::vector<std::string> photos;
  double bytes = 0;
  for (int i = 0; i < std::atoi(words[5].c_str()); ++i) {
    char name[64];
    std::snprintf(name, sizeof name, "/photo-%05d.jpg", i);
    std::ifstream file(words[4] + name, std::ios::binary);
    photos.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    bytes += static_cast<double>(photos.back().size());
  }
  Section section("S7", "a blob row and a commit each", client);
  for (std::size_t i = 0; i < photos.size(); ++i) {
    client.send(http::verb::put, "/blob/" + std::to_string(getpid()) + "-" + std::to_string(i),
                photos[i]);
  }
  char rate[60];
  std::snprintf(rate, sizeof rate, ",\"mb_s\":%.1f", bytes / 1e6 / section.seconds());
  section.finish(static_cast<double>(photos.size()), rate);
  return 0;
}

// Kills the server in the middle of an upload, starts it again, sends the whole outbox again.
int kill_and_resume(Client& client, const Words& words) {
  sqlite3* database = open_database(words[3] + "/c1.db", "FULL");
  const int after_ms = std::atoi(words[5].c_str());
  const int server = std::atoi(words[6].c_str());
  UploadOptions options{"dev1", true, std::strtoull(words[4].c_str(), nullptr, 10), true};
  std::thread killer([after_ms, server] {
    usleep(static_cast<useconds_t>(after_ms) * 1000);
    kill(server, SIGKILL);
  });
  const double began = now_s();
  upload(database, client, options);
  killer.join();
  const bool broke = !client.ok();
  const double killed = now_s();
  if (std::system(words[7].c_str()) != 0) {
    die("the restart command failed");
  }
  client.connect();
  const double accepted = now_s();
  options.may_break = false;
  upload(database, client, options);
  const double ended = now_s();
  std::printf(
      "{\"peer\":\"floor-ops\",\"s\":\"S8\",\"variant\":\"zstd "
      "batch=%s\",\"broke\":%s,\"restart_to_accept_s\":%.3f,"
      "\"resume_s\":%.3f,\"wall_s\":%.3f%s}\n",
      words[4].c_str(), broke ? "true" : "false", accepted - killed, ended - accepted,
      ended - began, print_visits(database).c_str());
  return 0;
}

int count(const Words& words) {
  sqlite3* database = open_database(words[2], "FULL");
  std::printf(
      "{\"peer\":\"floor-ops\",\"s\":\"S8-check\",\"records\":%.0f,\"units\":%.0f,\"half_visits\":%"
      ".0f%s}\n",
      count_records(database), query_number(database, "SELECT count(*) FROM log"),
      query_number(database,
                   "SELECT count(*) FROM visits v WHERE status<>'completed' OR "
                   "(SELECT count(*) FROM parts WHERE visit=v.id)<>2 OR "
                   "(SELECT count(*) FROM signatures WHERE visit=v.id)<>1"),
      print_visits(database).c_str());
  return 0;
}

int run(const Words& words) {
  const std::string& name = words.size() > 1 ? words[1] : std::string();
  const auto is = [&](const char* scenario, std::size_t arguments) {
    return name == scenario && words.size() == arguments + 2;
  };
  if (is("server", 3)) {
    serve(std::atoi(words[2].c_str()), words[3], words[4]);
  }
  if (is("s1", 5)) {
    return commit_locally(words);
  }
  if (is("prep", 2)) {
    return prepare_client(words);
  }
  if (is("count", 1)) {
    return count(words);
  }
  const bool known = is("s2", 4) || is("s3", 4) || is("s4", 3) || is("s5", 4) || is("s6", 4) ||
                     is("s7", 4) || is("s8", 6);
  if (!known) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  const int port = std::atoi(words[2].c_str());
  Client client(port);
  switch (name[1]) {
    case '2': return upload_all(client, words);
    case '3': return download_all(client, words);
    case '4': return change_one_field(port, client, words);
    case '5': return collide(client, words);
    case '6': return fan_in(port, client, words);
    case '7': return upload_photos(client, words);
    default: return kill_and_resume(client, words);
  }
}

}  // namespace

}  // namespace floor_peer

int main(int argc, char** argv) { return floor_peer::run({argv, argv + argc}); }
