// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: the head of a request from anybody. Whatever is accepted keeps what the house relies
// on: one Host, no transfer coding, a path without tricks, and a body within its limit.
#include <cstdlib>
#include <string_view>

#include "sync-server/net/head_parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daybook;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  bool broken = false;
  const std::size_t end = find_head_end(text, 0, broken);
  const HttpLimits limits;
  const auto parsed = parse_head(end > 0 ? text.substr(0, end) : text, limits, {});
  if (parsed.refusal != 0) return 0;
  if (end == 0 || broken) std::abort();
  int hosts = 0;
  for (const auto& header : parsed.request.headers) {
    if (header.name == "host") ++hosts;
    if (header.name == "transfer-encoding" || header.name.empty()) std::abort();
    if (header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      std::abort();
  }
  const auto& path = parsed.request.path;
  const bool tricks = path.empty() || path.front() != '/' || path.find("..") != std::string::npos ||
                      path.find('\0') != std::string::npos;
  if (hosts != 1 || tricks || parsed.content_length > limits.body_size_max) std::abort();
  return 0;
}
