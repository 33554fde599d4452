// SPDX-License-Identifier: Apache-2.0
// Where in a sealed paper a byte stands: which part, which record, which field. To name what
// somebody changed under a signature even where the changed bytes can no longer be read. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

// Where `changed` is not `whole`, each place once and in their order: "visit.cause",
// "form.version", "manifest.photo", "included_upto", "length of content". Empty when they are the
// same. An error when `whole` is no sealed paper.
Result<std::vector<std::string>> changed_places(BytesView whole, BytesView changed);

}  // namespace daybook
