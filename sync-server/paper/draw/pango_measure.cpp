// SPDX-License-Identifier: Apache-2.0
#include "sync-server/paper/draw/pango_measure.hpp"

#include <algorithm>

namespace daybook {
namespace {

// Whatever of these is installed; the last is everybody's. The first because of what it adds to a
// file: tens of kilobytes, where the third adds half a megabyte (ADR 0013).
constexpr const char* kFonts =
    "WenQuanYi Micro Hei, Droid Sans Fallback, Noto Sans CJK SC, WenQuanYi Zen Hei, sans-serif";
// Breaking lines takes time by the square of a paragraph without spaces: it is measured in pieces.
constexpr std::size_t kPieceMax = 4'000;  // bytes

std::size_t piece_of(std::string_view text) {
  if (text.size() <= kPieceMax) return text.size();
  const auto last = text.rfind('\n', kPieceMax);
  if (last != std::string_view::npos && last > 0) return last;
  std::size_t end = kPieceMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return end;
}

}  // namespace

PangoMeasure::PangoMeasure(cairo_t* on) : on_(on) {}

PangoMeasure::~PangoMeasure() {
  for (const auto& [style, layout] : layouts_) g_object_unref(layout);
}

PangoLayout* PangoMeasure::layout_for(PaperStyle style) {
  auto& layout = layouts_[style];
  if (layout != nullptr) return layout;
  layout = pango_cairo_create_layout(on_);
  // Of an outline on paper nothing is rounded to dots.
  auto* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(pango_layout_get_context(layout), FALSE);
  pango_context_set_language(pango_layout_get_context(layout), pango_language_from_string("zh-cn"));
  auto* font = pango_font_description_from_string(kFonts);
  pango_font_description_set_absolute_size(font, font_size_of(style) * PANGO_SCALE);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  return layout;
}

std::vector<std::string> PangoMeasure::lines(std::string_view text, PaperStyle style, int width,
                                             std::size_t lines_max) {
  std::vector<std::string> out;
  auto* layout = layout_for(style);
  while (!text.empty() && out.size() < lines_max) {
    const auto piece = text.substr(0, piece_of(text));
    const bool cut = piece.size() < text.size() && text[piece.size()] != '\n';
    pango_layout_set_width(layout, width * PANGO_SCALE);
    pango_layout_set_text(layout, piece.data(), static_cast<int>(piece.size()));
    // The last line of a piece that was cut is not full: the next begins with it.
    const int lines = pango_layout_get_line_count(layout);
    const int count = cut && lines > 1 ? lines - 1 : lines;
    std::size_t end = piece.size();
    for (int i = 0; i < count && out.size() < lines_max; ++i) {
      const auto* line = pango_layout_get_line_readonly(layout, i);
      const auto begin = static_cast<std::size_t>(line->start_index);
      out.emplace_back(piece.substr(begin, static_cast<std::size_t>(line->length)));
      if (count < lines) end = begin + static_cast<std::size_t>(line->length);
    }
    text.remove_prefix(end);
    if (!text.empty() && text.front() == '\n') text.remove_prefix(1);
  }
  return out;
}

void PangoMeasure::draw(const TextMark& mark) {
  auto* layout = layout_for(mark.style);
  pango_layout_set_width(layout, -1);
  pango_layout_set_single_paragraph_mode(layout, TRUE);
  pango_layout_set_text(layout, mark.text.data(), static_cast<int>(mark.text.size()));
  PangoRectangle logical;
  pango_layout_get_extents(layout, nullptr, &logical);
  const int text_width = std::min(logical.width / PANGO_SCALE, mark.width);
  int x = mark.x;
  if (mark.align == PaperAlign::kRight) x += mark.width - text_width;
  if (mark.align == PaperAlign::kCentre) x += (mark.width - text_width) / 2;
  const int height = line_height_of(mark.style);
  cairo_save(on_);
  // Nothing that somebody typed stands outside its line.
  cairo_rectangle(on_, mark.x, mark.y, mark.width, height);
  cairo_clip(on_);
  // By the base line: fonts of different scripts are of different heights.
  cairo_move_to(on_, x, mark.y + height * 3 / 4);
  pango_cairo_show_layout_line(on_, pango_layout_get_line_readonly(layout, 0));
  cairo_restore(on_);
  pango_layout_set_single_paragraph_mode(layout, FALSE);
}

bool PangoMeasure::can_write(std::string_view text) {
  auto* layout = layout_for(PaperStyle::kText);
  pango_layout_set_width(layout, -1);
  pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
  return pango_layout_get_unknown_glyphs_count(layout) == 0;
}

}  // namespace daybook
