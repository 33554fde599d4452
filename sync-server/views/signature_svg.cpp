// SPDX-License-Identifier: Apache-2.0
#include "sync-server/views/signature_svg.hpp"

#include <algorithm>

namespace daybook {
namespace {

constexpr std::int64_t kCoordinateMax = 1'000'000;

}  // namespace

HtmlWriter draw_signature(const Strokes& strokes, std::int64_t width, std::int64_t height,
                          std::string_view title) {
  std::int64_t right = width;
  std::int64_t bottom = height;
  for (const auto& stroke : strokes) {
    for (const auto& point : stroke) {
      right = std::max(right, std::int64_t{point.x} + 4);
      bottom = std::max(bottom, std::int64_t{point.y} + 4);
    }
  }
  right = std::clamp<std::int64_t>(right, 1, kCoordinateMax + 4);
  bottom = std::clamp<std::int64_t>(bottom, 1, kCoordinateMax + 4);
  const std::int64_t pen = std::max<std::int64_t>(1, std::max(right, bottom) / 150);
  HtmlWriter out;
  out.markup("<svg class=\"signature\" role=\"img\" viewBox=\"0 0 ")
      .number(right)
      .markup(" ")
      .number(bottom);
  out.markup("\" aria-label=\"").text(title).markup("\"><title>").text(title).markup("</title>");
  for (const auto& stroke : strokes) {
    // A tap is a dot: a line of length zero with round ends.
    out.markup("<path d=\"M").number(stroke.front().x).markup(" ").number(stroke.front().y);
    if (stroke.size() == 1) out.markup("h0");
    for (std::size_t i = 1; i < stroke.size(); ++i) {
      out.markup("L").number(stroke[i].x).markup(" ").number(stroke[i].y);
    }
    out.markup("\" stroke-width=\"").number(pen).markup("\"/>");
  }
  out.markup("</svg>");
  return out;
}

}  // namespace daybook
