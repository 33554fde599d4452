// SPDX-License-Identifier: Apache-2.0
#include "sync-server/api/office_edits.hpp"

#include "sync-server/api/call.hpp"

namespace daybook {
namespace {

constexpr std::size_t kChangesMax = 256;
constexpr std::size_t kTextMax = 256;

Result<OfficeEdit> edit_from(const Schema& schema, const Json& json) {
  if (!json.is_object()) return failure(Errc::kWrongType, "", "expected an object");
  const JsonObject change(json);
  DAYBOOK_TRY(change.allow_only({"collection", "id", "create", "seen", "set"}));
  DAYBOOK_ASSIGN(const auto name, change.text("collection", kTextMax));
  const auto* collection = schema.find(name);
  if (collection == nullptr) return failure(Errc::kUnknownCollection, "collection", name);
  OfficeEdit edit;
  edit.record.collection = name;
  DAYBOOK_ASSIGN(const auto id, change.text("id", kTextMax));
  DAYBOOK_ASSIGN(edit.record.id, id_in(id, "id"));
  DAYBOOK_ASSIGN(const auto create, change.find_flag("create"));
  edit.create = create.value_or(false);
  if (edit.create == change.has("seen"))
    return failure(Errc::kInvalid, "seen", "an edit says what it saw; a create has nothing to see");
  if (!edit.create) {
    DAYBOOK_ASSIGN(edit.seen, change.count("seen"));
  }
  DAYBOOK_ASSIGN(const auto* set, change.object("set"));
  if (set->empty()) return failure(Errc::kInvalid, "set", "names no field");
  DAYBOOK_ASSIGN(edit.set, fields_from(*collection, *set));
  return edit;
}

}  // namespace

Result<std::vector<OfficeEdit>> office_edits_from(const Schema& schema, const Json* changes) {
  if (changes == nullptr || !changes->is_array() || changes->empty())
    return failure(Errc::kInvalid, "changes", "a list of one change at least");
  if (changes->size() > kChangesMax)
    return failure(Errc::kTooLarge, "changes", std::to_string(kChangesMax));
  std::vector<OfficeEdit> edits;
  for (std::size_t i = 0; i < changes->size(); ++i) {
    auto edit = edit_from(schema, (*changes)[i]);
    if (!edit.ok()) {
      const auto& why = edit.error();
      const std::string place = "changes[" + std::to_string(i) + "]";
      return failure(why.code, why.field.empty() ? place : place + "." + why.field, why.detail);
    }
    edits.push_back(*std::move(edit));
  }
  return edits;
}

}  // namespace daybook
