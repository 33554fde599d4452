// SPDX-License-Identifier: Apache-2.0
#include "sync-server/paper/layout.hpp"

#include <algorithm>

#include "sync-server/paper/plain_text.hpp"

namespace daybook {
namespace {

constexpr int kInner = kPageWidth - 2 * kMarginSide;
constexpr int kBottom = kPageHeight - kMarginBottom;
constexpr int kPad = 90;  // between a rule and the text beside it
constexpr int kBetweenBoxes = 220;
constexpr int kRowKept = 6'000;   // a row that is no higher is not cut by the end of a page
constexpr int kRowBegun = 1'500;  // and a higher one begins only where so much of it has room
constexpr int kBoxTitleHeight = 590;
constexpr int kSignatureHeight = 3'000;
constexpr int kSignatureWidth = 8'400;
constexpr std::size_t kLinesMax = 5'000;  // of one text: more than all pages hold
constexpr std::size_t kLabelLinesMax = 3;

struct Line {
  PaperStyle style = PaperStyle::kText;
  std::string text;
};

// One cell of a row under way: where it stands, and what is still to be written in it.
struct Slot {
  int x = 0, width = 0;
  PaperAlign align = PaperAlign::kLeft;
  std::vector<Line> lines;
  std::size_t done = 0;

  int height_left() const {
    int height = 0;
    for (std::size_t i = done; i < lines.size(); ++i) height += line_height_of(lines[i].style);
    return height;
  }
};

class Sheet {
 public:
  Sheet(const Paper& paper, TextMeasure& measure) : paper_(paper), measure_(measure) {}
  std::vector<PaperPage> pages();

 private:
  void begin_page();
  void put_heading();
  void put_box(const PaperBox& box, std::size_t number);
  void put_box_title();
  bool make_room(int height);
  void put_cells(const std::vector<PaperCell>& cells);
  void put_table(const PaperTable& table);
  void put_signature(const PaperSignature& signature);
  void put_row(std::vector<Slot> row, const std::vector<Slot>* head = nullptr);
  void put_piece(std::vector<Slot>& row, int room);
  void put_feet();

  std::vector<Line> lines_of(std::string_view text, PaperStyle style, int width,
                             std::size_t most = kLinesMax);
  void write(int x, int y, int width, PaperStyle style, PaperAlign align, std::string text);
  void rule(int x1, int y1, int x2, int y2) { page().rules.push_back({x1, y1, x2, y2}); }
  PaperPage& page() { return pages_.back(); }
  int room() const { return kBottom - y_; }

