// SPDX-License-Identifier: Apache-2.0
// What an answer says about the downloading half: pages are shown when they are complete, and until
// then they gather in the staging file, so that commit() is never locked out and nobody sees half a
// set.
#include "client-lib/apply/apply.hpp"
#include "client-lib/apply/positions.hpp"
#include "client-lib/local/settings.hpp"
#include "client-lib/session/client_session.hpp"
#include "core/base/planted_bug.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "core/wire/limits.hpp"

namespace daybook {

// A staged page is kept as a reply with nothing else in it, behind the round of the file that it
// continues: pages that were gathered for another state of the file are worthless.
Result<void> ClientSession::stage(const wire::Page& page) {
  DAYBOOK_ASSIGN(const auto round, find_number(*state_.store, setting::kRound));
  wire::SyncReply kept;
  kept.page = page;
  CborWriter out;
  out.array(2).unsigned_integer(round.value_or(0)).bytes(wire::encode(kept));
  DAYBOOK_TRY(state_.store->stage_page(out.out()));
  ++staged_;
  staged_epoch_ = page.head.epoch;
  staged_positions_ = page.positions;
  return {};
}

Result<wire::Page> ClientSession::load_staged(std::uint64_t index) {
  DAYBOOK_ASSIGN(const auto round, find_number(*state_.store, setting::kRound));
  DAYBOOK_ASSIGN(const Bytes bytes, state_.store->load_staged(index));
  CborReader in(bytes);
  in.array_of("staged", 2);
  const std::uint64_t of_round = in.unsigned_integer("staged.round");
  const BytesView kept = in.bytes("staged.page", bytes.size());
  DAYBOOK_TRY(in.finish("staged"));
  // While it is applied the file is one round further already.
  if (of_round != round.value_or(0) && of_round + 1 != round.value_or(0))
    return failure(Errc::kNotFound, "staged.round");
  DAYBOOK_ASSIGN(auto reply, wire::decode_sync_reply(kept));
  if (!reply.page) return failure(Errc::kCorrupt, "staged.page");
  return std::move(*reply.page);
}

Result<void> ClientSession::recall_staged() {
  staged_positions_.clear();
  DAYBOOK_ASSIGN(staged_, state_.store->staged_pages());
  if (staged_ == 0) return {};
  DAYBOOK_ASSIGN(const auto round, find_number(*state_.store, setting::kRound));
  DAYBOOK_ASSIGN(const Bytes bytes, state_.store->load_staged(staged_ - 1));
  CborReader in(bytes);
  in.array_of("staged", 2);
  const bool current = in.unsigned_integer("staged.round") == round.value_or(0) && !in.failed();
  if (!current) return drop_staged();
  auto page = load_staged(staged_ - 1);
  if (!page) return drop_staged();
  staged_epoch_ = page->head.epoch;
  staged_positions_ = page->positions;
  return {};
}

Result<void> ClientSession::drop_staged() {
  staged_ = 0;
  staged_positions_.clear();
  return state_.store->clear_staged();
}

// Pages that are gathered belong to one epoch: their positions run ahead of the cursor, so that the
// server cannot tell that it was put back in between to a point behind them. Then the gathering
// starts anew. A first fill has no cursor at all.
Result<bool> ClientSession::continues(const wire::Page& page) {
  ClientState& state = state_;
  if (state.complete && (staged_ == 0 || staged_epoch_ == page.head.epoch)) return true;
  if (!state.complete && (state.view_epoch.is_zero() || state.view_epoch == page.head.epoch))
    return true;
  state.trace.note(TraceLevel::kInfo, "client.pages_dropped", {});
  more_ = true;
  if (state.complete) {
    DAYBOOK_TRY(drop_staged());
    return false;
  }
  DAYBOOK_TRY(apply_fork(state.apply_context(), page.head.epoch, 0));
  DAYBOOK_TRY(state.store->erase_setting(setting::kViewEpoch));
  return false;
}

// A phone that stood before the point to which the office was put back is told of no fork: its
// pages just go on, in another epoch. What it brought in the meantime is not there any more all the
// same.
Result<void> ClientSession::note_epoch(const wire::Page& page) {
  const ClientState& state = state_;
  const EpochId known = state.cursor ? state.cursor->epoch : state.view_epoch;
  const bool is_taken = page.complete || !state.complete;
  if (!is_taken || known.is_zero() || known == page.head.epoch) return {};
  return Contents(*state.store, state.clock).office_restored();
}

Result<void> ClientSession::take_page(const wire::Page& page, const Asked& asked) {
  ClientState& state = state_;
  DAYBOOK_TRY(note_epoch(page));
  DAYBOOK_ASSIGN(const bool continues_what_is_here, continues(page));
  if (!continues_what_is_here) return {};
  const bool filling = !state.complete;
  more_ = more_ || !page.complete;
  if (!page.complete && filling) return apply_filling_page(state.apply_context(), page);
  if (!page.complete && !planted(PlantedBug::kFlipAtFixedHead)) return stage(page);
  if (staged_ == 0) {
    DAYBOOK_ASSIGN(const bool nothing, says_nothing_new(*state.store, page));
    if (!nothing) {
      DAYBOOK_TRY(apply_complete(state.apply_context(),
                                 {1, [&](std::uint64_t) { return Result<wire::Page>(page); }}));
    }
  } else {
    const PageSource pages{staged_ + 1, [&](std::uint64_t index) {
                             return index < staged_ ? load_staged(index) : Result<wire::Page>(page);
                           }};
    DAYBOOK_TRY(apply_complete(state.apply_context(), pages));
  }
  state.shadows_changed = true;
  if (!page.complete || !asked.with_digests) return {};
  digests_ms_ = state.clock.steady_ms();
  DAYBOOK_ASSIGN(const std::size_t drifted, check_digests(*state.store, page.digests));
  if (drifted > 0) {
    state.trace.note(TraceLevel::kError, "client.drift",
                     {{"scopes", static_cast<std::int64_t>(drifted)}});
    more_ = true;
  }
  return {};
}

bool ClientSession::fits(const wire::LivePage& live,
                         const std::vector<wire::ScopePosition>& positions) const {
  // While a question is out, its answer is the one to wait for: it may have been read before this
  // page, and would take the phone back.
  if (asked_ || later_ || held_ || staged_ > 0 || !state_.complete || !state_.cursor) return false;
  return live.standing == wire::standing_of(*state_.cursor, positions);
}

// Makes whole rows of those that hold only what changed. False: what is here is not what the office
// takes it for.
Result<bool> ClientSession::complete_rows(wire::LivePage& live) const {
  for (const wire::RowPatch& patch : live.patches) {
    wire::PageEntry& entry = live.page.entries[patch.entry];
    DAYBOOK_ASSIGN(auto row, find_office_row(*state_.store, entry.record));
    if (!row) return false;
    DAYBOOK_ASSIGN(const Fields changed,
                   decode_fields(entry.row, kFieldsPerChangeMax, wire::kRowSizeMax));
    for (const auto& [name, value] : changed) row->set(name, value);
    entry.row = encode(*row);
    if (wire::check_of(entry.record, entry.row) != patch.check) return false;
  }
  return true;
}

Result<bool> ClientSession::prepare(wire::LivePage& live) const {
  DAYBOOK_ASSIGN(const auto positions, find_positions(*state_.store));
  if (!fits(live, positions)) return false;
  return complete_rows(live);
}

Result<bool> ClientSession::on_live_page(BytesView message) {
  if (!state_.enrolment) return false;
  auto live = wire::decode_live_page(message);
  const auto good = live ? prepare(*live) : Result<bool>(live.error());
  if (!good || !*good) {
    wake();
    return good;
  }
  more_ = false;
  last_contact_ms_ = state_.clock.wall_ms();
  const auto taken = state_.in_transaction([&]() -> Result<void> {
    DAYBOOK_TRY(take_page(live->page, Asked{}));
    return note_contact(last_contact_ms_);
  });
  if (!taken) {
    // Nothing of it is here; asking brings it again, with its error.
    wake();
    return taken.error();
  }
  DAYBOOK_TRY(reload());
  if (more_) wake();
  state_.tell_status();
  return true;
}

Result<void> ClientSession::take_fork(const wire::Fork& fork) {
  ClientState& state = state_;
  if (fork.need_ladder) {
    if (send_ladder_) trouble_ = failure(Errc::kBusy, "ladder", "the server does not take it");
    send_ladder_ = true;
    more_ = true;
    return {};
  }
  state.trace.note(TraceLevel::kWarning, "client.fork",
                   {{"fork_version", static_cast<std::int64_t>(fork.fork_version)}});
  state.settled_through = 0;
  DAYBOOK_TRY(apply_fork(state.apply_context(), fork.epoch, fork.fork_version));
  DAYBOOK_TRY(Contents(*state.store, state.clock).office_restored());
  state.shadows_changed = true;
  // Once more may be needed (the cursor was of an epoch further back), not for ever.
  if (!state.cursor)
    trouble_ = failure(Errc::kBusy, "fork", "the server sees a fork without a cursor");
  send_ladder_ = false;
  more_ = true;
  return {};
}

}  // namespace daybook
