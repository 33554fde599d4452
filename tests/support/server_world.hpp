// SPDX-License-Identifier: Apache-2.0
// A server core on a memory store with a small schema, and pens that write as phones do, without
// any client code: for tests of the server rooms that want to say exactly what arrives.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/schema/load.hpp"
#include "core/wire/message.hpp"
#include "sync-server/conflicts/desk.hpp"
#include "sync-server/office/office.hpp"
#include "sync-server/session/server_core.hpp"
#include "sync-server/store/memory/memory_server_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_ports.hpp"

namespace daybook::test {

// Visits with the rules that the trials need; see the text in server_world.cpp.
Schema small_schema();

inline Value text(std::string t) { return Value::text(std::move(t)); }
inline Value number(std::int64_t n) { return Value::integer(n); }
inline Value id_value(const Uuid& id) { return Value::bytes(copy_of(id.view())); }

template <class T>
T must(Result<T> result) {
  if (!result.ok()) FAIL(to_string(result.error()));
  return std::move(result).value();
}
inline void must(Result<void> result) {
  if (!result.ok()) FAIL(to_string(result.error()));
}

class ServerWorld;

// One phone as the server sees it: a key, a chain, and sets that were written but not sent.
class Pen {
 public:
  Pen(ServerWorld& world, std::string actor);

  Body blank();
  // Appends the body to the chain; nothing is sent. Returns its id.
  SetId write(Body body);
  SetId create(const RecordRef& record, Fields fields);
  SetId edit(const RecordRef& record, const std::string& field, std::optional<Value> was,
             Version base, Value now);

  // What a phone would send now: everything from `from_seq`, or nothing when it is 0.
  wire::SyncRequest request(std::uint64_t from_seq = 0);
  // Sends what the server does not hold yet and remembers the answer's cursor and positions.
  wire::SyncReply sync();
  wire::SyncReply send(const wire::SyncRequest& request);

  DeviceId device;
  ActorId actor;
  ChainPosition newest;
  std::vector<Bytes> bodies;  // of this incarnation, seq 1 first
  std::vector<Digest> links;  // links[0] is the first link
  std::vector<wire::IncarnationStart> begins;
  std::uint64_t stored = 0;
  std::optional<Cursor> cursor;
  std::vector<wire::ScopePosition> positions;
  std::vector<Receipt> receipts;

 private:
  ServerWorld& world_;
  std::unique_ptr<Signer> signer_;
};

class ServerWorld {
 public:
  explicit ServerWorld(Schema rules = small_schema());

  RecordRef visit() { return {"visit", rng.draw<Uuid>()}; }
  // Through the office's desk; `seen` 0 means "as it stands".
  Receipt office_create(const RecordRef& record, Fields fields);
  Receipt office_edit(const RecordRef& record, const std::string& field, Value now,
                      Version seen = 0);
  ConflictCase resolve(std::uint64_t number, const std::string& choice,
                       std::optional<Value> value = std::nullopt);

  Version version() { return must(store.head()).version; }
  Value value(const RecordRef& record, const std::string& field);
  std::vector<ConflictCase> open_cases();

  // Runs `work` as one group.
  template <class Work>
  auto within(Work work) {
    must(store.begin());
    auto result = work();
    must(store.commit());
    return result;
  }

  ManualClock clock;
  SeededRng rng{42};
  NoTrace trace;
  MemoryServerStore store;
  Schema schema;
  std::unique_ptr<ServerCore> core;
  std::unique_ptr<Office> office;
  std::unique_ptr<Desk> desk;
};

}  // namespace daybook::test
