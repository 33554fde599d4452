// SPDX-License-Identifier: Apache-2.0
// The JSON of daybook_act() and what it answers. Strict, as commit_json is. Used by the C door.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "client-lib/capture/capture.hpp"
#include "core/acts/evaluate.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// An empty text asks for nothing: an act about no record that takes nothing. Errors name the place:
// "arguments.serial".
Result<ActCall> read_act_call(std::string_view json, const ActSchema& act);

// {"missing":[…],"warnings":[…]}
std::string weighed_answer(const ActEffect& effect);
// {"set":"…","number":12,"records":{"as":"…"},"warnings":[…]}
std::string done_answer(const CommitResult& result, const ActEffect& effect);

}  // namespace daybook
