// SPDX-License-Identifier: Apache-2.0
// A print job as bytes: canonical CBOR with a format number in front; every count and length is
// bounded before anything is allocated. See paper.hpp for who calls it.
#include <string_view>

#include "core/base/utf8_cut.hpp"
#include "core/model/cbor.hpp"
#include "sync-server/paper/paper.hpp"

namespace daybook {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kPapersMax = 50;
constexpr std::size_t kBoxesMax = 200;
constexpr std::size_t kCellsMax = 500;
constexpr std::size_t kColumnsMax = 16;
constexpr std::size_t kRowsMax = 5'000;
constexpr std::size_t kSignaturesMax = 50;
constexpr std::size_t kLinesMax = 50;
constexpr std::size_t kStrokesBytesMax = 1 << 20;

// --- out ---

void put(CborWriter& out, const std::string& text) {
  out.text(beginning_of(text, kPaperTextMax - 3));
}

void put(CborWriter& out, const std::vector<std::string>& texts) {
  out.array(texts.size());
  for (const auto& text : texts) put(out, text);
}

void put(CborWriter& out, const PaperTable& table) {
  out.array(2).array(table.columns.size());
  for (const auto& column : table.columns) {
    out.array(3);
    put(out, column.label);
    out.unsigned_integer(column.weight).boolean(column.is_number);
  }
  out.array(table.rows.size());
  for (const auto& row : table.rows) put(out, row);
}

Result<void> put(CborWriter& out, const PaperSignature& signature) {
  out.array(5);
  if (signature.strokes.empty()) {
    out.bytes({});
  } else {
    DAYBOOK_ASSIGN(const auto strokes, encode_strokes(signature.strokes));
    out.bytes(strokes);
  }
  out.integer(signature.width).integer(signature.height);
  put(out, signature.label);
  put(out, signature.lines);
  return {};
}

Result<void> put(CborWriter& out, const PaperBox& box) {
  out.array(4);
  put(out, box.title);
  out.array(box.cells.size());
  for (const auto& cell : box.cells) {
    out.array(3);
    put(out, cell.label);
    put(out, cell.text);
    out.unsigned_integer(cell.span);
  }
  put(out, box.table);
  out.array(box.signatures.size());
  for (const auto& signature : box.signatures) DAYBOOK_TRY(put(out, signature));
  return {};
}

Result<void> put(CborWriter& out, const Paper& paper) {
  out.array(7);
  put(out, paper.title);
  put(out, paper.number);
  put(out, paper.notices);
  out.array(paper.boxes.size());
  for (const auto& box : paper.boxes) DAYBOOK_TRY(put(out, box));
  put(out, paper.foot);
  put(out, paper.page_text);
  put(out, paper.cut_text);
  return {};
}

// --- in ---

std::string text_in(CborReader& in, std::string_view what) {
  return std::string(in.text(what, kPaperTextMax));
}

std::vector<std::string> texts_in(CborReader& in, std::string_view what, std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) texts.push_back(text_in(in, what));
  return texts;
}

std::uint8_t small_in(CborReader& in, std::string_view what, std::uint64_t max) {
  const auto number = in.unsigned_integer(what, max);
  if (number == 0 && !in.failed()) in.fail(Errc::kInvalid, what, "0");
  return static_cast<std::uint8_t>(number);
}

PaperTable table_in(CborReader& in) {
  PaperTable table;
  in.array_of("table", 2);
  const auto columns = in.array("columns", kColumnsMax);
  for (std::size_t i = 0; i < columns && !in.failed(); ++i) {
    in.array_of("column", 3);
    PaperColumn column;
    column.label = text_in(in, "column.label");
    column.weight = small_in(in, "column.weight", 100);
    column.is_number = in.boolean("column.is_number");
    table.columns.push_back(std::move(column));
  }
  const auto rows = in.array("rows", kRowsMax);
  for (std::size_t i = 0; i < rows && !in.failed(); ++i) {
    in.array_of("row", columns);
    table.rows.push_back(texts_in(in, "row", columns));
  }
  return table;
}

PaperSignature signature_in(CborReader& in) {
  PaperSignature signature;
  in.array_of("signature", 5);
  const auto bytes = in.bytes("strokes", kStrokesBytesMax);
  if (!bytes.empty()) {
    auto strokes = decode_strokes(bytes);
    if (strokes.ok()) {
      signature.strokes = *std::move(strokes);
    } else {
      in.fail(strokes.error().code, "strokes", strokes.error().detail);
    }
  }
  signature.width = in.integer("width");
  signature.height = in.integer("height");
  signature.label = text_in(in, "signature.label");
  signature.lines = texts_in(in, "lines", in.array("lines", kLinesMax));
  return signature;
}

PaperBox box_in(CborReader& in) {
  PaperBox box;
  in.array_of("box", 4);
  box.title = text_in(in, "box.title");
  const auto cells = in.array("cells", kCellsMax);
  for (std::size_t i = 0; i < cells && !in.failed(); ++i) {
    in.array_of("cell", 3);
    PaperCell cell;
    cell.label = text_in(in, "cell.label");
    cell.text = text_in(in, "cell.text");
    cell.span = small_in(in, "cell.span", kPaperColumns);
    box.cells.push_back(std::move(cell));
  }
  box.table = table_in(in);
  const auto signatures = in.array("signatures", kSignaturesMax);
  for (std::size_t i = 0; i < signatures && !in.failed(); ++i)
    box.signatures.push_back(signature_in(in));
  return box;
}

Paper paper_in(CborReader& in) {
  Paper paper;
  in.array_of("paper", 7);
  paper.title = text_in(in, "title");
  paper.number = text_in(in, "number");
  paper.notices = texts_in(in, "notices", in.array("notices", kLinesMax));
  const auto boxes = in.array("boxes", kBoxesMax);
  for (std::size_t i = 0; i < boxes && !in.failed(); ++i) paper.boxes.push_back(box_in(in));
  paper.foot = text_in(in, "foot");
  paper.page_text = text_in(in, "page_text");
  paper.cut_text = text_in(in, "cut_text");
  return paper;
}

}  // namespace

Result<Bytes> encode_print_job(const PrintJob& job) {
  CborWriter out;
  out.array(4).integer(kFormat);
  put(out, job.title);
  out.integer(job.dated_ms).array(job.papers.size());
  for (const auto& paper : job.papers) {
    DAYBOOK_TRY(put(out, paper));
    if (out.size() > kPrintJobMax)
      return failure(Errc::kTooLarge, "paper",
                     "at most " + std::to_string(kPrintJobMax) + " bytes");
  }
  return out.take();
}

Result<PrintJob> decode_print_job(BytesView bytes) {
  if (bytes.size() > kPrintJobMax) return failure(Errc::kTooLarge, "job");
  CborReader in(bytes);
  PrintJob job;
  in.array_of("job", 4);
  if (in.integer("format") != kFormat) in.fail(Errc::kNotSupported, "format", "another version");
  job.title = text_in(in, "job.title");
  job.dated_ms = in.integer("dated_ms");
  const auto papers = in.array("papers", kPapersMax);
  for (std::size_t i = 0; i < papers && !in.failed(); ++i) job.papers.push_back(paper_in(in));
  DAYBOOK_TRY(in.finish("job"));
  return job;
}

}  // namespace daybook
