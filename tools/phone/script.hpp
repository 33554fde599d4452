// SPDX-License-Identifier: Apache-2.0
// The script language of daybook-phone: one command a line, words with quotes, # comments,
// $variables. See README.md. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::phone {

using Words = std::vector<std::string>;

// A line that cannot be understood, or an expectation that was not met.
struct Complaint : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Empty for an empty line or a comment. "..." keeps spaces and knows \" and \\; '...' keeps
// everything. $name is replaced outside of '...'.
Words split_line(std::string_view line, const std::map<std::string, std::string>& variables);

// "500ms", "2s", "2" (seconds).
std::int64_t read_duration_ms(const std::string& text);

}  // namespace daybook::phone
