// SPDX-License-Identifier: Apache-2.0
#include "tools/phone/display.hpp"

#include <algorithm>

namespace daybook::phone {
namespace {

constexpr std::size_t kCellMax = 60;

// Whole characters, at most so many columns wide; line breaks would tear the table.
std::string cell_of(const std::string& text) {
  std::string cell;
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    const std::string character = text[at] == '\n' ? "⏎" : text.substr(at, end - at);
    width += columns_of(character);
    if (width > kCellMax) return cell + "…";
    cell += character;
    at = end;
  }
  return cell;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += cells[i];
    if (i + 1 < cells.size()) line.append(widths[i] - columns_of(cells[i]) + 2, ' ');
  }
  return line + "\n";
}

}  // namespace

std::size_t columns_of(const std::string& text) {
  std::size_t width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;
    // Three bytes from U+2E80 on: Chinese, Japanese, Korean and their full-width signs.
    width += byte >= 0xE3 && byte < 0xF8 ? 2 : 1;
  }
  return width;
}

std::string table_of(const std::vector<std::string>& names,
                     const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& name : names) widths.push_back(columns_of(name));
  std::vector<std::vector<std::string>> cut;
  for (const auto& row : rows) {
    auto& cells = cut.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells.push_back(cell_of(row[i]));
      widths[i] = std::max(widths[i], columns_of(cells[i]));
    }
  }
  std::string text = line_of(names, widths);
  for (const auto& row : cut) text += line_of(row, widths);
  return text;
}

}  // namespace daybook::phone
