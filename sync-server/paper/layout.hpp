// SPDX-License-Identifier: Apache-2.0
// Where everything stands: a paper laid out on A4 pages, as marks to be drawn. Pure but for the
// measure that it asks how texts break into lines. Positions are 1/100 mm from the upper left
// corner. Bounded: at most kPagesMax pages, and then a sentence that the rest is left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sync-server/paper/paper.hpp"

namespace daybook {

inline constexpr int kPageWidth = 21'000;
inline constexpr int kPageHeight = 29'700;
inline constexpr int kMarginSide = 1'400;
inline constexpr int kMarginTop = 1'300;
inline constexpr int kMarginBottom = 1'700;  // the foot stands in it
inline constexpr std::size_t kPagesMax = 60;

enum class PaperStyle : std::uint8_t { kTitle, kNotice, kBoxTitle, kLabel, kText, kFoot };
int font_size_of(PaperStyle style);    // 1/100 mm
int line_height_of(PaperStyle style);  // 1/100 mm, whatever stands in it

enum class PaperAlign : std::uint8_t { kLeft, kCentre, kRight };

// One line of text; what does not fit between its edges is not drawn.
struct TextMark {
  int x = 0, y = 0, width = 0;
  PaperStyle style = PaperStyle::kText;
  PaperAlign align = PaperAlign::kLeft;
  std::string text;
};
struct RuleMark {
  int x1 = 0, y1 = 0, x2 = 0, y2 = 0;
};
struct ShadeMark {
  int x = 0, y = 0, width = 0, height = 0;
};
// Strokes, already moved and sized; a line through each run of points, a dot for a single one.
struct StrokePath {
  std::vector<std::pair<int, int>> points;
};
struct PaperPage {
  std::vector<ShadeMark> shades;
  std::vector<RuleMark> rules;
  std::vector<StrokePath> strokes;
  std::vector<TextMark> texts;
};

class TextMeasure {
 public:
  virtual ~TextMeasure() = default;
  // `text` broken into lines no wider than `width`, at most `lines_max` of them.
  virtual std::vector<std::string> lines(std::string_view text, PaperStyle style, int width,
                                         std::size_t lines_max) = 0;
};

std::vector<PaperPage> lay_out(const Paper& paper, TextMeasure& measure);

}  // namespace daybook
