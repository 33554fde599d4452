// SPDX-License-Identifier: Apache-2.0
// The port to headquarters' book: what the core thread needs of a store, and no SQL. Adapters:
// memory (simulator, tests), sqlite (embedded), later postgres. One conformance suite holds all of
// them (tests/conformance/server_store).
//
// Thread rule: owned by the one core thread. Everything happens inside begin() … commit(); a group
// of requests is one transaction, a batch or a change set one savepoint in it. Reads see what the
// transaction wrote. After an error of the class kIo, kDiskFull or kCorrupt the caller rolls back;
// nothing of the transaction remains.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/crypto/device_key.hpp"
#include "core/model/conflict_case.hpp"
#include "core/model/ids.hpp"
#include "core/model/receipt.hpp"
#include "core/model/record_state.hpp"

namespace daybook {

// --- the log ---

// One unbroken run of this server's history. A row is written by `daybook restore` and when the
// store differs from what was last known.
struct EpochRow {
  EpochId epoch;
  EpochId parent;  // zero for the first
  Version start_version =
      0;  // last commit shared with the parent; the epoch's own commits are start_version + 1 …
  Digest start_head;
};

inline constexpr std::uint8_t kJudgedAsOffice = 1;    // else as a technician
inline constexpr std::uint8_t kJudgedAsSettling = 2;  // a person's decision on a case
inline constexpr std::uint8_t kJudgedAsLeaver = 4;    // deposit only: all for review

// A commit: one set and its verdict. The stored body is the history.
struct CommitRow {
  Version version = 0;
  Digest head;
  SetId set;
  Lineage lineage = kOfficeLineage;
  std::uint64_t seq = 0;  // 0 for the office
  Digest link;            // zero for the office and for later verdicts on the same set
  Digest body_hash;
  Bytes body;  // empty for a later verdict on a set whose body an earlier commit holds
  ActorId actor;
  Verdict verdict = Verdict::kAccepted;
  Bytes outcome;  // encode_outcome(receipt); empty when plainly accepted
  std::uint64_t rules_version = 0;
  std::uint8_t judged_as =
      0;  // how its author was judged at admission (kJudgedAs… bits), so that a replay judges alike
  std::int64_t received_ms = 0;
  std::vector<RecordRef> records;  // written ones: the history index. Not returned by loads.
};

// --- who ---

struct LineageRow {
  Lineage lineage = 0;  // given by the store at put, 1, 2, 3…
  DeviceId device;
  IncarnationId incarnation;
  Lineage parent = 0;  // 0 = none
  std::uint64_t parent_seq = 0;
  std::uint64_t last_seq = 0;
  Digest last_link;  // first_link(...) while last_seq is 0
};

enum class DeviceStatus : std::uint8_t { kActive = 0, kLeaver = 1, kStolen = 2, kHeld = 3 };

struct DeviceRow {
  DeviceId device;
  ActorId actor;
  std::string role;  // "technician", …
  std::string name, platform;
  PublicKey key;
  DeviceStatus status = DeviceStatus::kActive;
  std::int64_t enrolled_ms = 0;
  std::uint32_t bad_batches = 0;  // wrong hash or signature in a row
};

// What a device said and had at its last contact. Written at most once per device and group.
struct ContactRow {
  DeviceId device;
  std::int64_t seen_ms = 0;
  std::int64_t skew_ms = 0;
  Version complete_version = 0;  // of its cursor
  std::uint64_t unsent_sets = 0, unsent_bytes = 0, unsent_attachments = 0;
  std::int64_t oldest_unsent_ms = 0;
  // Scopes it was last served, with the position it reported; tells `scope left` and new grants.
  std::vector<std::pair<std::string, Version>> scopes;
};

struct UserRow {
  ActorId actor;  // login
  std::string display_name;
  std::string role;           // technician, dispatcher, support, admin
  std::string password_hash;  // empty: cannot log in to the office
  bool active = true;
  // Sees what belongs to this organisation and those below it; none: head office, which sees all.
  std::optional<Uuid> organisation{};
};

// A key for another machine: a program at the account `actor` that may do what both the account's
// role and these scopes allow. Only the hash of its text is kept.
struct TokenRow {
  Uuid token;
  Digest text_hash;
  ActorId actor;
  std::string label;
  std::vector<std::string> scopes;  // names of auth/policy.hpp
  std::int64_t created_ms = 0;
  std::int64_t expires_ms = 0;
  ActorId created_by;
};

// Somebody who is told of every commit, in order.
struct WebhookRow {
  Uuid webhook;
  std::string url;
  Bytes secret;                          // 32 bytes, for the HMAC
  std::vector<std::string> collections;  // told of these only; empty: of all
  bool active = true;
  Version delivered = 0;       // everything up to here was taken
  std::uint32_t failures = 0;  // in a row
  std::int64_t next_ms = 0;    // not before
  std::int64_t last_ms = 0;    // last attempt, 0 = none yet
  std::string last_problem;    // empty when it went well
};

struct EnrolCodeRow {
  Digest code_hash;
  ActorId actor;
  std::int64_t expires_ms = 0;
  std::uint32_t tries_left = 5;
};

// --- scopes ---

struct MemberRow {
  std::string scope;  // "shared", "user:<actor>"
  RecordRef record;
  std::uint32_t count = 0;  // live reference paths; 0 = left
  Version entered = 0;      // the first time
  Version left = 0;         // the last time
  Version version = 0;      // feed version: larger of the record's and the membership's
};

// --- trouble ---

struct ParkedRow {
  SetId set;
  Lineage lineage = 0;
  std::uint64_t seq = 0;
  Version commit = 0;  // of the parked verdict; its row holds the body
  std::string reason, detail;
  std::uint64_t case_number = 0;
  std::vector<SetId> waits_for;  // parked sets it depends on; empty = parked for itself
};

// Which cases the desk looks for; what is left empty is any.
struct CaseQuestion {
  std::optional<CaseState> state;
  std::optional<CaseKind> kind;
  std::string collection, field;
  ActorId holder;
};

// Where a case stands in the desk's list (due_place), to go on behind it.
struct CasePlace {
  std::int64_t due = 0;
  std::uint64_t number = 0;
};

// A device that has not the decision on a case yet; it has once it has the commit.
struct CaseWait {
  DeviceId device;
  Version version = 0;
  std::uint64_t number = 0;
  bool operator==(const CaseWait&) const = default;
};

struct EvidenceRow {
  DeviceId device;
  std::int64_t received_ms = 0;
  std::string reason;
  Bytes raw;
};

// --- attachments ---

// A content that a set names. The bytes come in a lane of their own, and lie beside the book.
struct PromiseRow {
  Digest digest;
  SetId set;
  RecordRef record;
  std::string role;
  std::uint64_t size = 0;
  std::string media_type;
  DeviceId device;     // zero: headquarters
  Version commit = 0;  // of the set
  bool kept = false;   // its device brought the bytes, or proved that it has them
  bool operator==(const PromiseRow&) const = default;
};

// A content that came.
struct ContentRow {
  Digest digest;
  std::uint64_t size = 0;
  DeviceId device;  // that brought it
  std::int64_t arrived_ms = 0;
  std::int64_t checked_ms = 0;  // last read whole and compared; 0 = only when it came
  bool sound = true;            // as last compared
  std::int64_t removed_ms = 0;  // 0 = it is here
  ActorId removed_by;
  std::string removed_why;
  std::string kind;         // a media type by its first bytes; empty = nobody looked
  std::uint32_t width = 0;  // pixels of a picture, from its header; 0 = not known
  std::uint32_t height = 0;
  Version backed_up = 0;  // of the first backup that holds it; 0 = none does
  bool operator==(const ContentRow&) const = default;

