// SPDX-License-Identifier: Apache-2.0
#include "tools/phone/script.hpp"

#include <cctype>
#include <charconv>
#include <cstdint>

namespace daybook::phone {
namespace {

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

class LineReader {
 public:
  LineReader(std::string_view line, const std::map<std::string, std::string>& variables)
      : line_(line), variables_(variables) {}

  Words words() {
    Words words;
    for (;;) {
      while (at_ < line_.size() && std::isspace(static_cast<unsigned char>(line_[at_])) != 0) ++at_;
      if (at_ == line_.size() || line_[at_] == '#') return words;
      words.push_back(word());
    }
  }

 private:
  std::string word() {
    std::string word;
    while (at_ < line_.size() && std::isspace(static_cast<unsigned char>(line_[at_])) == 0) {
      const char c = line_[at_];
      if (c == '\'') {
        ++at_;
        word += until('\'', false);
      } else if (c == '"') {
        ++at_;
        word += until('"', true);
      } else if (c == '$') {
        word += variable();
      } else {
        word += c;
        ++at_;
      }
    }
    return word;
  }

  std::string until(char quote, bool replaces) {
    std::string text;
    while (at_ < line_.size()) {
      const char c = line_[at_];
      if (c == quote) {
        ++at_;
        return text;
      }
      if (replaces && c == '$') {
        text += variable();
        continue;
      }
      if (replaces && c == '\\' && at_ + 1 < line_.size() &&
          (line_[at_ + 1] == '"' || line_[at_ + 1] == '\\'))
        ++at_;
      text += line_[at_++];
    }
    throw Complaint(std::string("a quote ") + quote + " is not closed");
  }

  std::string variable() {
    std::size_t end = at_ + 1;
    while (end < line_.size() && is_name_character(line_[end])) ++end;
    const std::string name(line_.substr(at_ + 1, end - at_ - 1));
    if (name.empty()) {
      ++at_;
      return "$";  // a price, a JSON path
    }
    const auto found = variables_.find(name);
    if (found == variables_.end()) throw Complaint("$" + name + " was never set");
    at_ = end;
    return found->second;
  }

  std::string_view line_;
  const std::map<std::string, std::string>& variables_;
  std::size_t at_ = 0;
};

}  // namespace

Words split_line(std::string_view line, const std::map<std::string, std::string>& variables) {
  return LineReader(line, variables).words();
}

std::int64_t read_duration_ms(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const std::string_view unit(read.ptr, static_cast<std::size_t>(end - read.ptr));
  if (read.ec != std::errc{} || number < 0 || number > 86'400'000)
    throw Complaint("not a duration: " + text);
  if (unit == "ms") return number;
  if (unit.empty() || unit == "s") return number * 1000;
  throw Complaint("not a duration: " + text);
}

}  // namespace daybook::phone
