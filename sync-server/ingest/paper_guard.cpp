// SPDX-License-Identifier: Apache-2.0
// What customers signed, held against what else is told: work that no paper about the visit names,
// and words of the paper that stand otherwise. The paper stays what it is; people amend it or say
// that it is well so. Known of each visit: its papers and the rows that none of them names.
#include <algorithm>

#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "sync-server/ingest/guards.hpp"

namespace daybook {

struct Guards::PaperFile {
  struct Paper {
    Uuid id;
    SetId set;                // that brought it; zero where it was there before the guard
    bool names_rows = false;  // one without a list can lack nothing
  };
  struct Other {  // a word of the last paper that stands otherwise
    Place place;
    std::uint64_t case_number = 0;
  };
  std::vector<Paper> papers;  // in the order of their commits
  std::vector<RecordRef> rows;
  std::uint64_t rows_case = 0;
  std::vector<Other> others;
};

namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kPapersMax = 1000;
constexpr std::size_t kRowsMax = 4000;  // as many as a paper may name
constexpr std::size_t kOthersMax = 1000;

void put(CborWriter& out, const RecordRef& record) {
  out.text(record.collection).bytes(record.id.view());
}

RecordRef take_record(CborReader& in) {
  RecordRef record;
  record.collection = in.text("file.collection", kNameSizeMax);
  record.id = in.fixed<Uuid>("file.record");
  return record;
}

template <class File>
Bytes encode(const File& file) {
  CborWriter out;
  out.array(5).unsigned_integer(kFormat).array(file.papers.size());
  for (const auto& paper : file.papers) {
    out.array(3).bytes(paper.id.view()).bytes(paper.set.view()).boolean(paper.names_rows);
  }
  out.array(file.rows.size());
  for (const auto& row : file.rows) put(out.array(2), row);
  out.unsigned_integer(file.rows_case).array(file.others.size());
  for (const auto& other : file.others) {
    put(out.array(4), other.place.record);
    out.text(other.place.field).unsigned_integer(other.case_number);
  }
  return out.take();
}

template <class File>
Result<File> decode_file(BytesView bytes) {
  CborReader in(bytes);
  File file;
  in.array_of("file", 5);
  in.unsigned_integer("file.format", kFormat);
  const std::size_t papers = in.array("file.papers", kPapersMax);
  for (std::size_t i = 0; i < papers && !in.failed(); ++i) {
    in.array_of("file.paper", 3);
    const auto id = in.fixed<Uuid>("file.paper.id");
    const auto set = in.fixed<SetId>("file.paper.set");
    file.papers.push_back({id, set, in.boolean("file.paper.names_rows")});
  }
  const std::size_t rows = in.array("file.rows", kRowsMax);
  for (std::size_t i = 0; i < rows && !in.failed(); ++i) {
    in.array_of("file.row", 2);
    file.rows.push_back(take_record(in));
  }
  file.rows_case = in.unsigned_integer("file.rows_case");
  const std::size_t others = in.array("file.others", kOthersMax);
  for (std::size_t i = 0; i < others && !in.failed(); ++i) {
    in.array_of("file.other", 4);
    Place place{take_record(in), std::string(in.text("file.other.field", kNameSizeMax))};
    file.others.push_back({std::move(place), in.unsigned_integer("file.other.case")});
  }
  DAYBOOK_TRY(in.finish("file"));
  return file;
}

std::optional<Uuid> id_in(const RecordState& state, const std::string& field) {
  const auto found = state.fields.find(field);
  if (found == state.fields.end() || found->second.value.kind() != Value::Kind::kBytes)
    return std::nullopt;
  return Uuid::from(found->second.value.as_bytes());
}

Value value_in(const RecordState* state, const std::string& field) {
  if (state == nullptr) return Value::null();
  const auto found = state->fields.find(field);
  return found == state->fields.end() ? Value::null() : found->second.value;
}

std::string text_of(const RecordRef& record) {
  return record.collection + "/" + to_string(record.id);
}

std::string rule_of(const PaperRules& rules) { return "covers(" + rules.paper + ")"; }

}  // namespace

