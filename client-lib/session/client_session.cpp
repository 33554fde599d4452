// SPDX-License-Identifier: Apache-2.0
#include "client-lib/session/client_session.hpp"

#include <algorithm>

#include "client-lib/apply/own_run.hpp"
#include "client-lib/local/settings.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"

namespace daybook {
namespace {
constexpr std::int64_t kContactKeptEveryMs =
    60'000;  // a phone that only listens does not wear its storage out
}

ClientSession::ClientSession(ClientState& state)
    : state_(state),
      retry_(state.options.retry_delay_ms_min, state.options.retry_delay_ms_max),
      batch_size_(state.options.batch_size_min, state.options.batch_size_start,
                  state.options.batch_size_max) {}

Result<void> ClientSession::start() {
  asked_.reset();
  last_error_.reset();
  retry_.reset();
  backing_off_ = held_ = send_ladder_ = overtaken_ = false;
  later_.reset();
  forks_ = batch_cuts_ = 0;
  due_ms_ = state_.clock.steady_ms();
  digests_ms_.reset();
  if (state_.options.digest_interval_ms > 0) digests_ms_ = due_ms_;
  DAYBOOK_ASSIGN(const auto contact, find_number(*state_.store, setting::kContact));
  last_contact_ms_ = contact_kept_ms_ = static_cast<std::int64_t>(contact.value_or(0));
  return recall_staged();
}

std::int64_t ClientSession::idle_ms() const {
  if (!state_.enrolment || asked_) return -1;
  return std::max<std::int64_t>(0, due_ms_ - state_.clock.steady_ms());
}

void ClientSession::on_local_change() {
  if (asked_) {
    due_after_reply_ = true;
  } else if (!backing_off_) {
    due_ms_ = state_.clock.steady_ms();
  }
}

void ClientSession::wake() {
  if (asked_) {
    due_after_reply_ = true;
    return;
  }
  backing_off_ = false;
  due_ms_ = state_.clock.steady_ms();
}

void ClientSession::fail(const Error& error, bool with_batch) {
  const bool cut =
      error.code == Errc::kCut || error.code == Errc::kTimedOut || error.code == Errc::kOffline;
  if (with_batch && cut) {
    batch_cuts_ = batch_size_.smallest() ? batch_cuts_ + 1 : 0;
    batch_size_.on_cut();
  } else if (batch_cuts_ > 0) {
    ++batch_cuts_;
  }
  last_error_ = error;
  backing_off_ = true;
  due_ms_ = state_.clock.steady_ms() + retry_.next_ms(state_.rng);
  state_.trace.note(
      TraceLevel::kInfo, "client.retry",
      {{"error", to_string(error)}, {"failures", static_cast<std::int64_t>(retry_.failures())}});
  state_.tell_status();
}

void ClientSession::succeed() {
  last_error_.reset();
  retry_.reset();
  backing_off_ = false;
  const std::int64_t now = state_.clock.steady_ms();
  due_ms_ = more_ || due_after_reply_ ? now : now + state_.options.poll_interval_ms;
  state_.tell_status();
}

void ClientSession::on_failure(const Error& error) {
  if (!asked_) return;
  overtaken_ = false;
  const bool with_batch = asked_->with_batch;
  asked_.reset();
  fail(error, with_batch);
}

Result<wire::SyncReply> ClientSession::read_reply(BytesView frame, const Asked& asked) const {
  // A captive portal answers anything; whatever is not an answer to this very question acknowledges
  // nothing.
  const auto foreign = [](const Error& why) {
    return failure(Errc::kUntrusted, "reply", to_string(why));
  };
  auto message = wire::unpack(frame, wire::kReplySizeMax);
  if (!message) return foreign(message.error());
  auto reply = wire::decode_sync_reply(*message);
  if (!reply) return foreign(reply.error());
  if (reply->request != asked.request)
    return failure(Errc::kUntrusted, "reply.request", "answers another question");
  return reply;
}

Result<void> ClientSession::on_reply(BytesView frame) {
  if (!asked_) return failure(Errc::kInvalid, "reply", "nothing was asked");
  // The page before comes first. Where it cannot be laid, this one begins where the phone is not.
  const auto finished = finish_reply();
  const bool overtaken = std::exchange(overtaken_, false);
  const Asked asked = std::move(*asked_);
  asked_.reset();
  auto reply = read_reply(frame, asked);
  if (!reply) {
    fail(reply.error(), asked.with_batch);
    return reply.error();
  }
  if (overtaken) reply->page.reset();
  more_ = overtaken;
  trouble_.reset();
  if (!finished) trouble_ = finished.error();
  last_contact_ms_ = state_.clock.wall_ms();
  if (may_wait(*reply, asked)) return leave_for_later(*reply, asked);
  const Skew skew_before = state_.skew;
  state_.skew =
      measure_skew(asked.wall_ms, reply->server_ms, state_.clock.steady_ms() - asked.steady_ms);
  const std::uint64_t staged_before = staged_;
  const auto taken = state_.in_transaction([&] { return take_reply(*reply, asked); });
  if (!taken) {
    state_.skew = skew_before;
    // The file is as it was before; what was staged on the way is not worth keeping.
    if (staged_ != staged_before) static_cast<void>(drop_staged());
    // A page that cannot be applied must not keep the next sets from going up.
    const auto uploaded = state_.in_transaction([&] { return take_upload(*reply, asked); });
    if (!uploaded)
      state_.trace.note(TraceLevel::kError, "client.reply_lost",
                        {{"error", to_string(uploaded.error())}});
    fail(taken.error(), asked.with_batch);
    return taken.error();
  }
  DAYBOOK_TRY(reload());
  // What was gathered is in the file now, or of no use after a fork.
  const bool gathered = !reply->fork && reply->page && !reply->page->complete && staged_ > 0;
  if (staged_ > 0 && !gathered && (reply->page || reply->fork)) DAYBOOK_TRY(drop_staged());
  if (trouble_) {
    fail(*trouble_, false);
    return {};
  }
  if (asked.with_batch) {
    batch_size_.on_arrived();
    batch_cuts_ = 0;
  } else if (batch_cuts_ > 0 && state_.outbox.waits(state_.chain)) {
    ++batch_cuts_;
    more_ = true;
  } else {
    // Nothing is left to send: the last batch arrived after all, only its answer was cut.
    batch_cuts_ = 0;
  }
  succeed();
  return {};
}

// What the file says now about how far it was read.
Result<void> ClientSession::reload() {
  DAYBOOK_ASSIGN(state_.view_epoch, find_view_epoch(*state_.store));
  DAYBOOK_ASSIGN(state_.cursor, find_cursor(*state_.store));
  DAYBOOK_ASSIGN(state_.complete, find_number(*state_.store, setting::kComplete));
  return {};
}

Result<void> ClientSession::take_upload(const wire::SyncReply& reply, const Asked& asked) {
  DAYBOOK_TRY(take_push(reply));
  if (reply.push == wire::PushStatus::kHeld) return {};
  for (const RecordRef& record : asked.witnesses) DAYBOOK_TRY(state_.store->erase_witness(record));
  return {};
}

Result<void> ClientSession::take_reply(wire::SyncReply& reply, const Asked& asked) {
  DAYBOOK_TRY(take_schema(reply));
  DAYBOOK_TRY(take_upload(reply, asked));
  if (reply.fork) {
    DAYBOOK_TRY(take_fork(*reply.fork));
  } else {
    send_ladder_ = false;
    if (reply.page && reply.page->own) {
      DAYBOOK_ASSIGN(const bool whole, expand_own_run(state_.apply_context(), *reply.page));
      if (!whole) {
        // Somebody else wrote there too. Asked for again it comes whole: it is no part of the next
        // batch.
        state_.trace.note(TraceLevel::kWarning, "client.own_run_differs", {});
        more_ = true;
        reply.page.reset();
      }
    }
    if (reply.page) DAYBOOK_TRY(take_page(*reply.page, asked));
    if (reply.safe) DAYBOOK_TRY(take_safe(*reply.safe));
  }
  return note_contact(last_contact_ms_);
}

Result<void> ClientSession::take_schema(const wire::SyncReply& reply) {
  if (!reply.schema) return {};
  const auto used = state_.use_schema(*reply.schema);
  if (used || used.error().code == Errc::kIo || used.error().code == Errc::kDiskFull) return used;
  // Rules that this build cannot read: what they name is kept raw, and work goes on under the rules
  // that are here.
  state_.trace.note(TraceLevel::kError, "client.schema_refused",
                    {{"error", to_string(used.error())}});
  return {};
}

Result<void> ClientSession::note_contact(std::int64_t wall_ms) {
  if (wall_ms < 0) return {};
  const bool recent =
      wall_ms >= contact_kept_ms_ && wall_ms - contact_kept_ms_ < kContactKeptEveryMs;
  if (recent && !more_) return {};
  contact_kept_ms_ = wall_ms;
  return put_number(*state_.store, setting::kContact, static_cast<std::uint64_t>(wall_ms));
}

}  // namespace daybook
