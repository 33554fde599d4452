// SPDX-License-Identifier: Apache-2.0
#include "core/wire/enrol_text.hpp"

#include <optional>

#include "core/base/hex.hpp"
#include "core/base/percent.hpp"
#include "core/wire/limits.hpp"

namespace daybook::wire {
namespace {

constexpr std::string_view kStart = "daybook://enrol?";
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kHttps = "https://";
constexpr std::size_t kTextSizeMax = 2048;
constexpr std::size_t kUrlSizeMax = 512;

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto byte = from_hex(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    out += static_cast<char>(byte->front());
    i += 2;
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// The value of `name` in "a=1&b=2"; empty when it is missing or there twice.
std::optional<std::string_view> find_part(std::string_view query, std::string_view name) {
  std::optional<std::string_view> found;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto part = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (part.substr(0, name.size()) != name || part.substr(name.size(), 1) != "=") continue;
    if (found) return std::nullopt;
    found = part.substr(name.size() + 1);
  }
  return found;
}

// A server is named by host and port; a path, a user or a query would only be ways to be led
// astray.
bool is_origin(std::string_view url) {
  if (url.size() > kUrlSizeMax || url.substr(0, kHttps.size()) != kHttps ||
      url.size() == kHttps.size())
    return false;
  for (const char c : url.substr(kHttps.size())) {
    if (!is_unreserved(c) && c != ':' && c != '[' && c != ']') return false;
  }
  return true;
}

}  // namespace

std::string to_text(const EnrolText& enrolment) {
  return std::string(kStart) + "u=" + percent_encoded(enrolment.url) +
         "&p=" + to_base64url(enrolment.pin.view()) + "&c=" + to_base64url(enrolment.code);
}

Result<EnrolText> read_enrol_text(std::string_view text) {
  text = trimmed(text);
  if (text.size() > kTextSizeMax)
    return failure(Errc::kTooLarge, "enrol_text",
                   "at most " + std::to_string(kTextSizeMax) + " bytes");
  if (text.substr(0, kStart.size()) != kStart)
    return failure(Errc::kInvalid, "enrol_text", "expected daybook://enrol?");
  const auto query = text.substr(kStart.size());
  const auto url_part = find_part(query, "u");
  const auto pin_part = find_part(query, "p");
  const auto code_part = find_part(query, "c");
  EnrolText enrolment;
  const auto url = url_part ? percent_decoded(*url_part) : std::nullopt;
  if (!url || !is_origin(*url))
    return failure(Errc::kInvalid, "enrol_text.u", "expected one https://host:port");
  enrolment.url = *url;
  const auto pin = pin_part ? from_base64url(*pin_part) : std::nullopt;
  const auto digest = pin ? Digest::from(*pin) : std::nullopt;
  if (!digest) return failure(Errc::kInvalid, "enrol_text.p", "expected one pin of 32 bytes");
  enrolment.pin = *digest;
  auto code = code_part ? from_base64url(*code_part) : std::nullopt;
  if (!code || code->size() < kEnrolCodeSizeMin || code->size() > kEnrolCodeSizeMax) {
    return failure(Errc::kInvalid, "enrol_text.c", "expected one code");
  }
  enrolment.code = std::move(*code);
  return enrolment;
}

}  // namespace daybook::wire
