// SPDX-License-Identifier: Apache-2.0
// The port to the phone's one file: what capture, outbox, apply and session need of a store, and no
// SQL. Adapter: local/sqlite (on a file, or in memory for the simulator). One list of tests holds
// both (tests/unit/client-lib/local).
//
// Three layers: the *view* is what host apps read (one typed table per collection); a *shadow* is
// the office's version of a record, kept only where own unsettled sets lie over it; the *own sets*
// are the outbox and the sent log in one, in the order they were made.
//
// Thread rule: owned by the one thread of its ClientCore. Writes happen inside begin() … commit();
// reads see them. After an error of the class kIo, kDiskFull or kCorrupt the caller rolls back and
// nothing of the transaction remains. Decides nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/change_set.hpp"
#include "core/model/ids.hpp"
#include "core/model/receipt.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// Shown to host apps in the column _state: '', 'pending', 'parked', 'no_longer_yours'.
enum class RowState : std::uint8_t { kOffice = 0, kPending = 1, kParked = 2, kNoLongerYours = 3 };
std::string_view name_of(RowState state);

// A phone has at most 64 scopes (wire limit), so a record's memberships are one word beside the
// row: no second table to write.
using ScopeMask = std::uint64_t;

// A record as the host app sees it.
struct ViewRow {
  Fields values;
  Version version = 0;  // row version of the office's content; 0 = the office has never shown it
  Version foreign = 0;  // newest row version that held something not written by this phone:
                        // witnesses after a restore
  RowState state = RowState::kOffice;
  ScopeMask scopes = 0;
  std::uint64_t round =
      0;  // of the page that last mentioned it: finds what a re-reading did not mention any more
};

// What a complete page says of a row that already shows what the office has.
struct Confirmation {
  Version version = 0;
  Version foreign = 0;
  ScopeMask joined = 0;
  std::uint64_t round = 0;
};

// A field that unsettled own sets lay over, with the base that later sets inherit: what the user
// still sees is older than the page.
struct CoveredField {
  std::string field;
  Base base;
  bool operator==(const CoveredField&) const = default;
};

struct ShadowRow {
  std::optional<Fields> office;  // empty: the office has shown none
  Version version = 0;           // as in ViewRow
  Version foreign = 0;
  std::vector<std::uint64_t> sets;    // numbers of the unsettled own sets over it, ascending
  SetId last_writer;                  // of the newest of them
  std::optional<SetId> creator;       // the one that created the record
  std::vector<CoveredField> covered;  // in canonical order of field
  bool operator==(const ShadowRow&) const = default;
};

// kSettled sets stay in the sent log until the safe point passes them.
enum class SetState : std::uint8_t { kOpen = 0, kParked = 1, kSettled = 2 };

// `number` counts this phone's sets in the order they were made, over all incarnations;
// (incarnation, seq) is the place in the chain, which changes when a restored phone links its sets
// anew.
struct OwnSet {
  std::uint64_t number = 0;
  std::uint32_t incarnation = 0;  // IncarnationRow::number
  std::uint64_t seq = 0;
  SetId id;
  Bytes body;
  Digest body_hash;
  Digest link;
  SetState state = SetState::kOpen;
  std::int64_t captured_ms = 0;
  std::uint32_t attachments = 0;
};

// Sets `before + 1`, `before + 2` … are seq 1, 2 … of it.
struct IncarnationRow {
  std::uint32_t number = 0;  // 1, 2, 3 … in the order they were drawn
  IncarnationId incarnation;
  std::uint32_t parent = 0;  // 0 = none
  std::uint64_t parent_seq = 0;
  Digest parent_link;
  std::uint64_t before = 0;        // number of the last set that is not its own
  std::uint64_t released_seq = 0;  // newest set that was deleted from the sent log, and its link
  Digest released_link;
  bool operator==(const IncarnationRow&) const = default;
};

struct ReceiptRow {
  std::uint64_t ordinal = 0;  // in order of arrival; given by the store
  std::uint64_t number = 0;   // of the own set; 0 = not held any more
  bool lost = false;          // of a history that a restored server does not have
  Receipt receipt;
};

