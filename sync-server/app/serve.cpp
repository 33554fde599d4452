// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/serve.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <filesystem>

#include "core/platform/file_blob_store.hpp"
#include "core/platform/os_rng.hpp"
#include "core/platform/system_clock.hpp"
#include "sync-server/acts/handlers.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/app/aside.hpp"
#include "sync-server/app/core_thread.hpp"
#include "sync-server/app/front_door.hpp"
#include "sync-server/app/house_metrics.hpp"
#include "sync-server/app/json_log.hpp"
#include "sync-server/app/organisation_login.hpp"
#include "sync-server/app/reading_thread.hpp"
#include "sync-server/app/reload.hpp"
#include "sync-server/app/webhook_out.hpp"
#include "sync-server/attachments/content_keeping.hpp"
#include "sync-server/integration/handlers.hpp"
#include "sync-server/integration/webhook_courier.hpp"
#include "sync-server/net/listener.hpp"
#include "sync-server/net/tls.hpp"
#include "sync-server/ops/content_backup.hpp"
#include "sync-server/ops/evidence_key.hpp"
#include "sync-server/paper/desk/paper_desk.hpp"
#include "sync-server/registrar/registrar.hpp"
#include "sync-server/rules/handlers.hpp"
#include "sync-server/store/sqlite/backup.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {
namespace {

constexpr int kLaneThreads = 2;  // they wait for the disk, one piece of an attachment each
// scrypt takes 0.1 s and 32 MiB: one at a time, while a backup may take longer beside it.
constexpr int kAsideThreads = 2;
// What the house itself keeps open: the book for five readers, the reports, webhooks, a backup.
constexpr std::size_t kFilesOfTheHouse = 256;

// A connection is an open file, and a store that cannot open one can write nothing: so the door
// turns phones away before the files run out.
HttpLimits limits_for(const Config& config, Trace& trace) {
  HttpLimits limits;
  limits.upgrade = wire::kLineProtocol;
  limits.connections_max = config.connections_max.value_or(limits.connections_max);
  limits.connections_per_peer_max =
      config.connections_per_peer_max.value_or(limits.connections_per_peer_max);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return limits;
  const rlim_t wanted = limits.connections_max + kFilesOfTheHouse;
  if (files.rlim_cur < wanted) {
    files.rlim_cur = std::min<rlim_t>(wanted, files.rlim_max);
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &files));
    static_cast<void>(::getrlimit(RLIMIT_NOFILE, &files));
  }
  if (files.rlim_cur >= wanted) return limits;
  const std::size_t room = files.rlim_cur > 2 * kFilesOfTheHouse
                               ? static_cast<std::size_t>(files.rlim_cur) - kFilesOfTheHouse
                               : kFilesOfTheHouse;
  limits.connections_max = std::min(limits.connections_max, room);
  trace.note(TraceLevel::kWarning, "server.files",
             {{"files_max", static_cast<std::int64_t>(files.rlim_cur)},
              {"connections_max", static_cast<std::int64_t>(limits.connections_max)}});
  return limits;
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

// A copy of the store that goes on serving, proved, under a name that says what it holds; then,
// beside it, whatever contents that book has.
Result<TakenBackup> copy_book(const Config& config, const std::string& store_path,
                              BlobStore& contents, Clock& clock, Rng& rng, Trace& trace) {
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
  DAYBOOK_ASSIGN(const auto book, SqliteServerStore::open_to_look_on(row.path));
  DAYBOOK_ASSIGN(const auto beside, FileBlobStore::open(contents_beside(row.path)));
  DAYBOOK_ASSIGN(auto copied, copy_contents(*book, contents, *beside));
  // No reason to have no backup of the rest.
  if (copied.missing != 0)
    trace.note(TraceLevel::kError, "backup.contents_missing",
               {{"missing", static_cast<std::int64_t>(copied.missing)},
                {"contents", static_cast<std::int64_t>(copied.contents)}});
  return TakenBackup{std::move(row), std::move(copied.newly_held)};
}

Result<void> load_programs(ServerStore& store, OfficeSessions& sessions) {
  DAYBOOK_TRY(store.begin());
  DAYBOOK_TRY(sessions.programs().load(store));
  return store.commit();
}

// Everything of a running server, in the order in which it is made; taken down the other way round.
class House {
 public:
  explicit House(const Config& config) : config_(config), log_(clock_, config.log_level, metrics_) {
    metrics_.started_ms = clock_.wall_ms();
  }

  Result<void> open();
  void run();
  Result<void> close();

 private:
  Result<void> open_book();
  Result<void> open_reading();
  Result<void> open_doors();
  ApiDoor::Parts parts(const PublicAddress& address);
  Operations operations();
  std::string process_metrics();
  bool submit(CoreTask task) { return core_thread_->submit(std::move(task)); }
  void catch_up();
  void post(std::function<void()> work) { boost::asio::post(loop_, std::move(work)); }
  void await_hangup();
  void await_stop();

