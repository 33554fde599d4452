// SPDX-License-Identifier: Apache-2.0
#include "sync-server/attachments/content_look.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace daybook {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kUnknown = "application/octet-stream";
constexpr std::string_view kHtml = "text/html";
constexpr std::string_view kSvg = "image/svg+xml";
constexpr std::string_view kXml = "text/xml";
constexpr std::string_view kProgram = "application/x-executable";

// --- reading without ever leaving the bytes ---

class Head {
 public:
  explicit Head(BytesView bytes) : bytes_(bytes) {}

  std::size_t size() const { return bytes_.size(); }
  std::optional<std::uint32_t> big(std::size_t at, std::size_t count) const {
    return number(at, count, true);
  }
  std::optional<std::uint32_t> little(std::size_t at, std::size_t count) const {
    return number(at, count, false);
  }
  bool has(std::size_t at, std::string_view mark) const {
    return at <= size() && size() - at >= mark.size() &&
           text_of(bytes_.subspan(at, mark.size())) == mark;
  }
  Head part(std::size_t at, std::size_t count) const {
    const std::size_t from = std::min(at, size());
    return Head(bytes_.subspan(from, std::min(count, size() - from)));
  }
  std::string_view text() const { return text_of(bytes_); }

 private:
  std::optional<std::uint32_t> number(std::size_t at, std::size_t count, bool is_big) const {
    if (at > size() || size() - at < count) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value = (value << 8) | bytes_[at + (is_big ? i : count - 1 - i)];
    return value;
  }

  BytesView bytes_;
};

// --- dimensions ---

void note_size(ContentLook& look, std::optional<std::uint32_t> width,
               std::optional<std::uint32_t> height) {
  if (!width || !height || *width == 0 || *height == 0) return;
  look.width = *width;
  look.height = *height;
}

void measure_png(const Head& head, ContentLook& look) {
  if (head.big(8, 4) == 13U && head.has(12, "IHDR"))
    note_size(look, head.big(16, 4), head.big(20, 4));
}

