// SPDX-License-Identifier: Apache-2.0
#include "tools/evidence/strokes_svg.hpp"

#include <algorithm>

namespace daybook::evidence {
namespace {

constexpr std::int64_t kEdge = 100;  // 1 mm around it
constexpr std::int64_t kPen = 40;

}  // namespace

std::string strokes_svg(const Strokes& strokes) {
  std::int64_t left = INT32_MAX, top = INT32_MAX, right = INT32_MIN, bottom = INT32_MIN;
  std::string lines;
  for (const auto& stroke : strokes) {
    lines += "<polyline points=\"";
    for (const auto& point : stroke) {
      left = std::min<std::int64_t>(left, point.x), right = std::max<std::int64_t>(right, point.x);
      top = std::min<std::int64_t>(top, point.y), bottom = std::max<std::int64_t>(bottom, point.y);
      lines += std::to_string(point.x) + "," + std::to_string(point.y) + " ";
    }
    lines += "\"/>\n";
  }
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"" + std::to_string(left - kEdge) +
         " " + std::to_string(top - kEdge) + " " + std::to_string(right - left + 2 * kEdge) + " " +
         std::to_string(bottom - top + 2 * kEdge) +
         "\">\n<g fill=\"none\" stroke=\"black\" stroke-width=\"" + std::to_string(kPen) +
         "\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n" + lines + "</g>\n</svg>\n";
}

}  // namespace daybook::evidence
