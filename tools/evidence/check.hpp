// SPDX-License-Identifier: Apache-2.0
// Whether a bundle of evidence is as it was made, and everything in it is what was signed. Names
// the file that was changed, and in a sealed paper the field. Needs no server; pure.
#pragma once

#include <vector>

#include "tools/evidence/sums.hpp"

namespace daybook::evidence {

struct Checked {
  std::vector<Finding> findings;  // none: it holds
  std::size_t files = 0, papers = 0, signatures = 0, anchors = 0;
  // Contents whose hash was signed and whose bytes are not in the bundle, hex.
  std::vector<std::string> missing;
};

Checked check_bundle(const Bundle& bundle);

}  // namespace daybook::evidence