  const Paper& paper_;
  TextMeasure& measure_;
  std::vector<PaperPage> pages_;
  int y_ = 0;
  int top_ = 0;                // where the content of this page begins
  bool full_ = false;          // no page more
  std::string waiting_title_;  // stands with the first row of its box, never alone at a page's end
};

std::vector<Line> Sheet::lines_of(std::string_view text, PaperStyle style, int width,
                                  std::size_t most) {
  std::vector<Line> lines;
  for (auto& line : measure_.lines(plain_text(text), style, width, most))
    lines.push_back({style, std::move(line)});
  return lines;
}

void Sheet::write(int x, int y, int width, PaperStyle style, PaperAlign align, std::string text) {
  if (!text.empty()) page().texts.push_back({x, y, width, style, align, std::move(text)});
}

void Sheet::begin_page() {
  if (pages_.size() == kPagesMax) {
    full_ = true;
    return;
  }
  pages_.emplace_back();
  y_ = kMarginTop;
  if (pages_.size() == 1) {
    put_heading();
  } else {
    // On the others one small line: loose sheets must find back to each other.
    const auto title = lines_of(paper_.title, PaperStyle::kNotice, kInner / 2, 1);
    const auto number = lines_of(paper_.number, PaperStyle::kNotice, kInner / 2, 1);
    const int height = line_height_of(PaperStyle::kNotice);
    if (!title.empty())
      write(kMarginSide, y_, kInner / 2, PaperStyle::kNotice, PaperAlign::kLeft, title[0].text);
    if (!number.empty())
      write(kMarginSide + kInner / 2, y_, kInner / 2, PaperStyle::kNotice, PaperAlign::kRight,
            number[0].text);
    y_ += height + kPad;
  }
  top_ = y_;
}

void Sheet::put_heading() {
  for (const auto& line : lines_of(paper_.title, PaperStyle::kTitle, kInner, 2)) {
    write(kMarginSide, y_, kInner, line.style, PaperAlign::kCentre, line.text);
    y_ += line_height_of(line.style);
  }
  for (const auto& line : lines_of(paper_.number, PaperStyle::kNotice, kInner, 2)) {
    write(kMarginSide, y_, kInner, line.style, PaperAlign::kRight, line.text);
    y_ += line_height_of(line.style);
  }
  for (const auto& notice : paper_.notices) {
    for (const auto& line : lines_of(notice, PaperStyle::kNotice, kInner, 3)) {
      write(kMarginSide, y_, kInner, line.style, PaperAlign::kLeft, line.text);
      y_ += line_height_of(line.style);
    }
  }
  y_ += kPad;
}

void Sheet::put_box_title() {
  if (waiting_title_.empty() || full_) return;
  page().shades.push_back({kMarginSide, y_, kInner, kBoxTitleHeight});
  rule(kMarginSide, y_, kMarginSide + kInner, y_);
  rule(kMarginSide, y_ + kBoxTitleHeight, kMarginSide + kInner, y_ + kBoxTitleHeight);
  rule(kMarginSide, y_, kMarginSide, y_ + kBoxTitleHeight);
  rule(kMarginSide + kInner, y_, kMarginSide + kInner, y_ + kBoxTitleHeight);
  const auto lines = lines_of(waiting_title_, PaperStyle::kBoxTitle, kInner - 2 * kPad, 1);
  if (!lines.empty())
    write(kMarginSide + kPad, y_ + kPad / 2, kInner - 2 * kPad, PaperStyle::kBoxTitle,
          PaperAlign::kLeft, lines[0].text);
  y_ += kBoxTitleHeight;
  waiting_title_.clear();
}

// Turns the page when what comes next, with the title that waits for it, has no room. True when it
// did.
bool Sheet::make_room(int height) {
  const int needed = height + (waiting_title_.empty() ? 0 : kBoxTitleHeight);
  const bool turns = room() < needed && y_ > top_;
  if (turns) begin_page();
  put_box_title();
  return turns;
}

void Sheet::put_box(const PaperBox& box, std::size_t number) {
  waiting_title_ = std::to_string(number) + "  " + box.title;
  put_cells(box.cells);
  put_table(box.table);
  for (const auto& signature : box.signatures) put_signature(signature);
  make_room(0);  // a box of nothing but a title
  y_ += kBetweenBoxes;
}

// What fits into `room` of each slot, and the rules around it.
void Sheet::put_piece(std::vector<Slot>& row, int room) {
  int height = 0;
  for (auto& slot : row) {
    int y = kPad;
    while (slot.done < slot.lines.size()) {
      auto& line = slot.lines[slot.done];
      const int line_height = line_height_of(line.style);
      if (y + line_height + kPad > room) break;
      write(slot.x + kPad, y_ + y, slot.width - 2 * kPad, line.style,
            line.style == PaperStyle::kLabel ? PaperAlign::kLeft : slot.align,
            std::move(line.text));
      y += line_height;
      ++slot.done;
    }
    height = std::max(height, y + kPad);
  }
  height = std::min(height, room);
  for (const auto& slot : row) rule(slot.x, y_, slot.x, y_ + height);
  const int right = row.back().x + row.back().width;
  rule(right, y_, right, y_ + height);
  rule(row.front().x, y_, right, y_);
  rule(row.front().x, y_ + height, right, y_ + height);
  y_ += height;
}

// A row goes over as many pages as it needs; `head` is repeated on each that it begins.
void Sheet::put_row(std::vector<Slot> row, const std::vector<Slot>* head) {
  while (!full_) {
    int left = 0;
    for (const auto& slot : row) left = std::max(left, slot.height_left());
    const int height = left + 2 * kPad;
    const bool turned = make_room(height <= kRowKept ? height : kRowBegun);
    if (full_) return;
    if (turned && head != nullptr) {
      auto again = *head;
      put_piece(again, room());
    }
    put_piece(row, room());
    const bool whole = std::all_of(row.begin(), row.end(),
                                   [](const Slot& slot) { return slot.done == slot.lines.size(); });
    if (whole) return;
    begin_page();
    if (!full_ && head != nullptr) {
      auto again = *head;
      put_piece(again, room());
    }
  }
}

void Sheet::put_cells(const std::vector<PaperCell>& cells) {
  std::vector<const PaperCell*> waiting;
  int taken = 0;
  const auto put_waiting = [&] {
    std::vector<Slot> row;
    int at = 0;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      const bool last = i + 1 == waiting.size();
      const int span = last ? kPaperColumns - at : waiting[i]->span;
      Slot slot;
      slot.x = kMarginSide + kInner * at / kPaperColumns;
      slot.width = kMarginSide + kInner * (at + span) / kPaperColumns - slot.x;
      slot.lines =
          lines_of(waiting[i]->label, PaperStyle::kLabel, slot.width - 2 * kPad, kLabelLinesMax);
      for (auto& line : lines_of(waiting[i]->text, PaperStyle::kText, slot.width - 2 * kPad))
        slot.lines.push_back(std::move(line));
      at += span;
      row.push_back(std::move(slot));
    }
    put_row(std::move(row));
    waiting.clear();
    taken = 0;
  };
  for (const auto& cell : cells) {
    if (full_) return;
    if (taken + cell.span > kPaperColumns) put_waiting();
    waiting.push_back(&cell);
    taken += cell.span;
    if (taken == kPaperColumns) put_waiting();
  }
  if (!waiting.empty() && !full_) put_waiting();
}

void Sheet::put_table(const PaperTable& table) {
  if (table.columns.empty()) return;
  int weights = 0;
  for (const auto& column : table.columns) weights += column.weight;
  std::vector<Slot> empty;
  int sum = 0;
  for (const auto& column : table.columns) {
    Slot slot;
    slot.x = kMarginSide + kInner * sum / weights;
    sum += column.weight;
    slot.width = kMarginSide + kInner * sum / weights - slot.x;
    slot.align = column.is_number ? PaperAlign::kRight : PaperAlign::kLeft;
    empty.push_back(std::move(slot));
  }
  auto head = empty;
  for (std::size_t i = 0; i < head.size(); ++i)
    head[i].lines = lines_of(table.columns[i].label, PaperStyle::kLabel, head[i].width - 2 * kPad,
                             kLabelLinesMax);
  put_row(head);
  for (const auto& texts : table.rows) {
    if (full_) return;
    auto row = empty;
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i].lines = lines_of(texts[i], PaperStyle::kText, row[i].width - 2 * kPad);
    put_row(std::move(row), &head);
  }
}

