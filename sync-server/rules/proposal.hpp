// SPDX-License-Identifier: Apache-2.0
// "Make this a rule": what a person keeps deciding by hand, as the rule that would decide it, in a
// whole rule set of the next version, ready to be rehearsed and published. Pure.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/model/conflict_case.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

struct RuleProposal {
  std::string collection, field;
  std::string now, proposed;  // rules as the file writes them
  std::string source;         // the whole set, version one higher
};

// `choice`: how the case is decided, "office", "device" or "both". kInvalid where no rule does that
// for this field.
Result<RuleProposal> propose_rule(const Schema& in_force, const ConflictCase& conflict,
                                  const std::string& choice);

}  // namespace daybook