  const Config& config_;
  SystemClock clock_;
  OsRng rng_;
  Metrics metrics_;
  JsonLog log_;
  std::string store_path_;
  std::unique_ptr<SqliteServerStore> store_;
  std::optional<LastKnown> last_known_;
  std::optional<ServerCore> core_;
  std::unique_ptr<Registrar> registrar_;
  boost::asio::io_context loop_{1};
  boost::asio::signal_set hangups_{loop_, SIGHUP};
  boost::asio::signal_set stops_{loop_, SIGTERM, SIGINT};
  FrontDoor front_;
  std::optional<Listener> listener_;
  LiveHub hub_;
  std::optional<DeviceSessions> device_sessions_;
  OfficeSessions office_sessions_{clock_, rng_};
  Aside aside_{kAsideThreads};
  std::unique_ptr<BlobStore> contents_;
  Aside lane_{kLaneThreads, Aside::Manner::kGivesWay};
  std::unique_ptr<OrganisationLogin> organisation_;  // null: local accounts only
  std::unique_ptr<ReadingThread> reading_;
  Aside printing_{1};
  PaperDesk papers_{[this](ReadTask task) { return reading_->submit(std::move(task)); },
                    [this](std::function<void()> work) { return printing_.run(std::move(work)); }};
  std::unique_ptr<SqliteServerStore> webhook_book_;
  std::atomic<WebhookCourier*> courier_told_{nullptr};  // made after the thread that tells it
  std::optional<CoreThread> core_thread_;
  std::optional<WebhookCourier> courier_;
  std::optional<ApiDoor::Parts> parts_;
  std::optional<DeviceDoor> devices_;
  std::optional<AttachmentDoor> attachments_;
  std::optional<ContentKeeper> keeper_;
  std::unique_ptr<ContentKeeping> keeping_;
  std::optional<ApiDoor> office_;
  std::string url_;
  std::uint16_t port_ = 0;
};

Result<void> House::open() {
  DAYBOOK_TRY(open_book());
  DAYBOOK_TRY(open_reading());
  return open_doors();
}

Result<void> House::open_book() {
  DAYBOOK_ASSIGN(const auto rules, load_schema_of(config_));
  store_path_ = config_.path_of(config_.store);
  DAYBOOK_ASSIGN(store_, SqliteServerStore::open({.path = store_path_}));
  DAYBOOK_ASSIGN(contents_, open_contents(config_));
  DAYBOOK_ASSIGN(auto last_known, LastKnown::open(store_path_));
  last_known_.emplace(std::move(last_known));
  DAYBOOK_ASSIGN(auto secret, secret_of(*store_, rng_));
  device_sessions_.emplace(std::move(secret), clock_, rng_);
  core_.emplace(*store_, rules, clock_, rng_, log_);
  DAYBOOK_ASSIGN(auto evidence_key, open_evidence_key(config_.path_of(config_.evidence_key), rng_));
  registrar_ = std::make_unique<Registrar>(std::move(evidence_key));
  core_->set_group_end(registrar_.get());
  DAYBOOK_TRY(core_->open(last_known_->read()));
  last_known_->write(core_->durable_head());
  return load_programs(*store_, office_sessions_);
}

Result<void> House::open_reading() {
  DAYBOOK_ASSIGN(reading_, ReadingThread::start({store_path_, config_.path_of(config_.reports)},
                                                core_->rules(), office_sessions_, log_));
  DAYBOOK_ASSIGN(webhook_book_, SqliteServerStore::open_to_look_on(store_path_));
  core_thread_.emplace(*core_, hub_, *last_known_, metrics_, [this] {
    reading_->ring();
    if (auto* courier = courier_told_.load()) courier->ring();
  });
  courier_.emplace(WebhookCourier::Parts{
      *webhook_book_, core_->rules(), clock_, rng_, log_, webhook_sender(config_),
      [this](CoreTask task) { return submit(std::move(task)); }});
  courier_told_ = &*courier_;
  catch_up();
  return {};
}

// A book from before there was a registrar, or one that stopped in the middle: groups of nothing
// but its work, one after the other, until it has read to the end.
void House::catch_up() {
  submit({[this](ServerCore&) -> Result<AfterCommit> {
            return AfterCommit([this] {
              if (registrar_->is_behind()) catch_up();
            });
          },
          [](const Error&) {}});
}

