// SPDX-License-Identifier: Apache-2.0
#include "client-lib/session/client_core.hpp"

#include <utility>

#include "client-lib/local/overlay.hpp"
#include "client-lib/local/settings.hpp"
#include "client-lib/session/client_session.hpp"
#include "client-lib/session/client_state.hpp"
#include "client-lib/session/discard.hpp"
#include "core/clock/uuid7.hpp"

namespace daybook {

struct ClientCore::Parts {
  Parts(std::unique_ptr<LocalStore> store, Clock& clock, Rng& rng, Trace& trace,
        ClientOptions options, std::unique_ptr<Signer> signer)
      : state(std::move(store), clock, rng, trace, std::move(options), std::move(signer)),
        session(state),
        contents(*state.store, state.clock) {}

  Result<SetSummary> summary_of(const OwnSet& set) const;
  Result<void> count_no_longer_yours();

  ClientState state;
  ClientSession session;
  Contents contents;
  std::uint64_t no_longer_yours = 0;
};

ClientCore::ClientCore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ClientCore::~ClientCore() = default;

Result<std::unique_ptr<ClientCore>> ClientCore::open(std::unique_ptr<LocalStore> store,
                                                     Clock& clock, Rng& rng, Trace& trace,
                                                     ClientOptions options,
                                                     std::unique_ptr<Signer> signer) {
  auto parts = std::make_unique<Parts>(std::move(store), clock, rng, trace, std::move(options),
                                       std::move(signer));
  DAYBOOK_TRY(parts->state.load());
  DAYBOOK_TRY(parts->session.start());
  return std::unique_ptr<ClientCore>(new ClientCore(std::move(parts)));
}

Result<void> ClientCore::enrol(const Enrolment& enrolment) {
  ClientState& state = parts_->state;
  if (state.enrolment && state.enrolment->device != enrolment.device) {
    return failure(Errc::kAlreadyExists, "enrolment",
                   "this phone is another device; wipe it first");
  }
  const auto write = [&]() -> Result<void> {
    DAYBOOK_TRY(state.store->put_setting(setting::kEnrolment, encode(enrolment)));
    state.enrolment = enrolment;
    state.enrolment->schema.clear();
    state.forget_signer();
    if (!enrolment.schema.empty()) DAYBOOK_TRY(state.use_schema(enrolment.schema));
    DAYBOOK_ASSIGN(state.chain, OwnChain::load(*state.store, enrolment.device));
    if (!state.chain.incarnations().empty()) return {};
    return state.chain.begin_incarnation(*state.store, state.rng.draw<IncarnationId>(), 0);
  };
  DAYBOOK_TRY(state.in_transaction(write));
  return parts_->session.start();
}

const std::optional<Enrolment>& ClientCore::enrolment() const { return parts_->state.enrolment; }

Signer* ClientCore::signer() {
  auto signer = parts_->state.load_signer();
  return signer ? *signer : nullptr;
}

std::shared_ptr<const Schema> ClientCore::schema() const { return parts_->state.schema; }

Uuid ClientCore::new_id() { return make_uuid7(parts_->state.clock.wall_ms(), parts_->state.rng); }

Result<CommitResult> ClientCore::commit(const CommitInput& input) {
  ClientState& state = parts_->state;
  if (!state.enrolment) return failure(Errc::kUnauthorized, "enrolment");
  if (!state.schema) return failure(Errc::kNotFound, "schema", "it comes with the first sync");
  const CaptureContext context{state.enrolment->actor, state.schema, state.view_epoch, state.skew,
                               state.boot};
  auto committed =
      commit_set(*state.store, state.chain, state.clock, state.rng, context, input, state.notes);
  if (!committed) return committed;
  state.tell_changes();
  state.tell_status();
  parts_->session.on_local_change();
  return committed;
}

Contents& ClientCore::contents() { return parts_->contents; }

Result<std::optional<LocalContent>> ClientCore::next_content(bool metered) {
  return parts_->contents.next(parts_->state.outbox.held(), metered);
}

Result<std::optional<ViewRow>> ClientCore::find_row(const RecordRef& record) {
  return parts_->state.store->find_row(record);
}

Result<std::vector<Receipt>> ClientCore::receipts_of(const SetId& set) {
  std::vector<Receipt> receipts;
  DAYBOOK_ASSIGN(auto rows, parts_->state.store->receipts_of(set));
  for (ReceiptRow& row : rows) {
    if (!row.lost) receipts.push_back(std::move(row.receipt));
  }
  return receipts;
}

Result<SetSummary> ClientCore::Parts::summary_of(const OwnSet& set) const {
  SetSummary summary;
  summary.number = set.number;
  summary.id = set.id;
  summary.state = set.state;
  summary.stored = set.number <= state.outbox.held();
  summary.captured_ms = set.captured_ms;
  summary.size = set.body.size();
  DAYBOOK_ASSIGN(const Body body, decode_body(set.body));
  for (const Change& change : body.changes) summary.records.push_back(change.record);
  return summary;
}

Result<std::optional<SetSummary>> ClientCore::find_set(const SetId& set) {
  DAYBOOK_ASSIGN(const auto found, parts_->state.store->find_set(set));
  if (!found) return std::optional<SetSummary>{};
  DAYBOOK_ASSIGN(auto summary, parts_->summary_of(*found));
  return std::optional<SetSummary>(std::move(summary));
}

Result<std::vector<SetSummary>> ClientCore::unsettled_sets() {
  std::vector<SetSummary> summaries;
  DAYBOOK_ASSIGN(const auto numbers, parts_->state.store->unsettled_sets());
  for (const std::uint64_t number : numbers) {
    DAYBOOK_ASSIGN(const auto set, parts_->state.store->find_set(number));
    ensure(set.has_value());
    DAYBOOK_ASSIGN(auto summary, parts_->summary_of(*set));
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

Result<void> ClientCore::discard_set(const SetId& set, bool with_dependents) {
  ClientState& state = parts_->state;
  if (!state.enrolment) return failure(Errc::kUnauthorized, "enrolment");
  if (parts_->session.in_flight())
    return failure(Errc::kBusy, "set", "it may be on its way just now");
  DAYBOOK_TRY(parts_->session.finish_reply());
  DAYBOOK_TRY(
      state.in_transaction([&] { return daybook::discard_set(state, set, with_dependents); }));
  state.settled_through = 0;
  state.shadows_changed = true;
  state.tell_status();
  parts_->session.on_local_change();
  return {};
}

Result<void> ClientCore::wipe() {
  ClientState& state = parts_->state;
  DAYBOOK_TRY(state.store->wipe());
  state.schema.reset();
  state.forget_signer();
  DAYBOOK_TRY(state.load());
  state.events.clear();
  state.shadows_changed = true;
  state.tell_status();
  return parts_->session.start();
}

Result<std::optional<Outgoing>> ClientCore::next_request() {
  return parts_->session.next_request();
}
std::int64_t ClientCore::idle_ms() { return parts_->session.idle_ms(); }
Result<void> ClientCore::on_reply(BytesView body) { return parts_->session.on_reply(body); }
void ClientCore::on_failure(const Error& error) { parts_->session.on_failure(error); }
bool ClientCore::has_time_to_finish() const { return parts_->session.has_time_to_finish(); }

Result<void> ClientCore::finish_reply() { return parts_->session.finish_reply(); }

void ClientCore::on_bell() { parts_->session.wake(); }

Result<bool> ClientCore::on_live_page(BytesView message) {
  return parts_->session.on_live_page(message);
}
void ClientCore::sync_now() { parts_->session.wake(); }

Result<void> ClientCore::Parts::count_no_longer_yours() {
  if (!state.shadows_changed) return {};
  no_longer_yours = 0;
  DAYBOOK_ASSIGN(const auto records, state.store->list_shadows());
  for (const RecordRef& record : records) {
    DAYBOOK_ASSIGN(const auto row, state.store->find_row(record));
    if (row && row->state == RowState::kNoLongerYours) ++no_longer_yours;
  }
  state.shadows_changed = false;
  return {};
}

Result<ClientStatus> ClientCore::status() {
  ClientState& state = parts_->state;
  ClientSession& session = parts_->session;
  ClientStatus status;
  status.enrolled = state.enrolment.has_value();
  status.held = session.held();
  status.filling = status.enrolled && !state.complete;
  DAYBOOK_ASSIGN(const SetTotals pending, state.store->totals_after(state.outbox.held()));
  DAYBOOK_ASSIGN(const SetTotals open, state.store->totals_after(state.settled_through));
  state.settled_through = open.sets > 0 ? open.first - 1 : state.chain.newest_number();
  status.pending = pending.sets;
  status.stored = (open.sets - open.parked) - (pending.sets - pending.parked);
  status.parked = open.parked;
  status.unsent_bytes = pending.bytes;
  status.attachments = pending.attachments;
  status.oldest_pending_ms = pending.oldest_ms;
  DAYBOOK_TRY(parts_->count_no_longer_yours());
  status.no_longer_yours = parts_->no_longer_yours;
  status.complete_version = state.complete.value_or(0);
  status.last_contact_ms = session.last_contact_ms();
  status.last_error = session.last_error();
  status.retry_in_ms = session.idle_ms();
  status.in_flight = session.in_flight();
  return status;
}

std::vector<ClientEvent> ClientCore::take_events() {
  return std::exchange(parts_->state.events, {});
}

}  // namespace daybook
