// SPDX-License-Identifier: Apache-2.0
// The two lists of sums of a bundle. SHA256SUMS is what `sha256sum -c` reads. SHA512SUMS, which
// names SHA256SUMS too, is its witness: where a file and its sum do not agree, the other list says
// which of the two was changed. Pure.
#pragma once

#include <string>
#include <vector>

#include "tools/evidence/bundle.hpp"

namespace daybook::evidence {

inline constexpr const char* kSums = "SHA256SUMS";
inline constexpr const char* kWitnessSums = "SHA512SUMS";

// Something that is not as it was made.
struct Finding {
  std::string file;
  std::string what;   // "changed", "missing", "not listed", "does not verify" …
  std::string place;  // in the file, where that can be told: "visit.cause", "line 3"
  bool operator==(const Finding&) const = default;
};

void add_sums(Bundle& bundle);
// Files that were changed, lost or added; each once.
std::vector<Finding> check_sums(const Bundle& bundle);

}  // namespace daybook::evidence
