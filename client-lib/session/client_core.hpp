// SPDX-License-Identifier: Apache-2.0
// The phone's core behind one door: captures acts, keeps the outbox, plans requests, takes replies.
// A state machine without I/O: the caller (abi's worker thread, or the simulator) carries the
// bytes. Deterministic given its Clock and Rng.
//
// Thread rule: one thread at a time. One request is in flight at most: next_request() returns
// nothing until on_reply() or on_failure() answered it. commit() may be called in between; a
// request never holds the store. After Errc::kInternal the core must not be used.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client-lib/attachments/contents.hpp"
#include "client-lib/capture/capture.hpp"
#include "client-lib/local/local_store.hpp"
#include "core/base/result.hpp"
#include "core/crypto/device_key.hpp"
#include "core/model/receipt.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "core/ports/trace.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

struct ClientOptions {
  std::int64_t retry_delay_ms_min = 1000;
  std::int64_t retry_delay_ms_max = 300'000;
  std::int64_t poll_interval_ms = 300'000;  // asks even when no bell rang
  std::int64_t digest_interval_ms =
      21'600'000;  // compares scope digests so often; 0 = with every request
  std::size_t batch_size_min = 16 << 10;
  std::size_t batch_size_start = 256 << 10;
  std::size_t batch_size_max = 1 << 20;
  std::size_t page_size_max = 1 << 20;
  // Where a thousand phones share a process, they share the loaded schema too. Default:
  // load_schema().
  std::function<Result<std::shared_ptr<const Schema>>(std::string_view json)> load;
};

// What enrolment gave this phone. The secret of a software key (signer_of()) is kept in the file;
// empty where the host plugs in a Signer.
struct Enrolment {
  DeviceId device;
  ActorId actor;
  std::string role;
  std::string server_url;
  std::vector<Digest> pins;  // SHA-256 of the server's public keys
  Bytes key_seed;
  KeyAlg key_alg = KeyAlg::kEd25519;
  std::string schema;  // JSON
  bool operator==(const Enrolment&) const = default;
};

struct Outgoing {
  Uuid request;
  std::string path;  // "/v1/sync"
  Bytes message;
  bool brief = false;  // short, and so will be the answer: it may go by the line

  Bytes frame() const;  // as an exchange carries it
};

struct ClientStatus {
  bool enrolled = false;
  bool held =
      false;  // the server keeps this device for support: nothing is lost, nothing is served
  bool filling = false;       // the first download is not complete: queries may see half a set
  std::uint64_t pending = 0;  // sets the server is not known to hold
  std::uint64_t stored = 0;   // held there, not answered on this phone yet
  std::uint64_t parked = 0;   // answered: they wait for a person at the office
  std::uint64_t unsent_bytes = 0;
  std::uint64_t attachments = 0;      // promised in pending sets
  std::uint64_t no_longer_yours = 0;  // records kept only because unsettled work lies on them
  std::int64_t oldest_pending_ms = 0;
  Version complete_version = 0;      // of the last complete office state
  std::int64_t last_contact_ms = 0;  // wall time; 0 = never
  std::optional<Error> last_error;   // of the last attempt; empty after a success
  std::int64_t retry_in_ms = 0;      // until the next attempt; 0 = now, -1 = when there is a reason
  bool in_flight = false;
};

struct ClientEvent {
  enum class Kind : std::uint8_t { kRecords = 0, kReceipt = 1, kStatus = 2, kSchema = 3 };
  Kind kind = Kind::kStatus;
  std::string collection;  // kRecords
  std::vector<Uuid> ids;   // kRecords: what changed; empty = anything in the collection may have
  std::optional<Receipt> receipt;  // kReceipt
};

// One of the phone's own sets, without its body.
struct SetSummary {
  std::uint64_t number = 0;
  SetId id;
  SetState state = SetState::kOpen;
  bool stored = false;  // the server is known to hold it
  std::int64_t captured_ms = 0;
  std::size_t size = 0;
  std::vector<RecordRef> records;
};

class ClientCore {
 public:
  // Takes over the store. `signer` may be null: then the seed in the enrolment signs.
  static Result<std::unique_ptr<ClientCore>> open(std::unique_ptr<LocalStore> store, Clock& clock,
                                                  Rng& rng, Trace& trace, ClientOptions options,
                                                  std::unique_ptr<Signer> signer = nullptr);
  ~ClientCore();
  ClientCore(const ClientCore&) = delete;
  ClientCore& operator=(const ClientCore&) = delete;

  // Before it, only status() says anything. Again for the same device: what is held stays and goes
  // on. kAlreadyExists for another device: wipe() first.
  Result<void> enrol(const Enrolment& enrolment);
  const std::optional<Enrolment>& enrolment() const;
  Signer* signer();                              // null before enrolment
  std::shared_ptr<const Schema> schema() const;  // null before enrolment
  Uuid new_id();                                 // UUIDv7 for a record

  // Durable and acknowledged when it returns a value; with an error nothing was changed.
  Result<CommitResult> commit(const CommitInput& input);

  // Contents of attachments; `next_content` is what the lane is to carry now.
  Contents& contents();
  Result<std::optional<LocalContent>> next_content(bool metered);

  Result<std::optional<ViewRow>> find_row(const RecordRef& record);
  Result<std::vector<Receipt>> receipts_of(const SetId& set);  // oldest first
  Result<std::optional<SetSummary>> find_set(const SetId& set);
  Result<std::vector<SetSummary>> unsettled_sets();

  // Deletes work that the server is not known to hold. kNotFound; kForbidden when it is held there
  // already; kInvalid when later sets build upon it and `with_dependents` is false (detail: how
  // many).
  Result<void> discard_set(const SetId& set, bool with_dependents);
  // Deletes everything, unsent work too, and forgets the enrolment.
  Result<void> wipe();

  // What to send now, or nothing: then ask again after idle_ms(), or after any other call.
  Result<std::optional<Outgoing>> next_request();
  std::int64_t idle_ms();                 // -1 = nothing will be due by waiting
  Result<void> on_reply(BytesView body);  // an error says why the answer was not accepted; the
                                          // retry is planned already
  // Work that on_reply() left undone, so that the next request may leave first; true when that one
  // is on its way. Whoever never looks has it done with the next answer.
  bool has_time_to_finish() const;
  Result<void> finish_reply();
  void on_failure(const Error& error);  // no answer, or one that is not Daybook's
  void on_bell();                       // something new is there
  // What the office said unasked. False: it does not fit what is here, and is as good as a bell.
  Result<bool> on_live_page(BytesView message);
  void sync_now();  // the user, or the network came back: do not wait for the retry

  Result<ClientStatus> status();
  std::vector<ClientEvent> take_events();

 private:
  struct Parts;
  explicit ClientCore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace daybook
