// SPDX-License-Identifier: Apache-2.0
// The SQLite adapter's class; private to this room. Split by topic: store.cpp (opening,
// transactions, settings), schema_tables.cpp, schema_views.cpp, view_rows.cpp, own_sets.cpp,
// bookkeeping.cpp, contents.cpp, staging.cpp.
#pragma once

#include <map>

#include "client-lib/local/local_store.hpp"
#include "client-lib/local/sqlite/sqlite_local_store.hpp"
#include "client-lib/local/sqlite/table_plan.hpp"
#include "core/platform/sqlite/connection.hpp"
#include "core/platform/sqlite/statement.hpp"

namespace daybook {

class SqliteLocalStore final : public LocalStore {
 public:
  SqliteLocalStore(LocalStoreOptions options, std::unique_ptr<sqlite::Connection> file)
      : options_(std::move(options)), file_(std::move(file)) {}

  Result<void> begin() override;
  Result<void> commit() override;
  void rollback() override;

  Result<void> apply_schema(std::shared_ptr<const Schema> schema) override;

  Result<std::optional<ViewRow>> find_row(const RecordRef& record) override;
  Result<void> put_row(const RecordRef& record, const ViewRow& row) override;
  Result<void> change_row(const RecordRef& record, const ViewRow& before,
                          const ViewRow& after) override;
  Result<bool> confirm_row(const RecordRef& record, const Confirmation& confirmed) override;
  Result<void> erase_row(const RecordRef& record) override;
  Result<void> each_row(ScopeMask mask, const RowVisitor& visit) override;
  Result<void> each_row(const RowVisitor& visit) override;

  Result<std::optional<ShadowRow>> find_shadow(const RecordRef& record) override;
  Result<void> put_shadow(const RecordRef& record, const ShadowRow& row) override;
  Result<void> erase_shadow(const RecordRef& record) override;
  Result<std::vector<RecordRef>> list_shadows() override;
  Result<bool> has_shadows() override;

  Result<void> append_set(const OwnSet& set) override;
  Result<std::optional<OwnSet>> find_set(std::uint64_t number) override;
  Result<std::optional<OwnSet>> find_set(const SetId& id) override;
  Result<std::optional<OwnSet>> newest_set() override;
  Result<std::optional<Digest>> find_link(std::uint64_t number) override;
  Result<std::vector<OwnSet>> sets_after(std::uint64_t number, std::size_t size_max,
                                         std::size_t count_max) override;
  Result<void> set_state(std::uint64_t number, SetState state) override;
  Result<void> settle_sets(std::uint64_t first, std::uint64_t last) override;
  Result<void> relink_set(std::uint64_t number, std::uint32_t incarnation, std::uint64_t seq,
                          const Digest& link) override;
  Result<void> erase_set(std::uint64_t number) override;
  Result<SetTotals> totals_after(std::uint64_t number) override;
  Result<std::vector<std::uint64_t>> unsettled_sets() override;

  Result<void> put_incarnation(const IncarnationRow& row) override;
  Result<std::vector<IncarnationRow>> incarnations() override;

  Result<void> append_receipt(const ReceiptRow& row) override;
  Result<std::vector<ReceiptRow>> receipts_of(const SetId& set) override;
  Result<std::vector<ReceiptRow>> receipts_after(Version commit) override;
  Result<void> mark_receipt_lost(std::uint64_t ordinal) override;

  Result<std::vector<ScopeRow>> scopes() override;
  Result<void> put_scope(const ScopeRow& row) override;
  Result<void> erase_scope(std::uint32_t bit) override;

  Result<void> append_rung(const Cursor& point) override;
  Result<std::vector<Cursor>> ladder() override;
  Result<void> erase_rungs_after(Version version) override;
  Result<void> erase_rung(Version version) override;

  Result<void> put_witness(const WitnessRow& row) override;
  Result<std::vector<WitnessRow>> witnesses(std::size_t count_max, std::size_t size_max) override;
  Result<void> erase_witness(const RecordRef& record) override;

  Result<void> put_content(const LocalContent& row) override;
  Result<void> erase_content(const Digest& content) override;
  Result<std::optional<LocalContent>> find_content(const Digest& content) override;
  Result<std::vector<LocalContent>> contents_that_are(ContentState state,
                                                      std::size_t count_max) override;
  Result<std::vector<LocalContent>> contents_after(const std::optional<LocalContent>& after,
                                                   std::size_t count_max) override;

  Result<std::optional<Bytes>> find_setting(const std::string& name) override;
  Result<void> put_setting(const std::string& name, BytesView value) override;
  Result<void> erase_setting(const std::string& name) override;

  Result<void> stage_page(BytesView page) override;
  Result<std::uint64_t> staged_pages() override;
  Result<Bytes> load_staged(std::uint64_t index) override;
  Result<void> clear_staged() override;

  Result<void> wipe() override;

  // Reads daybook_column; called once after opening.
  Result<void> load_plans();

 private:
  using Columns = std::vector<TableColumn>;

  const TablePlan* plan_of(const std::string& collection) const;
  Result<void> each_table_row(const TablePlan& plan, std::optional<ScopeMask> mask,
                              const RowVisitor& visit);
  Result<void> each_raw_row(std::optional<ScopeMask> mask, const RowVisitor& visit);
  Result<void> put_raw_row(const RecordRef& record, const ViewRow& row);
  Result<std::optional<ViewRow>> find_raw_row(const RecordRef& record);

  Result<void> make_table(const CollectionSchema& collection, const Columns& columns);
  Result<void> grow_table(const CollectionSchema& collection, const TablePlan& old);
  Result<void> make_indexes(const CollectionSchema& collection);
  Result<void> remember_column(const std::string& collection, const TableColumn& column);
  Result<void> move_raw_rows(const std::string& collection);
  Result<void> lay_rows_anew(const TablePlan& old);
  Result<void> drop_views();
  Result<void> make_views(const Schema& schema);

  Result<sqlite::Connection*> staging(bool create);

  LocalStoreOptions options_;
  std::unique_ptr<sqlite::Connection> file_;
  std::unique_ptr<sqlite::Connection> staging_;
  std::map<std::string, TablePlan> plans_;
  std::shared_ptr<const Schema> schema_;
  bool in_transaction_ = false;
};

}  // namespace daybook
