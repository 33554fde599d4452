// SPDX-License-Identifier: Apache-2.0
// What stands around every page, and the small pages that show no record.
#include "sync-server/views/pages.hpp"
#include "sync-server/views/value_text.hpp"

namespace daybook {
namespace {

void begin_document(HtmlWriter& page, std::string_view title) {
  page.markup(
      "<!doctype html>\n<html lang=\"zh\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
      "name=\"robots\" content=\"noindex\">\n");
  page.markup("<title>").text(title).markup(
      " · Daybook</title>\n<link rel=\"stylesheet\" href=\"/daybook.css\">\n");
}

}  // namespace

std::string framed(std::string_view title, const HtmlWriter& content, const PageSetting& setting) {
  HtmlWriter page;
  begin_document(page, title);
  page.markup("</head>\n<body>\n<a class=\"skip\" href=\"#main\">")
      .words("跳到正文", "Skip to content")
      .markup("</a>\n");
  page.markup(
      "<header><p class=\"brand\"><a href=\"/visits\">Daybook</a></p><nav aria-label=\"页面 "
      "Pages\"><a href=\"/visits\">");
  page.words("服务单", "Visits")
      .markup("</a></nav></header>\n<main id=\"main\">\n")
      .part(content)
      .markup("</main>\n<footer><p>");
  page.words("只读页面", "Read-only page").markup(" · ").words("生成于", "made").markup(" <time>");
  page.text(time_text(setting.now_ms, setting.utc_offset_min)).markup("</time>");
  if (!setting.viewer.empty())
    page.markup(" · ").words("查看人", "viewed by").markup(" ").text(setting.viewer);
  page.markup("</p></footer>\n</body>\n</html>\n");
  return page.take();
}

std::string opened_page() {
  HtmlWriter page;
  begin_document(page, "已打开 Opened");
  page.markup(
      "<meta http-equiv=\"refresh\" content=\"0; url=/visits\">\n</head>\n<body>\n<main "
      "id=\"main\"><h1>");
  page.words("已打开", "Opened")
      .markup("</h1>\n<p><a href=\"/visits\">")
      .words("查看服务单", "Go to the visits");
  page.markup("</a></p></main>\n</body>\n</html>\n");
  return page.take();
}

std::string notice_page(const PageNotice& notice) {
  HtmlWriter page;
  begin_document(page, notice.title_en);
  page.markup("</head>\n<body>\n<main id=\"main\"><h1>")
      .words(notice.title_zh, notice.title_en)
      .markup("</h1>\n<p>");
  page.words(notice.text_zh, notice.text_en).markup("</p>");
  if (!notice.link.empty()) {
    page.markup("\n<p><a href=\"").text(notice.link).markup("\">");
    page.words(notice.link_zh, notice.link_en).markup("</a></p>");
  }
  page.markup("</main>\n</body>\n</html>\n");
  return page.take();
}

}  // namespace daybook
