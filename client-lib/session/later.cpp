// SPDX-License-Identifier: Apache-2.0
// What of an answer can wait: the rows of own work that the office has plainly accepted are laid
// while the next batch is on its way, so that an upload is not held up by what nobody waits for.
#include "client-lib/apply/own_run.hpp"
#include "client-lib/session/client_session.hpp"

namespace daybook {

// Only where the answer says nothing else, and there is more to send.
bool ClientSession::may_wait(const wire::SyncReply& reply, const Asked& asked) const {
  if (!reply.page || !reply.page->own || !reply.page->complete || trouble_) return false;
  const wire::Page& page = *reply.page;
  const bool only_own = page.entries.empty() && page.left.empty() && page.receipts.empty() &&
                        page.scopes_left.empty() && page.digests.empty();
  const bool plain = reply.push == wire::PushStatus::kStored && !reply.fork && !reply.schema &&
                     staged_ == 0 && asked.witnesses.empty();
  const auto stored = state_.chain.number_at(reply.stored.incarnation, reply.stored.seq);
  return only_own && plain && stored && *stored < state_.chain.newest_number();
}

Result<void> ClientSession::leave_for_later(const wire::SyncReply& reply, const Asked& asked) {
  const auto uploaded = state_.in_transaction([&] { return take_upload(reply, asked); });
  if (!uploaded) {
    fail(uploaded.error(), asked.with_batch);
    return uploaded;
  }
  later_ = Later{*reply.page, asked};
  batch_size_.on_arrived();
  batch_cuts_ = 0;
  more_ = true;
  succeed();
  return {};
}

Result<void> ClientSession::finish_reply() {
  if (!later_) return {};
  const Later later = *std::exchange(later_, std::nullopt);
  bool whole = false;
  const bool more = more_;
  auto taken = state_.in_transaction([&]() -> Result<void> {
    wire::Page page = later.page;
    DAYBOOK_ASSIGN(whole, expand_own_run(state_.apply_context(), page));
    return whole ? take_page(page, later.asked) : Result<void>();
  });
  more_ = more;
  if (taken && whole) return reload();
  if (taken) state_.trace.note(TraceLevel::kWarning, "client.own_run_differs", {});
  // Asked for again it comes whole: it is no part of the next batch.
  if (asked_) {
    overtaken_ = asked_->ahead;
  } else {
    wake();
  }
  return taken;
}

}  // namespace daybook
