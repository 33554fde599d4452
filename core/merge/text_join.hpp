// SPDX-License-Identifier: Apache-2.0
// Two changed versions of one text, joined so that nobody's words are lost. Used by the keep_both
// rule. Pure; does not judge who is right and does not mark authors: history knows them.
#pragma once

#include <string>
#include <string_view>

namespace daybook {

// `held` is in force, `now` is what an author made of `was` without having seen `held`. Works
// paragraph by paragraph (a paragraph is a line): where `held` still has what the author changed,
// the change is made in place; everything else the author wrote is added at the end, whole. So
// paragraphs stand in the order of their commits, what both had before stands once, and a paragraph
// the office wrote is never touched.
std::string join_texts(std::string_view was, std::string_view now, std::string_view held);

}  // namespace daybook
