// SPDX-License-Identifier: Apache-2.0
#include "sync-server/views/html.hpp"

namespace daybook {

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\n':
      case '\t':
      case '\r': out += c; break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
          out += "\xef\xbf\xbd";
        } else {
          out += c;
        }
      }
    }
  }
  return out;
}

HtmlWriter& HtmlWriter::text(std::string_view text) {
  out_ += escape_html(text);
  return *this;
}

HtmlWriter& HtmlWriter::number(std::int64_t number) {
  out_ += std::to_string(number);
  return *this;
}

HtmlWriter& HtmlWriter::part(const HtmlWriter& other) {
  out_ += other.out_;
  return *this;
}

HtmlWriter& HtmlWriter::words(std::string_view zh, std::string_view en) {
  if (!zh.empty()) markup("<span lang=\"zh\">").text(zh).markup("</span>");
  if (!zh.empty() && !en.empty()) markup(" ");
  if (!en.empty()) markup("<span lang=\"en\" class=\"en\">").text(en).markup("</span>");
  return *this;
}

}  // namespace daybook
