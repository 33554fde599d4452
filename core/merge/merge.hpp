// SPDX-License-Identifier: Apache-2.0
// Decides what a record becomes when a change set arrives: field by field, by the field's one rule
// and by what the author could have seen. Pure and total: reads no clock and no store, the same
// input gives the same plan on every machine. Does not write: see RULES.md for each rule with an
// example, sync-server/ingest for who applies the plan, describe.hpp for the plan in words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/change_set.hpp"
#include "core/model/conflict_case.hpp"
#include "core/model/receipt.hpp"
#include "core/model/record_state.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// What the author of a set could have seen apart from the bases in it: the exact writes of earlier
// sets of its own lineage, i.e. of its incarnation up to `seq` - 1 and of each ancestor incarnation
// up to the fork point.
struct Sight {
  struct Ancestor {
    Lineage lineage = kOfficeLineage;
    std::uint64_t seq_max = 0;
  };
  Lineage lineage = kOfficeLineage;  // the office has no lineage: it sees by base alone
  std::uint64_t seq = 0;
  std::vector<Ancestor> ancestors;

  // A set sees `write` iff write.commit <= the base of that field, or it is an exact write of its
  // own past.
  bool sees(const Write& write, Version base) const;
  // As above, or a set of its own past wrote the same value unseen.
  bool sees(const FieldState& field, Version base) const;
};

// One edited or claimed field with its base already translated into today's numbering (ingest does
// this through the epoch log).
struct ResolvedEdit {
  std::string field;
  std::optional<Value> was;
  Version base = 0;
  Value now;  // for a claim: the value seen
  bool is_claim = false;
  bool base_lost = false;  // the author looked at commits that a restore took back since
};

struct MergeInput {
  const CollectionSchema* collection = nullptr;  // never null
  const RecordState* current = nullptr;  // null: the record does not exist (only for creates)
  Side side = Side::kTechnician;         // from the author's role at admission
  Sight sight;
  Version commit = 0;               // the number this set will have
  const Fields* created = nullptr;  // a create…
  std::vector<ResolvedEdit> edits;  // …or an edit (claims included)
  std::vector<std::string> events;  // events that this very set makes happen to this record
  Version event_base =
      0;  // newest office state of this record that the author saw (largest base of its edits
          // and claims, or 0): decides which recorded events the author knew
  bool settles = false;  // a person's decision on a case: taken whoever owns the field, if its
                         // author saw the value in force; unseen -> kProposed (somebody was faster)
  bool late =
      false;  // author had no right or scope any more: facts and claims pass, the rest is proposed
};

// What one field becomes. `next` is empty where nothing is written.
struct FieldPlan {
  std::string field;
  FieldOutcome outcome = FieldOutcome::kTaken;
  std::string rule;  // readable
  std::string why;   // code: "unseen_office_write", "not_owner", "text_kept_both", …
  std::optional<FieldState> next;
  std::optional<Value> own;       // what the set asked for
  std::optional<Value> base;      // what its author saw
  std::optional<Value> in_force;  // after the plan
  std::optional<Value> lost;      // the losing value, kept in history
  bool opens_case = false;
  CaseKind case_kind = CaseKind::kField;  // of the case that is opened; kLate marks a proposal that
                                          // ingest puts up for review
  std::string group;  // where the case is about the whole group: MergePlan::groups has its values
};

struct MergePlan {
  std::vector<FieldPlan> fields;  // in canonical order of field
  // Each group that opens a case, as one: `field` is its name, the values are lists of its members'
  // in the order of the schema.
  std::vector<FieldPlan> groups;
  std::vector<std::pair<std::string, Write>>
      events;  // to be recorded: "departed", or "departed#7" when lineage 7 made happen,
               // without knowing, what had happened already
  bool changes_record = false;  // something is written (value, provenance or event)
  bool changes_row = false;     // something is written that readers of the record see
  bool already_exists = false;  // a create of a record that is there: ingest parks the set
};

MergePlan plan_merge(const MergeInput& input);

// The record after the plan. A created record has no id yet: the caller knows it. REQUIRES:
// !plan.already_exists.
RecordState apply_plan(const MergeInput& input, const MergePlan& plan);
// The same, taking the values out of the plan.
RecordState apply_plan(const MergeInput& input, MergePlan&& plan);

// What a claim says was seen. Empty where it says nothing: an absent field claims nothing, unless
// the set edits another field of its group: then it was part of what the author saw as one.
std::optional<Value> claimed_value(const CollectionSchema& collection, const Claim& claim,
                                   const Change* change);

// Which events of `collection` (a document's) this change makes happen, from the document's own
// fields.
std::vector<std::string> events_of(const CollectionSchema& collection, const Change& change);
// Which event of which document the fact makes happen.
struct EventAbout {
  RecordRef record;
  std::string event;
};
std::vector<EventAbout> events_of_fact(const Schema& schema, const Change& fact);

}  // namespace daybook