  // Whether a page may show it as it is: a picture of known size that no viewer chokes on. Others
  // are for saving.
  bool may_be_shown() const {
    const bool is_picture =
        kind == "image/jpeg" || kind == "image/png" || kind == "image/webp" || kind == "image/gif";
    return is_picture && width != 0 && width <= kShownSideMax && height <= kShownSideMax &&
           std::uint64_t{width} * height <= kShownPixelsMax;
  }
  static constexpr std::uint32_t kShownSideMax = 20'000;         // pixels
  static constexpr std::uint64_t kShownPixelsMax = 200'000'000;  // 0.8 GB in a viewer
};

// To go on behind a promise in the order of commits.
struct PromisePlace {
  Version commit = 0;
  Digest digest;
};

struct BackupRow {
  Uuid backup;
  EpochId epoch;
  Version version = 0;
  std::int64_t taken_ms = 0;
  std::string path;
};

// A backup that was taken and is to be registered, and the contents that no backup held before it.
struct TakenBackup {
  BackupRow row;
  std::vector<Digest> newly_held;
};

struct SchemaRow {
  std::uint64_t version = 0;
  Digest digest;
  std::string json;
};

struct StoreHead {
  EpochId epoch;
  Version version = 0;
  Digest head;  // zero before the first commit of the first epoch
};

// A record as readers see it, without its provenance.
struct StoredRow {
  Bytes row;
  Version version = 0;
};

class ServerStore {
 public:
  virtual ~ServerStore() = default;

