// SPDX-License-Identifier: Apache-2.0
// Writes HTML so that nothing a person typed can become markup: markup is accepted from string
// literals only, everything else is text and escaped, in attributes too. Called by the pages of
// this room. A value; no thread rule.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace daybook {

// & < > " ' become references; control characters that HTML does not allow become U+FFFD.
std::string escape_html(std::string_view text);

class HtmlWriter {
 public:
  template <std::size_t Size>
  HtmlWriter& markup(const char (&literal)[Size]) {
    out_.append(literal, Size - 1);
    return *this;
  }
  HtmlWriter& text(std::string_view text);
  HtmlWriter& number(std::int64_t number);
  // What another writer wrote.
  HtmlWriter& part(const HtmlWriter& other);
  // A Chinese and an English wording, each marked with its language.
  HtmlWriter& words(std::string_view zh, std::string_view en);

  bool empty() const { return out_.empty(); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace daybook
