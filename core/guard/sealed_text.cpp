// SPDX-License-Identifier: Apache-2.0
#include "core/guard/sealed_text.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/domain/signature/sealed_form.hpp"

namespace daybook {
namespace {

Bytes bytes_in(const Fields& fields, std::string_view name) {
  const auto* value = fields.find(name);
  return value != nullptr && value->kind() == Value::Kind::kBytes ? value->as_bytes() : Bytes{};
}

void add_record(const CollectionSchema& collection, const CoveredCollection& covered,
                const FormRecord& one, SealedText& text) {
  for (const auto& field : collection.fields) {
    if (!covered.fields.empty() &&
        std::find(covered.fields.begin(), covered.fields.end(), field.name) == covered.fields.end())
      continue;
    const auto* said = one.values.find(field.name);
    text.words.push_back({{one.record, field.name}, said == nullptr ? Value::null() : *said});
  }
}

}  // namespace

SealedText read_sealed_text(const Schema& schema, const PaperRules& rules, const Fields& paper) {
  SealedText text;
  if (const auto form = decode_form(form_parts_of(paper)); form.ok()) {
    text.seen = form->included_upto.office;
    for (const auto& one : form->records) {
      const auto* collection = schema.find(one.record.collection);
      const auto* covered = rules.find(one.record.collection);
      if (collection == nullptr || covered == nullptr || collection->is_fact) continue;
      add_record(*collection, *covered, one, text);
    }
  }
  for (const auto& one : rules.says) {
    const auto* said = paper.find(one.field);
    const auto target = Uuid::from(bytes_in(paper, one.reference));
    const auto* reference = schema.find(rules.paper)->find(one.reference);
    if (said == nullptr || said->is_null() || !target || reference == nullptr) continue;
    text.words.push_back({{{reference->references, *target}, one.names}, *said});
  }
  return text;
}

std::set<Uuid> rows_named(const PaperRules& rules, const Fields& paper) {
  std::set<Uuid> named;
  const auto* list = paper.find(rules.rows);
  if (list == nullptr || list->kind() != Value::Kind::kList) return named;
  for (const auto& item : list->as_list()) {
    if (item.kind() != Value::Kind::kText) continue;
    if (const auto id = uuid_from(item.as_text())) named.insert(*id);
  }
  return named;
}

}  // namespace daybook
