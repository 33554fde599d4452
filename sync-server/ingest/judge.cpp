// SPDX-License-Identifier: Apache-2.0
// Judging: what one set would do to each record it touches, by the schema's rules and by what its
// author could have seen. Reads the store, writes nothing; core/merge decides, this file only lays
// the facts before it.
#include "core/base/hex.hpp"
#include "core/base/planted_bug.hpp"
#include "core/model/cbor.hpp"
#include "core/schema/check.hpp"
#include "core/schema/only_by_act.hpp"
#include "sync-server/ingest/ingest.hpp"

namespace daybook {
namespace {

// Each record id that a value of this field points to.
std::vector<Uuid> targets_of(const FieldSchema& field, const Value& value) {
  std::vector<Uuid> targets;
  const auto add = [&](const Value& one) {
    if (one.kind() != Value::Kind::kBytes) return;
    if (const auto id = Uuid::from(one.as_bytes())) targets.push_back(*id);
  };
  if (field.type == FieldType::kReference) add(value);
  if (field.type == FieldType::kReferenceList && value.kind() == Value::Kind::kList) {
    for (const auto& element : value.as_list()) add(element);
  }
  return targets;
}

bool in_force(FieldOutcome outcome) {
  return outcome == FieldOutcome::kTaken || outcome == FieldOutcome::kSame ||
         outcome == FieldOutcome::kTakenOver;
}

}  // namespace

Result<Version> Ingest::resolve(const Base& base) {
  if (base.version == 0) return Version{0};
  DAYBOOK_ASSIGN(const auto head, store_.head());
  if (base.epoch == head.epoch) {
    if (base.version > head.version) return failure(Errc::kInvalid, "base", "ahead of the store");
    return base.version;
  }
  if (planted(PlantedBug::kLostEpochBaseTakenAsSeen)) return head.version;
  // Walk from today's epoch to its parents: whatever was seen in an older one counts up to where
  // the histories parted.
  DAYBOOK_ASSIGN(const auto epochs, store_.epochs());
  EpochId at = head.epoch;
  Version shared = head.version;
  for (auto row = epochs.rbegin(); row != epochs.rend(); ++row) {
    if (row->epoch != at) continue;
    shared = std::min(shared, row->start_version);
    at = row->parent;
    if (at == base.epoch) return std::min(base.version, shared);
  }
  // An epoch that this store never knew. A phone's ladder may have told where it forked off; else
  // nothing counts as seen.
  DAYBOOK_ASSIGN(const auto told, store_.find_setting("fork." + to_hex(base.epoch.view())));
  if (!told) return Version{0};
  CborReader reader(*told);
  return std::min<Version>(base.version, reader.unsigned_integer("fork"));
}

Result<bool> Ingest::knows(const Author& author, const RecordRef& record) {
  DAYBOOK_ASSIGN(const auto row, store_.find_row(record));
  if (!row) return false;
  if (author.scope.empty()) return true;
  for (const auto& scope : {author.scope, kSharedScope}) {
    DAYBOOK_ASSIGN(const auto standing, membership_.standing_of(scope, record));
    if (standing != Standing::kNever) return true;
  }
  DAYBOOK_ASSIGN(const auto state, store_.find_record(record));
  return state ? created_by_device_of(author, *state) : Result<bool>(false);
}

Result<bool> Ingest::created_by_device_of(const Author& author, const RecordState& state) {
  if (state.created_by == kOfficeLineage) return false;
  DAYBOOK_ASSIGN(const auto creator, store_.load_lineage(state.created_by));
  return creator && creator->device == author.device;
}

// Where a record that is here stands towards its author: unknown to him, or not his any more.
Result<Ingest::Sighting> Ingest::sighting_of(const Author& author, const RecordState& state) {
  if (author.scope.empty()) return Sighting{true, false};
  DAYBOOK_ASSIGN(const auto own, membership_.standing_of(author.scope, state.record));
  if (own == Standing::kPresent) return Sighting{true, false};
  DAYBOOK_ASSIGN(const auto shared, membership_.standing_of(kSharedScope, state.record));
  const bool late = own == Standing::kFormer && shared != Standing::kPresent;
  if (own != Standing::kNever || shared != Standing::kNever) return Sighting{true, late};
  DAYBOOK_ASSIGN(const bool made_it, created_by_device_of(author, state));
  return Sighting{made_it, late};
}

Result<std::optional<Ingest::Obstacle>> Ingest::find_unknown_reference(const Body& body,
                                                                       const Author& author) {
  const auto created_here = [&](const RecordRef& record) {
    for (const auto& change : body.changes) {
      if (change.kind == Change::Kind::kCreate && change.record == record) return true;
    }
    return false;
  };
  std::optional<Obstacle> obstacle;
  std::set<RecordRef> known_here;  // the parts of one visit all refer to it
  const auto check = [&](const CollectionSchema& collection, const std::string& name,
                         const Value& value, const std::string& place) -> Result<void> {
    const auto* field = collection.find(name);
    if (field == nullptr || obstacle) return {};
    for (const auto& id : targets_of(*field, value)) {
      const RecordRef target{field->references, id};
      if (created_here(target)) continue;
      if (known_here.contains(target)) continue;
      DAYBOOK_ASSIGN(const bool known, knows(author, target));
      if (known) known_here.insert(target);
      if (!known) obstacle = Obstacle{"unknown_reference", place + "." + name, {}};
    }
    return {};
  };
  for (std::size_t i = 0; i < body.changes.size() && !obstacle; ++i) {
    const auto& change = body.changes[i];
    const auto* collection = rules_->find(change.record.collection);
    if (collection == nullptr) continue;
    const std::string place = "changes[" + std::to_string(i) + "]";
    for (const auto& [name, value] : change.created)
      DAYBOOK_TRY(check(*collection, name, value, place));
    for (const auto& edit : change.edits)
      DAYBOOK_TRY(check(*collection, edit.field, edit.now, place));
  }
  return obstacle;
}

std::vector<Ingest::Work> Ingest::works_of(const Body& body) const {
  std::vector<Work> works;
  const auto of = [&](const RecordRef& record) -> Work& {
    for (auto& work : works) {
      if (work.record == record) return work;
    }
    works.push_back(Work{record, nullptr, {}, {}});
    return works.back();
  };
  for (const auto& change : body.changes) {
    auto& work = of(change.record);
    work.change = &change;
    if (const auto* collection = rules_->find(change.record.collection)) {
      for (auto& event : events_of(*collection, change)) work.events.push_back(std::move(event));
    }
  }
  for (const auto& change : body.changes) {
    for (auto& about : events_of_fact(rules_, change))
      of(about.record).events.push_back(std::move(about.event));
  }
  for (const auto& claim : body.claims) of(claim.record).claims.push_back(&claim);
  return works;
}

auto Ingest::judge(const Body& body, const Author& author, Version commit, Taking* taking)
    -> Judging<Judgement> {
  using Answer = std::variant<Judgement, Obstacle>;
  if (const auto fits = check_against(rules_, body, false); !fits.ok()) {
    return Answer(Obstacle{std::string(name_of(fits.error().code)), fits.error().field, {}});
  }
  if (author.lineage != kOfficeLineage) {
    for (const auto& change : body.changes) {
      if (change.record.collection == kRuleSetCollection)
        return Answer(
            Obstacle{std::string(name_of(Errc::kUnknownCollection)), change.record.collection, {}});
      // A decision of headquarters that a phone pretends to: people look at it.
      const auto acts = office_acts_alone(rules_, change);
      if (!acts.empty())
        return Answer(Obstacle{"only_by_act", change.record.collection + ": " + acts, {}});
    }
    DAYBOOK_ASSIGN(auto waits_for, parked_predecessors(body, author, taking));
    if (!waits_for.empty()) return Answer(Obstacle{"depends_on_parked", "", std::move(waits_for)});
    for (const auto& id : body.depends) {
      if (taking != nullptr && taking->taken.contains(id)) continue;
      DAYBOOK_ASSIGN(const auto known, store_.find_set(id));
      if (!known) return Answer(Obstacle{"unknown_dependency", to_string(id), {}});
    }
  }
  DAYBOOK_ASSIGN(auto unknown, find_unknown_reference(body, author));
  if (unknown) return Answer(*std::move(unknown));
  Judgement judgement;
  for (auto& work : works_of(body)) {
    DAYBOOK_ASSIGN(auto judged, judge_record(author, std::move(work), commit));
    if (auto* obstacle = std::get_if<Obstacle>(&judged)) return Answer(std::move(*obstacle));
    judgement.records.push_back(std::move(std::get<Judged>(judged)));
  }
  judgement.verdict = verdict_of(body, judgement);
  return Answer(std::move(judgement));
}

auto Ingest::judge_record(const Author& author, Work work, Version commit) -> Judging<Judged> {
  using Answer = std::variant<Judged, Obstacle>;
  const std::string name = work.record.collection + "/" + to_string(work.record.id);
  Judged judged;
  DAYBOOK_ASSIGN(judged.before, store_.find_record(work.record));
  const bool creates = work.change != nullptr && work.change->kind == Change::Kind::kCreate;
  if (creates && judged.before) return Answer(Obstacle{"record_exists", name, {}});
  if (!creates) {
    // A record outside everything the device ever had in scope is treated exactly like one that
    // does not exist.
    Sighting sighting;
    if (judged.before) {
      DAYBOOK_ASSIGN(sighting, sighting_of(author, *judged.before));
    }
    if (!sighting.known) return Answer(Obstacle{"unknown_record", name, {}});
    judged.late = sighting.late;
  }
  MergeInput& input = judged.input;
  input.collection = rules_->find(work.record.collection);
  if (input.collection == nullptr)
    return Answer(Obstacle{"unknown_collection", work.record.collection, {}});
  input.side = (author.judged_as & kJudgedAsOffice) != 0 ? Side::kOffice : Side::kTechnician;
  input.settles = (author.judged_as & kJudgedAsSettling) != 0;
  input.sight = author.sight;
  input.commit = commit;
  input.events = work.events;
  if (creates) input.created = &work.change->created;
  const auto add = [&](const std::string& field, const std::optional<Value>& was, const Base& base,
                       const Value& now, bool is_claim) -> bool {
    const auto version = resolve(base);
    if (!version.ok()) return false;
    input.event_base = std::max(input.event_base, *version);
    input.edits.push_back({field, was, *version, now, is_claim, *version < base.version});
    return true;
  };
  if (work.change != nullptr) {
    for (const auto& edit : work.change->edits) {
      if (!add(edit.field, edit.was, edit.base, edit.now, false))
        return Answer(Obstacle{"unknown_base", name + "." + edit.field, {}});
    }
  }
  for (const auto* claim : work.claims) {
    // A claim on a field that was absent claims that it is absent: nothing to restore, and nothing
    // that could be superseded by it.
    const auto seen = claimed_value(*input.collection, *claim, work.change);
    if (!seen) continue;
    if (!add(claim->field, seen, claim->base, *seen, true)) {
      return Answer(Obstacle{"unknown_base", name + "." + claim->field, {}});
    }
  }
  judged.late = judged.late || (author.judged_as & kJudgedAsLeaver) != 0;
  input.late = judged.late;
  input.current = judged.before ? &*judged.before : nullptr;
  judged.plan = plan_merge(input);
  if (judged.plan.already_exists) return Answer(Obstacle{"record_exists", name, {}});
  judged.work = std::move(work);
  input.current = nullptr;  // it points into `judged`, which moves now; apply() sets it anew
  return Answer(std::move(judged));
}

Verdict Ingest::verdict_of(const Body& body, const Judgement& judgement) {
  bool all_refused = body.claims.empty();
  bool all_in_force = true;
  for (const auto& judged : judgement.records) {
    if (judged.work.change != nullptr && judged.work.change->kind == Change::Kind::kCreate)
      all_refused = false;
    if (!judged.work.events.empty()) all_refused = false;
    for (const auto& field : judged.plan.fields) {
      if (field.opens_case || (judged.late && field.outcome == FieldOutcome::kProposed))
        return Verdict::kConflicted;
      all_refused = all_refused && field.outcome == FieldOutcome::kRefused;
      all_in_force = all_in_force && in_force(field.outcome);
    }
  }
  if (all_refused) return Verdict::kRefused;
  return all_in_force ? Verdict::kAccepted : Verdict::kMerged;
}

}  // namespace daybook
