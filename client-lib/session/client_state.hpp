// SPDX-License-Identifier: Apache-2.0
// What the parts of a phone's core share: its file, its identity, its place in the chain, what
// changed. Private to this room. Whatever here mirrors the file is read again after a transaction
// failed: reload().
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "client-lib/apply/apply.hpp"
#include "client-lib/local/local_store.hpp"
#include "client-lib/local/own_chain.hpp"
#include "client-lib/outbox/outbox.hpp"
#include "client-lib/session/client_core.hpp"
#include "core/clock/hybrid_clock.hpp"

namespace daybook {

struct ClientState {
  ClientState(std::unique_ptr<LocalStore> file, Clock& clock_in, Rng& rng_in, Trace& trace_in,
              ClientOptions options_in, std::unique_ptr<Signer> signer_in);

  // From the file. Errors: kCorrupt, kTooNew…
  Result<void> load();
  // The transaction that was running is gone, in memory too.
  void roll_back();
  // Runs `work` in one transaction and tells watches about it afterwards.
  template <class Work>
  Result<void> in_transaction(Work work) {
    DAYBOOK_TRY(store->begin());
    Result<void> done = work();
    if (done) done = store->commit();
    if (!done) {
      roll_back();
      return done;
    }
    tell_changes();
    return done;
  }

  Result<void> use_schema(const std::string& json);  // in a transaction
  Result<Signer*> load_signer();
  void forget_signer();         // the one made from the seed
  const Schema& rules() const;  // an empty schema before there is one
  ApplyContext apply_context() { return {*store, rules(), chain, notes}; }

  void tell_changes();
  void tell(ClientEvent event);
  void tell_status() { tell(ClientEvent{}); }

  std::unique_ptr<LocalStore> store;
  Clock& clock;
  Rng& rng;
  Trace& trace;
  ClientOptions options;

  std::optional<Enrolment> enrolment;
  std::shared_ptr<const Schema> schema;
  OwnChain chain;
  Outbox outbox;
  EpochId view_epoch;
  std::optional<Cursor> cursor;
  std::optional<Version> complete;

  Skew skew;
  std::uint64_t boot = 0;
  ChangeNotes notes;
  std::vector<ClientEvent> events;
  // Everything up to it is settled, so that status need not read the whole sent log; 0 is always
  // true.
  std::uint64_t settled_through = 0;
  bool shadows_changed = true;  // since no_longer_yours was counted

 private:
  std::unique_ptr<Signer> signer_;       // the host app's
  std::unique_ptr<Signer> seed_signer_;  // from the seed in the enrolment
};

Bytes encode(const Enrolment& enrolment);  // without the schema
Result<Enrolment> decode_enrolment(BytesView bytes);

}  // namespace daybook
