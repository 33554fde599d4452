// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/head_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "sync-server/net/framing_guard.hpp"

namespace daybook {
namespace {

namespace beast = boost::beast;

ParsedHead refuse(int status, std::string_view problem) {
  ParsedHead parsed;
  parsed.refusal = status;
  parsed.problem = problem;
  return parsed;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// In a query "+" is a space, as forms send it, and a text may hold line breaks; in a path neither.
bool decode_percent(std::string_view text, bool in_query, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '%') {
      if (at + 2 >= text.size()) return false;
      const int high = digit_of(text[at + 1]);
      const int low = digit_of(text[at + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      at += 2;
      const bool control = (c >= 0 && c < 0x20) || c == 0x7f;
      if (c == '\0' || (control && !in_query)) return false;
    } else if (c == '+' && in_query) {
      c = ' ';
    } else if (c == '#') {
      return false;  // a fragment stays in the browser
    }
    out.push_back(c);
  }
  return true;
}

bool read_query(std::string_view text, http::Request& request) {
  constexpr std::size_t kPairsMax = 64;
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    std::string name;
    std::string value;
    if (!decode_percent(pair.substr(0, equals), true, name)) return false;
    if (equals != std::string_view::npos && !decode_percent(pair.substr(equals + 1), true, value))
      return false;
    if (request.query.size() == kPairsMax) return false;
    request.query.emplace_back(std::move(name), std::move(value));
  }
  return true;
}

bool is_method(std::string_view method) {
  constexpr std::string_view kMethods[] = {"GET",    "POST", "PUT",    "PATCH",
                                           "DELETE", "HEAD", "OPTIONS"};
  return std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods);
}

bool carries_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

// "Depot.example:8443" in the list as "depot.example"; "[::1]:8443" as "[::1]".
bool is_ours(std::string_view host, const std::vector<std::string>& hosts) {
  if (hosts.empty()) return true;
  const auto bracket = host.find(']');
  const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  host = host.substr(0, colon);
  return std::any_of(hosts.begin(), hosts.end(),
                     [&](const std::string& one) { return equal_ignoring_case(host, one); });
}

bool has_word(std::string_view list, std::string_view lower_case) {
  while (!list.empty()) {
    const auto end = list.find(',');
    std::string_view word = list.substr(0, end);
    list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
    while (!word.empty() && (word.front() == ' ' || word.front() == '\t')) word.remove_prefix(1);
    while (!word.empty() && (word.back() == ' ' || word.back() == '\t')) word.remove_suffix(1);
    if (equal_ignoring_case(word, lower_case)) return true;
  }
  return false;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// The second reader. False when it does not see the same message.
bool beast_agrees(std::string_view head, const RawHead& raw, const HttpLimits& limits) {
  beast::http::request_parser<beast::http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.head_size_max));
  parser.body_limit(limits.body_size_max);
  beast::error_code error;
  const std::size_t used = parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error || used != head.size() || !parser.is_header_done() || parser.chunked()) return false;
  const auto& message = parser.get();
  const auto length = parser.content_length();
  const auto fields = static_cast<std::size_t>(std::distance(message.begin(), message.end()));
  return message.version() == 11 && std::string_view(message.method_string()) == raw.method &&
         std::string_view(message.target()) == raw.target && fields == raw.fields.size() &&
         length.has_value() == raw.has_length && length.value_or(0) == raw.content_length;
}

}  // namespace

std::size_t find_head_end(std::string_view arrived, std::size_t from, bool& broken) {
  for (std::size_t at = from; at < arrived.size(); ++at) {
    if (arrived[at] != '\n') continue;
    if (at < 2 || arrived[at - 1] != '\r') {
      broken = true;
      return 0;
    }
    if (at >= 3 && arrived[at - 2] == '\n') return at + 1;
  }
  return 0;
}

bool read_target(std::string_view target, http::Request& request) {
  if (target.empty() || target.front() != '/') return false;
  const auto question = target.find('?');
  const std::string_view path = target.substr(0, question);
  if (!decode_percent(path, false, request.path)) return false;
  // An encoded slash makes two readers disagree about how many segments there are.
  const bool same_slashes = std::count(request.path.begin(), request.path.end(), '/') ==
                            std::count(path.begin(), path.end(), '/');
  if (!same_slashes || request.path.find("..") != std::string::npos ||
      request.path.find('\\') != std::string::npos) {
    return false;
  }
  return question == std::string_view::npos || read_query(target.substr(question + 1), request);
}

ParsedHead parse_head(std::string_view head, const HttpLimits& limits,
                      const std::vector<std::string>& hosts) {
  const RawHead raw = guard_head(head, limits);
  if (raw.refusal != 0) return refuse(raw.refusal, raw.problem);
  if (!is_method(raw.method)) return refuse(405, "method");
  if (!is_ours(raw.host, hosts)) return refuse(421, "host");
  if (carries_body(raw.method) && !raw.has_length) return refuse(411, "content-length");
  if (!carries_body(raw.method) && raw.content_length > 0) return refuse(400, "content-length");

  ParsedHead parsed;
  parsed.content_length = raw.content_length;
  parsed.request.method = std::string(raw.method);
  if (!read_target(raw.target, parsed.request)) return refuse(400, "target");
  for (const auto& field : raw.fields) {
    parsed.request.headers.push_back(http::Header{lower(field.name), std::string(field.value)});
    if (equal_ignoring_case(field.name, "connection") && has_word(field.value, "close"))
      parsed.close = true;
  }
  const auto* type = parsed.request.find_header("content-type");
  const bool json = type != nullptr && lower(*type).rfind("application/json", 0) == 0;
  if (raw.content_length > (json ? limits.json_size_max : limits.body_size_max))
    return refuse(413, "content-length");
  if (!beast_agrees(head, raw, limits)) return refuse(400, "head");
  return parsed;
}

}  // namespace daybook
