// SPDX-License-Identifier: Apache-2.0
#include "sync-server/attachments/upload_words.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>

#include "core/base/hex.hpp"

namespace daybook {
namespace {

Result<std::uint64_t> number_in(std::string_view text, std::string_view header) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failed != std::errc{} || end != text.data() + text.size())
    return failure(Errc::kInvalid, std::string(header), "a number in decimal digits");
  return number;
}

// RFC 4648 §4, as tus writes it; padding may be missing.
std::optional<Bytes> from_base64(std::string_view text) {
  std::string url(text.substr(0, text.find('=')));
  if (text.find_first_not_of('=', url.size()) != std::string_view::npos) return std::nullopt;
  if (url.find_first_of("-_") != std::string::npos) return std::nullopt;
  std::replace(url.begin(), url.end(), '+', '-');
  std::replace(url.begin(), url.end(), '/', '_');
  return from_base64url(url);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Result<std::uint64_t> read_count(const http::Request& request, std::string_view header) {
  const auto* text = request.find_header(header);
  if (text == nullptr) return failure(Errc::kInvalid, std::string(header), "missing");
  return number_in(*text, header);
}

Result<void> obey_override(http::Request& request) {
  const auto* method = request.find_header("x-http-method-override");
  if (method == nullptr || *method == request.method) return {};
  if (request.method != "POST" || (*method != "PATCH" && *method != "DELETE"))
    return failure(Errc::kInvalid, "x-http-method-override", "a POST for PATCH or DELETE");
  request.method = *method;
  return {};
}

Result<Digest> read_content_name(std::string_view name) {
  if (name.size() == 2 * Digest::kSize) {
    const auto bytes = from_hex(name);
    if (bytes) return *Digest::from(*bytes);
  }
  return failure(Errc::kInvalid, "content", "the 64 hex digits of a SHA-256");
}

Result<Digest> read_upload_metadata(std::string_view metadata) {
  while (!metadata.empty()) {
    const auto comma = metadata.find(',');
    const auto pair = trimmed(metadata.substr(0, comma));
    metadata.remove_prefix(comma == std::string_view::npos ? metadata.size() : comma + 1);
    if (!pair.starts_with("sha256 ")) continue;
    const auto hex = from_base64(trimmed(pair.substr(7)));
    if (hex) return read_content_name(text_of(*hex));
    return failure(Errc::kInvalid, "upload-metadata", "sha256 is not base64");
  }
  return failure(Errc::kInvalid, "upload-metadata", "sha256 is missing");
}

std::string print_upload_metadata(const Digest& content) {
  // 64 digits: a padding of two, and no digit of the alphabet that differs from base64url's.
  std::string text = to_base64url(view_of(to_hex(content.view())));
  while (text.size() % 4 != 0) text += '=';
  return "sha256 " + text;
}

Result<std::optional<Digest>> read_checksum(const http::Request& request) {
  const auto* text = request.find_header("upload-checksum");
  if (text == nullptr) return std::optional<Digest>{};
  if (text->starts_with("sha256 ")) {
    const auto bytes = from_base64(std::string_view(*text).substr(7));
    const auto digest = bytes ? Digest::from(*bytes) : std::nullopt;
    if (digest) return digest;
  }
  return failure(Errc::kInvalid, "upload-checksum", "sha256 and 32 bytes in base64");
}

Result<std::optional<ByteRange>> read_range(const http::Request& request, std::uint64_t size) {
  const auto* text = request.find_header("range");
  if (text == nullptr) return std::optional<ByteRange>{};
  const Error unmet = failure(Errc::kInvalid, "range", "of " + std::to_string(size) + " bytes");
  std::string_view range = *text;
  if (!range.starts_with("bytes=")) return unmet;
  range.remove_prefix(6);
  const auto dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return unmet;
  const auto from = range.substr(0, dash);
  const auto to = range.substr(dash + 1);
  if (from.empty()) {  // the last so many
    const auto count = number_in(to, "range");
    if (!count.ok() || *count == 0 || size == 0) return unmet;
    return std::optional(ByteRange{size - std::min(*count, size), size - 1});
  }
  const auto first = number_in(from, "range");
  const auto last = to.empty() ? Result<std::uint64_t>(UINT64_MAX) : number_in(to, "range");
  if (!first.ok() || !last.ok() || *first >= size || *last < *first) return unmet;
  return std::optional(ByteRange{*first, std::min(*last, size - 1)});
}

std::string print_http_date(std::int64_t wall_ms) {
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm time{};
  ::gmtime_r(&seconds, &time);
  char text[40];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[time.tm_wday],
                time.tm_mday, months[time.tm_mon], time.tm_year + 1900, time.tm_hour, time.tm_min,
                time.tm_sec);
  return text;
}

}  // namespace daybook
