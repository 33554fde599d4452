// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/serve.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/domain/catalog.hpp"
#include "core/platform/os_rng.hpp"
#include "core/platform/system_clock.hpp"
#include "core/schema/load.hpp"
#include "sync-server/app/core_thread.hpp"
#include "sync-server/app/front_door.hpp"
#include "sync-server/app/json_log.hpp"
#include "sync-server/net/listener.hpp"
#include "sync-server/net/tls.hpp"
#include "sync-server/store/sqlite/backup.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {
namespace {

constexpr int kAsideThreads = 1;  // scrypt takes 0.1 s and 32 MiB: one at a time
constexpr int kAsideWaitingMax = 32;

Result<Schema> schema_of(const Config& config) {
  if (config.schema.empty()) return load_after_sales();
  std::ifstream file(config.path_of(config.schema), std::ios::binary);
  if (!file) return failure(Errc::kNotFound, config.schema, "cannot be read");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return load_schema(text, config.schema);
}

// 32 random bytes that belong to the store: nonces made before a restart are known after it.
Result<Bytes> secret_of(ServerStore& store, Rng& rng) {
  DAYBOOK_TRY(store.begin());
  DAYBOOK_ASSIGN(auto secret, store.find_setting("server_secret"));
  if (!secret) {
    secret = Bytes(32);
    rng.fill(*secret);
    DAYBOOK_TRY(store.put_setting("server_secret", *secret));
  }
  DAYBOOK_TRY(store.commit());
  return *secret;
}

std::uint64_t free_bytes_at(const std::string& path) {
  std::error_code failed;
  const auto space = std::filesystem::space(std::filesystem::path(path).parent_path(), failed);
  return failed ? 0 : static_cast<std::uint64_t>(space.available);
}

// A copy of the store that goes on serving, proved, under a name that says what it holds.
Result<BackupRow> copy_book(const Config& config, const std::string& store_path, Clock& clock,
                            Rng& rng) {
  const std::string folder = config.path_of(config.backups);
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return failure(Errc::kIo, folder, failed.message());
  BackupRow row;
  row.backup = rng.draw<Uuid>();
  row.taken_ms = clock.wall_ms();
  row.path = folder + "/daybook-" + std::to_string(row.taken_ms) + ".db";
  DAYBOOK_ASSIGN(const auto proof, copy_store(store_path, row.path));
  row.epoch = proof.head.epoch;
  row.version = proof.head.version;
  return row;
}

// Work that would make the loop or the core wait.
class Aside {
 public:
  bool run(std::function<void()> work) {
    if (waiting_.fetch_add(1) >= kAsideWaitingMax) {
      --waiting_;
      return false;
    }
    boost::asio::post(pool_, [this, work = std::move(work)] {
      work();
      --waiting_;
    });
    return true;
  }
  void stop() { pool_.join(); }

 private:
  boost::asio::thread_pool pool_{kAsideThreads};
  std::atomic<int> waiting_{0};
};

}  // namespace

Result<void> serve(const Config& config) {
  SystemClock clock;
  OsRng rng;
  JsonLog log(clock, config.log_level);
  DAYBOOK_ASSIGN(const Schema schema, schema_of(config));
  const std::string store_path = config.path_of(config.store);
  DAYBOOK_ASSIGN(const auto store, SqliteServerStore::open({.path = store_path}));
  DAYBOOK_ASSIGN(auto last_known, LastKnown::open(store_path));
  DAYBOOK_ASSIGN(auto secret, secret_of(*store, rng));

  ServerCore core(*store, schema, clock, rng, log);
  DAYBOOK_TRY(core.open(last_known.read()));
  last_known.write(core.durable_head());

  boost::asio::io_context loop(1);
  FrontDoor front;
  Listener listener(loop,
                    {config.address, config.port, config.path_of(config.key),
                     config.path_of(config.certificate), config.hosts, HttpLimits{}, &log},
                    front);
  LiveHub hub;
  DeviceSessions device_sessions(std::move(secret), clock, rng);
  OfficeSessions office_sessions(clock, rng);
  Aside aside;
  CoreThread core_thread(core, hub, last_known);
  const auto submit = [&](CoreTask task) { return core_thread.submit(std::move(task)); };
  const auto post = [&](std::function<void()> work) { boost::asio::post(loop, std::move(work)); };
  const auto run_aside = [&](std::function<void()> work) { return aside.run(std::move(work)); };
  const auto readiness = [&] {
    auto state = core_thread.state();
    return Readiness{state.trouble.empty(), state.trouble, free_bytes_at(store_path), state.careful,
                     state.head};
  };

  const auto copy = [&] { return copy_book(config, store_path, clock, rng); };

  DAYBOOK_ASSIGN(const auto pin, spki_pin_of_file(config.path_of(config.certificate)));
  DAYBOOK_ASSIGN(const std::uint16_t port, listener.start());
  const std::string url = config.public_url.empty()
                              ? "https://" + config.address + ":" + std::to_string(port)
                              : config.public_url;
  DeviceDoor devices(device_sessions, hub, clock, log, submit, post);
  ApiDoor office(
      {office_sessions, device_sessions, hub, schema, clock, rng, {url, pin}, readiness, copy},
      submit, post, run_aside);
  front.open(devices, office);

  boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&](const auto&, int signal) {
    log.note(TraceLevel::kInfo, "server.stopping", {{"signal", std::int64_t{signal}}});
    hub.close_all();
    listener.stop();
  });
  log.note(TraceLevel::kInfo, "server.ready",
           {{"port", std::int64_t{port}},
            {"url", url},
            {"version", static_cast<std::int64_t>(core.durable_head().version)}});
  loop.run();

  core_thread.stop();
  aside.stop();
  // Replies of the last group may still wait for the loop; they let go of their connections here.
  loop.restart();
  loop.poll();
  DAYBOOK_TRY(core.close());
  DAYBOOK_TRY(store->checkpoint());
  log.note(TraceLevel::kInfo, "server.stopped",
           {{"version", static_cast<std::int64_t>(core.durable_head().version)}});
  return {};
}

}  // namespace daybook
