// SPDX-License-Identifier: Apache-2.0
// A signature's strokes as a drawing. Strokes are text: points "x,y,t,p" separated by ';', the
// first of a stroke absolute and the later ones as differences, strokes separated by '|'. Pure; the
// text comes from a phone and may be anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sync-server/views/html.hpp"

namespace daybook {

struct StrokePoint {
  std::int64_t x = 0, y = 0, t = 0, p = 0;
  bool operator==(const StrokePoint&) const = default;
};
using Stroke = std::vector<StrokePoint>;

// Absolute points. Empty when the text is not strokes, or says more than a hand can draw.
std::optional<std::vector<Stroke>> read_strokes(std::string_view text);

// An inline <svg> of `width` x `height` (of the pad; guessed from the strokes when 0), named by
// `title` for those who cannot see it.
HtmlWriter draw_signature(const std::vector<Stroke>& strokes, std::int64_t width,
                          std::int64_t height, std::string_view title);

}  // namespace daybook
