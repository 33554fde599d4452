// SPDX-License-Identifier: Apache-2.0
// Headquarters' door on a memory store, answered at once: tasks run in the caller's thread,
// passwords too.
#pragma once

#include <string>
#include <vector>

#include "core/base/hex.hpp"
#include "sync-server/acts/handlers.hpp"
#include "sync-server/api/api_door.hpp"
#include "sync-server/api/json_in.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/auth/accounts.hpp"
#include "sync-server/integration/handlers.hpp"
#include "sync-server/paper/desk/paper_desk.hpp"
#include "sync-server/reports/reports_file.hpp"
#include "sync-server/reports/reports_reader.hpp"
#include "sync-server/rules/handlers.hpp"
#include "sync-server/rules/rehearsals.hpp"
#include "tests/support/server_world.hpp"
#include "tests/support/temporary_folder.hpp"

namespace daybook::test {

struct Told {
  int status = 0;
  Json json;
  std::string text;
  std::vector<http::Header> headers;

  const std::string* find_header(const std::string& name) const {
    for (const auto& header : headers) {
      if (header.name == name) return &header.value;
    }
    return nullptr;
  }
  std::string error() const { return json.value("/error/code"_json_pointer, std::string()); }
  std::string error_field() const { return json.value("/error/field"_json_pointer, std::string()); }
};

class OfficeWorld {
 public:
  explicit OfficeWorld(Schema rules = small_schema())
      : world(std::move(rules)),
        devices(Bytes(32, 7), world.clock, world.rng),
        sessions(world.clock, world.rng),
        door(
            {sessions,
             devices,
             hub,
             world.core->rules(),
             world.clock,
             world.rng,
             {"https://127.0.0.1:8443", Digest{}},
             [this] { return readiness; },
             [this] { return copied(); },
             {{machines_core, machines_read},
              {rules_core, rules_read},
              {nullptr, nullptr, acts_staged}},
             [this](const ReadTask& task) { return read(task); },
             [](const Call&, const http::ReplySink&) {},
             operations(),
             [](const Call& call, const http::Request&,
                const std::function<void(http::Response)>& reply) {
               reply(json_reply({{"given", call.parts.front()}}));
             },
             [this](const Call& call, std::function<void(http::Response)> reply) {
               papers.give(call, std::move(reply));
             }},
            [this](CoreTask task) { return submit(std::move(task)); },
            [](const std::function<void()>& run) { run(); },
            [](const std::function<void()>& run) { return run(), true; }) {}

  std::string token_of(Role role) { return sessions.open({std::string(name_of(role)), role}).text; }
  // Of somebody who is bound to an organisation.
  std::string token_of(Role role, const Uuid& organisation) {
    OfficeUser user{std::string(name_of(role)), role};
    user.organisation = organisation;
    return sessions.open(user).text;
  }

  http::Request request(std::string method, std::string path, const std::string& token = {},
                        const std::string& body = {}) {
    http::Request request;
    request.method = std::move(method);
    const auto question = path.find('?');
    if (question != std::string::npos) {
      std::string rest = path.substr(question + 1);
      path.resize(question);
      while (!rest.empty()) {
        const auto end = rest.find('&');
        const auto pair = rest.substr(0, end);
        rest = end == std::string::npos ? std::string{} : rest.substr(end + 1);
        request.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
      }
    }
    request.path = std::move(path);
    request.peer = "192.0.2.1";
    if (!token.empty()) request.headers.push_back({"authorization", "Bearer " + token});
    request.body = copy_of(view_of(body));
    return request;
  }

  Told send(http::Request request) {
    Told told;
    const auto tell = [&](const http::Response& response) {
      told.status = response.status;
      told.text = std::string(text_of(response.body));
      told.headers = response.headers;
      if (response.content_type.find("application/json") != std::string::npos)
        told.json = Json::parse(told.text);
    };
    if (const auto refused = door.on_head(request, request.body.size())) {
      tell(*refused);
      return told;
    }
    door.on_request(std::move(request), {tell, {}, {}});
    return told;
  }
  Told send(const std::string& method, const std::string& path, const std::string& token = {},
            const std::string& body = {}) {
    return send(request(method, path, token, body));
  }
  Told send_with_key(const std::string& method, const std::string& path, const std::string& token,
                     const std::string& body, const std::string& key) {
    auto made = request(method, path, token, body);
    made.headers.push_back({"idempotency-key", key});
    return send(std::move(made));
  }
  Told page(const std::string& path, const std::string& cookie) {
    auto made = request("GET", path);
    made.headers.push_back({"cookie", std::string(kPageCookie) + "=" + cookie});
    return send(std::move(made));
  }

  void add_account(const std::string& actor, const std::string& role, const std::string& password) {
    const std::string hash = password.empty() ? "" : must(hash_new_password(password, world.rng));
    world.within([&] { return must(create_account(world.store, {actor, {}, role, hash, true})); });
  }

  ServerWorld world;
  Readiness readiness{true, {}, 1ULL << 40, false, {}};
  bool queue_full = false;
  DeviceSessions devices;
  OfficeSessions sessions;
  LiveHub hub;
  std::string log_level = "info";
  TemporaryFolder folder;
  std::unique_ptr<ReportsFile> reports_file;
  std::unique_ptr<ReportsReader> reports_reader;
  Rehearsals rehearsals;
  std::optional<ApiDoor::Parts> own_parts;
  PaperDesk papers{[this](const ReadTask& task) { return read(task); },
                   [](const std::function<void()>& run) { return run(), true; }};
  ApiDoor door;

 private:
  Operations operations() {
    Operations made;
    made.log_level = [this] { return log_level; };
    made.set_log_level = [this](const std::string& level) -> Result<void> {
      if (level != "debug") return failure(Errc::kInvalid, "log_level", level);
      log_level = level;
      return {};
    };
    made.reload = [] { return Result<std::vector<std::string>>(std::vector<std::string>{"all"}); };
    made.process_metrics = [] { return std::string(); };
    return made;
  }
  // On the same store; the reports follow at once, and only for who says that they are needed.
  bool read(const ReadTask& task) {
    if (queue_full) return false;
    if (!reports_file) {
      reports_file =
          must(ReportsFile::open(folder.file("reports.db"), world.core->schema(), world.store));
      reports_reader = must(ReportsReader::open(folder.file("reports.db")));
    }
    if (task.needs.reports) must(reports_file->follow(world.store, 1'000'000));
    ReadDesk desk{world.store, *reports_reader, world.core->schema(), parts(), &rehearsals};
    task.run(desk);
    return true;
  }
  const ApiDoor::Parts& parts() {
    if (!own_parts) {
      own_parts.emplace(ApiDoor::Parts{sessions,
                                       devices,
                                       hub,
                                       world.core->rules(),
                                       world.clock,
                                       world.rng,
                                       {},
                                       {},
                                       {},
                                       {},
                                       {},
                                       {},
                                       operations()});
    }
    return *own_parts;
  }
  // What app would have copied and proved: everything up to now.
  Result<TakenBackup> copied() {
    const auto head = must(world.store.head());
    return TakenBackup{{world.rng.draw<Uuid>(), head.epoch, head.version, world.clock.wall_ms(),
                        "/backups/one.db"},
                       {}};
  }
  bool submit(CoreTask task) {
    if (queue_full) return false;
    std::vector<CoreTask> tasks;
    tasks.push_back(std::move(task));
    run_group(*world.core, std::move(tasks));
    return true;
  }
};

}  // namespace daybook::test
