// SPDX-License-Identifier: Apache-2.0
// What the device signs when a customer signs: a text of lines that anybody can read, in one fixed
// order, which binds the paper's hash to the strokes, to what was on the screen and to when and
// where. The device's key signs these very bytes, so that `openssl` alone verifies them later.
// FORM.md has an example. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

inline constexpr std::size_t kStatementSizeMax = 16 * 1024;

// The first line: who says the rest. The device of what a customer signed; headquarters of when it
// first received a hash.
inline constexpr std::string_view kSignatureStatement = "daybook signature 1";
inline constexpr std::string_view kAnchorStatement = "daybook anchor 1";

class Statement {
 public:
  // REQUIRES: the name is lower case letters, digits and '_'. A value is one line: control
  // characters in what people typed become spaces.
  void add(std::string name, std::string_view value);
  // Empty when it says nothing of that name.
  std::string_view find(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& lines() const { return lines_; }
  bool operator==(const Statement&) const = default;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

// The first line, then "name: value\n" for each line.
std::string to_text(const Statement& statement, std::string_view first_line = kSignatureStatement);
// Strict: takes only what to_text() writes; no name twice.
Result<Statement> read_statement(std::string_view text,
                                 std::string_view first_line = kSignatureStatement);

}  // namespace daybook
