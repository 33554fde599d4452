// SPDX-License-Identifier: Apache-2.0
// What is different between two versions of a paper, by record and field. For the technician before
// an amendment, for the approver after it, and to name what somebody changed under a signature.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/domain/signature/sealed_form.hpp"
#include "core/schema/covers.hpp"

namespace daybook {

struct FormChange {
  enum class Kind : std::uint8_t { kAdded, kRemoved, kChanged };
  Kind kind = Kind::kChanged;
  RecordRef record;
  std::string field;  // kChanged
  std::optional<Value> before, after;
  bool operator==(const FormChange&) const = default;
};
std::string_view name_of(FormChange::Kind kind);

// In the order of the records. Head and included_upto are not compared: they always differ.
std::vector<FormChange> compare_forms(const SealedForm& before, const SealedForm& after);
// Whether the customer has to sign what changed.
bool needs_signature(const std::vector<FormChange>& changes, const PaperRules& rules);

}  // namespace daybook
