// SPDX-License-Identifier: Apache-2.0
// Headquarters' book in memory: sorted maps with an undo journal. For the simulator, which runs it
// by the thousand, and for tests of the rooms above the store. Deterministic; begin, rollback and
// savepoints cost what was changed. Durable for as long as the object lives: a simulated crash is
// rollback(), a simulated backup is snapshot().
//
// Thread rule: as the port. Not movable, because the journal points into it.
#pragma once

#include <tuple>

#include "sync-server/store/memory/journal.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

class MemoryServerStore : public ServerStore {
 public:
  MemoryServerStore() = default;
  MemoryServerStore(const MemoryServerStore&) = delete;
  MemoryServerStore& operator=(const MemoryServerStore&) = delete;

  // A copy of everything committed, as a backup file would hold it. REQUIRES: no open transaction.
  class Snapshot;
  Snapshot snapshot() const;
  // Everything is as it was when the snapshot was taken; later commits are gone. REQUIRES: no open
  // transaction.
  void restore(const Snapshot& snapshot);

  // A bad day: the write that comes after `writes` more good ones answers `code` (kIo, kDiskFull or
  // kCorrupt), and so does every call after it until rollback(). The commit counts as a write.
  void fail_after(std::uint64_t writes, Errc code);

  Result<void> begin() override;
  Result<void> commit() override;
  void rollback() override;
  Result<void> savepoint() override;
  Result<void> release() override;
  Result<void> rollback_to_savepoint() override;

  Result<StoreHead> head() override;
  Result<std::vector<EpochRow>> epochs() override;
  Result<void> append_epoch(const EpochRow& row) override;
  Result<void> put_commit(const CommitRow& row) override;
  Result<std::optional<CommitRow>> find_commit(Version version) override;
  Result<std::optional<Digest>> find_head(Version version) override;
  Result<std::optional<CommitRow>> find_set(const SetId& set) override;
  Result<std::optional<CommitRow>> find_last_verdict(const SetId& set) override;
  Result<std::optional<CommitRow>> find_admitted(Lineage lineage, std::uint64_t seq) override;
  Result<std::vector<CommitRow>> verdicts_of(Lineage lineage, Version after,
                                             std::size_t limit) override;
  Result<std::uint64_t> last_seq_at(Lineage lineage, Version version) override;
  Result<std::vector<Version>> history_of(const RecordRef& record, std::size_t limit) override;

  Result<std::optional<RecordState>> find_record(const RecordRef& record) override;
  Result<void> put_record(const RecordState& state, const std::optional<Uuid>& parent) override;
  Result<std::vector<RecordRef>> children_of(const Uuid& parent) override;
  Result<std::vector<RecordState>> list_records(const std::string& collection,
                                                const std::optional<Uuid>& after,
                                                std::size_t limit) override;
  Result<std::uint64_t> count_records(const std::string& collection) override;

  Result<std::vector<MemberRow>> members_of(const RecordRef& record) override;
  Result<std::optional<MemberRow>> find_member(const std::string& scope,
                                               const RecordRef& record) override;
  Result<void> put_member(const MemberRow& row) override;
  Result<std::vector<Uuid>> present_in(const std::string& scope,
                                       const std::string& collection) override;
  Result<std::vector<MemberRow>> feed_of(const std::string& scope, Version after,
                                         const std::optional<RecordRef>& within,
                                         std::size_t limit) override;

