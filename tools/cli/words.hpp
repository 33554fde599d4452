// SPDX-License-Identifier: Apache-2.0
// What the command line says, in Chinese or English. Errors of the server come as codes; their
// sentences are made here. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace daybook::cli {

using Json = nlohmann::ordered_json;

enum class Tongue { kEnglish, kChinese };
// "zh…" is Chinese, everything else English. `wanted` (--lang) before the environment's LC_ALL,
// LC_MESSAGES, LANG.
Tongue tongue_of(std::string_view wanted, std::string_view environment);

struct Words {
  Tongue tongue = Tongue::kEnglish;
  std::string operator()(std::string_view english, std::string_view chinese) const {
    return std::string(tongue == Tongue::kChinese ? chinese : english);
  }
};

// What happened, to what, and what to do next. `about` is what the command was about, e.g. "visit
// 0190…".
std::string sentence_of(const Words& words, const Json& error, std::string_view about);
// Of our own side: no line, wrong pin, not logged in.
std::string sentence_of_line(const Words& words, std::string_view code, std::string_view detail,
                             std::string_view server);

// "2026-09-21 13:33 UTC"
std::string when(const Json& ms);
// A value in one line: text as it is, lists with commas, nothing as "–".
std::string shown(const Json& value);

}  // namespace daybook::cli
