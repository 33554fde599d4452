// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace daybook::cli {
namespace {

constexpr std::uint32_t kBroken = 0xfffd;

// Takes one character off the front; U+FFFD for bytes that are none.
std::uint32_t take_character(std::string_view& rest) {
  const auto first = static_cast<unsigned char>(rest.front());
  std::size_t more = 0;
  std::uint32_t code = first;
  if (first >= 0xf0 && first < 0xf8) {
    more = 3;
    code = first & 0x07U;
  } else if (first >= 0xe0 && first < 0xf0) {
    more = 2;
    code = first & 0x0fU;
  } else if (first >= 0xc2 && first < 0xe0) {
    more = 1;
    code = first & 0x1fU;
  } else if (first >= 0x80) {
    code = kBroken;
  }
  rest.remove_prefix(1);
  for (; more > 0; --more) {
    if (rest.empty() || (static_cast<unsigned char>(rest.front()) & 0xc0U) != 0x80U) return kBroken;
    code = (code << 6) | (static_cast<unsigned char>(rest.front()) & 0x3fU);
    rest.remove_prefix(1);
  }
  return code;
}

struct Range {
  std::uint32_t first, last;
};
// The blocks that terminals draw two columns wide (UAX #11, wide and full-width), coarsely.
constexpr std::array kWide = {
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},  Range{0x3041, 0xa4cf}, Range{0xac00, 0xd7a3},
    Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},  Range{0xff00, 0xff60}, Range{0xffe0, 0xffe6},
    Range{0x1f300, 0x1faff}, Range{0x20000, 0x3fffd}};
constexpr std::array kNoWidth = {Range{0x0300, 0x036f}, Range{0x200b, 0x200f},
                                 Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}};

template <class Ranges>
bool is_in(const Ranges& ranges, std::uint32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return code >= range.first && code <= range.last; });
}

std::size_t columns_of(std::uint32_t code) {
  return is_in(kNoWidth, code) ? 0 : is_in(kWide, code) ? 2 : 1;
}

// Also the C1 controls and the marks that turn the direction of writing around.
bool commands_terminal(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += columns_of(take_character(text));
  return width;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto before = text;
    const auto code = take_character(text);
    if (code == '\n') {
      out += " ⏎ ";
    } else if (code == '\t') {
      out += ' ';
    } else if (code == kBroken || commands_terminal(code)) {
      out += "\xef\xbf\xbd";
    } else {
      out += before.substr(0, before.size() - text.size());
    }
  }
  return out;
}

std::string cut_to(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  std::string out;
  std::size_t taken = 1;  // the "…"
  while (!text.empty()) {
    const auto before = text;
    const auto columns = columns_of(take_character(text));
    if (taken + columns > width) break;
    taken += columns;
    out += before.substr(0, before.size() - text.size());
  }
  return out + "…";
}

void Table::add(std::vector<std::string> cells) {
  cells.resize(heads_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text(std::size_t cell_width_max) const {
  std::vector<std::size_t> widths;
  for (const auto& head : heads_) widths.push_back(width_of(head));
  std::vector<std::vector<std::string>> shown{heads_};
  for (const auto& row : rows_) {
    auto& line = shown.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.push_back(cut_to(printable(row[i]), cell_width_max));
      widths[i] = std::max(widths[i], width_of(line.back()));
    }
  }
  std::string out;
  for (const auto& line : shown) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += line[i];
      if (i + 1 < line.size()) text += std::string(widths[i] - width_of(line[i]) + 2, ' ');
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    out += text + "\n";
  }
  return out;
}

}  // namespace daybook::cli
