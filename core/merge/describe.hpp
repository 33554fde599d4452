// SPDX-License-Identifier: Apache-2.0
// A merge plan in plain words, for logs and the console: one line per field, Chinese or English.
#pragma once

#include <string>
#include <string_view>

#include "core/merge/merge.hpp"

namespace daybook {

enum class Language : std::uint8_t { kEnglish, kChinese };
std::string describe(const MergePlan& plan, Language language);

// What a reason code of FieldPlan::why says; the code itself when it is none.
std::string_view sentence_for(std::string_view why, Language language);

}  // namespace daybook
