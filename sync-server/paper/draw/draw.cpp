// SPDX-License-Identifier: Apache-2.0
#include "sync-server/paper/draw/draw.hpp"

#include <cairo-pdf.h>

#include <chrono>
#include <memory>

#include "sync-server/paper/draw/pango_measure.hpp"
#include "sync-server/paper/plain_text.hpp"

namespace daybook {
namespace {

constexpr int kRule = 18;  // 1/100 mm
constexpr int kPen = 45;

struct Drop {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};
using Surface = std::unique_ptr<cairo_surface_t, Drop>;
using Cairo = std::unique_ptr<cairo_t, Drop>;

cairo_status_t take(void* into, const unsigned char* bytes, unsigned int size) {
  auto& out = *static_cast<Bytes*>(into);
  if (out.size() + size > kPdfMax) return CAIRO_STATUS_WRITE_ERROR;
  out.insert(out.end(), bytes, bytes + size);
  return CAIRO_STATUS_SUCCESS;
}

std::string two(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

// "2026-09-21T08:30:00Z", as cairo wants its dates; the epoch for what is no date.
std::string date_text(std::int64_t ms) {
  if (ms < 0 || ms > 253'000'000'000'000) ms = 0;
  const std::chrono::sys_time<std::chrono::milliseconds> at{std::chrono::milliseconds(ms)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto second = std::chrono::floor<std::chrono::seconds>(at - day).count();
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day())) +
         "T" + two(static_cast<unsigned>(second / 3600)) + ":" +
         two(static_cast<unsigned>(second / 60 % 60)) + ":" +
         two(static_cast<unsigned>(second % 60)) + "Z";
}

void draw_page(cairo_t* cairo, PangoMeasure& pen, const PaperPage& page) {
  cairo_set_source_rgb(cairo, 0.91, 0.91, 0.91);
  for (const auto& shade : page.shades) {
    cairo_rectangle(cairo, shade.x, shade.y, shade.width, shade.height);
    cairo_fill(cairo);
  }
  cairo_set_source_rgb(cairo, 0.45, 0.45, 0.45);
  cairo_set_line_width(cairo, kRule);
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_SQUARE);
  for (const auto& rule : page.rules) {
    cairo_move_to(cairo, rule.x1, rule.y1);
    cairo_line_to(cairo, rule.x2, rule.y2);
  }
  cairo_stroke(cairo);
  cairo_set_source_rgb(cairo, 0.05, 0.1, 0.4);
  cairo_set_line_width(cairo, kPen);
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
  for (const auto& path : page.strokes) {
    if (path.points.empty()) continue;
    cairo_move_to(cairo, path.points.front().first, path.points.front().second);
    for (const auto& [x, y] : path.points) cairo_line_to(cairo, x, y);
    cairo_stroke(cairo);
  }
  for (const auto& text : page.texts) {
    const bool quiet = text.style == PaperStyle::kLabel || text.style == PaperStyle::kFoot;
    quiet ? cairo_set_source_rgb(cairo, 0.35, 0.35, 0.35) : cairo_set_source_rgb(cairo, 0, 0, 0);
    pen.draw(text);
  }
}

}  // namespace

Result<Bytes> draw_pdf(const PrintJob& job) {
  Bytes out;
  // In points; everything else is in 1/100 mm.
  const Surface surface(cairo_pdf_surface_create_for_stream(take, &out, kPageWidth * 72 / 2540.0,
                                                            kPageHeight * 72 / 2540.0));
  const auto dated = date_text(job.dated_ms);
  const auto title = plain_text(job.title, 200);
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, "Daybook");
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, dated.c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_MOD_DATE, dated.c_str());
  {
    const Cairo cairo(cairo_create(surface.get()));
    cairo_scale(cairo.get(), 72 / 2540.0, 72 / 2540.0);
    PangoMeasure measure(cairo.get());
    if (!measure.can_write("售后服务处理单"))
      return failure(Errc::kNotSupported, "fonts",
                     "no font for Chinese is installed (Debian: fonts-wqy-microhei)");
    for (const auto& paper : job.papers) {
      for (const auto& page : lay_out(paper, measure)) {
        draw_page(cairo.get(), measure, page);
        cairo_show_page(cairo.get());
      }
    }
  }
  cairo_surface_finish(surface.get());
  const auto status = cairo_surface_status(surface.get());
  if (status == CAIRO_STATUS_WRITE_ERROR) return failure(Errc::kTooLarge, "pdf");
  if (status != CAIRO_STATUS_SUCCESS)
    return failure(Errc::kInternal, "cairo", cairo_status_to_string(status));
  return out;
}

}  // namespace daybook
