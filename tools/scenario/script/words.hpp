// SPDX-License-Identifier: Apache-2.0
// The words of the scenario language. Each has an English and a Chinese spelling and means the same
// in either; inside the program a word is its English spelling. The list is the vocabulary that
// tests/scenarios/SCENARIOS.md documents. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/merge/describe.hpp"

namespace daybook::scenario {

struct Spelling {
  std::string_view english, chinese;
};

// Every word, in the order of the page.
std::span<const Spelling> vocabulary();

// The English spelling of a word in either language; what is no word comes back as it is.
std::string_view key_of(std::string_view word);
// The same the other way.
std::string_view spelled(std::string_view key, Language language);

// One of two sentences.
inline std::string either(Language language, std::string_view english, std::string_view chinese) {
  return std::string(language == Language::kChinese ? chinese : english);
}

}  // namespace daybook::scenario
