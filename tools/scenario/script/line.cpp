// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/script/line.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "tools/scenario/script/words.hpp"

namespace daybook::scenario {
namespace {

constexpr std::string_view kOpening = "“", kClosing = "”";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Ends of quotes, from `at` on the opening one: the place behind the closing one.
std::size_t end_of_quote(std::string_view text, std::size_t at, int number) {
  if (text.substr(at, kOpening.size()) == kOpening) {
    const auto end = text.find(kClosing, at);
    if (end == std::string_view::npos) throw Mistake(number, "expected ” before the line ends");
    return end + kClosing.size();
  }
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  throw Mistake(number, "expected \" before the line ends");
}

bool opens_quote(std::string_view text, std::size_t at) {
  return text[at] == '"' || text.substr(at, kOpening.size()) == kOpening;
}

// The place behind a piece that begins at `at`: a word, a quoted text, a list.
std::size_t end_of_piece(std::string_view text, std::size_t at, int number, char until) {
  int depth = 0;
  while (at < text.size()) {
    if (opens_quote(text, at)) {
      at = end_of_quote(text, at, number);
      continue;
    }
    if (depth == 0 && (until == ' ' ? is_space(text[at]) : text[at] == until)) break;
    if (text[at] == '[') ++depth;
    if (text[at] == ']') --depth;
    ++at;
  }
  if (depth != 0) throw Mistake(number, "expected ] before the line ends");
  return at;
}

std::string unquoted(std::string_view raw) {
  if (raw.substr(0, kOpening.size()) == kOpening)
    return std::string(raw.substr(kOpening.size(), raw.size() - kOpening.size() - kClosing.size()));
  std::string text;
  for (std::size_t i = 1; i + 1 < raw.size(); ++i) {
    if (raw[i] == '\\' && i + 2 < raw.size()) {
      ++i;
      text += raw[i] == 'n' ? '\n' : raw[i];
    } else {
      text += raw[i];
    }
  }
  return text;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Where the sign of a pair stands, outside quotes and lists; npos when it is no pair.
std::size_t sign_in(std::string_view raw) {
  if (raw.empty() || opens_quote(raw, 0) || raw.front() == '[') return std::string_view::npos;
  return raw.find('=');
}

struct Unit {
  std::string_view english, chinese;
  std::int64_t ms;
};
constexpr std::array kUnits{Unit{"s", "秒", 1000}, Unit{"min", "分", 60'000},
                            Unit{"h", "小时", 3'600'000}, Unit{"d", "天", 86'400'000}};

}  // namespace

std::vector<Token> tokens_of(std::string_view line, int number) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  while (true) {
    while (at < line.size() && is_space(line[at])) ++at;
    if (at == line.size() || line[at] == '#') return tokens;
    const std::size_t end = end_of_piece(line, at, number, ' ');
    tokens.push_back({std::string(line.substr(at, end - at)), {}});
    at = end;
  }
}

Literal literal_of(std::string_view raw, int number) {
  Literal literal;
  if (!raw.empty() && raw.front() == '[') {
    if (raw.size() < 2 || raw.back() != ']')
      throw Mistake(number, "expected ] at the end of a list");
    literal.is_list = true;
    std::string_view inside = trimmed(raw.substr(1, raw.size() - 2));
    while (!inside.empty()) {
      const std::size_t end = end_of_piece(inside, 0, number, ',');
      literal.items.push_back(literal_of(trimmed(inside.substr(0, end)), number));
      inside = end < inside.size() ? trimmed(inside.substr(end + 1)) : std::string_view{};
    }
    return literal;
  }
  literal.quoted = !raw.empty() && opens_quote(raw, 0);
  literal.text = literal.quoted ? unquoted(raw) : std::string(raw);
  return literal;
}

void Line::wrong(const std::string& wanted) const {
  throw Mistake(number_, "expected " + wanted + ", found " +
                             (done() ? std::string("the end of the line") : tokens_[at_].raw));
}

std::string Line::word(std::string_view wanted) {
  if (done() || next_is_pair()) wrong(std::string(wanted));
  return literal_of(tokens_[at_++].raw, number_).text;
}

Literal Line::literal(std::string_view wanted) {
  if (done()) wrong(std::string(wanted));
  return literal_of(tokens_[at_++].raw, number_);
}

std::uint64_t Line::number_word(std::string_view wanted) {
  if (done()) wrong(std::string(wanted));
  const auto& raw = tokens_[at_].raw;
  std::uint64_t number = 0;
  const auto read = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (read.ec != std::errc{} || read.ptr != raw.data() + raw.size()) wrong(std::string(wanted));
  ++at_;
  return number;
}

std::uint64_t Line::amount(std::string_view unit) {
  const std::string wanted = "a number with " + std::string(unit);
  if (done()) wrong(wanted);
  const auto& raw = tokens_[at_].raw;
  std::uint64_t number = 0;
  const auto read = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  const bool fits = read.ec == std::errc{} && number <= 100'000 &&
                    std::string_view(read.ptr, raw.data() + raw.size()) == unit;
  if (!fits) wrong(wanted);
  ++at_;
  return number;
}

std::int64_t Line::duration_ms() {
  const std::string wanted = "a duration such as 30min, 2h or 3d";
  if (done()) wrong(wanted);
  std::string_view raw = tokens_[at_].raw;
  if (raw.front() == '+') raw.remove_prefix(1);
  std::int64_t number = 0;
  const auto read = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  const auto unit = raw.substr(static_cast<std::size_t>(read.ptr - raw.data()));
  const bool fits = read.ec == std::errc{} && number > -100'000 && number < 100'000;
  for (const auto& known : kUnits) {
    if (!fits || (unit != known.english && unit != known.chinese)) continue;
    ++at_;
    return number * known.ms;
  }
  wrong(wanted);
}

std::string Line::key(std::initializer_list<std::string_view> keys) {
  std::string wanted;
  for (const auto key : keys) {
    if (try_key(key)) return std::string(key);
    // In both spellings: whoever reads this may have written in either.
    wanted += (wanted.empty() ? "" : ", ") + std::string(key) + "/" +
              std::string(spelled(key, Language::kChinese));
  }
  wrong(keys.size() > 1 ? "one of " + wanted : wanted);
}

bool Line::try_key(std::string_view key) {
  if (done() || key_of(tokens_[at_].raw) != key) return false;
  tokens_[at_++].key = std::string(key);
  return true;
}

bool Line::next_is_pair() const {
  return !done() && sign_in(tokens_[at_].raw) != std::string_view::npos;
}

bool Line::next_is(std::initializer_list<std::string_view> keys) const {
  return !done() && std::any_of(keys.begin(), keys.end(), [&](std::string_view key) {
    return key_of(tokens_[at_].raw) == key;
  });
}

std::vector<Pair> Line::pairs() {
  std::vector<Pair> pairs;
  while (next_is_pair()) {
    const std::string_view raw = tokens_[at_].raw;
    std::size_t sign = sign_in(raw);
    Pair pair;
    pair.value = literal_of(raw.substr(sign + 1), number_);
    if (sign > 0 && (raw[sign - 1] == '+' || raw[sign - 1] == '-')) pair.sign = raw[--sign];
    pair.name = std::string(raw.substr(0, sign));
    if (pair.name.empty()) wrong("field=value");
    pairs.push_back(std::move(pair));
    ++at_;
  }
  return pairs;
}

void Line::end() {
  if (!done()) wrong("the end of the line");
}

}  // namespace daybook::scenario