  virtual Result<void> begin() = 0;
  virtual Result<void> commit() = 0;  // durable when it returns
  virtual void rollback() = 0;
  // One level. rollback_to_savepoint() also closes the savepoint; begin, savepoint and commit in
  // the wrong order, and writes outside a transaction, are kInvalid. Reads outside a transaction
  // see what was committed.
  virtual Result<void> savepoint() = 0;
  virtual Result<void> release() = 0;
  virtual Result<void> rollback_to_savepoint() = 0;

  // The log.
  virtual Result<StoreHead> head() = 0;
  virtual Result<std::vector<EpochRow>> epochs() = 0;          // oldest first
  virtual Result<void> append_epoch(const EpochRow& row) = 0;  // starts at the store's head
  virtual Result<void> put_commit(const CommitRow& row) = 0;   // version = head + 1
  virtual Result<std::optional<CommitRow>> find_commit(Version version) = 0;
  virtual Result<std::optional<Digest>> find_head(
      Version version) = 0;  // zero digest for version 0
  virtual Result<std::optional<CommitRow>> find_set(
      const SetId& set) = 0;  // the commit that holds its body
  virtual Result<std::optional<CommitRow>> find_last_verdict(const SetId& set) = 0;
  virtual Result<std::optional<CommitRow>> find_admitted(
      Lineage lineage, std::uint64_t seq) = 0;  // first commit of that link
  // Verdicts of one lineage after `after`, oldest first, bodies left empty.
  virtual Result<std::vector<CommitRow>> verdicts_of(Lineage lineage, Version after,
                                                     std::size_t limit) = 0;
  // Highest seq of the lineage that was admitted at or before `version`; 0 = none.
  virtual Result<std::uint64_t> last_seq_at(Lineage lineage, Version version) = 0;
  // Versions that wrote the record, newest first.
  virtual Result<std::vector<Version>> history_of(const RecordRef& record, std::size_t limit) = 0;

