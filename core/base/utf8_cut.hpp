// SPDX-License-Identifier: Apache-2.0
// Text that is too long for where it goes, cut between two characters. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace daybook {

// The largest length of at most `size_max` bytes at which no UTF-8 character is cut in two.
constexpr std::size_t whole_characters(std::string_view text, std::size_t size_max) {
  if (text.size() <= size_max) return text.size();
  std::size_t end = size_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return end;
}

// With "…" where something is missing, beyond `size_max`.
inline std::string beginning_of(std::string_view text, std::size_t size_max) {
  const std::size_t end = whole_characters(text, size_max);
  return std::string(text.substr(0, end)) + (end < text.size() ? "…" : "");
}

}  // namespace daybook
