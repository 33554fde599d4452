// SPDX-License-Identifier: Apache-2.0
#include "client-lib/capture/capture.hpp"

#include <algorithm>

#include "client-lib/capture/draft.hpp"
#include "client-lib/local/overlay.hpp"
#include "core/clock/uuid7.hpp"
#include "core/schema/check.hpp"

namespace daybook {
namespace {

Result<void> lay_over_view(LocalStore& store, const Schema& schema, const RecordRef& record,
                           Touched& touched, const OwnSet& set, const Body& body) {
  ShadowRow shadow;
  if (touched.shadow) {
    shadow = std::move(*touched.shadow);
  } else if (touched.row) {
    // The first set over it: what the view shows is still purely the office's.
    shadow.office = touched.row->values;
    shadow.version = touched.row->version;
    shadow.foreign = touched.row->foreign;
  }
  Laid laid;
  laid.covered = std::move(shadow.covered);
  laid.creator = shadow.creator;
  ViewRow row;
  if (touched.row) {
    row = *touched.row;
    laid.values = std::move(row.values);
  }
  ensure(lay_on_top(schema, record, body, laid));
  ensure(laid.values.has_value());
  row.values = std::move(*laid.values);
  if (row.state == RowState::kOffice) row.state = RowState::kPending;
  shadow.covered = std::move(laid.covered);
  shadow.creator = laid.creator;
  shadow.sets.push_back(set.number);
  shadow.last_writer = set.id;
  if (touched.row) {
    DAYBOOK_TRY(store.change_row(record, *touched.row, row));
  } else {
    DAYBOOK_TRY(store.put_row(record, row));
  }
  return store.put_shadow(record, shadow);
}

OwnSet link_set(const OwnChain& chain, const Body& body) {
  OwnSet set;
  set.number = chain.newest_number() + 1;
  set.incarnation = chain.newest_incarnation().number;
  set.id = body.id;
  set.body = encode(body);
  set.body_hash = hash_of_body(set.body);
  set.captured_ms = body.stamp.wall_ms;
  set.attachments = static_cast<std::uint32_t>(body.attachments.size());
  const ChainPosition place = chain.next_place(set.body_hash);
  set.seq = place.seq;
  set.link = place.link;
  return set;
}

// Signatures go first, then what a signed paper names, then the rest.
std::uint8_t priority_of(const std::string& role) {
  if (role == "signature") return 0;
  return role == "evidence" ? 1 : 2;
}

// What the set names is to reach the office. A content that was never added here would be promised
// by nobody.
Result<void> name_contents(LocalStore& store, const OwnSet& set, const CommitInput& input) {
  for (std::size_t i = 0; i < input.attachments.size(); ++i) {
    const Attachment& attachment = input.attachments[i];
    DAYBOOK_ASSIGN(auto row, store.find_content(attachment.digest));
    const std::string place = "attachments[" + std::to_string(i) + "].";
    if (!row || row->state == ContentState::kWanted)
      return failure(Errc::kNotFound, place + "digest", "not on this phone: add it first");
    if (row->state == ContentState::kFreed)
      return failure(Errc::kNotFound, place + "digest", "not on this phone any more: fetch it");
    if (row->size != attachment.size)
      return failure(Errc::kInvalid, place + "size", std::to_string(row->size));
    row->priority = std::min(row->priority, priority_of(attachment.role));
    // Named again by a later set: the office is asked whether it has it for this one too, and what
    // it is now said to be, so it must hold this set first.
    row->number = set.number;
    row->state = ContentState::kWaiting;
    row->trouble.reset();
    DAYBOOK_TRY(store.put_content(*row));
  }
  return {};
}

struct Written {
  SetId id;
  ChainPosition place;
  std::vector<RecordRef> records;
};

Result<Written> write_set(LocalStore& store, const OwnChain& chain, Clock& clock, Rng& rng,
                          const CaptureContext& context, const CommitInput& input) {
  DAYBOOK_ASSIGN(auto draft, draft_set(store, context, input));
  Body& body = draft.body;
  body.stamp = make_stamp(clock, context.boot, context.skew);
  body.id = make_uuid7(body.stamp.wall_ms, rng);
  body.salt = rng.draw<Uuid>();
  // Every limit and rule, before anything is acknowledged.
  DAYBOOK_TRY(check_shape(body));
  DAYBOOK_TRY(check_against(*context.schema, body, true));
  const OwnSet set = link_set(chain, body);
  DAYBOOK_TRY(store.append_set(set));
  DAYBOOK_TRY(name_contents(store, set, input));
  Written written{set.id, {chain.newest().incarnation, set.seq, set.link}, {}};
  for (auto& [record, touched] : draft.touched) {
    DAYBOOK_TRY(lay_over_view(store, *context.schema, record, touched, set, body));
    written.records.push_back(record);
  }
  return written;
}

}  // namespace

Result<CommitResult> commit_set(LocalStore& store, OwnChain& chain, Clock& clock, Rng& rng,
                                const CaptureContext& context, const CommitInput& input,
                                ChangeNotes& notes) {
  // The reading is part of the transaction: one lock for all of it.
  DAYBOOK_TRY(store.begin());
  const auto written = write_set(store, chain, clock, rng, context, input);
  if (!written) {
    store.rollback();
    return written.error();
  }
  const auto committed = store.commit();
  if (!committed) {
    store.rollback();
    return committed.error();
  }
  // Only now is it acknowledged; nothing in memory moved before.
  chain.advance(written->place);
  for (const RecordRef& record : written->records) notes.note(record);
  return CommitResult{written->id, chain.newest_number(), written->place.incarnation,
                      written->place.seq};
}

}  // namespace daybook
