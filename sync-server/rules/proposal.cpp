// SPDX-License-Identifier: Apache-2.0
#include "sync-server/rules/proposal.hpp"

#include <nlohmann/json.hpp>

#include "core/schema/load.hpp"

namespace daybook {
namespace {

using Json = nlohmann::ordered_json;

Result<std::string> rule_for(const FieldSchema& field, const std::string& choice) {
  if (choice == "office") return std::string("three_way(office)");
  if (choice == "device") return std::string("three_way(technician)");
  if (choice != "both") return failure(Errc::kInvalid, "choice", "office, device or both");
  switch (field.type) {
    case FieldType::kText:
      if (field.values.empty()) return std::string("keep_both");
      break;
    case FieldType::kTextList:
    case FieldType::kReferenceList: return std::string("add_wins");
    default: break;
  }
  return failure(Errc::kInvalid, "choice", "this field holds one value: office or device");
}

}  // namespace

Result<RuleProposal> propose_rule(const Schema& in_force, const ConflictCase& conflict,
                                  const std::string& choice) {
  const auto* collection = in_force.find(conflict.record.collection);
  const auto* field = collection == nullptr ? nullptr : collection->find(conflict.field);
  if (conflict.kind != CaseKind::kField || field == nullptr)
    return failure(Errc::kInvalid, "case", "no rule of a field decides such a case");
  RuleProposal proposal{collection->name, field->name, to_string(field->rule), {}, {}};
  DAYBOOK_ASSIGN(proposal.proposed, rule_for(*field, choice));
  if (proposal.proposed == proposal.now)
    return failure(Errc::kInvalid, "choice", "that is the rule already");
  Json source = Json::parse(in_force.source, nullptr, false);
  if (source.is_discarded()) return failure(Errc::kCorrupt, "schema");
  source["version"] = in_force.version + 1;
  Json& written = source["collections"][collection->name]["fields"][field->name];
  written["rule"] = proposal.proposed;
  written.erase("safe_default");
  proposal.source = source.dump(2) + "\n";
  DAYBOOK_ASSIGN(const auto loaded, load_schema(proposal.source, "proposal"));
  static_cast<void>(loaded);
  return proposal;
}

}  // namespace daybook
