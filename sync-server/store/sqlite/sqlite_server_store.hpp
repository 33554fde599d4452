// SPDX-License-Identifier: Apache-2.0
// Headquarters' book in one SQLite file, nothing to install: the store that daybookd brings along.
// What commit() answered is on the disk (WAL, synchronous=FULL). The tables and why they are so:
// migrations/0001_book.sql.
//
// Thread rule: as the port. One process owns a store for writing (a lock beside the file);
// read-only ones may look on, each begin() … commit() of theirs being one snapshot.
#pragma once

#include <memory>

#include "core/platform/sqlite/connection.hpp"
#include "core/platform/sqlite/owner_lock.hpp"
#include "core/platform/sqlite/statement.hpp"
#include "core/platform/sqlite/transaction.hpp"
#include "sync-server/store/server_store.hpp"
#include "sync-server/store/sqlite/names.hpp"
#include "sync-server/store/sqlite/record_slate.hpp"

namespace daybook {

struct SqliteStoreOptions {
  std::string path;
  bool create = true;      // false: a missing file answers kNotFound
  bool read_only = false;  // for backup and command line beside a serving daybookd: takes no lock,
                           // refuses every write
  int cache_kib = 8 * 1024;
  // Files up to this size are read through when they are opened (20 ms), of larger ones only the
  // roots are looked at: a restart after a crash must not keep the phones waiting. prove_store()
  // reads everything, and so does a backup.
  std::uint64_t checked_bytes_max = 16 << 20;
};

class SqliteServerStore final : public ServerStore {
 public:
  // kBusy: another process serves this store. kTooNew, kInvalid (not a Daybook store): the file is
  // as it was. kCorrupt: the file is damaged, restore a backup.
  static Result<std::unique_ptr<SqliteServerStore>> open(const SqliteStoreOptions& options);
  // Reading only, and at once: pages are not checked, that is left to the owner and to
  // prove_store(). Such readers are many and small beside the owner's cache.
  static Result<std::unique_ptr<SqliteServerStore>> open_to_look_on(const std::string& path,
                                                                    int cache_kib = 1024);
  ~SqliteServerStore() override;
  SqliteServerStore(const SqliteServerStore&) = delete;
  SqliteServerStore& operator=(const SqliteServerStore&) = delete;

  const std::string& path() const { return connection_->path(); }
  // What SQLite says its settings are; for reports.
  Result<sqlite::Pragmas> pragmas() { return connection_->pragmas(); }
  // The log goes back into the file; for a graceful stop and before a copy by other means.
  Result<void> checkpoint() { return connection_->checkpoint(); }

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
  Result<std::optional<StoredRow>> find_row(const RecordRef& record) override;
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
  SqliteServerStore(std::optional<sqlite::OwnerLock> lock,
                    std::unique_ptr<sqlite::Connection> connection, bool read_only);

  // Statements of the verbs. Reading wants that no earlier error has ended the transaction under
  // us; writing, a transaction too.
  Result<sqlite::Statement> reading(std::string_view sql);
  Result<sqlite::Statement> writing(std::string_view sql);
  template <class... Parameters>
  Result<void> write(std::string_view sql, const Parameters&... parameters) {
    DAYBOOK_ASSIGN(auto statement, writing(sql));
    return statement.run_with(parameters...);
  }
  Result<void> check_standing() const;
  Result<void> check_writing() const;
  Result<StoreHead> read_head();
  void forget_cached();

  Result<std::optional<CommitRow>> find_commit_by(sqlite::Statement& statement);
  Result<CommitRow> commit_in(sqlite::Statement& statement);
  // Inside a transaction that writes, records and memberships go over the slate; every verb that
  // asks the tables themselves for them writes it first.
  bool has_slate() const { return transaction_ && !read_only_; }
  Result<RecordSlate::Entry*> slate_entry(const RecordRef& record);
  Result<void> know_state(RecordSlate::Entry& entry);
  Result<void> know_members(RecordSlate::Entry& entry);
  Result<void> write_slate();
  Result<bool> has_parked();
  Result<bool> has_case_waits();
  Result<std::optional<RecordState>> read_record(const RecordRef& record);
  Result<Bytes> write_record(const RecordState& state, const std::optional<Uuid>& parent);
  Result<std::vector<MemberRow>> read_members(const RecordRef& record);
  Result<void> write_member(const MemberRow& row);
  Result<MemberRow> member_in(sqlite::Statement& statement);
  Result<std::vector<MemberRow>> members_in(sqlite::Statement& statement);
  Result<void> feed_tie(std::int64_t scope, Version version, const std::optional<RecordRef>& within,
                        std::size_t limit, std::vector<MemberRow>& into);

  std::optional<sqlite::OwnerLock> lock_;
  std::unique_ptr<sqlite::Connection> connection_;
  bool read_only_ = false;
  Names names_;
  std::optional<sqlite::Transaction> transaction_;
  std::optional<sqlite::Savepoint> savepoint_;
  Names::Mark names_at_begin_ = 0;
  Names::Mark names_at_savepoint_ = 0;
  std::optional<StoreHead> head_;  // while we own the store nobody else moves it
  std::optional<bool> has_parked_;
  std::optional<bool> has_case_waits_;
  RecordSlate slate_;
};

}  // namespace daybook
