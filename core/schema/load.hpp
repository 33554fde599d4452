// SPDX-License-Identifier: Apache-2.0
// JSON text -> Schema. Errors name file, line and field ("after_sales.json:41: visit.notes: no
// rule"). A field without a rule does not load; neither do unknown rules, unknown types, cyclic or
// too deep (> 3) scope paths, references to unknown collections.
#pragma once

#include "core/base/result.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

Result<Schema> load_schema(std::string_view json, std::string_view file_name);

}  // namespace daybook
