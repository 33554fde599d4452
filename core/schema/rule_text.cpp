// SPDX-License-Identifier: Apache-2.0
#include "core/schema/rule_text.hpp"

#include <array>

namespace daybook {
namespace {

constexpr std::array kKinds{
    RuleKind::kImmutable,  RuleKind::kAppend,      RuleKind::kOffice,
    RuleKind::kTechnician, RuleKind::kOfficeUntil, RuleKind::kTechnicianUntil,
    RuleKind::kThreeWay,   RuleKind::kGrows,       RuleKind::kAddWins,
    RuleKind::kKeepBoth,   RuleKind::kSealed,      RuleKind::kAskHuman,
    RuleKind::kFirstWins,  RuleKind::kServer,      RuleKind::kStateFromEvents};

Error bad_rule(std::string detail) { return failure(Errc::kInvalid, {}, std::move(detail)); }

Result<RuleKind> kind_named(std::string_view word) {
  for (const auto kind : kKinds) {
    if (name_of(kind) == word) return kind;
  }
  return bad_rule("unknown rule '" + std::string(word) + "'");
}

bool may_fall_back_to(RuleKind kind) {
  return kind == RuleKind::kOffice || kind == RuleKind::kTechnician ||
         kind == RuleKind::kKeepBoth || kind == RuleKind::kAskHuman;
}

bool takes_event(RuleKind kind) {
  return kind == RuleKind::kOfficeUntil || kind == RuleKind::kTechnicianUntil ||
         kind == RuleKind::kSealed;
}

}  // namespace

std::string_view name_of(RuleKind kind) {
  switch (kind) {
    case RuleKind::kImmutable: return "immutable";
    case RuleKind::kAppend: return "append";
    case RuleKind::kOffice: return "office";
    case RuleKind::kTechnician: return "technician";
    case RuleKind::kOfficeUntil: return "office_until";
    case RuleKind::kThreeWay: return "three_way";
    case RuleKind::kGrows: return "grows";
    case RuleKind::kAddWins: return "add_wins";
    case RuleKind::kKeepBoth: return "keep_both";
    case RuleKind::kSealed: return "sealed";
    case RuleKind::kAskHuman: return "ask_human";
    case RuleKind::kTechnicianUntil: return "technician_until";
    case RuleKind::kFirstWins: return "first_wins";
    case RuleKind::kServer: return "server";
    case RuleKind::kStateFromEvents: return "state_from_events";
  }
  return "unknown";
}

std::string to_string(const FieldRule& rule) {
  std::string text(name_of(rule.kind));
  if (takes_event(rule.kind)) text += "(" + rule.event + ")";
  const bool asks_for_second =
      rule.kind == RuleKind::kFirstWins && rule.fallback == RuleKind::kAskHuman;
  if (rule.kind == RuleKind::kThreeWay || asks_for_second)
    text += "(" + std::string(name_of(rule.fallback)) + ")";
  return text;
}

std::string to_string(const UniqueKey& key) {
  std::string text;
  for (const auto& field : key.fields) text += (text.empty() ? "" : ", ") + field;
  text = "unique(" + text + ")";
  return key.unless.empty() ? text : text + " unless " + key.unless;
}

std::string to_string(const LedgerSchema& ledger) {
  std::string text = ledger.two_sided      ? "both sides equal"
                     : ledger.is_counted() ? "as counted"
                                           : "at least " + std::to_string(ledger.at_least);
  for (const auto& entry : ledger.entries) {
    text += "; " + entry.collection;
    for (const auto& [field, value] : entry.where) text += " " + field + "=" + to_string(value);
    text += entry.states ? " states " : entry.takes ? " takes " : " gives ";
    text += entry.amount.empty() ? "1" : entry.amount;
    if (!entry.at.empty()) text += " when " + entry.at;
    std::string account;
    for (const auto& field : entry.account) account += (account.empty() ? " at " : ", ") + field;
    text += account;
  }
  for (const auto& place : ledger.outside) text += "; outside " + place;
  return text;
}

Result<FieldRule> parse_rule(std::string_view text) {
  FieldRule rule;
  const auto open = text.find('(');
  std::string_view argument;
  if (open != std::string_view::npos) {
    if (text.back() != ')' || text.size() < open + 3)
      return bad_rule("unknown rule '" + std::string(text) + "'");
    argument = text.substr(open + 1, text.size() - open - 2);
  }
  DAYBOOK_ASSIGN(rule.kind, kind_named(text.substr(0, open)));

  if (rule.kind == RuleKind::kFirstWins) {
    if (argument.empty()) rule.fallback = RuleKind::kFirstWins;
    if (argument.empty() || argument == name_of(RuleKind::kAskHuman)) return rule;
    return bad_rule("first_wins takes ask_human in brackets, or nothing");
  }
  const bool wants_event = takes_event(rule.kind);
  const bool wants_fallback = rule.kind == RuleKind::kThreeWay;
  if (!wants_event && !wants_fallback) {
    if (!argument.empty())
      return bad_rule(std::string(name_of(rule.kind)) + " takes nothing in brackets");
    return rule;
  }
  if (argument.empty()) {
    return bad_rule(std::string(name_of(rule.kind)) +
                    (wants_event ? " needs an event" : " needs a fallback") + " in brackets");
  }
  if (wants_event) {
    rule.event = std::string(argument);
    return rule;
  }
  DAYBOOK_ASSIGN(rule.fallback, kind_named(argument));
  if (!may_fall_back_to(rule.fallback)) {
    return bad_rule("three_way falls back to office, technician, keep_both or ask_human, not to " +
                    std::string(argument));
  }
  return rule;
}

}  // namespace daybook