// The drawing fitted into a rectangle, as it stood on its pad. Strokes come from a phone and may
// lie anywhere.
std::vector<StrokePath> fitted(const PaperSignature& signature, ShadeMark into) {
  std::int64_t width = std::max<std::int64_t>(signature.width, 1);
  std::int64_t height = std::max<std::int64_t>(signature.height, 1);
  std::int64_t left = 0;
  std::int64_t top = 0;
  for (const auto& stroke : signature.strokes) {
    for (const auto& point : stroke) {
      left = std::min<std::int64_t>(left, point.x);
      top = std::min<std::int64_t>(top, point.y);
      width = std::max<std::int64_t>(width, point.x);
      height = std::max<std::int64_t>(height, point.y);
    }
  }
  width -= left;
  height -= top;
  // The smaller of the two scales: all of it, and as large as there is room.
  const std::int64_t over = width * into.height > height * into.width ? width : height;
  const std::int64_t under = over == width ? into.width : into.height;
  std::vector<StrokePath> paths;
  for (const auto& stroke : signature.strokes) {
    StrokePath path;
    for (const auto& point : stroke) {
      path.points.emplace_back(into.x + static_cast<int>((point.x - left) * under / over),
                               into.y + static_cast<int>((point.y - top) * under / over));
    }
    paths.push_back(std::move(path));
  }
  return paths;
}

