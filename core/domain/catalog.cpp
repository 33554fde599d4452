// SPDX-License-Identifier: Apache-2.0
#include "core/domain/catalog.hpp"

#include "core/schema/load.hpp"

namespace daybook {

Result<Schema> load_after_sales() {
  return load_schema(after_sales_schema_json(), "after_sales.json");
}

}  // namespace daybook
