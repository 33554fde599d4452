// SPDX-License-Identifier: Apache-2.0
// A signature's strokes as a drawing. Pure; the strokes come from a phone and may lie anywhere.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/model/strokes.hpp"
#include "sync-server/views/html.hpp"

namespace daybook {

// An inline <svg> of `width` x `height` (of the pad; guessed from the strokes when 0), named by
// `title` for those who cannot see it.
HtmlWriter draw_signature(const Strokes& strokes, std::int64_t width, std::int64_t height,
                          std::string_view title);

}  // namespace daybook