Result<void> House::open_doors() {
  listener_.emplace(loop_,
                    ListenerOptions{config_.address, config_.port, config_.path_of(config_.key),
                                    config_.path_of(config_.certificate), config_.hosts,
                                    limits_for(config_, log_), &log_},
                    front_);
  DAYBOOK_ASSIGN(port_, listener_->start());
  url_ = config_.public_url.empty() ? "https://" + config_.address + ":" + std::to_string(port_)
                                    : config_.public_url;
  const auto submit = [this](CoreTask task) { return this->submit(std::move(task)); };
  const auto post = [this](std::function<void()> work) { this->post(std::move(work)); };
  parts_.emplace(parts({url_, listener_->pin()}));
  DAYBOOK_ASSIGN(organisation_,
                 OrganisationLogin::make(config_, {office_sessions_, clock_, rng_, log_, submit}));
  if (organisation_) organisation_->offer(*parts_);
  reading_->set_parts(*parts_);
  devices_.emplace(*device_sessions_, hub_, clock_, log_, submit, post);
  office_.emplace(*parts_, submit, post,
                  [this](std::function<void()> work) { return aside_.run(std::move(work)); });
  attachments_.emplace(AttachmentDoor::Parts{
      *device_sessions_, *contents_, clock_, rng_, log_, config_.contents_limits,
      Errands(submit, post,
              [this](std::function<void()> work) { return lane_.run(std::move(work)); })});
  keeper_.emplace(*contents_, clock_, log_, submit,
                  KeepingPlan{.compare_days = config_.contents_compare_days,
                              .keep_days = config_.contents_keep_days});
  keeping_ = std::make_unique<ContentKeeping>(*keeper_, log_);
  front_.open(*devices_, *attachments_, *office_);
  return {};
}

ApiDoor::Parts House::parts(const PublicAddress& address) {
  const auto readiness = [this] {
    auto state = core_thread_->state();
    return Readiness{state.trouble.empty(), state.trouble, free_bytes_at(store_path_),
                     state.careful, state.head};
  };
  return {
      office_sessions_,
      *device_sessions_,
      hub_,
      core_->rules(),
      clock_,
      rng_,
      address,
      readiness,
      [this] { return copy_book(config_, store_path_, *contents_, clock_, rng_, log_); },
      {{machines_core, machines_read}, {rules_core, rules_read}, {nullptr, nullptr, acts_staged}},
      [this](ReadTask task) { return reading_->submit(std::move(task)); },
      [this](const Call& call, http::ReplySink sink) {
        reading_->open_feed(call, std::move(sink));
      },
      operations(),
      [this](const Call& call, const http::Request& request,
             std::function<void(http::Response)> reply) {
        attachments_->reader().give_to_office(call.parts.front(), request, error_reply, reply);
      },
      [this](const Call& call, std::function<void(http::Response)> reply) {
        papers_.give(call, std::move(reply));
      }};
}

Operations House::operations() {
  Operations can;
  can.log_level = [this] { return std::string(name_of(log_.level())); };
  can.set_log_level = [this](const std::string& name) -> Result<void> {
    DAYBOOK_ASSIGN(const auto level, level_from(name));
    log_.set_level(level);
    return {};
  };
  can.reload = [this] { return reload(config_, *listener_, log_); };
  can.webhooks_changed = [this] { courier_->look_again(); };
  can.content_removed = [this] { keeping_->look_now(); };
  can.process_metrics = [this] { return process_metrics(); };
  return can;
}

std::string House::process_metrics() {
  const auto core = core_thread_->state();
  return metrics_.text() + door_metrics(listener_->counts()) +
         house_metrics({core.waiting, hub_.size(), reading_->streams(),
                        reading_->reports_stand_at(), core.head.version,
                        free_bytes_at(store_path_)}) +
         content_metrics(keeper_->counts());
}

void House::await_hangup() {
  hangups_.async_wait([this](const auto& failed, int) {
    if (failed) return;
    const auto taken = reload(config_, *listener_, log_);
    if (!taken.ok())
      log_.note(TraceLevel::kError, "server.reload", {{"error", to_string(taken.error())}});
    await_hangup();
  });
}

void House::await_stop() {
  stops_.async_wait([this](const auto& failed, int signal) {
    if (failed) return;
    log_.note(TraceLevel::kInfo, "server.stopping", {{"signal", std::int64_t{signal}}});
    hub_.close_all();
    hangups_.cancel();
    reading_->begin_stop();
    listener_->stop();
  });
}

void House::run() {
  await_hangup();
  await_stop();
  log_.note(TraceLevel::kInfo, "server.ready",
            {{"port", std::int64_t{port_}},
             {"url", url_},
             {"version", static_cast<std::int64_t>(core_->durable_head().version)}});
  loop_.run();
}

Result<void> House::close() {
  reading_->stop();
  printing_.stop_soon();
  courier_->stop();
  keeping_->stop();
  lane_.stop();
  core_thread_->stop();
  aside_.stop();
  if (organisation_) organisation_->stop();
  // Replies of the last group may still wait for the loop; they let go of their connections here.
  loop_.restart();
  loop_.poll();
  DAYBOOK_TRY(core_->close());
  DAYBOOK_TRY(store_->checkpoint());
  log_.note(TraceLevel::kInfo, "server.stopped",
            {{"version", static_cast<std::int64_t>(core_->durable_head().version)}});
  return {};
}

}  // namespace

Result<void> serve(const Config& config) {
  House house(config);
  DAYBOOK_TRY(house.open());
  house.run();
  return house.close();
}

}  // namespace daybook
