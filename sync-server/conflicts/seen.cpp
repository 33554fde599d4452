// SPDX-License-Identifier: Apache-2.0
#include "sync-server/conflicts/seen.hpp"

#include <algorithm>
#include <set>

#include "core/base/hex.hpp"

namespace daybook {
namespace {

constexpr std::size_t kOwnSetsMost = 2'000;
constexpr std::size_t kVerdictsMost = 5'000;
constexpr std::size_t kRecordsMost = 200;

struct OwnSet {
  SetId set;
  Body body;
};

// Where one set stands, and what it could have on its phone.
class Phone {
 public:
  Phone(Ingest& ingest, ServerStore& store, const Schema& schema, const CommitRow& row,
        const Body& body)
      : ingest_(ingest),
        store_(store),
        replay_(ingest, store, schema),
        schema_(schema),
        row_(row),
        body_(body) {}

  Result<Seen> look();

 private:
  Result<Version> newest_base();
  Result<std::vector<OwnSet>> unsettled(Version seen);
  Result<SeenRecord> record_at(const RecordRef& record, Version at,
                               const std::vector<OwnSet>& over);
  Result<Version> base_of(const RecordRef& record, Version otherwise);
  Result<bool> is_certain(const SeenRecord& seen, Version at);
  void follow(const SeenRecord& from, std::vector<RecordRef>& into) const;

