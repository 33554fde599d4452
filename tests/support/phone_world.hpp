// SPDX-License-Identifier: Apache-2.0
// A phone's core with its file, and a scripted office that says exactly what a test wants said: for
// tests of the client rooms. What the real office would answer is tried in
// tests/unit/client-lib/session/with_server_test.cpp and in the simulator.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client-lib/local/sqlite/sqlite_local_store.hpp"
#include "client-lib/session/client_core.hpp"
#include "core/schema/load.hpp"
#include "core/wire/message.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_ports.hpp"

namespace daybook::test {

extern const char* const kPhoneSchema;
extern const char* const kPhoneSchemaLater;  // version 2: one field more, one collection more
std::shared_ptr<const Schema> phone_schema();

template <class T>
T want(Result<T> result) {
  if (!result.ok()) FAIL(to_string(result.error()));
  return std::move(result).value();
}
inline void want(Result<void> result) {
  if (!result.ok()) FAIL(to_string(result.error()));
}

inline Value words(std::string text) { return Value::text(std::move(text)); }
inline Value count(std::int64_t number) { return Value::integer(number); }
inline Value refer(const Uuid& id) { return Value::bytes(copy_of(id.view())); }
inline Value list_of(std::vector<std::string> texts) {
  ValueList list;
  for (auto& text : texts) list.push_back(Value::text(std::move(text)));
  return Value::list(std::move(list));
}

// A folder of its own that goes with the test.
class TemporaryPhoneFolder {
 public:
  TemporaryPhoneFolder();
  ~TemporaryPhoneFolder();
  TemporaryPhoneFolder(const TemporaryPhoneFolder&) = delete;
  TemporaryPhoneFolder& operator=(const TemporaryPhoneFolder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class Phone {
 public:
  explicit Phone(std::string path = ":memory:", std::uint64_t seed = 7);

  // Closes the file and opens it again, as after a restart of the app.
  void restart();
  void close();  // until the next restart()

  RecordRef visit() { return {"visit", core->new_id()}; }
  CommitResult create(const RecordRef& record, Fields fields);
  CommitResult edit(const RecordRef& record, const std::string& field, Value now);
  CommitResult commit(std::vector<RecordInput> changes);
  Body body_of(const CommitResult& committed);  // as it lies in the outbox

  std::optional<ViewRow> row(const RecordRef& record) { return want(core->find_row(record)); }
  Value value(const RecordRef& record,
              const std::string& field);       // text "(absent)" when it is not there
  std::string state(const RecordRef& record);  // "(none)" without a row
  ClientStatus status() { return want(core->status()); }

  wire::SyncRequest ask();  // there must be something to ask
  bool asks() { return next_.has_value() || idle() == 0; }
  std::int64_t idle() { return core->idle_ms(); }
  void hear(const wire::SyncReply& reply) { want(try_hear(reply)); }
  Result<void> try_hear(const wire::SyncReply& reply);

  ManualClock clock;
  SeededRng rng;
  NoTrace trace;
  ClientOptions options;
  LocalStore* store = nullptr;  // the core's
  std::unique_ptr<ClientCore> core;
  std::string path;

 private:
  std::optional<Outgoing> next_;
};

// Says yes to every push and serves the pages that were queued; otherwise an empty complete page at
// its head.
class ScriptedOffice {
 public:
  ScriptedOffice();

  wire::SyncReply reply_to(const wire::SyncRequest& request);
  // Until the phone has nothing left to ask now.
  void sync(Phone& phone);

  // A page at the newest version; `complete` and entries are the caller's.
  wire::Page page(Version version, bool complete = true);
  wire::PageEntry entry(const RecordRef& record, Version version, Fields fields,
                        std::vector<std::uint32_t> scopes = {1});
  Receipt receipt(const CommitResult& set, Version commit, Verdict verdict = Verdict::kAccepted);
  void queue(wire::Page next) { pages.push_back(std::move(next)); }

  // What it holds of the incarnation; a restored office forgets from the end.
  struct Chain {
    std::vector<Digest> links;  // links[seq]
    std::vector<Bytes> bodies;
  };
  std::map<IncarnationId, Chain> chains;
  std::deque<wire::Page> pages;
  std::vector<std::string> scopes{"shared", "user:zhang"};
  EpochId epoch;
  Version version = 0;
  DeviceId device;
  std::optional<ChainPosition> safe;
  std::vector<wire::SyncRequest> requests;

 private:
  void take_push(const wire::SyncRequest& request, wire::SyncReply& reply);
};

DeviceId phone_device();
Digest head_of(const EpochId& epoch, Version version);  // made up, but always the same

}  // namespace daybook::test
