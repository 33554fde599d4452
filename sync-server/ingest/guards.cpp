// SPDX-License-Identifier: Apache-2.0
#include "sync-server/ingest/guards.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/model/cbor.hpp"
#include "core/schema/case_terms.hpp"

namespace daybook {
namespace {

constexpr std::size_t kPage = 500;
// Of a subject that everybody has a hand in, the first so many are named.
constexpr std::size_t kTrailMax = 256;

std::string short_hash(BytesView bytes) { return to_hex(sha256(bytes).view().first(16)); }

void name_set(ConflictCase& conflict, const SetId& set) {
  const bool named = !conflict.trail.empty() && conflict.trail.back() == set;
  if (!named && conflict.trail.size() < kTrailMax) conflict.trail.push_back(set);
}

}  // namespace

std::string Guards::subject_of(const void* guard, const Value& value) const {
  CborWriter out;
  out.value(value);
  return names_.at(guard) + "." + short_hash(out.out());
}

Result<void> Guards::name_guards() {
  const Schema& schema = *rules_;
  names_.clear();
  watched_.clear();
  on_paper_.clear();
  const auto name = [](const std::string& declaration) {
    return "guard." + short_hash(view_of(declaration));
  };
  for (const auto& ledger : schema.ledgers) {
    names_[&ledger] = name("ledger " + ledger.name + " " + to_string(ledger));
    for (const auto& entry : ledger.entries) watched_.insert(entry.collection);
  }
  for (const auto& collection : schema.collections) {
    for (const auto& key : collection.unique)
      names_[&key] = name(collection.name + " " + to_string(key));
    if (!collection.unique.empty()) watched_.insert(collection.name);
  }
  DAYBOOK_ASSIGN(papers_, load_papers(schema));
  for (const auto& paper : papers_) {
    names_[&paper] = name("paper " + to_string(paper));
    on_paper_.insert({paper.paper, paper.subject});
    for (const auto& covered : paper.content) {
      if (paper.is_row(schema, covered.collection)) on_paper_.insert(covered.collection);
    }
    for (const auto& one : paper.leaves_out) on_paper_.insert(one.fact);
  }
  return {};
}

Result<void> Guards::open(const Schema& rules) {
  if (rules_ == &rules) return {};
  rules_ = &rules;
  DAYBOOK_TRY(name_guards());
  std::set<std::string> fresh;
  for (const auto& [guard, name] : names_) {
    DAYBOOK_ASSIGN(const auto built, store_.find_setting(name));
    if (!built) fresh.insert(name);
  }
  if (fresh.empty()) return {};
  std::set<std::string> all = watched_;
  all.insert(on_paper_.begin(), on_paper_.end());
  for (const auto& collection : all) DAYBOOK_TRY(count_in(collection, fresh));
  const std::uint8_t yes = 1;
  for (const auto& name : fresh) DAYBOOK_TRY(store_.put_setting(name, {&yes, 1}));
  return {};
}

Result<void> Guards::count_in(const std::string& collection, const std::set<std::string>& fresh) {
  std::optional<Uuid> after;
  const auto is_fresh = [&](const std::string& subject) {
    return fresh.contains(subject.substr(0, subject.rfind('.')));
  };
  for (;;) {
    DAYBOOK_ASSIGN(const auto page, store_.list_records(collection, after, kPage));
    for (const auto& state : page) {
      Noted noted;
      note(state.record, nullptr, state, noted);
      for (const auto& [subject, sum] : noted.sums) {
        if (is_fresh(subject)) DAYBOOK_TRY(settle_sum(subject, sum, nullptr));
      }
      for (const auto& [subject, keys] : noted.keys) {
        if (is_fresh(subject)) DAYBOOK_TRY(settle_key(subject, keys, nullptr));
      }
      for (const auto& [subject, paper] : noted.papers) {
        if (is_fresh(subject)) DAYBOOK_TRY(settle_paper(subject, paper, nullptr));
      }
    }
    if (page.size() < kPage) return {};
    after = page.back().record.id;
  }
}

void Guards::note(const RecordRef& record, const RecordState* before, const RecordState& after,
                  Noted& into) const {
  if (on_paper_.contains(record.collection)) note_papers(record, before, after, into);
  if (!watched_.contains(record.collection)) return;
  const Fields now = after.values();
  const std::optional<Fields> was =
      before == nullptr ? std::nullopt : std::optional(before->values());
  for (auto& posting : postings_of(*rules_, record, was ? &*was : nullptr, now)) {
    auto& sum = into.sums[subject_of(posting.ledger, posting.account)];
    sum.record = record;
    sum.postings.push_back(std::move(posting));
  }
  const auto* collection = rules_->find(record.collection);
  if (collection == nullptr || collection->unique.empty()) return;
  const auto new_keys = keys_of(*collection, now);
  const auto old_keys = was ? keys_of(*collection, *was) : std::vector<BusinessKey>{};
  const auto add = [&](const std::vector<BusinessKey>& keys, const std::vector<BusinessKey>& others,
                       bool gone) {
    for (const auto& key : keys) {
      if (std::find(others.begin(), others.end(), key) != others.end()) continue;
      into.keys[subject_of(key.rule, key.value)].push_back({record, key, gone});
    }
  };
  add(old_keys, new_keys, true);
  add(new_keys, old_keys, false);
}

Result<std::vector<Guards::Finding>> Guards::settle(const Noted& noted, const Act& act) {
  std::vector<Finding> findings;
  for (const auto& [subject, sum] : noted.sums) {
    DAYBOOK_ASSIGN(const auto number, settle_sum(subject, sum, &act));
    if (number == 0) continue;
    const auto& posting = sum.postings.back();
    Finding finding{sum.record, posting.entry->account, "ledger(" + posting.ledger->name + ")",
                    number};
    finding.fields.insert(finding.fields.begin(), posting.entry->amount);
    findings.push_back(std::move(finding));
  }
  for (const auto& [subject, keys] : noted.keys) {
    DAYBOOK_ASSIGN(const auto number, settle_key(subject, keys, &act));
    if (number == 0) continue;
    const auto& key = keys.back();
    findings.push_back({key.record, key.key.rule->fields, to_string(*key.key.rule), number});
  }
  for (const auto& [subject, paper] : noted.papers) {
    DAYBOOK_ASSIGN(auto found, settle_paper(subject, paper, &act));
    for (auto& one : found) findings.push_back(std::move(one));
  }
  return findings;
}

Result<std::optional<ConflictCase>> Guards::find_open(std::uint64_t number) {
  if (number == 0) return std::optional<ConflictCase>{};
  DAYBOOK_ASSIGN(auto found, store_.find_case(number));
  if (found && found->state != CaseState::kOpen) found.reset();
  return found;
}

Result<std::uint64_t> Guards::open_case(ConflictCase conflict, const Act& act) {
  DAYBOOK_ASSIGN(conflict.number, store_.next_case_number());
  conflict.device_actor = act.actor;
  conflict.opened = act.commit;
  conflict.opened_ms = act.now_ms;
  begin_case(conflict, *rules_);
  DAYBOOK_TRY(go_on(conflict, act));
  return conflict.number;
}

Result<void> Guards::go_on(ConflictCase conflict, const Act& act) {
  name_set(conflict, act.set);
  return store_.put_case(conflict);
}

Result<void> Guards::close(ConflictCase conflict, const Act& act, const std::string& choice) {
  name_set(conflict, act.set);
  conflict.state = CaseState::kClosed;
  conflict.resolved_by = "daybook";
  conflict.choice = choice;
  conflict.reason = to_string(act.set);
  conflict.resolved = act.commit;
  CaseEvent closed;
  closed.kind = CaseEventKind::kClosed;
  closed.at_ms = act.now_ms;
  closed.commit = act.commit;
  closed.text = conflict.reason;
  conflict.events.push_back(std::move(closed));
  return store_.put_case(conflict);
}

}  // namespace daybook
