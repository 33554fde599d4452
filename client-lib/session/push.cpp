// SPDX-License-Identifier: Apache-2.0
// What an answer says about the uploading half.
#include "client-lib/local/settings.hpp"
#include "client-lib/session/client_session.hpp"
#include "core/base/planted_bug.hpp"

namespace daybook {
namespace {

constexpr std::uint32_t kForksInARowMax = 2;

// The planted bug: own work is lifted when the server says "stored", before any page brings the
// result.
Result<void> lift_at_acknowledgement(ClientState& state, std::uint64_t held) {
  Rebase rebase(*state.store, state.rules(), state.notes);
  DAYBOOK_ASSIGN(const auto open, state.store->unsettled_sets());
  for (const std::uint64_t number : open) {
    if (number <= held) DAYBOOK_TRY(rebase.settle(number, true));
  }
  return rebase.finish();
}

}  // namespace

Result<void> ClientSession::take_push(const wire::SyncReply& reply) {
  ClientState& state = state_;
  const std::uint64_t held_before = state.outbox.held();
  DAYBOOK_ASSIGN(const Heard heard,
                 state.outbox.hear(*state.store, state.chain, reply.push, reply.stored));
  held_ = heard == Heard::kHeld;
  if (heard != Heard::kForked) forks_ = 0;
  switch (heard) {
    case Heard::kFine:
      // The batch was taken before, its answer got lost: nothing moved, and nothing waits.
      break;
    case Heard::kMoved:
      more_ = more_ || state.outbox.waits(state.chain) ||
              reply.push == wire::PushStatus::kUnknownIncarnation;
      break;
    case Heard::kForked:
      state.trace.note(TraceLevel::kWarning, "client.forked",
                       {{"seq", static_cast<std::int64_t>(reply.stored.seq)}});
      DAYBOOK_TRY(state.outbox.fork(*state.store, state.chain, state.rng, reply.stored));
      more_ = true;
      if (++forks_ > kForksInARowMax)
        trouble_ = failure(Errc::kBusy, "incarnation", "the server does not take any");
      break;
    case Heard::kRefused:
      trouble_ = reply.push == wire::PushStatus::kWrongSignature
                     ? failure(Errc::kWrongSignature, "batch", "the server asks for it again")
                     : failure(Errc::kBusy, "incarnation", "the server does not know it");
      break;
    case Heard::kHeld:
      trouble_ = failure(Errc::kForbidden, "device", "held for support; nothing is lost");
      break;
  }
  if (planted(PlantedBug::kOverlayLiftedAtAcknowledgement) && state.outbox.held() > held_before) {
    DAYBOOK_TRY(lift_at_acknowledgement(state, state.outbox.held()));
  }
  return {};
}

Result<void> ClientSession::take_safe(const ChainPosition& safe) {
  // Seq 0 says nothing about the sets of older incarnations: that they were copied is only known
  // when a later one was.
  if (safe.seq == 0) return {};
  const auto number = state_.chain.number_at(safe.incarnation, safe.seq);
  if (!number || *number <= state_.chain.released_through()) return {};
  DAYBOOK_ASSIGN(const std::uint64_t released,
                 state_.chain.release_through(*state_.store, *number));
  if (released > 0) {
    state_.trace.note(TraceLevel::kDebug, "client.released",
                      {{"sets", static_cast<std::int64_t>(released)}});
  }
  return {};
}

}  // namespace daybook