bool begins_frame(std::uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// Segment by segment to the first that begins a frame, progressive or not. A preview lies inside a
// segment and is stepped over with it.
void measure_jpeg(const Head& head, ContentLook& look) {
  for (std::size_t at = 2; head.big(at, 1) == 0xFFU;) {
    while (head.big(at, 1) == 0xFFU) ++at;
    const auto marker = head.big(at++, 1);
    if (!marker || *marker == 0xD9 || *marker == 0xDA) return;  // the end, or data before a frame
    if (*marker == 0x01 || (*marker >= 0xD0 && *marker <= 0xD7)) continue;  // stand alone
    const auto length = head.big(at, 2);
    if (!length || *length < 2) return;
    if (begins_frame(*marker)) {
      if (*length >= 8) note_size(look, head.big(at + 5, 2), head.big(at + 3, 2));
      return;
    }
    at += *length;
  }
}

void measure_webp(const Head& head, ContentLook& look) {
  const auto plus_one = [](std::optional<std::uint32_t> value) {
    return value ? std::optional(*value + 1) : value;
  };
  if (head.has(12, "VP8 ")) {
    const auto width = head.little(26, 2), height = head.little(28, 2);
    const bool is_key_frame = head.little(20, 1).value_or(1) % 2 == 0;
    if (is_key_frame && head.has(23, "\x9d\x01\x2a") && width && height)
      note_size(look, *width & 0x3FFF, *height & 0x3FFF);
  } else if (head.has(12, "VP8L") && head.has(20, "\x2f")) {
    if (const auto bits = head.little(21, 4))
      note_size(look, (*bits & 0x3FFF) + 1, ((*bits >> 14) & 0x3FFF) + 1);
  } else if (head.has(12, "VP8X")) {
    note_size(look, plus_one(head.little(24, 3)), plus_one(head.little(27, 3)));
  }
}

// Boxes of ISO media files: the first of a name, from `at` on.
struct Box {
  std::size_t body = 0, end = 0;
};
std::optional<Box> box_at(const Head& head, std::size_t at) {
  const auto size = head.big(at, 4);
  if (!size) return std::nullopt;
  if (*size == 0) return Box{at + 8, head.size()};  // to the end
  // One of 64 bits is a film's data: nothing that we look for lies in or behind it.
  if (*size < 8) return std::nullopt;
  return Box{at + 8, at + *size};
}
std::optional<Head> find_box(const Head& head, std::string_view name, std::size_t skipped = 0) {
  for (auto box = box_at(head, 0); box; box = box_at(head, box->end)) {
    if (head.has(box->body - 4, name))
      return head.part(box->body + skipped, box->end - std::min(box->end, box->body + skipped));
  }
  return std::nullopt;
}

// A picture of tiles says the size of a tile as well as of the whole: the largest counts.
void measure_heif(const Head& head, ContentLook& look) {
  const auto meta = find_box(head, "meta", 4);
  const auto properties = meta ? find_box(*meta, "iprp") : std::nullopt;
  const auto list = properties ? find_box(*properties, "ipco") : std::nullopt;
  if (!list) return;
  for (auto box = box_at(*list, 0); box; box = box_at(*list, box->end)) {
    if (!list->has(box->body - 4, "ispe")) continue;
    ContentLook one;
    note_size(one, list->big(box->body + 4, 4), list->big(box->body + 8, 4));
    const auto area = [](const ContentLook& l) { return std::uint64_t{l.width} * l.height; };
    if (area(one) > area(look)) note_size(look, one.width, one.height);
  }
}

// --- kinds ---

struct Mark {
  std::size_t at;
  std::string_view bytes;
  std::string_view kind;
};
constexpr Mark kMarks[] = {
    {0, "\x89PNG\r\n\x1a\n", "image/png"},
    {0, "\xFF\xD8\xFF", "image/jpeg"},
    {0, "GIF87a", "image/gif"},
    {0, "GIF89a", "image/gif"},
    {0, "II*\0"sv, "image/tiff"},
    {0, "MM\0*"sv, "image/tiff"},
    {0, "%PDF-", "application/pdf"},
    {0, "ID3", "audio/mpeg"},
    {0, "OggS", "application/ogg"},
    {0, "\x1A\x45\xDF\xA3", "video/x-matroska"},
    {0, "PK\x03\x04", "application/zip"},
    {0, "PK\x05\x06", "application/zip"},
    {0, "PK\x07\x08", "application/zip"},
    {0, "\x1F\x8B\x08", "application/gzip"},
    {0, "7z\xBC\xAF\x27\x1C", "application/x-7z-compressed"},
    {0, "Rar!\x1A\x07", "application/vnd.rar"},
    {0,
     "\xFD"
     "7zXZ\0"sv,
     "application/x-xz"},
    {0, "\x28\xB5\x2F\xFD", "application/zstd"},
    {257, "ustar", "application/x-tar"},
    {0,
     "\x7F"
     "ELF",
     kProgram},
    {0, "\xFE\xED\xFA\xCE", kProgram},
    {0, "\xFE\xED\xFA\xCF", kProgram},
    {0, "\xCE\xFA\xED\xFE", kProgram},
    {0, "\xCF\xFA\xED\xFE", kProgram},
    {0, "\xCA\xFE\xBA\xBE", kProgram},  // for several machines, or Java's
    {0, "dex\n", kProgram},
    {0, "#!/", kProgram},
    {0, "#! /", kProgram},
};

std::string_view kind_of_box_file(const Head& head) {
  constexpr std::pair<std::string_view, std::string_view> brands[] = {
      {"heic", "image/heic"}, {"heix", "image/heic"}, {"heim", "image/heic"},
      {"heis", "image/heic"}, {"avif", "image/avif"}, {"avis", "image/avif"},
      {"mif1", "image/heif"}, {"msf1", "image/heif"}, {"qt  ", "video/quicktime"},
      {"M4A ", "audio/mp4"}};
  for (const auto& [brand, kind] : brands) {
    if (head.has(8, brand)) return kind;
  }
  return "video/mp4";
}

// Two letters are too few to go by: where they point to, a second mark stands.
bool is_windows_program(const Head& head) {
  if (!head.has(0, "MZ")) return false;
  const auto at = head.little(0x3C, 4);
  return at && (head.has(*at, "PE\0\0"sv) || *at >= head.size());
}

// Text that a browser would take for a page or a drawing; whatever its letters' size, and with the
// zeroes of 16-bit letters left out.
std::string_view kind_of_text(const Head& head) {
  std::string text;
  for (const char letter : head.part(0, kKindBytes).text()) {
    if (letter != '\0') text += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  for (const std::string_view order : {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"}) {
    if (text.starts_with(order)) text.erase(0, order.size());
  }
  text.erase(0, text.find_first_not_of(" \t\r\n\f"));
  if (text.starts_with("<svg")) return kSvg;
  for (const std::string_view tag :
       {"<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<title", "<style",
        "<table", "<div", "<h1", "<font", "<br", "<p>", "<a "}) {
    if (text.starts_with(tag)) return kHtml;
  }
  if (!text.starts_with("<?xml") && !text.starts_with("<!--") && !text.starts_with("<!doctype"))
    return kUnknown;
  if (text.find("<svg") != std::string::npos || text.find("<!doctype svg") != std::string::npos)
    return kSvg;
  return text.starts_with("<!--") || text.find("<html") != std::string::npos ? kHtml : kXml;
}

std::string_view kind_of(const Head& head) {
  if (head.has(4, "ftyp")) return kind_of_box_file(head);
  if (head.has(0, "RIFF") && head.has(8, "WEBP")) return "image/webp";
  if (head.has(0, "RIFF") && head.has(8, "WAVE")) return "audio/wav";
  if (is_windows_program(head)) return kProgram;
  for (const auto& mark : kMarks) {
    if (head.has(mark.at, mark.bytes)) return mark.kind;
  }
  return kind_of_text(head);
}

}  // namespace

ContentLook look_at_content(BytesView bytes) {
  const Head head(bytes.first(std::min(bytes.size(), kLookBytes)));
  ContentLook look;
  look.kind = kind_of(head);
  if (look.kind == "image/png") {
    measure_png(head, look);
  } else if (look.kind == "image/jpeg") {
    measure_jpeg(head, look);
  } else if (look.kind == "image/gif") {
    note_size(look, head.little(6, 2), head.little(8, 2));
  } else if (look.kind == "image/webp") {
    measure_webp(head, look);
  } else if (look.kind == "image/heic" || look.kind == "image/heif" || look.kind == "image/avif") {
    measure_heif(head, look);
  }
  return look;
}

bool is_disguised(std::string_view promised, std::string_view kind) {
  const auto begins = [promised](std::string_view family) { return promised.starts_with(family); };
  const bool is_looked_at =
      begins("image/") || begins("video/") || begins("audio/") || promised == "application/pdf";
  if (!is_looked_at || promised == kind) return false;
  constexpr std::string_view never[] = {kHtml,
                                        kSvg,
                                        kXml,
                                        kProgram,
                                        "application/zip",
                                        "application/gzip",
                                        "application/x-7z-compressed",
                                        "application/vnd.rar",
                                        "application/x-xz",
                                        "application/zstd",
                                        "application/x-tar"};
  return std::find(std::begin(never), std::end(never), kind) != std::end(never);
}

}  // namespace daybook