  Ingest& ingest_;
  ServerStore& store_;
  Replay replay_;
  const Schema& schema_;
  const CommitRow& row_;
  const Body& body_;
};

// The set's own bases tell; a set of facts has none, then its neighbours before it do.
Result<Version> Phone::newest_base() {
  const auto of = [&](const Body& body) -> Result<Version> {
    Version newest = 0;
    const auto take = [&](const Base& base) -> Result<void> {
      DAYBOOK_ASSIGN(const Version version, ingest_.resolve(base));
      newest = std::max(newest, version);
      return {};
    };
    for (const auto& change : body.changes) {
      for (const auto& edit : change.edits) DAYBOOK_TRY(take(edit.base));
    }
    for (const auto& claim : body.claims) DAYBOOK_TRY(take(claim.base));
    return newest;
  };
  DAYBOOK_ASSIGN(Version newest, of(body_));
  for (std::uint64_t seq = row_.seq; newest == 0 && seq > 1 && row_.seq - seq < kOwnSetsMost;) {
    DAYBOOK_ASSIGN(const auto before, store_.find_admitted(row_.lineage, --seq));
    if (!before) break;
    const auto body = body_of(store_, *before);
    if (!body.ok()) continue;
    DAYBOOK_ASSIGN(newest, of(*body));
  }
  return newest;
}

// Own earlier sets whose verdict the phone could not have yet, or that were parked then; in order.
Result<std::vector<OwnSet>> Phone::unsettled(Version seen) {
  std::vector<OwnSet> own;
  std::set<SetId> told_later;  // of a parked one: whatever ended that
  DAYBOOK_ASSIGN(const auto later, store_.verdicts_of(row_.lineage, seen, kVerdictsMost));
  for (const auto& verdict : later) {
    if (verdict.verdict != Verdict::kFurther) told_later.insert(verdict.set);
  }
  DAYBOOK_ASSIGN(const auto parked, store_.parked_of(row_.lineage));
  for (const auto& one : parked) told_later.insert(one.set);
  for (std::uint64_t seq = row_.seq; seq > 1 && row_.seq - seq < kOwnSetsMost;) {
    DAYBOOK_ASSIGN(const auto before, store_.find_admitted(row_.lineage, --seq));
    if (!before) continue;
    const bool parked_then =
        before->verdict == Verdict::kParked && told_later.contains(before->set);
    if (before->version <= seen && !parked_then) continue;
    auto body = body_of(store_, *before);
    if (body.ok()) own.push_back({before->set, *std::move(body)});
  }
  std::reverse(own.begin(), own.end());
  return own;
}

// The version of a record that the phone showed is the base of the edits on it.
Result<Version> Phone::base_of(const RecordRef& record, Version otherwise) {
  Version base = 0;
  const auto take = [&](const Base& of) -> Result<void> {
    DAYBOOK_ASSIGN(const Version version, ingest_.resolve(of));
    base = std::max(base, version);
    return {};
  };
  for (const auto& change : body_.changes) {
    if (change.record != record) continue;
    for (const auto& edit : change.edits) DAYBOOK_TRY(take(edit.base));
  }
  for (const auto& claim : body_.claims) {
    if (claim.record == record) DAYBOOK_TRY(take(claim.base));
  }
  return base == 0 ? otherwise : base;
}

// An edit of a field that no own set covered names the very version that was shown. Otherwise
// nobody else may have written the record until this set arrived, or the phone may have had that.
Result<bool> Phone::is_certain(const SeenRecord& seen, Version at) {
  for (const auto& change : body_.changes) {
    if (change.record != seen.record) continue;
    for (const auto& edit : change.edits) {
      if (!seen.own.contains(edit.field)) return true;
    }
  }
  DAYBOOK_ASSIGN(const auto versions, store_.history_of(seen.record, kOwnSetsMost));
  for (const auto version : versions) {
    if (version <= at || version >= row_.version) continue;
    DAYBOOK_ASSIGN(const auto other, store_.find_commit(version));
    if (other && other->lineage != row_.lineage) return false;
  }
  return true;
}

Result<SeenRecord> Phone::record_at(const RecordRef& record, Version at,
                                    const std::vector<OwnSet>& over) {
  SeenRecord seen;
  seen.record = record;
  DAYBOOK_ASSIGN(const auto steps, replay_.of(record, at));
  if (!steps.empty()) {
    seen.values = steps.back().state.values();
    seen.version = steps.back().state.version;
    seen.exact = steps.back().exact;
  }
  for (const auto& own : over) {
    for (const auto& change : own.body.changes) {
      if (change.record != record) continue;
      if (change.kind == Change::Kind::kCreate && !seen.values) seen.values = Fields{};
      if (!seen.values) continue;
      for (const auto& [name, value] : change.created) {
        seen.values->set(name, value);
        seen.own[name] = own.set;
      }
      for (const auto& edit : change.edits) {
        seen.values->set(edit.field, edit.now);
        seen.own[edit.field] = own.set;
      }
    }
  }
  if (seen.exact) {
    DAYBOOK_ASSIGN(seen.exact, is_certain(seen, at));
  }
  // What the phone itself said it showed has the last word, and a difference is told.
  for (const auto& change : body_.changes) {
    if (change.record != record || !seen.values) continue;
    for (const auto& edit : change.edits) {
      const auto* shown = seen.values->find(edit.field);
      const bool same = edit.was ? shown != nullptr && *shown == *edit.was : shown == nullptr;
      if (same) continue;
      seen.exact = false;
      if (edit.was) seen.values->set(edit.field, *edit.was);
    }
  }
  return seen;
}

// The records that a reference of this one brings along, and the one it is a part of.
void Phone::follow(const SeenRecord& from, std::vector<RecordRef>& into) const {
  const auto* collection = schema_.find(from.record.collection);
  if (collection == nullptr) return;
  const auto add = [&](const FieldSchema& field, const Value* value) {
    if (value == nullptr || value->kind() != Value::Kind::kBytes) return;
    const auto id = Uuid::from(value->as_bytes());
    if (!id) return;
    const RecordRef target{field.references, *id};
    if (std::find(into.begin(), into.end(), target) == into.end()) into.push_back(target);
  };
  const Change* created = nullptr;
  for (const auto& change : body_.changes) {
    if (change.record == from.record && change.kind == Change::Kind::kCreate) created = &change;
  }
  for (const auto& field : collection->fields) {
    if (!field.follow && field.name != collection->parent) continue;
    if (from.values) add(field, from.values->find(field.name));
    if (created != nullptr) add(field, created->created.find(field.name));
  }
}

Result<Seen> Phone::look() {
  Seen seen;
  DAYBOOK_ASSIGN(seen.version, newest_base());
  DAYBOOK_ASSIGN(const auto over, unsettled(seen.version));
  std::vector<RecordRef> records;
  for (const auto& change : body_.changes) records.push_back(change.record);
  for (const auto& claim : body_.claims) {
    if (std::find(records.begin(), records.end(), claim.record) == records.end())
      records.push_back(claim.record);
  }
  for (std::size_t i = 0; i < records.size() && i < kRecordsMost; ++i) {
    const RecordRef record = records[i];
    DAYBOOK_ASSIGN(const Version at, base_of(record, seen.version));
    DAYBOOK_ASSIGN(auto one, record_at(record, at, over));
    follow(one, records);
    seen.records.push_back(std::move(one));
  }
  return seen;
}

}  // namespace

Result<Seen> what_was_seen(Ingest& ingest, ServerStore& store, const Schema& schema,
                           const SetId& set) {
  DAYBOOK_ASSIGN(const auto row, store.find_set(set));
  if (!row) return failure(Errc::kNotFound, "set", to_string(set));
  DAYBOOK_ASSIGN(const auto body, body_of(store, *row));
  return Phone(ingest, store, schema, *row, body).look();
}

}  // namespace daybook