  Result<std::optional<DeviceRow>> find_device(const DeviceId& device) override;
  Result<void> put_device(const DeviceRow& row) override;
  Result<std::vector<DeviceRow>> list_devices() override;
  Result<std::optional<ContactRow>> find_contact(const DeviceId& device) override;
  Result<void> put_contact(const ContactRow& row) override;
  Result<std::optional<LineageRow>> find_lineage(const DeviceId& device,
                                                 const IncarnationId& incarnation) override;
  Result<std::optional<LineageRow>> load_lineage(Lineage lineage) override;
  Result<std::vector<LineageRow>> lineages_of(const DeviceId& device) override;
  Result<Lineage> put_lineage(const LineageRow& row) override;
  Result<std::optional<UserRow>> find_user(const ActorId& actor) override;
  Result<void> put_user(const UserRow& row) override;
  Result<std::vector<UserRow>> list_users() override;
  Result<void> put_token(const TokenRow& row) override;
  Result<void> erase_token(const Uuid& token) override;
  Result<std::vector<TokenRow>> list_tokens() override;
  Result<void> put_webhook(const WebhookRow& row) override;
  Result<void> erase_webhook(const Uuid& webhook) override;
  Result<std::vector<WebhookRow>> list_webhooks() override;
  Result<void> put_enrol_code(const EnrolCodeRow& row) override;
  Result<std::optional<EnrolCodeRow>> find_enrol_code(const Digest& code_hash) override;
  Result<void> erase_enrol_code(const Digest& code_hash) override;
  Result<bool> use_nonce(const Digest& nonce, std::int64_t expires_ms,
                         std::int64_t now_ms) override;

  Result<void> put_case(const ConflictCase& conflict) override;
  Result<std::uint64_t> next_case_number() override;
  Result<std::optional<ConflictCase>> find_case(std::uint64_t number) override;
  Result<std::optional<ConflictCase>> find_open_case(CaseKind kind, const RecordRef& record,
                                                     const std::string& field,
                                                     const DeviceId& device) override;
  Result<std::vector<ConflictCase>> list_cases(std::optional<CaseState> state, std::uint64_t after,
                                               std::size_t limit) override;
  Result<std::vector<ConflictCase>> find_cases(const CaseQuestion& question,
                                               const std::optional<CasePlace>& after,
                                               std::size_t limit) override;
  Result<std::vector<ConflictCase>> cases_about(const RecordRef& record,
                                                std::size_t limit) override;
  Result<void> put_case_wait(const CaseWait& wait) override;
  Result<void> erase_case_wait(const CaseWait& wait) override;
  Result<std::vector<CaseWait>> case_waits_of(const DeviceId& device, Version through) override;
  Result<std::vector<CaseWait>> case_waits_for(std::uint64_t number) override;
  Result<void> put_parked(const ParkedRow& row) override;
  Result<void> erase_parked(const SetId& set) override;
  Result<std::optional<ParkedRow>> find_parked(const SetId& set) override;
  Result<std::vector<ParkedRow>> parked_of(Lineage lineage) override;
  Result<std::vector<ParkedRow>> list_parked(std::size_t limit) override;
  Result<void> put_evidence(const EvidenceRow& row) override;
  Result<std::vector<EvidenceRow>> evidence_of(const DeviceId& device, std::size_t limit) override;
  Result<std::uint32_t> count_attempt(const SetId& set) override;
  Result<std::uint32_t> attempts_of(const SetId& set) override;
  Result<void> clear_attempts(const SetId& set) override;

  Result<void> put_promise(const PromiseRow& row) override;
  Result<std::vector<PromiseRow>> promises_of(const Digest& content, std::size_t limit) override;
  Result<std::vector<PromiseRow>> promises_about(const RecordRef& record,
                                                 std::size_t limit) override;
  Result<std::vector<PromiseRow>> open_promises(const std::optional<PromisePlace>& after,
                                                std::size_t limit) override;
  Result<void> put_content(const ContentRow& row) override;
  Result<std::optional<ContentRow>> find_content(const Digest& content) override;
  Result<std::vector<ContentRow>> list_contents(const std::optional<Digest>& after,
                                                std::size_t limit) override;
  Result<std::uint64_t> bytes_from(const DeviceId& device, std::int64_t since_ms) override;

