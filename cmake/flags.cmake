# SPDX-License-Identifier: Apache-2.0
# How every file of the house is compiled. Included once by the top CMakeLists.txt.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

foreach(language C CXX)
  set(CMAKE_${language}_FLAGS_DEBUG "-O${DAYBOOK_DEBUG_LEVEL} -g1")
  set(CMAKE_${language}_FLAGS_RELWITHDEBINFO "-O2 -g1")
endforeach()

# The source folder never shows in a binary: builds in two places are the same bytes, and the compiler
# cache serves every build folder. The relative form is what the compiler sees behind ccache.
file(RELATIVE_PATH daybook_source_seen_from_build ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
string(REGEX REPLACE "/$" "" daybook_source_seen_from_build "${daybook_source_seen_from_build}")
add_compile_options(
  -ffile-prefix-map=${PROJECT_BINARY_DIR}=build
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=
  -ffile-prefix-map=${daybook_source_seen_from_build}/=)

# What is shipped: its number is drawn from its contents, and its tables of addresses cannot be written once it runs.
add_link_options($<$<CONFIG:Release>:-Wl,--build-id=sha1,-z,relro,-z,now>)

find_program(DAYBOOK_CCACHE ccache)
mark_as_advanced(DAYBOOK_CCACHE)
if(DAYBOOK_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${DAYBOOK_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

if(DAYBOOK_PLANTABLE)
  add_compile_definitions(DAYBOOK_PLANTABLE=1)
endif()

# Linked privately by rooms, tests and programs, so that nobody else's headers are judged by our rules.
add_library(daybook_warnings INTERFACE)
target_compile_options(daybook_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wconversion>)
if(DAYBOOK_WERROR)
  target_compile_options(daybook_warnings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # These follow the flow of optimised code, and g++ 12 to 14 see ghosts in std::string, std::vector and
  # std::optional: they inform at most, they do not stop the build.
  target_compile_options(daybook_warnings INTERFACE -Wno-error=maybe-uninitialized -Wno-error=array-bounds
    -Wno-error=stringop-overflow -Wno-free-nonheap-object -Wno-restrict)
endif()

if(DAYBOOK_SANITIZE)
  list(JOIN DAYBOOK_SANITIZE "," daybook_sanitizers)
  add_compile_options(-fsanitize=${daybook_sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${daybook_sanitizers})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND "thread" IN_LIST DAYBOOK_SANITIZE)
    # Asio's fences, which the thread sanitizer does not follow: g++ says so wherever Asio is inlined.
    add_compile_options(-Wno-tsan)
  endif()
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # clang 14 cannot assemble coroutines under this one check.
    add_compile_options(-fno-sanitize=function)
  endif()
endif()
if(DAYBOOK_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "DAYBOOK_FUZZ needs clang: configure with the preset 'fuzz'")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
if(DAYBOOK_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
