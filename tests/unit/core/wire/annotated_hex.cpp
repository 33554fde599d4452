// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/core/wire/annotated_hex.hpp"

#include <algorithm>

#include "core/base/ensure.hpp"
#include "core/base/hex.hpp"

namespace daybook::test {
namespace {

class Annotator {
 public:
  explicit Annotator(BytesView in) : in_(in) {}

  std::string text() {
    while (at_ < in_.size()) item(0);
    return out_;
  }

 private:
  void item(std::size_t depth) {
    const auto start = at_;
    ensure(at_ < in_.size());
    const int major = in_[at_] >> 5;
    const auto code = static_cast<std::size_t>(in_[at_] & 31);
    ++at_;
    std::uint64_t argument = code;
    if (code >= 24) {
      argument = 0;
      for (std::size_t left = std::size_t{1} << (code - 24); left > 0; --left)
        argument = (argument << 8) | in_[at_++];
    }
    const auto count = std::to_string(argument);
    switch (major) {
      case 0: return line(depth, start, count);
      case 1: return line(depth, start, "-" + std::to_string(argument + 1));
      case 2: at_ += argument; return line(depth, start, count + " bytes");
      case 3: {
        const auto from = at_;
        at_ += argument;
        return line(depth, start, "\"" + std::string(text_of(in_.subspan(from, argument))) + "\"");
      }
      case 4: line(depth, start, "array of " + count); return items(depth + 1, argument);
      case 5: line(depth, start, "map of " + count); return items(depth + 1, 2 * argument);
      default:
        return line(depth, start, argument == 20 ? "false" : argument == 21 ? "true" : "null");
    }
  }

  void items(std::size_t depth, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) item(depth);
  }

  // Long strings go on below; what they say stands at their head.
  void line(std::size_t depth, std::size_t start, const std::string& meaning) {
    constexpr std::size_t bytes_per_line = 40;
    for (auto from = start; from < at_; from += bytes_per_line) {
      const auto size = std::min(bytes_per_line, at_ - from);
      auto written = std::string(2 * depth, ' ') + to_hex(in_.subspan(from, size));
      if (from == start)
        written += std::string(written.size() < 44 ? 44 - written.size() : 1, ' ') + "# " + meaning;
      out_ += written + "\n";
    }
  }

  BytesView in_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string annotated_hex(BytesView cbor) { return Annotator(cbor).text(); }

std::optional<Bytes> bytes_of_hex(std::string_view text) {
  std::string digits;
  bool comment = false;
  for (const char c : text) {
    if (c == '\n') comment = false;
    if (c == '#') comment = true;
    if (!comment && c != ' ' && c != '\n') digits += c;
  }
  return from_hex(digits);
}

}  // namespace daybook::test