  Result<void> put_backup(const BackupRow& row) override;
  Result<void> erase_backup(const Uuid& backup) override;
  Result<std::vector<BackupRow>> list_backups() override;
  Result<void> put_schema(const SchemaRow& row) override;
  Result<std::optional<SchemaRow>> newest_schema() override;
  Result<std::vector<SchemaRow>> list_schemas() override;
  Result<std::optional<Bytes>> find_setting(const std::string& name) override;
  Result<void> put_setting(const std::string& name, BytesView value) override;

 private:
  struct StoredRecord {
    RecordState state;
    std::optional<Uuid> parent;
  };
  using OpenCase = std::tuple<CaseKind, RecordRef, std::string, DeviceId>;

  struct Tables {
    JournaledMap<std::uint64_t, EpochRow> epochs;  // by position in the fail-over log
    JournaledMap<Version, CommitRow> commits;  // without bodies, so that verdicts are read cheaply
    JournaledMap<Version, Bytes> bodies;
    JournaledSet<std::pair<SetId, Version>> commits_of_set;
    JournaledSet<std::tuple<Lineage, std::uint64_t, Version>> commits_of_link;
    JournaledSet<std::pair<Lineage, Version>> commits_of_lineage;
    JournaledSet<std::pair<RecordRef, Version>> history;
    JournaledMap<RecordRef, StoredRecord> records;
    JournaledSet<std::pair<Uuid, RecordRef>> children;
    JournaledMap<std::pair<RecordRef, std::string>, MemberRow> members;
    JournaledSet<std::tuple<std::string, Version, RecordRef>> feed;
    JournaledMap<DeviceId, DeviceRow> devices;
    JournaledMap<DeviceId, ContactRow> contacts;
    JournaledMap<Lineage, LineageRow> lineages;
    JournaledMap<std::pair<DeviceId, IncarnationId>, Lineage> lineage_of_incarnation;
    JournaledMap<ActorId, UserRow> users;
    JournaledMap<Uuid, TokenRow> tokens;
    JournaledMap<Uuid, WebhookRow> webhooks;
    JournaledMap<Digest, EnrolCodeRow> enrol_codes;
    JournaledMap<Digest, std::int64_t> nonces;  // expires_ms
    JournaledSet<std::pair<std::int64_t, Digest>> nonces_by_expiry;
    JournaledMap<std::uint64_t, ConflictCase> cases;
    JournaledSet<std::pair<OpenCase, std::uint64_t>> open_cases;
    JournaledSet<std::pair<RecordRef, std::uint64_t>> cases_of_record;
    JournaledSet<std::tuple<DeviceId, Version, std::uint64_t>> case_waits;
    JournaledSet<std::tuple<std::uint64_t, DeviceId, Version>> waits_of_case;
    JournaledMap<SetId, ParkedRow> parked;
    JournaledMap<std::uint64_t, EvidenceRow> evidence;  // by order of arrival
    JournaledMap<SetId, std::uint32_t> attempts;
    // By content, set, record and role.
    JournaledMap<std::tuple<Digest, SetId, RecordRef, std::string>, PromiseRow> promises;
    JournaledMap<Digest, ContentRow> contents;
    JournaledMap<Uuid, BackupRow> backups;
    JournaledMap<std::uint64_t, SchemaRow> schemas;
    JournaledMap<std::string, Bytes> settings;
  };

  // Whether a write may go on: inside a transaction, and no bad day.
  Result<void> check_writing();
  Result<void> check_standing() const;
  CommitRow commit_with_body(Version version) const;
  std::optional<CommitRow> last_of_set(const SetId& set) const;

  Tables tables_;
  Journal journal_;
  bool in_transaction_ = false;
  std::optional<std::size_t> savepoint_mark_;
  std::optional<std::uint64_t> writes_left_;  // until the bad day
  Errc bad_day_ = Errc::kIo;
  bool failed_ = false;
};

class MemoryServerStore::Snapshot {
 private:
  friend class MemoryServerStore;
  explicit Snapshot(Tables tables) : tables_(std::move(tables)) {}
  Tables tables_;
};

}  // namespace daybook
