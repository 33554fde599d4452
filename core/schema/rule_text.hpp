// SPDX-License-Identifier: Apache-2.0
// A rule as people write it: "office", "office_until(departed)", "three_way(ask_human)". Used by
// the loader; to_string() of schema.hpp is the way back. Does not know whether the rule fits the
// field: load_field.cpp does.
#pragma once

#include "core/base/result.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// The error's detail says what was expected; its field is empty.
Result<FieldRule> parse_rule(std::string_view text);

// The word without its argument, e.g. "office_until".
std::string_view name_of(RuleKind kind);

}  // namespace daybook
