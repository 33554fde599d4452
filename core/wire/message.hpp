// SPDX-License-Identifier: Apache-2.0
// What a phone and the server say to each other: one request carries push and pull, one reply
// carries both answers. Canonical CBOR in a zstd frame where that is shorter (frame.hpp); grammar,
// worked example and rules of conduct: PROTOCOL.md. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/fixed_bytes.hpp"
#include "core/crypto/device_key.hpp"
#include "core/model/chain.hpp"
#include "core/model/ids.hpp"
#include "core/model/receipt.hpp"

namespace daybook::wire {

inline constexpr std::uint64_t kProtocolMin = 1;
inline constexpr std::uint64_t kProtocolMax = 1;

// A phone's position in one scope. A new grant starts at 0 and backfills. The phone stores the
// whole value and sends it back as it came.
struct ScopePosition {
  std::string scope;    // "shared", "user:<actor>"
  Version version = 0;  // everything up to this feed version was read…
  // …except that of `version` itself only the entries up to this one were (a commit larger than a
  // page).
  std::optional<RecordRef> within;
  // While a scope is read from its beginning: the head when that began. What had left by then was
  // never sent, so nobody need be told that it left. 0 once the reading was complete.
  Version filling_since = 0;
  bool operator==(const ScopePosition&) const = default;
};

// An older point that the phone remembers, so that the fork point with a restored server can be
// found.
struct Rung {
  EpochId epoch;
  Version version = 0;
  Digest head;
  bool operator==(const Rung&) const = default;
};

// An incarnation that begins: drawn by the phone, bound to where it forked off (zeroes when it is
// the first).
struct IncarnationStart {
  IncarnationId incarnation;
  IncarnationId parent;
  std::uint64_t parent_seq = 0;
  Digest parent_link;
  bool operator==(const IncarnationStart&) const = default;
};

// Bodies first_seq, first_seq + 1, … of one incarnation. Links are not sent; the receiver computes
// them. `signature` is the device key's over batch_signing_bytes(newest link).
struct Batch {
  IncarnationId incarnation;
  std::uint64_t first_seq = 0;
  Digest previous_link;
  std::vector<Bytes> bodies;
  Signature signature;
  bool operator==(const Batch&) const = default;
};

// What waits on the phone, for headquarters to see ("3 photos still on phone 7"); refreshed with
// every contact.
struct UnsentNotice {
  std::uint64_t sets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t attachments = 0;
  std::int64_t oldest_ms = 0;  // the phone's wall time of the oldest, 0 = none
  bool operator==(const UnsentNotice&) const = default;
};

// Sets that the phone must send again (restored server) but no longer holds.
struct Gap {
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  bool operator==(const Gap&) const = default;
};

// Something the phone holds from beyond a fork that is not its own: an office row it was shown.
struct Witness {
  RecordRef record;
  Base version;  // as served
  Bytes row;
  bool operator==(const Witness&) const = default;
};

struct SyncRequest {
  Uuid request;  // random; echoed, so that a foreign answer is noticed
  std::uint64_t protocol_min = kProtocolMin;
  std::uint64_t protocol_max = kProtocolMax;
  DeviceId device;
  ChainPosition newest;  // of the whole outbox, sent or not: a restored or cloned phone learns
                         // before it sends
  std::vector<IncarnationStart> begins;  // incarnations the server may not know yet, oldest first
  std::uint64_t schema_version = 0;
  Digest schema_digest;
  std::optional<Cursor> cursor;  // of the last complete state; empty = fresh
  std::vector<Rung>
      ladder;  // newest first; only when the server asked for it (or after `unknown_cursor`)
  std::vector<ScopePosition> positions;  // while gathering pages these run ahead of `cursor`
  std::optional<Batch> batch;
  std::optional<Gap> gap;
  std::vector<Witness> witnesses;
  UnsentNotice unsent;
  bool pull = true;
  std::uint64_t page_size_max = 0;  // bytes; the server has its own cap
  bool want_digests = false;        // scope digests with the complete page
  bool takes_own_run = false;       // Page::own may stand for what this batch wrote
  std::int64_t wall_ms = 0;         // the phone's clock, so that both sides know the offset
  bool operator==(const SyncRequest&) const = default;
};

// How the batch (or the bare handshake) was received.
enum class PushStatus : std::uint8_t {
  kNothing = 0,  // no batch was sent and the chain is known
  kStored = 1,   // everything through `stored` is kept durably
  kGap = 2,      // the batch starts after what the server holds: send from stored.seq + 1
  kForked =
      3,  // not the chain the server knows: take a fresh incarnation from `stored`, send again
  kUnknownIncarnation = 4,  // tell it in `begins`
  kWrongSignature = 5,      // nothing stored, send again
  kHeld = 6,                // the device is held for support; nothing is lost, nothing is served
};

struct PageEntry {
  RecordRef record;
  Version version = 0;      // feed version: larger of the record's and the membership's
  Version row_version = 0;  // commit that last changed the record: the base of what the row shows
  Bytes row;                // canonical CBOR map as served
  std::vector<std::uint32_t>
      scopes;  // indexes into Page::scopes: memberships that this entry reports
  bool operator==(const PageEntry&) const = default;
};

struct PageLeft {
  RecordRef record;
  std::uint32_t scope = 0;
  Version version = 0;
  bool operator==(const PageLeft&) const = default;
};

struct ScopeDigest {
  std::string scope;
  std::uint64_t records = 0;
  Digest digest;  // see scope_digest.hpp
  bool operator==(const ScopeDigest&) const = default;
};

// Own sets that came with this very request, one commit each, in order. Sets with a receipt in the
// page and records with an entry there are no part of it; the phone makes the others from its own
// bodies and shows them only when they sum up to what the office has (scope_digest.hpp).
struct OwnRun {
  IncarnationId incarnation;
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  Version first_commit = 0;
  std::uint64_t rules_version = 0;
  std::vector<std::uint32_t> scopes;  // the memberships of each of its records, as in PageEntry
  std::uint64_t records = 0;
  Digest digest;
  bool operator==(const OwnRun&) const = default;
};

struct Page {
  Cursor head;  // the snapshot it was read in
  std::vector<std::string>
      scopes;  // all scopes of the device, in order; PageEntry and PageLeft refer by index
  std::vector<ScopePosition> positions;  // to send back for the next page
  std::vector<std::string> scopes_left;  // scopes taken away
  std::vector<PageEntry> entries;        // in feed order
  std::vector<PageLeft> left;
  std::vector<Receipt> receipts;     // of this device, commits up to the positions' receipts mark
  Version receipts_through = 0;      // receipts are complete up to this commit
  bool complete = false;             // nothing in the device's scopes follows
  std::vector<ScopeDigest> digests;  // on request, with a complete page
  std::optional<OwnRun> own;         // on request
  bool operator==(const Page&) const = default;
};

// Tells a phone whose cursor names something the server does not have.
struct Fork {
  EpochId epoch;             // the epoch that the server is in now
  Version fork_version = 0;  // last commit that both share; 0 = nothing
  bool need_ladder = false;  // the fork point is not known yet: send the ladder
  bool operator==(const Fork&) const = default;
};

struct SyncReply {
  Uuid request;  // echo
  std::uint64_t protocol = kProtocolMax;
  std::int64_t server_ms = 0;  // received_at, for the offset interval
  PushStatus push = PushStatus::kNothing;
  ChainPosition stored;  // newest link the server holds of the lineage in question
  std::optional<Fork> fork;
  std::optional<Page> page;
  std::optional<ChainPosition>
      safe;  // sets up to here are in every registered backup: may be released (link unused)
  std::uint64_t schema_version = 0;
  Digest schema_digest;
  std::optional<std::string> schema;  // the JSON, when the phone's digest differs
  bool operator==(const SyncReply&) const = default;
};

// Enrolment and sessions (before there is a token).
struct EnrolRequest {
  Bytes code;  // one-time, from the QR text
  PublicKey key;
  std::string device_name;
  std::string platform;
  // A phone that was enrolled before names the device it was and proves it with the key it had:
  // then it is that device again, and what it still holds goes on from where it was.
  std::optional<DeviceId> device;
  Signature proof;  // over enrol_signing_bytes
  bool operator==(const EnrolRequest&) const = default;
};
Bytes enrol_signing_bytes(BytesView code, const PublicKey& key, const Digest& channel);

struct EnrolReply {
  DeviceId device;
  ActorId actor;
  std::string role;
  std::uint64_t schema_version = 0;
  Digest schema_digest;
  std::string schema;  // the JSON; may be empty: then it comes with the first sync, which survives
                       // a broken line
  std::int64_t server_ms = 0;
  bool operator==(const EnrolReply&) const = default;
};

struct SessionRequest {
  DeviceId device;
  Bytes nonce;      // empty: asks for one
  Signature proof;  // over session_signing_bytes; empty while asking
  bool operator==(const SessionRequest&) const = default;
};
Bytes session_signing_bytes(const DeviceId& device, BytesView nonce, const Digest& channel);

struct SessionReply {
  Bytes nonce;  // either a nonce…
  Bytes token;  // …or a token
  std::int64_t lifetime_s = 0;
  std::int64_t server_ms = 0;
  bool operator==(const SessionReply&) const = default;
};

// What the first request on a connection proves beside the token.
Bytes proof_signing_bytes(BytesView token, const Digest& channel);

// An error answer on the device API: code and parameters, no sentence.
struct ErrorReply {
  Errc code = Errc::kInternal;
  std::string field;
  std::string detail;
  bool operator==(const ErrorReply&) const = default;
};

Bytes encode(const SyncRequest&);
Bytes encode(const SyncReply&);
Bytes encode(const EnrolRequest&);
Bytes encode(const EnrolReply&);
Bytes encode(const SessionRequest&);
Bytes encode(const SessionReply&);
Bytes encode(const ErrorReply&);
// Decoders refuse whatever exceeds limits.hpp and name the field.
Result<SyncRequest> decode_sync_request(BytesView);
Result<SyncReply> decode_sync_reply(BytesView);
Result<EnrolRequest> decode_enrol_request(BytesView);
Result<EnrolReply> decode_enrol_reply(BytesView);
Result<SessionRequest> decode_session_request(BytesView);
Result<SessionReply> decode_session_reply(BytesView);
Result<ErrorReply> decode_error_reply(BytesView);

}  // namespace daybook::wire
