// SPDX-License-Identifier: Apache-2.0
// What is asked: one request carries the newest link, the next batch, the positions in every scope
// and what waits here.
#include "client-lib/apply/positions.hpp"
#include "client-lib/session/client_session.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/line.hpp"

namespace daybook {
namespace {
constexpr std::size_t kWitnessBytesMax = 512 << 10;
}

// A line that cuts even the smallest batch still lets a page through: every second attempt is a
// bare pull then.
std::size_t ClientSession::batch_size() const {
  if (batch_cuts_ % 2 == 1) return 0;
  return batch_size_.size();
}

bool ClientSession::wants_digests() const {
  if (!state_.complete || staged_ > 0 || later_) return false;
  return !digests_ms_ ||
         state_.clock.steady_ms() - *digests_ms_ >= state_.options.digest_interval_ms;
}

Result<wire::SyncRequest> ClientSession::plan_request(Asked& asked) {
  ClientState& state = state_;
  wire::SyncRequest request;
  request.request = asked.request;
  request.device = state.enrolment->device;
  DAYBOOK_ASSIGN(Signer * signer, state.load_signer());
  DAYBOOK_ASSIGN(auto upload, state.outbox.plan(*state.store, state.chain, request.device, *signer,
                                                batch_size()));
  asked.with_batch = upload.batch.has_value();
  request.newest = upload.newest;
  request.begins = std::move(upload.begins);
  request.batch = std::move(upload.batch);
  request.gap = upload.gap;
  if (state.schema) {
    request.schema_version = state.schema->version;
    request.schema_digest = state.schema->digest;
  }
  asked.ahead = later_.has_value();
  request.cursor = later_ ? std::optional(later_->page.head) : state.cursor;
  if (send_ladder_) {
    DAYBOOK_ASSIGN(const auto ladder, state.store->ladder());
    for (const Cursor& rung : ladder) {
      if (request.ladder.size() < wire::kLadderMax)
        request.ladder.push_back({rung.epoch, rung.version, rung.head});
    }
  }
  if (later_) {
    request.positions = later_->page.positions;
  } else if (staged_ > 0) {
    request.positions = staged_positions_;
  } else {
    DAYBOOK_ASSIGN(request.positions, find_positions(*state.store));
  }
  DAYBOOK_ASSIGN(auto witnesses, state.store->witnesses(wire::kWitnessesMax, kWitnessBytesMax));
  for (WitnessRow& row : witnesses) {
    asked.witnesses.push_back(row.record);
    request.witnesses.push_back({std::move(row.record), row.version, std::move(row.row)});
  }
  DAYBOOK_ASSIGN(const SetTotals unsent, state.store->totals_after(state.outbox.held()));
  request.unsent = {unsent.sets, unsent.bytes, unsent.attachments, unsent.oldest_ms};
  request.page_size_max = state.options.page_size_max;
  asked.with_digests = wants_digests();
  request.want_digests = asked.with_digests;
  // Only over an exact office state can own work be laid as the office has laid it.
  request.takes_own_run = asked.with_batch && state.complete && staged_ == 0;
  request.wall_ms = asked.wall_ms;
  return request;
}

Bytes Outgoing::frame() const { return wire::pack(message, wire::Effort::kThorough); }

Result<std::optional<Outgoing>> ClientSession::next_request() {
  std::optional<Outgoing> outgoing;
  if (!state_.enrolment || asked_ || state_.clock.steady_ms() < due_ms_) return outgoing;
  if (later_ && (batch_size() == 0 || !state_.outbox.waits(state_.chain)))
    DAYBOOK_TRY(finish_reply());
  Asked asked;
  asked.request = state_.rng.draw<Uuid>();
  asked.wall_ms = state_.clock.wall_ms();
  asked.steady_ms = state_.clock.steady_ms();
  auto request = plan_request(asked);
  if (!request) {
    fail(request.error(), false);
    return request.error();
  }
  outgoing = Outgoing{asked.request, "/v1/sync", wire::encode(*request)};
  // Whoever is still filling, gathering or finding a fork has much to fetch.
  outgoing->brief = state_.complete && staged_ == 0 && !send_ladder_ && state_.schema &&
                    outgoing->message.size() <= wire::kLineAskSizeMax;
  asked_ = std::move(asked);
  due_after_reply_ = false;
  return outgoing;
}

}  // namespace daybook