  // Records.
  virtual Result<std::optional<RecordState>> find_record(const RecordRef& record) = 0;
  // The part of it that the feed needs; adapters override it with something cheaper.
  virtual Result<std::optional<StoredRow>> find_row(const RecordRef& record) {
    DAYBOOK_ASSIGN(const auto state, find_record(record));
    if (!state) return std::optional<StoredRow>{};
    return std::optional(StoredRow{encode(*state).row, state->version});
  }
  // `parent`: the record whose scopes it shares, if its collection declares one.
  virtual Result<void> put_record(const RecordState& state, const std::optional<Uuid>& parent) = 0;
  virtual Result<std::vector<RecordRef>> children_of(const Uuid& parent) = 0;
  // A page of a collection in id order, for people: after `after` (exclusive).
  virtual Result<std::vector<RecordState>> list_records(const std::string& collection,
                                                        const std::optional<Uuid>& after,
                                                        std::size_t limit) = 0;
  virtual Result<std::uint64_t> count_records(const std::string& collection) = 0;

  // Scopes.
  virtual Result<std::vector<MemberRow>> members_of(const RecordRef& record) = 0;
  virtual Result<std::optional<MemberRow>> find_member(const std::string& scope,
                                                       const RecordRef& record) = 0;
  virtual Result<void> put_member(const MemberRow& row) = 0;
  // The records of one collection that are in the scope now, in no order; costs as much as the
  // scope has rows.
  virtual Result<std::vector<Uuid>> present_in(const std::string& scope,
                                               const std::string& collection) = 0;
  // Rows of one scope in (version, collection, id) order, `left` rows included: those with version
  // > after, and, when `within` is given, before them those of version == after that come behind
  // `within` in (collection, id) order.
  virtual Result<std::vector<MemberRow>> feed_of(const std::string& scope, Version after,
                                                 const std::optional<RecordRef>& within,
                                                 std::size_t limit) = 0;

  // Who.
  virtual Result<std::optional<DeviceRow>> find_device(const DeviceId& device) = 0;
  virtual Result<void> put_device(const DeviceRow& row) = 0;
  virtual Result<std::vector<DeviceRow>> list_devices() = 0;
  virtual Result<std::optional<ContactRow>> find_contact(const DeviceId& device) = 0;
  virtual Result<void> put_contact(const ContactRow& row) = 0;
  virtual Result<std::optional<LineageRow>> find_lineage(const DeviceId& device,
                                                         const IncarnationId& incarnation) = 0;
  virtual Result<std::optional<LineageRow>> load_lineage(Lineage lineage) = 0;
  virtual Result<std::vector<LineageRow>> lineages_of(const DeviceId& device) = 0;
  virtual Result<Lineage> put_lineage(
      const LineageRow& row) = 0;  // inserts when row.lineage is 0, else updates
  virtual Result<std::optional<UserRow>> find_user(const ActorId& actor) = 0;
  virtual Result<void> put_user(const UserRow& row) = 0;
  virtual Result<std::vector<UserRow>> list_users() = 0;
  virtual Result<void> put_token(const TokenRow& row) = 0;
  virtual Result<void> erase_token(const Uuid& token) = 0;
  virtual Result<std::vector<TokenRow>> list_tokens() = 0;  // oldest first
  virtual Result<void> put_webhook(const WebhookRow& row) = 0;
  virtual Result<void> erase_webhook(const Uuid& webhook) = 0;
  virtual Result<std::vector<WebhookRow>> list_webhooks() = 0;  // in id order
  virtual Result<void> put_enrol_code(const EnrolCodeRow& row) = 0;
  virtual Result<std::optional<EnrolCodeRow>> find_enrol_code(const Digest& code_hash) = 0;
  virtual Result<void> erase_enrol_code(const Digest& code_hash) = 0;
  virtual Result<bool> use_nonce(const Digest& nonce, std::int64_t expires_ms,
                                 std::int64_t now_ms) = 0;  // false: used before

