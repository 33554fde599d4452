// SPDX-License-Identifier: Apache-2.0
#include "core/domain/signature/statement.hpp"

#include <algorithm>

#include "core/base/bytes.hpp"
#include "core/model/cbor.hpp"

namespace daybook {
namespace {

constexpr std::string_view kColon = ": ";
constexpr std::size_t kLinesMax = 100;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}
bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

void Statement::add(std::string name, std::string_view value) {
  std::string line(value);
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  lines_.emplace_back(std::move(name), std::move(line));
}

std::string_view Statement::find(std::string_view name) const {
  const auto found = std::find_if(lines_.begin(), lines_.end(),
                                  [&](const auto& line) { return line.first == name; });
  return found == lines_.end() ? std::string_view{} : std::string_view(found->second);
}

std::string to_text(const Statement& statement, std::string_view first_line) {
  std::string text = std::string(first_line) + "\n";
  for (const auto& [name, value] : statement.lines()) {
    text += name;
    text += kColon;
    text += value + "\n";
  }
  return text;
}

Result<Statement> read_statement(std::string_view text, std::string_view first_line) {
  if (text.size() > kStatementSizeMax)
    return failure(Errc::kTooLarge, "statement", "more than 16 KiB");
  const std::string tag = std::string(first_line) + "\n";
  if (text.substr(0, tag.size()) != tag)
    return failure(Errc::kInvalid, "statement",
                   "does not begin with '" + std::string(first_line) + "'");
  if (!is_utf8(view_of(text))) return failure(Errc::kInvalid, "statement", "not UTF-8");
  Statement statement;
  for (text.remove_prefix(tag.size()); !text.empty();) {
    const auto end = text.find('\n');
    const auto colon = text.find(kColon);
    if (end == std::string_view::npos || colon == std::string_view::npos || colon > end)
      return failure(Errc::kInvalid, "statement", "a line is 'name: value'");
    const auto name = text.substr(0, colon);
    const auto value = text.substr(colon + kColon.size(), end - colon - kColon.size());
    const auto& lines = statement.lines();
    const bool twice = std::any_of(lines.begin(), lines.end(),
                                   [&](const auto& line) { return line.first == name; });
    if (!is_name(name) || twice || lines.size() >= kLinesMax ||
        std::any_of(value.begin(), value.end(), is_control))
      return failure(Errc::kInvalid, "statement", "a line that was never written so");
    statement.add(std::string(name), value);
    text.remove_prefix(end + 1);
  }
  return statement;
}

}  // namespace daybook
