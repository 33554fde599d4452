// SPDX-License-Identifier: Apache-2.0
// The one way tests reach Catch2: serves version 2 (Debian 12) and version 3 (Debian 13) with the
// same words. Included by every test and by nothing else. Offers contains() because the two
// versions name that matcher differently.
#pragma once

#include <string>

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/catch_tostring.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_adapters.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#else
#include <catch2/catch.hpp>
#endif

namespace daybook::test {

// For CHECK_THAT(text, contains("field")): the text has this part somewhere.
inline auto contains(const std::string& part) {
#if __has_include(<catch2/catch_test_macros.hpp>)
  return Catch::Matchers::ContainsSubstring(part);
#else
  return Catch::Matchers::Contains(part);
#endif
}

}  // namespace daybook::test
