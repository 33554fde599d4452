// SPDX-License-Identifier: Apache-2.0
// The bytes of a head, line by line, by the strictest reading of RFC 9112: what could be read in
// two ways is refused. Used by head_parser only. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sync-server/net/limits.hpp"

namespace daybook {

struct RawField {
  std::string_view name;
  std::string_view value;  // without the white space around it
};

struct RawHead {
  int refusal = 0;
  std::string_view problem;
  std::string_view method;
  std::string_view target;
  std::vector<RawField> fields;
  std::string_view host;
  std::string_view upgrade;
  std::uint64_t content_length = 0;
  bool has_length = false;
};

RawHead guard_head(std::string_view head, const HttpLimits& limits);

bool equal_ignoring_case(std::string_view a, std::string_view lower_case);

}  // namespace daybook
