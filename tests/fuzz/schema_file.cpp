// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: a schema file, from any server that a phone trusts. What is refused is refused by
// place; what loads loads again the same, and its SQL is tried without harm.
#include <cstdlib>

#include "core/acts/sql_check.hpp"
#include "core/schema/compare.hpp"
#include "core/schema/load.hpp"
#include "core/schema/sql_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto demand = [](bool holds) {
    if (!holds) std::abort();
  };
  const std::string_view text = daybook::text_of({bytes, size});
  static_cast<void>(daybook::read_sql_text(text).ok());
  const auto schema = daybook::load_schema(text, "schema");
  if (!schema.ok()) {
    demand(!schema.error().field.empty());
    return 0;
  }
  demand(daybook::compare(*schema, *schema).empty());
  demand(daybook::find_sql_trouble(*schema).ok());
  return 0;
}
