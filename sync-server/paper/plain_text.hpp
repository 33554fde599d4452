// SPDX-License-Identifier: Apache-2.0
// What somebody typed, made fit for a sheet of paper: nothing in it can move, turn or hide what
// stands beside it. Pure.
#pragma once

#include <string>
#include <string_view>

namespace daybook {

inline constexpr std::size_t kPlainCharactersMax = 20'000;

// Line ends become \n, at most two in a row, none at the ends; tabs become spaces; control
// characters, marks that turn the direction of writing, and what is not UTF-8 become U+FFFD; of a
// pile of combining marks three stay. Beyond `characters_max` it ends in "…".
std::string plain_text(std::string_view text, std::size_t characters_max = kPlainCharactersMax);

}  // namespace daybook
