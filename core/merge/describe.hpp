// SPDX-License-Identifier: Apache-2.0
// A merge plan in plain words, for logs and the console: one line per field, Chinese or English.
#pragma once

#include <string>

#include "core/merge/merge.hpp"

namespace daybook {

enum class Language : std::uint8_t { kEnglish, kChinese };
std::string describe(const MergePlan& plan, Language language);

}  // namespace daybook
