// SPDX-License-Identifier: Apache-2.0
// The collection that is headquarters' own: its publications of rules, facts that no schema file
// declares and no device writes. Known to the loader, which refuses the name, and to the server.
#pragma once

#include <string_view>

namespace daybook {

inline constexpr std::string_view kRuleSetCollection = "rule_set";

}  // namespace daybook
