// SPDX-License-Identifier: Apache-2.0
// Pages: everything stands within them, nothing over something else, and what is long goes on.
#include "sync-server/paper/layout.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

// Every byte is as wide as half of the letter's height; lines break anywhere.
class SquareMeasure final : public TextMeasure {
 public:
  std::vector<std::string> lines(std::string_view text, PaperStyle style, int width,
                                 std::size_t lines_max) override {
    std::vector<std::string> out;
    const auto fits = static_cast<std::size_t>(std::max(1, width / (font_size_of(style) / 2)));
    while (!text.empty() && out.size() < lines_max) {
      const auto end = std::min({text.size(), fits, text.find('\n')});
      out.emplace_back(text.substr(0, end));
      text.remove_prefix(end);
      if (!text.empty() && text.front() == '\n') text.remove_prefix(1);
    }
    return out;
  }
};

Paper small_paper() {
  Paper paper;
  paper.title = "Service form";
  paper.number = "No. 7";
  paper.foot = "hash";
  paper.page_text = "Page {n} of {m}";
  paper.cut_text = "The rest is missing.";
  paper.boxes.push_back({"Customer", {{"Name", "Peace Hotel", 2}, {"Phone", "123", 1}}, {}, {}});
  return paper;
}

std::vector<PaperPage> pages_of(const Paper& paper) {
  SquareMeasure measure;
  return lay_out(paper, measure);
}

std::string text_of(const std::vector<PaperPage>& pages) {
  std::string all;
  for (const auto& page : pages) {
    for (const auto& mark : page.texts) all += mark.text + "\n";
  }
  return all;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

void check_bounds(const std::vector<PaperPage>& pages) {
  for (const auto& page : pages) {
    for (const auto& mark : page.texts) {
      CHECK(mark.x >= kMarginSide);
      CHECK(mark.x + mark.width <= kPageWidth - kMarginSide);
      CHECK(mark.y >= 0);
      CHECK(mark.y + line_height_of(mark.style) <= kPageHeight);
    }
    for (const auto& rule : page.rules) {
      CHECK(rule.y2 <= kPageHeight - kMarginBottom);
      CHECK(rule.x2 <= kPageWidth - kMarginSide);
    }
  }
}

}  // namespace

TEST_CASE("layout: a row's last cell takes what is left of the row") {
  const auto pages = pages_of(small_paper());
  REQUIRE(pages.size() == 1);
  const auto& texts = pages[0].texts;
  const auto phone = std::find_if(texts.begin(), texts.end(),
                                  [](const TextMark& mark) { return mark.text == "123"; });
  REQUIRE(phone != texts.end());
  CHECK(phone->x > kPageWidth / 2);
  CHECK(phone->x + phone->width > kPageWidth - kMarginSide - 200);
  CHECK(count_of(text_of(pages), "Page 1 of 1") == 1);
  check_bounds(pages);
}

TEST_CASE("layout: a long text goes on over pages, each with title, number and its own place") {
  auto paper = small_paper();
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += "word" + std::to_string(10'000 + i) + " ";
  paper.boxes.push_back({"Cause", {{"True cause", text, 4}}, {}, {}});
  const auto pages = pages_of(paper);
  REQUIRE(pages.size() > 2);
  check_bounds(pages);
  std::string whole;
  for (const auto& page : pages) {
    for (const auto& mark : page.texts) whole += mark.style == PaperStyle::kText ? mark.text : "";
  }
  // No word is lost where a page ends.
  for (int i = 0; i < 2'000; ++i)
    CHECK(whole.find(std::to_string(10'000 + i)) != std::string::npos);
  CHECK(count_of(text_of(pages), "No. 7") == pages.size());
  const auto last = std::to_string(pages.size());
  CHECK(count_of(text_of(pages), "Page " + last + " of " + last) == 1);
}

TEST_CASE("layout: a table's head is repeated on every page it goes over") {
  auto paper = small_paper();
  PaperBox box;
  box.title = "Parts";
  box.table.columns = {{"No.", 1, true}, {"Serial number of the part", 5, false}};
  for (int i = 0; i < 200; ++i)
    box.table.rows.push_back({std::to_string(i), "S" + std::to_string(i)});
  paper.boxes.push_back(box);
  const auto pages = pages_of(paper);
  REQUIRE(pages.size() >= 4);
  CHECK(count_of(text_of(pages), "Serial number of the part") == pages.size());
  CHECK(count_of(text_of(pages), "S199") == 1);
  check_bounds(pages);
}

TEST_CASE("layout: a signature is never cut by the end of a page and stays in its box") {
  auto paper = small_paper();
  std::string lines;
  for (int i = 0; i < 44; ++i) lines += "line\n";
  paper.boxes.push_back({"Work", {{"Work", lines + "end", 4}}, {}, {}});
  PaperSignature signature;
  signature.label = "Signature";
  signature.lines = {"Signer: Li"};
  // Far outside of its pad, as a broken phone may say.
  signature.strokes = {{{-100'000, 50, 0, 0}, {2'000'000'000, 900'000, 10, 0}}, {{5, 5, 20, 0}}};
  signature.width = 5'000;
  signature.height = 2'000;
  paper.boxes.push_back({"Signed", {}, {}, {signature}});
  const auto pages = pages_of(paper);
  REQUIRE(pages.size() == 2);
  CHECK(pages[0].strokes.empty());
  REQUIRE(pages[1].strokes.size() == 2);
  for (const auto& path : pages[1].strokes) {
    for (const auto& [x, y] : path.points) {
      CHECK(x >= kMarginSide);
      CHECK(x <= kPageWidth / 2);
      CHECK(y > 0);
      CHECK(y < 8'000);
    }
  }
  check_bounds(pages);
}

TEST_CASE("layout: what would need more pages than there may be ends with a sentence") {
  auto paper = small_paper();
  for (int i = 0; i < 20; ++i)
    paper.boxes.push_back({"Notes", {{"Notes", std::string(20'000, 'x'), 4}}, {}, {}});
  PaperBox table{"Rows", {}, {}, {}};
  table.table.columns = {{"Text", 1, false}};
  for (int i = 0; i < 5'000; ++i) table.table.rows.push_back({"row"});
  paper.boxes.push_back(table);
  const auto pages = pages_of(paper);
  CHECK(pages.size() == kPagesMax);
  CHECK(count_of(text_of(pages), "The rest is missing.") == 1);
  check_bounds(pages);
}
