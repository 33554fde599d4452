// SPDX-License-Identifier: Apache-2.0
// One line of a scenario as words: what may stand next is asked for by name, and what stands there
// instead is named in the error. Used by script only. Pure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::scenario {

// A line that nobody can follow: the scenario is wrong, whatever the product does.
struct Mistake : std::runtime_error {
  Mistake(int line_in, const std::string& what) : std::runtime_error(what), line(line_in) {}
  int line;
};

struct Token {
  std::string raw;  // as written, quotes included
  std::string key;  // the word in English, once it was read as one; else empty
  bool operator==(const Token&) const = default;
};

// Words of a line. Quotes ("…" or “…”) and brackets hold a word together; # begins a comment.
std::vector<Token> tokens_of(std::string_view line, int number);

// A value as written. A quoted one is always text; a list holds its items.
struct Literal {
  std::string text;
  bool quoted = false;
  bool is_list = false;
  std::vector<Literal> items;
};
Literal literal_of(std::string_view raw, int number);

// name=value, name+=value (one more), name-=value (one less).
struct Pair {
  std::string name;
  char sign = '=';  // '=', '+' or '-'
  Literal value;
};

class Line {
 public:
  Line(std::vector<Token> tokens, int number) : tokens_(std::move(tokens)), number_(number) {}

  bool done() const { return at_ == tokens_.size(); }
  int number() const { return number_; }
  const std::vector<Token>& tokens() const { return tokens_; }

  std::string word(std::string_view wanted);
  std::uint64_t number_word(std::string_view wanted);
  std::uint64_t amount(std::string_view unit);  // "60%", "900kB"
  std::int64_t duration_ms();                   // "3d", "90min", "-2h"
  Literal literal(std::string_view wanted);
  // One of these words, in either language.
  std::string key(std::initializer_list<std::string_view> keys);
  // Takes it if it stands there.
  bool try_key(std::string_view key);
  bool next_is_pair() const;
  bool next_is(std::initializer_list<std::string_view> keys) const;
  std::vector<Pair> pairs();
  void end();
  [[noreturn]] void wrong(const std::string& wanted) const;

 private:
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int number_;
};

}  // namespace daybook::scenario
