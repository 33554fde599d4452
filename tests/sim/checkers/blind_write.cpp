// SPDX-License-Identifier: Apache-2.0
// Nobody overwrites what he has not seen. For fields where headquarters' unseen value must not
// simply go (category, address), the log is replayed: when a technician's value was plainly taken,
// the value that it replaced was before his eyes when he wrote, or had been replaced in what he
// saw. What the phone showed is noted by the world at the act; no base or claim of the product is
// believed.
#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {
namespace {

bool is_watched(const RecordRef& record, const std::string& field) {
  if (record.collection != "visit") return false;
  for (const char* watched : kWatchedFields) {
    if (field == watched) return true;
  }
  return false;
}

// The value in force and the commit that brought it.
struct InForce {
  std::optional<Value> value;
  Version commit = 0;
  SetId set;
};

class Replay {
 public:
  Replay(const Book& book, ServerStore& store) : book_(book), store_(store) {}

  void run() {
    const Version last = must(store_.head(), "head").version;
    for (Version version = 1; version <= last; ++version)
      take(*must(store_.find_commit(version), "commit"));
    for (const auto& [key, in_force] : in_force_) {
      const auto state = must(store_.find_record(key.first), "record");
      const auto field = state->fields.find(key.second);
      const auto held =
          field == state->fields.end() ? std::nullopt : std::optional(field->second.value);
      check(held == in_force.value, "blind_write",
            "the replay of " + key.second + " of " + to_string(key.first.id) + " holds " +
                (in_force.value ? to_string(*in_force.value) : "nothing") + " of commit " +
                std::to_string(in_force.commit) + ", the store " +
                (held ? to_string(*held) : "nothing"));
    }
  }

 private:
  void take(const CommitRow& row) {
    if (!row.body.empty()) bodies_[row.set] = must(decode_body(row.body), "body");
    if (row.verdict == Verdict::kParked || row.verdict == Verdict::kRefused ||
        row.verdict == Verdict::kDiscarded || row.verdict == Verdict::kFurther)
      return;
    Receipt receipt;
    must(decode_outcome(row.outcome, receipt), "outcome");
    for (const auto& change : bodies_.at(row.set).changes) {
      if (change.kind == Change::Kind::kCreate) {
        for (const auto& [field, value] : change.created) {
          if (is_watched(change.record, field)) put(row, {change.record, field}, value, receipt);
        }
      }
      for (const auto& edit : change.edits) {
        if (is_watched(change.record, edit.field))
          put(row, {change.record, edit.field}, edit.now, receipt);
      }
    }
    // What its author saw when he left is in force again where headquarters had written meanwhile.
    for (const auto& claim : bodies_.at(row.set).claims) {
      const FieldRef field{claim.record, claim.field};
      if (is_watched(claim.record, claim.field) && claim.seen &&
          outcome_of(field, receipt) == FieldOutcome::kTakenOver)
        in_force_[field] = {claim.seen, row.version, row.set};
    }
  }

  static FieldOutcome outcome_of(const FieldRef& key, const Receipt& receipt) {
    for (const auto& field : receipt.fields) {
      if (field.record == key.first && field.field == key.second) return field.outcome;
    }
    return FieldOutcome::kTaken;
  }

  void put(const CommitRow& row, const FieldRef& key, const Value& now, const Receipt& receipt) {
    const FieldOutcome outcome = outcome_of(key, receipt);
    if (outcome != FieldOutcome::kTaken && outcome != FieldOutcome::kTakenOver) return;
    InForce& in_force = in_force_[key];
    const bool replaces = in_force.value && *in_force.value != now;
    if (outcome == FieldOutcome::kTaken && replaces && row.lineage != kOfficeLineage) {
      check(is_his_own(row.set, key, in_force) || has_seen(row.set, key, in_force), "blind_write",
            "set " + to_string(row.set) + " overwrote the " + key.second + " of commit " +
                std::to_string(in_force.commit) + " that its author had not seen");
    }
    in_force = {now, row.version, row.set};
  }

  // Did he write it himself, earlier? A restore can put it in force again after he saw it replaced.
  bool is_his_own(const SetId& set, const FieldRef& key, const InForce& in_force) const {
    for (std::optional<SetId> at = set; at;) {
      if (*at == in_force.set) return true;
      const auto act = book_.shown.find(*at);
      if (act == book_.shown.end()) return false;
      const auto look = act->second.find(key);
      at = look == act->second.end() ? std::nullopt : look->second.before;
    }
    return false;
  }

  bool has_seen(const SetId& set, const FieldRef& key, const InForce& in_force) const {
    const auto act = book_.shown.find(set);
    if (act == book_.shown.end()) return true;  // not one of the world's acts
    const auto shown = act->second.find(key);
    if (shown == act->second.end()) return true;
    if (shown->second.value == in_force.value) return true;
    if (!shown->second.covered) return is_behind(in_force.commit, shown->second);
    // Under his own work he saw what he had seen when he wrote that.
    return shown->second.before && has_seen(*shown->second.before, key, in_force);
  }

  // Was it replaced, in the history that he looked at, by what he saw? That history may have been
  // lost since.
  bool is_behind(Version commit, const Shown& shown) const {
    if (commit > shown.version) return false;
    const auto there = book_.heads.head_at(shown.epoch, commit);
    return there && *there == must(store_.find_commit(commit), "commit")->head;
  }

  const Book& book_;
  ServerStore& store_;
  std::map<SetId, Body> bodies_;
  std::map<FieldRef, InForce> in_force_;
};

}  // namespace

void check_blind_writes(const Book& book, ServerStore& store) { Replay(book, store).run(); }

}  // namespace daybook::sim
