// SPDX-License-Identifier: Apache-2.0
// The rules that come with Daybook: the after-sales service of a company whose technicians visit
// customers (core/domain/after_sales.json). Called by abi and app when no file of the company's own
// is given. May be called from any thread. The engine below never includes this room.
#pragma once

#include <string_view>

#include "core/base/result.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// The text of after_sales.json as it was when this was built.
std::string_view after_sales_schema_json();

Result<Schema> load_after_sales();

}  // namespace daybook
