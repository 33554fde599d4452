// SPDX-License-Identifier: Apache-2.0
// Tables for a terminal: columns line up although Chinese is twice as wide, and nothing that is
// printed can command the terminal. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace daybook::cli {

// Columns that a text takes: 2 for wide characters, 0 for combining ones.
std::size_t width_of(std::string_view text);
// Control characters (escape sequences of a terminal begin with one) and broken UTF-8 become
// U+FFFD; line ends become " ⏎ ".
std::string printable(std::string_view text);
// Cut to `width` columns, with "…" at the end where something is missing.
std::string cut_to(std::string_view text, std::size_t width);

class Table {
 public:
  explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // Lines that end in '\n'. No cell is wider than `cell_width_max` columns.
  std::string text(std::size_t cell_width_max = 60) const;

 private:
  std::vector<std::string> heads_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace daybook::cli
