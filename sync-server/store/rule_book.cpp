// SPDX-License-Identifier: Apache-2.0
#include "sync-server/store/rule_book.hpp"

#include <utility>

namespace daybook {
namespace {

FieldSchema plain_field(std::string name, FieldType type, std::string zh, std::string en) {
  FieldSchema field;
  field.name = std::move(name);
  field.type = type;
  field.required = true;
  field.rule.kind = RuleKind::kImmutable;
  field.label_zh = std::move(zh);
  field.label_en = std::move(en);
  return field;
}

CollectionSchema rule_set_collection() {
  CollectionSchema publications;
  publications.name = kRuleSetCollection;
  publications.is_fact = true;
  publications.label_zh = "规则发布";
  publications.label_en = "Published rules";
  publications.fields = {
      plain_field("version", FieldType::kInt, "版本", "Version"),
      plain_field("digest", FieldType::kDigest, "摘要", "Digest"),
      plain_field("replaces", FieldType::kInt, "取代版本", "Replaces version"),
      plain_field("reason", FieldType::kText, "原因", "Reason"),
  };
  return publications;
}

}  // namespace

RuleBook::RuleBook(Schema first) { put_in_force(std::move(first)); }

void RuleBook::put_in_force(Schema next) {
  if (next.find(kRuleSetCollection) == nullptr) next.collections.push_back(rule_set_collection());
  sets_.push_back(std::move(next));
  in_force_.store(&sets_.back(), std::memory_order_release);
}

}  // namespace daybook
