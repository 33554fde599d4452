// SPDX-License-Identifier: Apache-2.0
// The phone's half of a sync as a state machine without I/O: plans one request at a time, takes its
// answer, says when to ask again. Private to this room (ClientCore is the door); mirrors
// sync-server/session. Split by topic: handshake.cpp (what is asked), push.cpp and pull.cpp (what
// an answer means), later.cpp (what of it can wait), client_session.cpp (when).
#pragma once

#include <optional>
#include <vector>

#include "client-lib/outbox/retry.hpp"
#include "client-lib/session/client_state.hpp"
#include "core/wire/live_page.hpp"
#include "core/wire/message.hpp"

namespace daybook {

class ClientSession {
 public:
  explicit ClientSession(ClientState& state);

  // After opening and after everything was wiped or enrolled.
  Result<void> start();

  Result<std::optional<Outgoing>> next_request();
  std::int64_t idle_ms() const;
  Result<void> on_reply(BytesView frame);
  void on_failure(const Error& error);
  Result<bool> on_live_page(BytesView message);
  // Lays what the last answer left for later; nothing otherwise.
  Result<void> finish_reply();
  void on_local_change();  // there is more to send, but a running retry is not cut short
  void wake();             // there is a reason not to wait

  bool in_flight() const { return asked_.has_value(); }
  bool has_time_to_finish() const { return asked_.has_value() && later_.has_value(); }
  bool held() const { return held_; }
  const std::optional<Error>& last_error() const { return last_error_; }
  std::int64_t last_contact_ms() const { return last_contact_ms_; }

 private:
  struct Asked {
    Uuid request;
    std::int64_t wall_ms = 0;
    std::int64_t steady_ms = 0;
    bool with_batch = false;
    bool with_digests = false;
    bool ahead = false;  // says that the phone stands where the page left for later leads
    std::vector<RecordRef> witnesses;
  };

  bool fits(const wire::LivePage& live, const std::vector<wire::ScopePosition>& positions) const;
  Result<bool> complete_rows(wire::LivePage& live) const;
  Result<bool> prepare(wire::LivePage& live) const;
  Result<wire::SyncRequest> plan_request(Asked& asked);
  std::size_t batch_size() const;
  bool wants_digests() const;

  Result<wire::SyncReply> read_reply(BytesView frame, const Asked& asked) const;
  Result<void> take_reply(wire::SyncReply& reply, const Asked& asked);
  bool may_wait(const wire::SyncReply& reply, const Asked& asked) const;
  Result<void> leave_for_later(const wire::SyncReply& reply, const Asked& asked);
  Result<void> take_upload(const wire::SyncReply& reply, const Asked& asked);
  Result<void> take_schema(const wire::SyncReply& reply);
  Result<void> take_push(const wire::SyncReply& reply);
  Result<void> take_fork(const wire::Fork& fork);
  Result<void> note_epoch(const wire::Page& page);
  Result<void> take_page(const wire::Page& page, const Asked& asked);
  Result<void> take_safe(const ChainPosition& safe);
  Result<void> note_contact(std::int64_t wall_ms);
  Result<void> reload();

  Result<bool> continues(const wire::Page& page);
  Result<void> stage(const wire::Page& page);
  Result<wire::Page> load_staged(std::uint64_t index);
  Result<void> recall_staged();
  Result<void> drop_staged();

  void fail(const Error& error, bool with_batch);
  void succeed();

  ClientState& state_;
  std::optional<Asked> asked_;
  std::optional<Error> last_error_;
  RetryDelay retry_;
  BatchSize batch_size_;
  std::int64_t due_ms_ = 0;  // steady
  bool backing_off_ = false;
  bool due_after_reply_ = false;  // something happened while a request was under way
  bool held_ = false;
  bool send_ladder_ = false;
  std::uint32_t forks_ = 0;       // in a row
  std::uint32_t batch_cuts_ = 0;  // in a row at the smallest batch
  std::optional<std::int64_t> digests_ms_;
  std::int64_t last_contact_ms_ = 0;
  std::int64_t contact_kept_ms_ = 0;

  // What the reply being taken asked for.
  bool more_ = false;
  std::optional<Error> trouble_;  // taken in good order, but nothing to hurry back for

  // Own work that the office has accepted and whose rows are still to be laid.
  struct Later {
    wire::Page page;
    Asked asked;
  };
  std::optional<Later> later_;
  bool overtaken_ = false;  // the request that is out says that the phone stands where it does not

  std::uint64_t staged_ = 0;
  EpochId staged_epoch_;
  std::vector<wire::ScopePosition> staged_positions_;
};

}  // namespace daybook
