// SPDX-License-Identifier: Apache-2.0
// Pango as the measure of texts and as the pen: one font setting for both, so that what was
// measured is what is drawn. Used by draw.cpp within the process daybook-paper. One thread.
#pragma once

#include <pango/pangocairo.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sync-server/paper/layout.hpp"

namespace daybook {

class PangoMeasure final : public TextMeasure {
 public:
  // `surface` is what will be drawn on; borrowed.
  explicit PangoMeasure(cairo_t* on);
  ~PangoMeasure() override;
  PangoMeasure(const PangoMeasure&) = delete;
  PangoMeasure& operator=(const PangoMeasure&) = delete;

  std::vector<std::string> lines(std::string_view text, PaperStyle style, int width,
                                 std::size_t lines_max) override;
  void draw(const TextMark& mark);
  // Whether there is a font for every character of `text`.
  bool can_write(std::string_view text);

 private:
  PangoLayout* layout_for(PaperStyle style);

  cairo_t* on_;
  std::map<PaperStyle, PangoLayout*> layouts_;
};

}  // namespace daybook
