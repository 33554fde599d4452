// SPDX-License-Identifier: Apache-2.0
// The part of PaperDesk that gathers what a paper says: conditions, records, manifest, the version
// before.
#include <algorithm>

#include "client-lib/abi/json/value_json.hpp"
#include "client-lib/papers/paper_desk.hpp"
#include "core/base/hex.hpp"

namespace daybook::papers {
namespace {

using Kind = JsonValue::Kind;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

const Digest* digest_in(const Fields& fields, std::string_view name, Digest& into) {
  const auto* value = fields.find(name);
  if (value == nullptr || value->kind() != Value::Kind::kBytes) return nullptr;
  const auto digest = Digest::from(value->as_bytes());
  if (!digest) return nullptr;
  into = *digest;
  return &into;
}

Bytes bytes_in(const Fields& fields, std::string_view name) {
  const auto* value = fields.find(name);
  return value != nullptr && value->kind() == Value::Kind::kBytes ? value->as_bytes() : Bytes{};
}

ManifestItem manifest_item(const PaperRules& rules, const FormRecord& row) {
  const auto evidence =
      std::find_if(rules.evidence.begin(), rules.evidence.end(),
                   [&](const auto& one) { return one.collection == row.record.collection; });
  Digest digest;
  if (evidence == rules.evidence.end() ||
      digest_in(row.values, evidence->digest, digest) == nullptr)
    return manifest_row(row);
  const auto* size = row.values.find(evidence->size);
  const bool known = size != nullptr && size->kind() == Value::Kind::kInt && size->as_int() >= 0;
  return {row.record.collection, row.record.id, digest,
          known ? static_cast<std::uint64_t>(size->as_int()) : 0};
}

// Everything the office had in this phone's view, and everything the phone wrote itself.
Result<IncludedUpto> included_upto(const Desk& desk) {
  IncludedUpto upto;
  DAYBOOK_ASSIGN(const auto ladder, desk.store->ladder());
  if (!ladder.empty()) upto.office = {ladder.front().epoch, ladder.front().version};
  DAYBOOK_ASSIGN(const auto incarnations, desk.store->incarnations());
  if (incarnations.empty()) return upto;
  const auto& mine = incarnations.back();
  DAYBOOK_ASSIGN(const auto newest, desk.store->newest_set());
  const std::uint64_t seq =
      newest && newest->number > mine.before ? newest->number - mine.before : mine.released_seq;
  upto.own.push_back({mine.incarnation, seq});
  return upto;
}

}  // namespace

Result<std::vector<const PaperRequirement*>> PaperDesk::missing(const PaperRules& rules,
                                                                const RecordRef& subject) {
  std::vector<const PaperRequirement*> missing;
  for (const auto& one : rules.requirements) {
    // The second column is there so that every condition has its parameter.
    auto rows = ask("select coalesce((" + one.holds + "), 0) <> 0, :about", to_string(subject.id));
    if (!rows.ok())
      return failure(rows.error().code, rules.paper + ".covers.requires",
                     one.en + ": " + rows.error().detail);
    const auto& answer = rows->at(0).items.at(0);
    if (answer.kind != Kind::kInt || answer.integer == 0) missing.push_back(&one);
  }
  return missing;
}

Result<void> PaperDesk::add_record(const Desk& desk, const CoveredCollection& covered,
                                   const RecordRef& record, Presented& paper) {
  DAYBOOK_ASSIGN(const auto row, desk.core->find_row(record));
  if (!row) return success();
  FormRecord one{record, {}};
  Fields values = row->values;
  if (record == paper.subject) {
    for (const auto& [name, value] : paper.set) values.set(name, value);
  }
  for (const auto& [name, value] : values) {
    const bool wanted =
        covered.fields.empty() ||
        std::find(covered.fields.begin(), covered.fields.end(), name) != covered.fields.end();
    if (wanted) one.values.append(name, value);
  }
  paper.form.records.push_back(std::move(one));
  return success();
}

Result<void> PaperDesk::collect_rows(const Desk& desk, const PaperRules& rules,
                                     const CoveredCollection& covered, Presented& paper) {
  std::string sql = "select id from " + quoted(covered.collection) + " where " +
                    quoted(rules.about) + " = :about";
  if (const auto* taken_back = rules.find_taken_back(covered.collection))
    sql += " and id not in (select " + quoted(taken_back->names) + " from " +
           quoted(taken_back->fact) + ")";
  sql += " order by id";
  DAYBOOK_ASSIGN(const auto rows, ask(sql, to_string(paper.subject.id)));
  for (const auto& row : rows) {
    const auto id = uuid_from(row.items.at(0).text);
    if (id) DAYBOOK_TRY(add_record(desk, covered, {covered.collection, *id}, paper));
  }
  return success();
}

Result<void> PaperDesk::collect(const Desk& desk, const PaperRules& rules, Presented& paper) {
  const auto schema = desk.core->schema();
  SealedForm& form = paper.form;
  form.records.clear();
  form.manifest.clear();
  DAYBOOK_ASSIGN(const auto subject, desk.core->find_row(paper.subject));
  if (!subject) return failure(Errc::kUnknownRecord, "about", to_string(paper.subject.id));
  for (const auto& covered : rules.content) {
    if (rules.is_row(*schema, covered.collection)) {
      DAYBOOK_TRY(collect_rows(desk, rules, covered, paper));
    } else if (covered.collection == rules.subject) {
      DAYBOOK_TRY(add_record(desk, covered, paper.subject, paper));
    } else {
      // What the subject refers to: the customer, the unit.
      for (const auto& field : schema->find(rules.subject)->fields) {
        if (field.type != FieldType::kReference || field.references != covered.collection) continue;
        const Bytes id = bytes_in(subject->values, field.name);
        if (const auto target = Uuid::from(id))
          DAYBOOK_TRY(add_record(desk, covered, {covered.collection, *target}, paper));
      }
    }
  }
  std::sort(form.records.begin(), form.records.end(),
            [](const auto& a, const auto& b) { return a.record < b.record; });
  for (const auto& one : form.records) {
    if (rules.is_row(*schema, one.record.collection))
      form.manifest.push_back(manifest_item(rules, one));
  }
  DAYBOOK_ASSIGN(form.included_upto, included_upto(desk));
  DAYBOOK_ASSIGN(paper.parts, encode_form(form));
  return success();
}

Result<void> PaperDesk::find_previous(const Desk& desk, const PaperRules& rules, Presented& paper) {
  const std::string sql = "select id from " + quoted(rules.paper) + " where " +
                          quoted(rules.about) + " = :about order by " + quoted(rules.version) +
                          " desc, id limit 1";
  DAYBOOK_ASSIGN(const auto rows, ask(sql, to_string(paper.subject.id)));
  if (rows.empty()) return success();
  const auto id = uuid_from(rows[0].items.at(0).text);
  DAYBOOK_ASSIGN(const auto row, desk.core->find_row({rules.paper, id.value_or(Uuid{})}));
  Digest hash;
  if (!row || digest_in(row->values, "content_hash", hash) == nullptr) return success();
  const auto* version = row->values.find(rules.version);
  paper.form.previous = hash;
  paper.form.version =
      version != nullptr && version->kind() == Value::Kind::kInt && version->as_int() > 0
          ? static_cast<std::uint64_t>(version->as_int()) + 1
          : 2;
  const FormParts parts = form_parts_of(row->values);
  if (content_hash(parts) != hash)
    return failure(Errc::kWrongHash, "form", "the version before was changed in the file");
  DAYBOOK_ASSIGN(const auto before, decode_form(parts));
  paper.changes = compare_forms(before, paper.form);
  return success();
}

}  // namespace daybook::papers
