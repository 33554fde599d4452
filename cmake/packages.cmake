# SPDX-License-Identifier: Apache-2.0
# What we take from others, all of it from the distribution (tools/setup installs it by package name).
# The names to write after LIBS in a room's CMakeLists.txt are listed at the top of cmake/rooms.cmake.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
# Paper: of one process only (docs/adr/0013-paper-is-drawn-by-a-process-of-its-own.md).
pkg_check_modules(PANGO REQUIRED IMPORTED_TARGET pangocairo cairo-pdf)

# Asio and Beast with their bodies compiled once: each net room has one asio_source.cpp that includes the two
# src.hpp files and nothing else, so that a program linking both net rooms still has one copy.
add_library(daybook_beast_headers INTERFACE)
target_compile_definitions(daybook_beast_headers INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(daybook_beast_headers INTERFACE
  Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

if(DAYBOOK_TESTS)
  find_package(Catch2 REQUIRED)
  add_library(daybook_catch_main OBJECT tests/support/catch_main.cpp)
  target_include_directories(daybook_catch_main PUBLIC ${PROJECT_SOURCE_DIR})
  if(Catch2_VERSION VERSION_GREATER_EQUAL 3)
    target_link_libraries(daybook_catch_main PUBLIC Catch2::Catch2WithMain)
  else()
    target_link_libraries(daybook_catch_main PUBLIC Catch2::Catch2)
  endif()
endif()
