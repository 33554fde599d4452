// SPDX-License-Identifier: Apache-2.0
#include "sync-server/paper/plain_text.hpp"

#include <cstdint>

namespace daybook {
namespace {

constexpr std::string_view kUnknown = "\xef\xbf\xbd";
constexpr int kMarksMax = 3;

struct Character {
  std::uint32_t code = 0;
  std::size_t size = 1;
  bool good = false;
};

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > text.size()) return {};
  std::uint32_t code = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3fU);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  return {code, size, true};
}

bool is_within(std::uint32_t code, std::uint32_t first, std::uint32_t last) {
  return code >= first && code <= last;
}

// Controls, marks of direction and of annotation, tags, private and non-characters.
bool is_banned(std::uint32_t code) {
  return code < 0x20 || is_within(code, 0x7f, 0x9f) || code == 0x061c ||
         is_within(code, 0x200e, 0x200f) || is_within(code, 0x2028, 0x202e) ||
         is_within(code, 0x2060, 0x206f) || is_within(code, 0xfff0, 0xfffb) ||
         is_within(code, 0xe0000, 0xe0fff) || is_within(code, 0xe000, 0xf8ff) || code >= 0xf0000 ||
         code == 0xfeff || (code & 0xfffe) == 0xfffe;
}

bool is_mark(std::uint32_t code) {
  return is_within(code, 0x0300, 0x036f) || is_within(code, 0x0483, 0x0489) ||
         is_within(code, 0x1ab0, 0x1aff) || is_within(code, 0x1dc0, 0x1dff) ||
         is_within(code, 0x20d0, 0x20ff) || is_within(code, 0xfe00, 0xfe2f) || code == 0x200d;
}

}  // namespace

std::string plain_text(std::string_view text, std::size_t characters_max) {
  std::string out;
  std::size_t characters = 0;
  int breaks = 2;  // none at the beginning
  int marks = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto one = character_at(text, at);
    const auto whole = text.substr(at, one.size);
    at += one.size;
    if (one.good && one.code == '\r') {
      if (at < text.size() && text[at] == '\n') continue;
    }
    if (one.good && (one.code == '\n' || one.code == '\r')) {
      if (breaks++ < 2) out += '\n';
      continue;
    }
    marks = one.good && is_mark(one.code) ? marks + 1 : 0;
    if (marks > kMarksMax) continue;
    if (characters++ == characters_max) {
      out += "…";
      break;
    }
    breaks = 0;
    if (one.good && one.code == '\t') {
      out += ' ';
    } else if (!one.good || is_banned(one.code)) {
      out += kUnknown;
    } else {
      out += whole;
    }
  }
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

}  // namespace daybook