void Sheet::put_signature(const PaperSignature& signature) {
  const int beside = kInner - kSignatureWidth;
  std::vector<Line> lines;
  for (const auto& text : signature.lines) {
    for (auto& line : lines_of(text, PaperStyle::kText, beside - 2 * kPad, 12))
      lines.push_back(std::move(line));
  }
  const int text_height = static_cast<int>(lines.size()) * line_height_of(PaperStyle::kText);
  const int height = std::clamp(text_height + 2 * kPad, kSignatureHeight, 3 * kSignatureHeight);
  make_room(height);
  if (full_) return;
  const auto label = lines_of(signature.label, PaperStyle::kLabel, kSignatureWidth - 2 * kPad, 1);
  if (!label.empty())
    write(kMarginSide + kPad, y_ + kPad, kSignatureWidth - 2 * kPad, PaperStyle::kLabel,
          PaperAlign::kLeft, label[0].text);
  const int below_label = kPad + line_height_of(PaperStyle::kLabel);
  const ShadeMark pad{kMarginSide + 2 * kPad, y_ + below_label, kSignatureWidth - 4 * kPad,
                      height - below_label - 2 * kPad};
  for (auto& path : fitted(signature, pad)) page().strokes.push_back(std::move(path));
  int y = y_ + kPad;
  for (auto& line : lines) {
    if (y + line_height_of(line.style) > y_ + height) break;
    write(kMarginSide + kSignatureWidth + kPad, y, beside - 2 * kPad, line.style, PaperAlign::kLeft,
          std::move(line.text));
    y += line_height_of(line.style);
  }
  const int right = kMarginSide + kInner;
  rule(kMarginSide, y_, kMarginSide, y_ + height);
  rule(kMarginSide + kSignatureWidth, y_, kMarginSide + kSignatureWidth, y_ + height);
  rule(right, y_, right, y_ + height);
  rule(kMarginSide, y_ + height, right, y_ + height);
  y_ += height;
}

std::string counted(std::string text, std::size_t page, std::size_t pages) {
  for (const auto& [name, number] : {std::pair{"{n}", page}, std::pair{"{m}", pages}}) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      const auto digits = std::to_string(number);
      text.replace(at, 3, digits);
      at += digits.size();
    }
  }
  return text;
}

void Sheet::put_feet() {
  const int height = line_height_of(PaperStyle::kFoot);
  const int pages_width = kInner / 3;
  const auto foot = lines_of(paper_.foot, PaperStyle::kFoot, kInner - pages_width, 2);
  const auto cut = lines_of(paper_.cut_text, PaperStyle::kNotice, kInner, 1);
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    auto& texts = pages_[i].texts;
    int y = kBottom + 2 * kPad;
    if (full_ && i + 1 == pages_.size() && !cut.empty())
      texts.push_back(
          {kMarginSide, kBottom, kInner, PaperStyle::kNotice, PaperAlign::kRight, cut[0].text});
    y += line_height_of(PaperStyle::kNotice) / 2;
    texts.push_back({kMarginSide + kInner - pages_width, y, pages_width, PaperStyle::kFoot,
                     PaperAlign::kRight, counted(paper_.page_text, i + 1, pages_.size())});
    for (const auto& line : foot) {
      texts.push_back(
          {kMarginSide, y, kInner - pages_width, line.style, PaperAlign::kLeft, line.text});
      y += height;
    }
  }
}

std::vector<PaperPage> Sheet::pages() {
  begin_page();
  for (std::size_t i = 0; i < paper_.boxes.size() && !full_; ++i) put_box(paper_.boxes[i], i + 1);
  put_feet();
  return std::move(pages_);
}

}  // namespace

int font_size_of(PaperStyle style) {
  switch (style) {
    case PaperStyle::kTitle: return 600;
    case PaperStyle::kNotice: return 330;
    case PaperStyle::kBoxTitle: return 350;
    case PaperStyle::kLabel: return 240;
    case PaperStyle::kText: return 330;
    case PaperStyle::kFoot: return 230;
  }
  return 330;
}

int line_height_of(PaperStyle style) {
  switch (style) {
    case PaperStyle::kTitle: return 860;
    case PaperStyle::kNotice: return 480;
    case PaperStyle::kBoxTitle: return 500;
    case PaperStyle::kLabel: return 350;
    case PaperStyle::kText: return 480;
    case PaperStyle::kFoot: return 330;
  }
  return 480;
}

std::vector<PaperPage> lay_out(const Paper& paper, TextMeasure& measure) {
  return Sheet(paper, measure).pages();
}

}  // namespace daybook
