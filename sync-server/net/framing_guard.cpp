// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/framing_guard.hpp"

#include <algorithm>

namespace daybook {
namespace {

bool is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

// Visible ASCII, space and tab. Nobody who speaks to us has a reason for more: names travel
// percent-encoded or in the body.
bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7f); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

RawHead& refuse(RawHead& head, int status, std::string_view problem) {
  head.refusal = status;
  head.problem = problem;
  return head;
}

// Takes one line off the front, without its CRLF. False when there is none, or a CR or LF stands
// alone in it.
bool take_line(std::string_view& rest, std::string_view& line) {
  const auto end = rest.find("\r\n");
  if (end == std::string_view::npos) return false;
  line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line.find_first_of("\r\n") == std::string_view::npos;
}

bool read_version(std::string_view version, RawHead& head) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool shaped = version.size() == 8 && version.substr(0, 5) == "HTTP/" &&
                      is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
  if (!shaped) {
    refuse(head, 400, "version");
    return false;
  }
  // 1.0 has another notion of where a message ends; 1.2 does not exist.
  if (version != "HTTP/1.1") {
    refuse(head, 505, "version");
    return false;
  }
  return true;
}

bool read_request_line(std::string_view line, const HttpLimits& limits, RawHead& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    refuse(head, 400, "request-line");
    return false;
  }
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const bool visible = std::all_of(head.target.begin(), head.target.end(),
                                   [](char c) { return c > 0x20 && c < 0x7f; });
  if (!is_token(head.method) || head.target.empty() || !visible) {
    refuse(head, 400, "request-line");
    return false;
  }
  if (head.target.size() > limits.target_size_max) {
    refuse(head, 414, "target");
    return false;
  }
  return read_version(line.substr(last + 1), head);
}

// Decimal digits and nothing else. A leading zero is refused too: some readers take it for octal.
bool read_length(std::string_view text, std::uint64_t& length) {
  if (text.empty() || text.size() > 15 || (text.size() > 1 && text.front() == '0')) return false;
  length = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return true;
}

bool is_host(std::string_view text) {
  if (text.empty() || text.size() > 255) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

// The fields that decide where a message ends and whom it is for.
bool judge_field(const RawField& field, RawHead& head) {
  if (equal_ignoring_case(field.name, "transfer-encoding")) {
    refuse(head, 400, "transfer-encoding");
  } else if (equal_ignoring_case(field.name, "content-length")) {
    if (head.has_length || !read_length(field.value, head.content_length))
      refuse(head, 400, "content-length");
    head.has_length = true;
  } else if (equal_ignoring_case(field.name, "host")) {
    if (!head.host.empty() || !is_host(field.value)) refuse(head, 400, "host");
    head.host = field.value;
  } else if (equal_ignoring_case(field.name, "expect")) {
    refuse(head, 417, "expect");
  } else if (equal_ignoring_case(field.name, "upgrade")) {
    if (!head.upgrade.empty() || field.value.empty()) refuse(head, 400, "upgrade");
    head.upgrade = field.value;
  }
  return head.refusal == 0;
}

bool read_field(std::string_view line, RawHead& head) {
  // A line that begins with white space would continue the one before: folded, obsolete, and read
  // differently by everybody.
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    refuse(head, 400, "field");
    return false;
  }
  const RawField field{line.substr(0, colon), trimmed(line.substr(colon + 1))};
  if (!is_value(field.value)) {
    refuse(head, 400, "field");
    return false;
  }
  head.fields.push_back(field);
  return judge_field(field, head);
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view lower_case) {
  return a.size() == lower_case.size() &&
         std::equal(a.begin(), a.end(), lower_case.begin(), [](char x, char y) {
           return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
         });
}

RawHead guard_head(std::string_view text, const HttpLimits& limits) {
  RawHead head;
  if (text.size() > limits.head_size_max) return refuse(head, 431, "head");
  std::string_view line;
  if (!take_line(text, line)) return refuse(head, 400, "request-line");
  if (!read_request_line(line, limits, head)) return head;
  for (;;) {
    if (!take_line(text, line)) return refuse(head, 400, "field");
    if (line.empty()) break;
    if (head.fields.size() == limits.fields_max) return refuse(head, 431, "fields");
    if (!read_field(line, head)) return head;
  }
  if (!text.empty()) return refuse(head, 400, "field");
  if (head.host.empty()) return refuse(head, 400, "host");
  if (!head.upgrade.empty() && (head.method != "GET" || head.upgrade != limits.upgrade))
    return refuse(head, 400, "upgrade");
  return head;
}

}  // namespace daybook
