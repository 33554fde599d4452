// SPDX-License-Identifier: Apache-2.0
// A deployment's own additions to a schema that is delivered: a file of the same grammar that only
// adds. Merged when the schema is loaded, so the delivered part may be upgraded underneath; what
// comes out is one schema file like any other, and its digest is that of the merged text. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace daybook {

struct SchemaText {
  std::string_view json;
  std::string_view name;  // of the file, for errors
};

// The merged text, written in one way only. Its version is the sum of both, so it grows with
// either. kInvalid names the place in the overlay; where both say something of the same, both
// places.
Result<std::string> merge_overlay(const SchemaText& base, const SchemaText& overlay);

}  // namespace daybook
