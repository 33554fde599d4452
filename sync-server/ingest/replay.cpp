// SPDX-License-Identifier: Apache-2.0
// A recorded commit judged again, in a store of its own and maybe under other rules. The caller
// goes through the log in order; each row becomes one commit here too, so that the bases of later
// sets mean the same.
#include "sync-server/ingest/ingest.hpp"

namespace daybook {

Result<Ingest::Author> Ingest::author_as_recorded(const CommitRow& recorded) {
  if (recorded.lineage == kOfficeLineage) {
    Author office;
    office.judged_as = recorded.judged_as;
    return office;
  }
  DAYBOOK_ASSIGN(const auto lineage, store_.load_lineage(recorded.lineage));
  if (!lineage) return failure(Errc::kCorrupt, "commit.lineage", std::to_string(recorded.version));
  DAYBOOK_ASSIGN(const auto device, store_.find_device(lineage->device));
  if (!device) return failure(Errc::kCorrupt, "lineage.device", std::to_string(recorded.version));
  DAYBOOK_ASSIGN(Author author, author_of(*device, *lineage, recorded.seq, recorded.link));
  author.judged_as = recorded.judged_as;
  return author;
}

// A commit in its place that judges nothing.
Result<Receipt> Ingest::keep_as_recorded(const CommitRow& recorded, const Receipt& was,
                                         const Author& author, BytesView bytes) {
  DAYBOOK_ASSIGN(CommitRow row,
                 next_commit(recorded.set, recorded.actor, recorded.body_hash, author));
  row.body = copy_of(bytes);
  DAYBOOK_TRY(write_commit(row, was));
  if (was.verdict == Verdict::kParked) {
    DAYBOOK_TRY(store_.put_parked(
        {recorded.set, author.lineage, author.seq, row.version, was.reason, was.detail, 0, {}}));
  }
  return was;
}

Result<Receipt> Ingest::judge_again(const CommitRow& recorded, const Receipt& was,
                                    BytesView bytes) {
  DAYBOOK_TRY(open());
  DAYBOOK_ASSIGN(const Author author, author_as_recorded(recorded));
  if (was.verdict == Verdict::kFurther) return keep_as_recorded(recorded, was, author, {});
  const bool first = !recorded.body.empty();
  DAYBOOK_ASSIGN(const auto parked, store_.find_parked(recorded.set));
  if (parked) DAYBOOK_TRY(store_.erase_parked(recorded.set));
  const auto body = decode_body(bytes);
  // What no rule could decide: bytes that cannot be read, an id that was taken, people's word.
  const bool readable = body.ok() && body->id == recorded.set && was.reason != "crashed_the_server";
  const bool settled_before = !first && !parked;
  if (!readable || settled_before || was.verdict == Verdict::kDiscarded)
    return keep_as_recorded(recorded, was, author, first ? bytes : BytesView{});
  auto judged = take_set(*body, first ? bytes : BytesView{}, recorded.body_hash, author);
  if (judged.ok() || author.lineage != kOfficeLineage || is_of_the_store(judged.error().code))
    return judged;
  // The people at their desks would have been told so at once; their act keeps its place.
  Receipt refused;
  refused.verdict = Verdict::kRefused;
  refused.reason = judged.error().detail;
  refused.detail = judged.error().field;
  return keep_as_recorded(recorded, refused, author, first ? bytes : BytesView{});
}

}  // namespace daybook