void Guards::note_papers(const RecordRef& record, const RecordState* before,
                         const RecordState& after, Noted& into) const {
  const auto about = [&](const PaperRules& rules, const std::optional<Uuid>& id) {
    if (!id) return static_cast<Noted::Paper*>(nullptr);
    auto& paper = into.papers[subject_of(&rules, Value::bytes(copy_of(id->view())))];
    paper.rules = &rules;
    return &paper;
  };
  for (const auto& rules : papers_) {
    if (record.collection == rules.subject && before != nullptr) {
      for (const auto& [name, field] : after.fields) {
        if (!rules.covers(record.collection, name)) continue;
        if (value_in(before, name) == field.value) continue;
        about(rules, record.id)->changed.push_back({record, name});
      }
    }
    if (before != nullptr) continue;
    const bool is_row = rules.is_row(*rules_, record.collection);
    const bool is_paper = record.collection == rules.paper;
    if (is_row || is_paper) {
      if (auto* paper = about(rules, id_in(after, rules.about)))
        (is_paper ? paper->sealed : paper->rows).push_back(record);
    }
    for (const auto& one : rules.leaves_out) {
      const auto row = record.collection == one.fact ? id_in(after, one.names) : std::nullopt;
      auto* paper = row ? about(rules, id_in(after, rules.about)) : nullptr;
      if (paper != nullptr) paper->left_out.push_back({one.collection, *row});
    }
  }
}

Result<std::vector<Guards::Finding>> Guards::settle_paper(const std::string& subject,
                                                          const Noted::Paper& noted,
                                                          const Act* act) {
  std::vector<Finding> findings;
  DAYBOOK_ASSIGN(const auto held, store_.find_setting(subject));
  PaperFile file;
  if (held) {
    DAYBOOK_ASSIGN(file, decode_file<PaperFile>(*held));
  } else if (noted.rows.empty() && noted.sealed.empty()) {
    return findings;
  }
  if (act != nullptr) {
    // What people have settled is settled: they are asked again about what is new only.
    DAYBOOK_ASSIGN(const auto open, find_open(file.rows_case));
    if (file.rows_case != 0 && !open) {
      file.rows_case = 0;
      file.rows.clear();
    }
  }
  for (const auto& paper : noted.sealed) {
    if (file.papers.size() == kPapersMax) file.papers.erase(file.papers.begin());
    DAYBOOK_ASSIGN(const auto state, store_.find_record(paper));
    const bool names_rows = state && state->fields.contains(noted.rules->rows);
    file.papers.push_back({paper.id, act == nullptr ? SetId{} : act->set, names_rows});
  }
  DAYBOOK_ASSIGN(const auto fresh, rows_without_paper(file, noted));
  const bool grew = !fresh.empty();
  for (const auto& row : fresh) {
    if (file.rows.size() < kRowsMax) file.rows.push_back(row);
  }
  if (act != nullptr && !file.papers.empty()) {
    DAYBOOK_TRY(settle_rows(file, noted, grew, *act, findings));
    DAYBOOK_TRY(settle_words(file, noted, *act, findings));
  }
  // Most changes of a visit are none of its papers'.
  if (const Bytes now = encode(file); !held || now != *held)
    DAYBOOK_TRY(store_.put_setting(subject, now));
  return findings;
}

// Takes from the file what a paper names now, or what was taken back; returns the new rows that no
// paper names.
Result<std::vector<RecordRef>> Guards::rows_without_paper(PaperFile& file,
                                                          const Noted::Paper& noted) {
  std::set<Uuid> named;
  const auto read = [&](const Uuid& id) -> Result<void> {
    DAYBOOK_ASSIGN(const auto paper, store_.find_record({noted.rules->paper, id}));
    if (paper) named.merge(rows_named(*noted.rules, paper->values()));
    return {};
  };
  // Rows that were there have been held against the papers that were there.
  if (noted.rows.empty()) {
    for (const auto& paper : noted.sealed) DAYBOOK_TRY(read(paper.id));
  } else {
    for (const auto& paper : file.papers) DAYBOOK_TRY(read(paper.id));
  }
  const auto is_settled = [&](const RecordRef& row) {
    return named.contains(row.id) ||
           std::find(noted.left_out.begin(), noted.left_out.end(), row) != noted.left_out.end();
  };
  file.rows.erase(std::remove_if(file.rows.begin(), file.rows.end(), is_settled), file.rows.end());
  std::vector<RecordRef> fresh;
  std::copy_if(noted.rows.begin(), noted.rows.end(), std::back_inserter(fresh),
               [&](const RecordRef& row) { return !is_settled(row); });
  return fresh;
}

