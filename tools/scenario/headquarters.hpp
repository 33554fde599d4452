// SPDX-License-Identifier: Apache-2.0
// Headquarters of a scenario: the real server core on the memory store, with its desks. Takes the
// bytes that a phone sends and gives back the bytes that it would be answered. Single-threaded;
// used by world only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/simulated.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/acts/office_acts.hpp"
#include "sync-server/api/json_in.hpp"
#include "sync-server/auth/territory.hpp"
#include "sync-server/conflicts/desk.hpp"
#include "sync-server/office/office.hpp"
#include "sync-server/registrar/registrar.hpp"
#include "sync-server/reports/reports_file.hpp"
#include "sync-server/session/server_core.hpp"
#include "sync-server/store/memory/memory_server_store.hpp"
#include "tools/scenario/content_desk.hpp"

namespace daybook::scenario {

// What cannot go wrong in a scenario, whatever it says: a store in memory, rules that loaded.
template <class T>
T sure(Result<T> result) {
  ensure(result.ok());
  return std::move(result).value();
}
inline void sure(Result<void> result) { ensure(result.ok()); }

class Headquarters {
 public:
  Headquarters(Schema schema, std::int64_t now_ms);

  void enrol(const DeviceRow& device);
  // An account of headquarters that is bound to an organisation from now on. Which roles may do
  // what is decided before the desk (auth) and is not played here.
  void bind(const ActorId& who, const Uuid& organisation);
  Territory territory_of(const ActorId& who);
  Result<Receipt> act(const ActorId& who, std::vector<OfficeEdit> edits);
  // An act of the rules; asked of a reports file, which is kept at `reports` from then on. The
  // receipt is there when it went on.
  struct Done {
    ActEffect effect;
    std::optional<Receipt> receipt;
  };
  Result<Done> act(const std::string& name, ActCall call, const std::string& reports);
  // Brings the reports file up to date.
  void follow(const std::string& reports);
  // What the server does by itself as time goes by.
  void look_at_overdue();
  Result<ConflictCase> settle(const Decision& decision);
  Result<ConflictCase> approve(const DeskAct& act);
  // What the API answers to GET /api/records/…/history/FIELD.
  Json history_of(const RecordRef& record, const std::string& field);
  void revoke(const DeviceId& device, DeviceStatus status);
  // A framed request; the framed reply.
  Result<Bytes> answer(BytesView frame);

  Version version() { return sure(store_.head()).version; }
  std::vector<ConflictCase> cases() { return sure(store_.list_cases({}, 0, 1000)); }
  std::vector<ConflictCase> open_cases() {
    return sure(store_.list_cases(CaseState::kOpen, 0, 1000));
  }
  const Schema& schema() const { return schema_; }
  ServerStore& store() { return store_; }
  ContentDesk& contents() { return contents_; }
  Ingest& ingest() { return core_.ingest(); }
  ManualClock& clock() { return clock_; }
  Uuid new_id();

 private:
  template <class Work>
  auto within(Work work) {
    sure(store_.begin());
    auto result = work();
    if (result.ok()) {
      sure(core_.finish_group());
      sure(store_.commit());
    } else {
      store_.rollback();
    }
    return result;
  }

  Schema schema_;
  ManualClock clock_;
  SeededRng rng_{42};
  NoTrace trace_;
  MemoryServerStore store_;
  ServerCore core_;
  // Its key is always the same one: a story is told twice alike.
  Registrar registrar_{sure(ed25519_signer(Bytes(kKeySecretSize, 7)))};
  // Those at the desks see this much while they act.
  void seat(const ActorId& who);

  std::map<ActorId, Uuid> bound_;
  std::optional<Territory> seated_;
  Office office_;
  Desk desk_;
  ContentDesk contents_;
  std::unique_ptr<ReportsFile> reports_;
};

}  // namespace daybook::scenario
