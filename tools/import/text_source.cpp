// SPDX-License-Identifier: Apache-2.0
#include "tools/import/text_source.hpp"

#include <iconv.h>

#include <cerrno>

#include "core/base/bytes.hpp"
#include "core/model/cbor.hpp"

namespace daybook::sheet {
namespace {

constexpr std::size_t kPiece = 256 << 10;

// How much of `text` ends with a whole character, if it is UTF-8 at all.
std::size_t whole_part(const std::string& text) {
  std::size_t end = text.size();
  for (std::size_t back = 1; back <= 3 && back <= end; ++back) {
    const auto byte = static_cast<unsigned char>(text[end - back]);
    if ((byte & 0xc0) == 0x80) continue;
    const std::size_t needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? end - back : end;
  }
  return end;
}

std::string read_piece(std::ifstream& file) {
  std::string piece(kPiece, '\0');
  file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
  piece.resize(static_cast<std::size_t>(file.gcount()));
  return piece;
}

bool is_whole_utf8(std::ifstream& file) {
  std::string kept;
  for (;;) {
    const auto piece = read_piece(file);
    if (piece.empty()) return kept.empty();
    kept += piece;
    const auto whole = whole_part(kept);
    if (!is_utf8(view_of(std::string_view(kept).substr(0, whole)))) return false;
    kept.erase(0, whole);
  }
}

}  // namespace

TextSource::~TextSource() {
  if (converter_ != nullptr) ::iconv_close(static_cast<iconv_t>(converter_));
}

Result<std::unique_ptr<TextSource>> TextSource::open(const std::string& path) {
  std::unique_ptr<TextSource> source(new TextSource);
  source->file_.open(path, std::ios::binary);
  if (!source->file_) return failure(Errc::kNotFound, "file", path);
  const auto mark = read_piece(source->file_).substr(0, 3);
  if (mark.substr(0, 2) == "\xff\xfe" || mark.substr(0, 2) == "\xfe\xff")
    return failure(Errc::kNotSupported, "file", "UTF-16; save it as CSV UTF-8");
  source->file_.clear();
  source->file_.seekg(0, std::ios::end);
  source->size_ = static_cast<std::uint64_t>(source->file_.tellg());
  source->file_.seekg(0);
  if (!is_whole_utf8(source->file_)) {
    source->encoding_ = Encoding::kGb18030;
    const iconv_t made = ::iconv_open("UTF-8", "GB18030");
    if (made == reinterpret_cast<iconv_t>(-1))  // NOLINT: what iconv says
      return failure(Errc::kNotSupported, "file", "this system cannot read GB18030");
    source->converter_ = made;
  }
  source->file_.clear();
  source->file_.seekg(mark == "\xef\xbb\xbf" ? 3 : 0);
  return source;
}

Result<std::string> TextSource::next() {
  auto piece = read_piece(file_);
  done_ += piece.size();
  if (encoding_ == Encoding::kUtf8) return piece;
  const bool last = piece.empty();
  piece.insert(0, kept_);
  kept_.clear();
  std::string out(piece.size() * 3 + 16, '\0');
  char* from = piece.data();
  char* to = out.data();
  std::size_t from_left = piece.size();
  std::size_t to_left = out.size();
  const auto converted =
      ::iconv(static_cast<iconv_t>(converter_), &from, &from_left, &to, &to_left);
  const bool cut = converted == static_cast<std::size_t>(-1) && errno == EINVAL && !last;
  if (converted == static_cast<std::size_t>(-1) && !cut)
    return failure(Errc::kInvalid, "file",
                   "neither UTF-8 nor GB18030 at byte " + std::to_string(done_ - from_left));
  kept_.assign(from, from_left);
  out.resize(out.size() - to_left);
  // A piece of nothing but the beginning of a character is not the end.
  if (out.empty() && !last) return next();
  return out;
}

}  // namespace daybook::sheet
