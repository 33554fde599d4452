// SPDX-License-Identifier: Apache-2.0
#include "client-lib/local/sqlite/column_text.hpp"

namespace daybook {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

void write_text(std::string& out, const std::string& text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::optional<int> digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

// After the opening quote; leaves `at` behind the closing one.
std::optional<std::string> read_text(std::string_view json, std::size_t& at) {
  std::string text;
  while (at < json.size()) {
    const char c = json[at++];
    if (c == '"') return text;
    if (c != '\\') {
      text += c;
      continue;
    }
    if (at >= json.size()) return std::nullopt;
    const char escaped = json[at++];
    if (escaped == '"' || escaped == '\\') {
      text += escaped;
      continue;
    }
    if (escaped != 'u' || at + 4 > json.size()) return std::nullopt;
    const auto high = digit_of(json[at + 2]), low = digit_of(json[at + 3]);
    if (json[at] != '0' || json[at + 1] != '0' || !high || !low) return std::nullopt;
    text += static_cast<char>(*high * 16 + *low);
    at += 4;
  }
  return std::nullopt;
}

}  // namespace

std::string json_of_texts(const ValueList& texts) {
  std::string out = "[";
  for (const Value& text : texts) {
    if (out.size() > 1) out += ',';
    write_text(out, text.as_text());
  }
  return out + "]";
}

std::optional<ValueList> texts_of_json(std::string_view json) {
  if (json.size() < 2 || json.front() != '[' || json.back() != ']') return std::nullopt;
  ValueList texts;
  std::size_t at = 1;
  while (at < json.size() - 1) {
    if (!texts.empty() && json[at++] != ',') return std::nullopt;
    if (at >= json.size() || json[at++] != '"') return std::nullopt;
    auto text = read_text(json, at);
    if (!text) return std::nullopt;
    texts.push_back(Value::text(std::move(*text)));
  }
  return texts;
}

}  // namespace daybook
