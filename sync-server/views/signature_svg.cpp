// SPDX-License-Identifier: Apache-2.0
#include "sync-server/views/signature_svg.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace daybook {
namespace {

constexpr std::size_t kPointsMax = 50'000;
constexpr std::int64_t kCoordinateMax = 1'000'000;

std::string_view take_until(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

// Two to four numbers; time and pressure may be missing.
std::optional<StrokePoint> read_point(std::string_view text) {
  std::array<std::int64_t, 4> numbers{};
  std::size_t count = 0;
  while (!text.empty()) {
    if (count == numbers.size()) return std::nullopt;
    const auto part = take_until(text, ',');
    auto& number = numbers[count++];
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc{} || end != part.data() + part.size()) return std::nullopt;
    // Times may be milliseconds of an epoch in the first point; only coordinates are drawn.
    if (count <= 2 && (number > kCoordinateMax || number < -kCoordinateMax)) return std::nullopt;
  }
  if (count < 2) return std::nullopt;
  return StrokePoint{numbers[0], numbers[1], numbers[2], numbers[3]};
}

// Times are only carried; they wrap rather than overflow.
std::int64_t sum_of(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

bool in_bounds(const StrokePoint& point) {
  return point.x <= kCoordinateMax && point.x >= -kCoordinateMax && point.y <= kCoordinateMax &&
         point.y >= -kCoordinateMax;
}

}  // namespace

std::optional<std::vector<Stroke>> read_strokes(std::string_view text) {
  std::vector<Stroke> strokes;
  std::size_t points = 0;
  while (!text.empty()) {
    auto line = take_until(text, '|');
    Stroke stroke;
    while (!line.empty()) {
      auto point = read_point(take_until(line, ';'));
      if (!point || ++points > kPointsMax) return std::nullopt;
      if (!stroke.empty()) {
        const auto& before = stroke.back();
        point = StrokePoint{before.x + point->x, before.y + point->y, sum_of(before.t, point->t),
                            sum_of(before.p, point->p)};
        if (!in_bounds(*point)) return std::nullopt;
      }
      stroke.push_back(*point);
    }
    if (!stroke.empty()) strokes.push_back(std::move(stroke));
  }
  if (strokes.empty()) return std::nullopt;
  return strokes;
}

HtmlWriter draw_signature(const std::vector<Stroke>& strokes, std::int64_t width,
                          std::int64_t height, std::string_view title) {
  std::int64_t right = width;
  std::int64_t bottom = height;
  for (const auto& stroke : strokes) {
    for (const auto& point : stroke) {
      right = std::max(right, point.x + 4);
      bottom = std::max(bottom, point.y + 4);
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
