// SPDX-License-Identifier: Apache-2.0
// Reads the lines of an example in core/merge/RULES.md.
#pragma once

#include <string>

#include "core/model/value.hpp"

namespace daybook::test {

// Words of a line; values are read as they stand in the page: "text", 12, ["a", "b"], null.
class LineReader {
 public:
  explicit LineReader(std::string line) : line_(std::move(line)) {}

  bool take(const std::string& word) {
    skip_space();
    if (line_.compare(at_, word.size(), word) != 0) return false;
    at_ += word.size();
    return true;
  }
  std::string word() {
    skip_space();
    const auto end = line_.find(' ', at_);
    std::string result = line_.substr(at_, end - at_);
    at_ = end == std::string::npos ? line_.size() : end;
    return result;
  }
  Value value() {
    skip_space();
    if (take("null")) return Value::null();
    if (take("[")) {
      ValueList items;
      while (!take("]")) {
        items.push_back(value());
        take(",");
      }
      return Value::list(std::move(items));
    }
    if (line_[at_] == '"') return Value::text(text());
    return Value::integer(std::stoll(word()));
  }
  bool done() {
    skip_space();
    return at_ == line_.size();
  }

 private:
  void skip_space() {
    while (at_ < line_.size() && line_[at_] == ' ') ++at_;
  }
  std::string text() {
    std::string result;
    for (++at_; line_.at(at_) != '"'; ++at_) {
      if (line_[at_] != '\\') {
        result += line_[at_];
        continue;
      }
      result += line_.at(++at_) == 'n' ? '\n' : line_[at_];
    }
    ++at_;
    return result;
  }

  std::string line_;
  std::size_t at_ = 0;
};

}  // namespace daybook::test