struct ScopeRow {
  std::uint32_t bit = 0;  // 0 … 63 in ScopeMask
  std::string scope;
  std::uint64_t reread_from = 0;  // rows not mentioned since this round leave at the next complete
                                  // page; 0 = not being read again
  bool operator==(const ScopeRow&) const = default;
};

// What waits, for status and for the notice to headquarters.
struct SetTotals {
  std::uint64_t sets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t attachments = 0;
  std::uint64_t parked = 0;
  std::int64_t oldest_ms = 0;  // captured; 0 = none
  std::uint64_t first = 0;     // number of the oldest; 0 = none
};

struct WitnessRow {
  RecordRef record;
  Base version;
  Bytes row;
};

// What is to become of a content of attachments. Numbers are stored: frozen.
enum class ContentState : std::uint8_t {
  kLoose = 0,    // here, and no set names it yet
  kWaiting = 1,  // a set names it: the office is to have it
  kBrought = 2,  // the office has it
  kRefused = 3,  // the office will not take it; `trouble` says why
  kWanted = 4,   // asked for: it is to come from the office
  kFetched = 5,  // came from the office
  kSafe = 6,     // the office has it, and every backup that it keeps
  kFreed = 7     // was safe, and its bytes are not here any more
};
std::string_view name_of(ContentState state);

// Which line it may take. Numbers are stored: frozen.
enum class ContentLine : std::uint8_t { kAny = 0, kUnmetered = 1, kNow = 2 };
std::string_view name_of(ContentLine line);

struct LocalContent {
  Digest digest;
  std::uint64_t size = 0;  // 0 while it is only wanted
  ContentState state = ContentState::kLoose;
  std::uint8_t priority = 2;  // 0 signatures, 1 evidence, 2 the rest
  ContentLine line = ContentLine::kAny;
  std::uint64_t number = 0;   // of the own set that names it first; 0 = none
  std::uint64_t carried = 0;  // bytes that the office is known to have, or that came from it
  std::int64_t added_ms = 0;
  std::optional<Error> trouble;  // of the last attempt
};

class LocalStore {
 public:
  using RowVisitor = std::function<Result<void>(const RecordRef&, const ViewRow&)>;

  virtual ~LocalStore() = default;

  virtual Result<void> begin() = 0;
  virtual Result<void> commit() = 0;  // durable when it returns
  virtual void rollback() = 0;

  // Makes tables, columns and indexes of the collections; values of fields that were unknown until
  // now move into their columns. Keeps what a schema no longer names. In a transaction of the
  // caller. The store holds on to `schema` until the next call.
  virtual Result<void> apply_schema(std::shared_ptr<const Schema> schema) = 0;

  // The view. A collection that the schema does not name is kept raw, in one table beside.
  virtual Result<std::optional<ViewRow>> find_row(const RecordRef& record) = 0;
  virtual Result<void> put_row(const RecordRef& record, const ViewRow& row) = 0;
  // The same for a row that is there, with less to write: `before` is what find_row() answers.
  virtual Result<void> change_row(const RecordRef& record, const ViewRow& before,
                                  const ViewRow& after) = 0;
  // The row becomes the office's with the values that it shows. False: there is none.
  virtual Result<bool> confirm_row(const RecordRef& record, const Confirmation& confirmed) = 0;
  virtual Result<void> erase_row(const RecordRef& record) = 0;
  // Rows with a bit of `mask` in their memberships. The visitor must not write.
  virtual Result<void> each_row(ScopeMask mask, const RowVisitor& visit) = 0;
  // Every row whatever its memberships.
  virtual Result<void> each_row(const RowVisitor& visit) = 0;

  virtual Result<std::optional<ShadowRow>> find_shadow(const RecordRef& record) = 0;
  virtual Result<void> put_shadow(const RecordRef& record, const ShadowRow& row) = 0;
  virtual Result<void> erase_shadow(const RecordRef& record) = 0;
  virtual Result<std::vector<RecordRef>> list_shadows() = 0;
  virtual Result<bool> has_shadows() = 0;