// One case for all the work that the papers about one visit do not name.
Result<void> Guards::settle_rows(PaperFile& file, const Noted::Paper& noted, bool grew,
                                 const Act& act, std::vector<Finding>& findings) {
  const PaperRules& rules = *noted.rules;
  DAYBOOK_ASSIGN(auto open, find_open(file.rows_case));
  const auto last = std::find_if(file.papers.rbegin(), file.papers.rend(),
                                 [](const PaperFile::Paper& paper) { return paper.names_rows; });
  if (last == file.papers.rend()) return {};
  if (file.rows.empty()) {
    if (open) DAYBOOK_TRY(close(*std::move(open), act, "covered"));
    file.rows_case = 0;
    return {};
  }
  if (!open && !grew && noted.sealed.empty()) return {};
  ConflictCase conflict;
  if (open) conflict = *open;
  conflict.kind = CaseKind::kUnsealed;
  conflict.record = {rules.paper, last->id};
  conflict.field = rules.rows;
  conflict.rule = rule_of(rules);
  ValueList rows;
  for (const auto& row : file.rows) rows.push_back(Value::text(text_of(row)));
  conflict.detail = text_of(file.rows.back());
  conflict.device_value = Value::list(std::move(rows));
  if (open) {
    DAYBOOK_TRY(go_on(std::move(conflict), act));
  } else {
    if (!last->set.is_zero()) conflict.trail.push_back(last->set);
    DAYBOOK_ASSIGN(file.rows_case, open_case(std::move(conflict), act));
  }
  const auto& told = noted.rows.empty() ? noted.sealed : noted.rows;
  for (const auto& record : told)
    findings.push_back({record, {rules.about}, rule_of(rules), file.rows_case});
  return {};
}

// One case for each word of the last paper that stands otherwise, where whoever made the paper, or
// changed the record after it, could not have seen the other.
Result<void> Guards::settle_words(PaperFile& file, const Noted::Paper& noted, const Act& act,
                                  std::vector<Finding>& findings) {
  const PaperRules& rules = *noted.rules;
  if (noted.sealed.empty() && noted.changed.empty()) return {};
  const RecordRef paper{rules.paper, file.papers.back().id};
  DAYBOOK_ASSIGN(const auto state, store_.find_record(paper));
  if (!state) return {};
  const SealedText text = read_sealed_text(*rules_, rules, state->values());
  DAYBOOK_ASSIGN(const auto seen, act.resolve(text.seen));
  for (const auto& [place, said] : text.words) {
    const bool changed =
        std::find(noted.changed.begin(), noted.changed.end(), place) != noted.changed.end();
    if (noted.sealed.empty() && !changed) continue;
    DAYBOOK_ASSIGN(const auto record, store_.find_record(place.record));
    const Value stands = value_in(record ? &*record : nullptr, place.field);
    const auto known = std::find_if(file.others.begin(), file.others.end(),
                                    [&](const auto& other) { return other.place == place; });
    std::optional<ConflictCase> open;
    if (known != file.others.end()) {
      DAYBOOK_ASSIGN(open, find_open(known->case_number));
    }
    if (stands == said) {
      if (open) DAYBOOK_TRY(close(*std::move(open), act, "covered"));
      if (known != file.others.end()) file.others.erase(known);
      continue;
    }
    if (open) {
      open->office_value = stands;
      open->device_value = said;
      DAYBOOK_TRY(go_on(*std::move(open), act));
      continue;
    }
    if (act.settles || (known != file.others.end() && !changed)) continue;
    if (!noted.sealed.empty()) {
      const auto field = record ? record->fields.find(place.field) : FieldStates::const_iterator();
      const bool there = record && field != record->fields.end();
      if (there && act.sight.sees(field->second.write, seen)) continue;
      // His own word lost against the other's, and that is a case already.
      DAYBOOK_ASSIGN(const auto lost, store_.find_open_case(CaseKind::kField, place.record,
                                                            place.field, act.device));
      if (lost) continue;
    }
    if (file.others.size() == kOthersMax) return {};
    ConflictCase conflict;
    conflict.kind = CaseKind::kUnsealed;
    conflict.record = place.record;
    conflict.field = place.field;
    conflict.rule = rule_of(rules);
    conflict.office_value = stands;
    conflict.device_value = said;
    conflict.detail = text_of(paper);
    const SetId& sealed_by = file.papers.back().set;
    if (!sealed_by.is_zero()) conflict.trail.push_back(sealed_by);
    DAYBOOK_ASSIGN(const auto number, open_case(std::move(conflict), act));
    if (known != file.others.end()) file.others.erase(known);
    file.others.push_back({place, number});
    findings.push_back(changed ? Finding{place.record, {place.field}, rule_of(rules), number}
                               : Finding{paper, {rules.about}, rule_of(rules), number});
  }
  return {};
}

}  // namespace daybook
