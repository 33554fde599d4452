// SPDX-License-Identifier: Apache-2.0
#include "sync-server/integration/csv.hpp"

#include "sync-server/api/json_out.hpp"

namespace daybook {
namespace {

// What Excel, LibreOffice and Google Sheets begin a formula with, tab and return in front of it
// included, and the full-width forms that they fold into these.
bool may_be_formula(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos) return true;
  for (const std::string_view wide : {"＝", "＋", "－", "＠"}) {
    if (text.substr(0, wide.size()) == wide) return true;
  }
  return false;
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  bool first = true;
  for (const auto& cell : cells) {
    if (!first) line += ',';
    first = false;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line + "\r\n";
}

std::string csv_text(const Json& value) {
  if (value.is_number()) return value.dump();
  const std::string text =
      value.is_string() ? value.get<std::string>() : std::string(text_of(bytes_of(value)));
  // Apostrophes that somebody typed before a formula get one more, so that taking one away gives
  // back what was typed.
  const auto begins = text.find_first_not_of('\'');
  const bool guarded =
      begins != std::string::npos && may_be_formula(std::string_view(text).substr(begins));
  return guarded ? "'" + text : text;
}

}  // namespace daybook
