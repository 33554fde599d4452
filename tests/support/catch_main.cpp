// SPDX-License-Identifier: Apache-2.0
// main() of every Catch2 test, compiled once and linked into all of them (18 seconds with version
// 2). With version 3 the library brings its own main() and this file is empty.
#if !__has_include(<catch2/catch_test_macros.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
