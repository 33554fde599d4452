// SPDX-License-Identifier: Apache-2.0
// Rows for a terminal: columns side by side, Chinese counted as two columns wide. Pure.
#pragma once

#include <string>
#include <vector>

namespace daybook::phone {

std::size_t columns_of(const std::string& text);
std::string table_of(const std::vector<std::string>& names,
                     const std::vector<std::vector<std::string>>& rows);

}  // namespace daybook::phone