  // Trouble.
  virtual Result<void> put_case(const ConflictCase& conflict) = 0;  // number 0 is not allowed
  virtual Result<std::uint64_t> next_case_number() = 0;             // highest put so far + 1
  virtual Result<std::optional<ConflictCase>> find_case(std::uint64_t number) = 0;
  virtual Result<std::optional<ConflictCase>> find_open_case(CaseKind kind, const RecordRef& record,
                                                             const std::string& field,
                                                             const DeviceId& device) = 0;
  virtual Result<std::vector<ConflictCase>> list_cases(std::optional<CaseState> state,
                                                       std::uint64_t after, std::size_t limit) = 0;
  // By due_place and number: what is overdue comes first.
  virtual Result<std::vector<ConflictCase>> find_cases(const CaseQuestion& question,
                                                       const std::optional<CasePlace>& after,
                                                       std::size_t limit) = 0;
  virtual Result<std::vector<ConflictCase>> cases_about(const RecordRef& record,
                                                        std::size_t limit) = 0;  // newest first
  virtual Result<void> put_case_wait(const CaseWait& wait) = 0;
  virtual Result<void> erase_case_wait(const CaseWait& wait) = 0;
  // Those of a device that end with commits up to `through`, oldest first.
  virtual Result<std::vector<CaseWait>> case_waits_of(const DeviceId& device, Version through) = 0;
  virtual Result<std::vector<CaseWait>> case_waits_for(std::uint64_t number) = 0;  // by device
  virtual Result<void> put_parked(const ParkedRow& row) = 0;
  virtual Result<void> erase_parked(const SetId& set) = 0;
  virtual Result<std::optional<ParkedRow>> find_parked(const SetId& set) = 0;
  virtual Result<std::vector<ParkedRow>> parked_of(Lineage lineage) = 0;  // in seq order
  virtual Result<std::vector<ParkedRow>> list_parked(std::size_t limit) = 0;
  virtual Result<void> put_evidence(const EvidenceRow& row) = 0;
  virtual Result<std::vector<EvidenceRow>> evidence_of(const DeviceId& device,
                                                       std::size_t limit) = 0;  // oldest first
  virtual Result<std::uint32_t> count_attempt(const SetId& set) = 0;  // +1, returns the new count
  virtual Result<std::uint32_t> attempts_of(const SetId& set) = 0;
  virtual Result<void> clear_attempts(const SetId& set) = 0;

  // Attachments.
  virtual Result<void> put_promise(const PromiseRow& row) = 0;
  virtual Result<std::vector<PromiseRow>> promises_of(const Digest& content,
                                                      std::size_t limit) = 0;  // oldest first
  virtual Result<std::vector<PromiseRow>> promises_about(const RecordRef& record,
                                                         std::size_t limit) = 0;  // oldest first
  // Not kept yet, oldest first.
  virtual Result<std::vector<PromiseRow>> open_promises(const std::optional<PromisePlace>& after,
                                                        std::size_t limit) = 0;
  virtual Result<void> put_content(const ContentRow& row) = 0;
  virtual Result<std::optional<ContentRow>> find_content(const Digest& content) = 0;
  // In the order of their digests, removed ones too.
  virtual Result<std::vector<ContentRow>> list_contents(const std::optional<Digest>& after,
                                                        std::size_t limit) = 0;
  // Bytes that a device brought since then.
  virtual Result<std::uint64_t> bytes_from(const DeviceId& device, std::int64_t since_ms) = 0;

  // Keeping.
  virtual Result<void> put_backup(const BackupRow& row) = 0;
  virtual Result<void> erase_backup(const Uuid& backup) = 0;
  virtual Result<std::vector<BackupRow>> list_backups() = 0;
  virtual Result<void> put_schema(const SchemaRow& row) = 0;
  virtual Result<std::optional<SchemaRow>> newest_schema() = 0;
  virtual Result<std::vector<SchemaRow>> list_schemas() = 0;  // newest first
  // Small named facts: "store_id", "clean_stop", "server_secret", …
  virtual Result<std::optional<Bytes>> find_setting(const std::string& name) = 0;
  virtual Result<void> put_setting(const std::string& name, BytesView value) = 0;
};

}  // namespace daybook
