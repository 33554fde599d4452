// SPDX-License-Identifier: Apache-2.0
// Codes become sentences here and nowhere before, in Chinese or English. Used by
// daybook_sentence(). Pure.
#pragma once

#include <string>

#include "client-lib/abi/json/json_text.hpp"

namespace daybook::abi {

enum class Language : std::uint8_t { kChinese, kEnglish };

// "zh", "zh-CN", "en_GB" …; kNotSupported for others.
Result<Language> read_language(std::string_view name);

// An object whose "kind" is status, receipt, error or set. What it does not name is left out of the
// sentence.
Result<std::string> sentence_of(const JsonValue& object, Language language);

}  // namespace daybook::abi