  // Own sets.
  virtual Result<void> append_set(const OwnSet& set) = 0;
  virtual Result<std::optional<OwnSet>> find_set(std::uint64_t number) = 0;
  virtual Result<std::optional<OwnSet>> find_set(const SetId& id) = 0;
  virtual Result<std::optional<OwnSet>> newest_set() = 0;
  virtual Result<std::optional<Digest>> find_link(std::uint64_t number) = 0;
  // The sets after `number` in order, until `count_max` or until their bodies reach `size_max`
  // bytes; at least one where there is one.
  virtual Result<std::vector<OwnSet>> sets_after(std::uint64_t number, std::size_t size_max,
                                                 std::size_t count_max) = 0;
  virtual Result<void> set_state(std::uint64_t number, SetState state) = 0;
  virtual Result<void> settle_sets(std::uint64_t first, std::uint64_t last) = 0;
  virtual Result<void> relink_set(std::uint64_t number, std::uint32_t incarnation,
                                  std::uint64_t seq, const Digest& link) = 0;
  virtual Result<void> erase_set(std::uint64_t number) = 0;
  virtual Result<SetTotals> totals_after(std::uint64_t number) = 0;  // of sets that are not settled
  virtual Result<std::vector<std::uint64_t>> unsettled_sets() = 0;   // numbers, ascending

  virtual Result<void> put_incarnation(const IncarnationRow& row) = 0;
  virtual Result<std::vector<IncarnationRow>> incarnations() = 0;  // oldest first

  virtual Result<void> append_receipt(const ReceiptRow& row) = 0;
  virtual Result<std::vector<ReceiptRow>> receipts_of(const SetId& set) = 0;  // oldest first
  virtual Result<std::vector<ReceiptRow>> receipts_after(
      Version commit) = 0;  // not lost ones, by arrival
  virtual Result<void> mark_receipt_lost(std::uint64_t ordinal) = 0;

  virtual Result<std::vector<ScopeRow>> scopes() = 0;
  virtual Result<void> put_scope(const ScopeRow& row) = 0;
  virtual Result<void> erase_scope(std::uint32_t bit) = 0;

  virtual Result<void> append_rung(const Cursor& point) = 0;
  virtual Result<std::vector<Cursor>> ladder() = 0;  // newest first
  virtual Result<void> erase_rungs_after(Version version) = 0;
  virtual Result<void> erase_rung(Version version) = 0;

  virtual Result<void> put_witness(const WitnessRow& row) = 0;
  virtual Result<std::vector<WitnessRow>> witnesses(std::size_t count_max,
                                                    std::size_t size_max) = 0;
  virtual Result<void> erase_witness(const RecordRef& record) = 0;

  // Contents of attachments: what is known of them. The bytes lie beside the file.
  virtual Result<void> put_content(const LocalContent& row) = 0;
  virtual Result<void> erase_content(const Digest& content) = 0;
  virtual Result<std::optional<LocalContent>> find_content(const Digest& content) = 0;
  // Those of a state, what is to go first in front: by priority, then in the order of their sets.
  virtual Result<std::vector<LocalContent>> contents_that_are(ContentState state,
                                                              std::size_t count_max) = 0;
  // In the order they were added, after `after`.
  virtual Result<std::vector<LocalContent>> contents_after(const std::optional<LocalContent>& after,
                                                           std::size_t count_max) = 0;

  // Small named facts: "device", "held", "cursor", …
  virtual Result<std::optional<Bytes>> find_setting(const std::string& name) = 0;
  virtual Result<void> put_setting(const std::string& name, BytesView value) = 0;
  virtual Result<void> erase_setting(const std::string& name) = 0;

  // The staging file: pages that are not complete yet, outside every transaction above, so that
  // commit() is never locked out. Losing it costs a download, nothing else.
  virtual Result<void> stage_page(BytesView page) = 0;
  virtual Result<std::uint64_t> staged_pages() = 0;
  virtual Result<Bytes> load_staged(std::uint64_t index) = 0;  // 0, 1, 2 …
  virtual Result<void> clear_staged() = 0;

  // Everything goes, unsent work too: a named order, never a consequence. Outside of a transaction.
  virtual Result<void> wipe() = 0;
};

}  // namespace daybook
