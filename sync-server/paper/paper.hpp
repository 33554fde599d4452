// SPDX-License-Identifier: Apache-2.0
// A sheet for people as a plain value: titled boxes of labelled cells, tables and signatures, in
// the words in which it will be read. What a document says is decided by who makes the value
// (visit_paper.cpp, record_paper.cpp), where it stands on which page by layout.hpp, and how it
// looks by draw/. Values; no thread rule.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/strokes.hpp"

namespace daybook {

// A box's cells flow over four columns of equal width; the last of a row takes what is left of it.
inline constexpr std::uint8_t kPaperColumns = 4;

struct PaperCell {
  std::string label;
  std::string text;
  std::uint8_t span = 1;  // columns, 1 to kPaperColumns
};

struct PaperColumn {
  std::string label;
  std::uint8_t weight = 1;  // its share of the width
  bool is_number = false;   // stands at the right
};

// Each row has as many texts as there are columns.
struct PaperTable {
  std::vector<PaperColumn> columns;
  std::vector<std::vector<std::string>> rows;
};

struct PaperSignature {
  Strokes strokes;                     // empty: room for a pen
  std::int64_t width = 0, height = 0;  // of the pad, 1/100 mm; 0 = guessed from the strokes
  std::string label;                   // whose it is
  std::vector<std::string> lines;      // beside the drawing: name, time, what was agreed to
};

struct PaperBox {
  std::string title;  // its number is printed in front
  std::vector<PaperCell> cells;
  PaperTable table;                        // drawn when it has columns
  std::vector<PaperSignature> signatures;  // never cut by the end of a page
};

struct Paper {
  std::string title;
  std::string number;                // beside the title, on every page
  std::vector<std::string> notices;  // under the title: what a reader must not miss
  std::vector<PaperBox> boxes;
  std::string foot;       // on every page
  std::string page_text;  // "Page {n} of {m}"
  std::string cut_text;   // said where the rest of a paper that is too long is left out
};

// What goes to the printer together, as one file. Each paper counts its own pages.
struct PrintJob {
  std::string title;
  std::int64_t dated_ms = 0;  // the file's date: the same book gives the same bytes
  std::vector<Paper> papers;
};

inline constexpr std::size_t kPrintJobMax = 4 << 20;    // bytes
inline constexpr std::size_t kPaperTextMax = 64 << 10;  // bytes of one text

// The job as bytes and back, for the process that draws (draw/). kTooLarge, kInvalid.
Result<Bytes> encode_print_job(const PrintJob& job);
Result<PrintJob> decode_print_job(BytesView bytes);

}  // namespace daybook
