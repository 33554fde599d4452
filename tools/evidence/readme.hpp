// SPDX-License-Identifier: Apache-2.0
// The one page that lies in every bundle: what the files are, and the exact commands that check
// them. Pure.
#pragma once

#include <string>

#include "tools/evidence/paper_text.hpp"

namespace daybook::evidence {

// Of a bundle whose manifest.json this is.
std::string readme_of(const Json& manifest);

}  // namespace daybook::evidence
