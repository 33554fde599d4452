// SPDX-License-Identifier: Apache-2.0
#include "core/schema/sql_text.hpp"

#include <vector>

namespace daybook {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

class SqlReader {
 public:
  explicit SqlReader(std::string_view sql) : sql_(sql) {}

  Result<SqlText> read() {
    while (at_ < sql_.size()) {
      DAYBOOK_TRY(read_one());
    }
    if (open_ != 0) return wrong("a bracket is left open");
    if (tokens_.empty()) return wrong("empty");
    find_sources();
    for (const auto& name : defined_names()) {
      const auto used = text_.sources.find(name);
      if (used != text_.sources.end() && used->second > 1) text_.unfolds *= used->second;
      if (text_.unfolds > kSqlWeightMax) return wrong("its WITH names unfold too far");
    }
    return std::move(text_);
  }

 private:
  static Error wrong(const std::string& what) { return failure(Errc::kInvalid, {}, what); }
  char here() const { return sql_[at_]; }
  char next() const { return at_ + 1 < sql_.size() ? sql_[at_ + 1] : '\0'; }

  Result<void> read_one() {
    const char c = here();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
      return success();
    }
    if (c == '-' && next() == '-') return skip_line();
    if (c == '/' && next() == '*') return skip_comment();
    if (c == '\'' || c == '"' || c == '`' || c == '[') return read_quoted(c == '[' ? ']' : c);
    if (is_letter(c)) return read_word();
    if (is_digit(c)) return skip_number();
    if (c == ':') return read_parameter();
    if (c == '(') ++open_;
    if (c == ')' && --open_ < 0) return wrong("a bracket is closed that nobody opened");
    if (c == ';') return wrong("one statement, without ';'");
    if (c == '?' || c == '@' || c == '$' || c == '#')
      return wrong(std::string("parameters are written :name, not with '") + c + "'");
    if (static_cast<unsigned char>(c) < 0x20) return wrong("a control character");
    tokens_.emplace_back(1, c);
    ++at_;
    return success();
  }

  Result<void> skip_line() {
    const auto end = sql_.find('\n', at_);
    at_ = end == std::string_view::npos ? sql_.size() : end + 1;
    return success();
  }

  Result<void> skip_comment() {
    const auto end = sql_.find("*/", at_ + 2);
    if (end == std::string_view::npos) return wrong("a comment is left open");
    at_ = end + 2;
    return success();
  }

  // A doubled quote stands for itself, except in [brackets].
  Result<void> read_quoted(char close) {
    const char open = here();
    std::string name;
    for (++at_; at_ < sql_.size(); ++at_) {
      if (here() == '\0') break;
      if (here() == close) {
        if (close == ']' || next() != close) {
          ++at_;
          // SQLite takes a text for a name where only a name can stand.
          take_name(name);
          return success();
        }
        ++at_;
      }
      name += here();
    }
    return wrong(std::string("a quote is left open: ") + open);
  }

  std::string_view take_word() {
    const std::size_t begin = at_;
    while (at_ < sql_.size() && (is_letter(here()) || is_digit(here()))) ++at_;
    return sql_.substr(begin, at_ - begin);
  }

  Result<void> read_word() {
    const std::string_view word = take_word();
    if (tokens_.empty()) text_.first_word = lower_case(word);
    take_name(word);
    return success();
  }

  void take_name(std::string_view name) {
    tokens_.push_back(lower_case(name));
    text_.names.insert(tokens_.back());
  }

  // "12", "0x1F"; a point and what follows comes by itself.
  Result<void> skip_number() {
    tokens_.emplace_back(take_word());
    return success();
  }

  Result<void> read_parameter() {
    ++at_;
    if (at_ >= sql_.size() || !is_letter(here())) return wrong("a ':' without a name");
    text_.parameters.emplace(take_word());
    tokens_.emplace_back(":");
    return success();
  }

  // Where a table may stand: after from, join, in, a comma or an opening bracket.
  bool is_source(std::size_t i) const {
    if (i == 0) return false;
    const std::string& before = tokens_[i - 1];
    if (before == "." && i >= 2) return is_source(i - 2);
    return before == "from" || before == "join" || before == "in" || before == "," || before == "(";
  }

  void find_sources() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (text_.names.count(tokens_[i]) > 0 && is_source(i)) ++text_.sources[tokens_[i]];
    }
  }

  // name [(columns)] as [not] [materialized] ( …
  std::set<std::string> defined_names() {
    std::set<std::string> defined;
    for (std::size_t i = 1; i < tokens_.size(); ++i) {
      if (tokens_[i] != "(") continue;
      std::size_t at = i - 1;
      if (tokens_[at] == "materialized" && at > 0) --at;
      if (tokens_[at] == "not" && at > 0) --at;
      if (tokens_[at] != "as" || at == 0) continue;
      --at;
      if (tokens_[at] == ")") {
        while (at > 0 && tokens_[at] != "(") --at;
        if (at > 0) --at;
      }
      // Its definition is no use of it.
      if (is_source(at) && text_.sources[tokens_[at]] > 0) --text_.sources[tokens_[at]];
      defined.insert(tokens_[at]);
    }
    return defined;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  int open_ = 0;
  std::vector<std::string> tokens_;  // numbers and parameters too, so that none is a table's place
  SqlText text_;
};

}  // namespace

Result<SqlText> read_sql_text(std::string_view sql) { return SqlReader(sql).read(); }

std::size_t weight_of(const SqlText& text, const std::map<std::string, std::size_t>& views) {
  std::size_t weight = 1;
  for (const auto& [name, count] : text.sources) {
    const auto view = views.find(name);
    if (view != views.end()) weight += count * view->second;
  }
  return weight * text.unfolds;
}

}  // namespace daybook
