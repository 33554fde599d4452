# SPDX-License-Identifier: Apache-2.0
# How rooms, tests and programs are declared.
#
#   daybook_room(NAME core_model SOURCES value.cpp record.cpp USES core_base LIBS OpenSSL::Crypto)
#   daybook_test(NAME unit_core_merge SOURCES merge_test.cpp laws_test.cpp USES core_merge core_schema)
#   daybook_program(NAME daybookd SOURCES main.cpp USES server_app LIBS CLI11::CLI11)
#   daybook_fuzz(NAME fuzz_wire_decode SOURCES wire_decode.cpp USES core_wire CORPUS corpus/wire_decode)
#
# NAME of a room is its path with underscores, the two corridors shortened: core/platform/sqlite is
# core_platform_sqlite, client-lib/outbox is client_outbox, sync-server/store/memory is server_store_memory (the long
# forms client_lib_outbox and sync_server_store_memory are understood too). The target is daybook_<NAME>.
# A room without SOURCES is header-only.
# USES names rooms (linked PUBLIC, so what they use is linked too; what may be *included* is in tools/layers.txt).
# LIBS names other people's targets:
#   nlohmann_json::nlohmann_json   OpenSSL::Crypto   OpenSSL::SSL   SQLite::SQLite3   PkgConfig::ZSTD   PkgConfig::PANGO
#   daybook_beast_headers (Asio, Beast, TLS)   CLI11::CLI11   Threads::Threads   Boost::headers
#
# A test is one executable and one line of ctest. It runs in the repository root ("tests/golden/..." opens), with
# DAYBOOK_BIN in its environment naming the folder of the built programs. LABELS chooses when it runs (default unit):
#   unit, conformance: every time;  sim, crash, e2e, fuzz: tools/test --all;  threads beside one of these: under the
#   thread sanitizer too.  TIMEOUT in seconds (default 60 for unit,
#   else 600), ARGS for its command line, NO_CATCH for a test with its own main(), NEEDS for targets it starts.

function(daybook_add_if_present)
  foreach(directory ${ARGN})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${directory}/CMakeLists.txt)
      add_subdirectory(${directory})
    endif()
  endforeach()
endfunction()

function(daybook_refuse_unknown function_name)
  if(ARGN)
    message(FATAL_ERROR "${function_name} in ${CMAKE_CURRENT_SOURCE_DIR}: does not understand: ${ARGN}")
  endif()
endfunction()

# The targets of rooms by their names, long or short.
function(daybook_targets_of result)
  set(names ${ARGN})
  list(TRANSFORM names REPLACE "^client_lib_" "client_")
  list(TRANSFORM names REPLACE "^sync_server_" "server_")
  list(TRANSFORM names PREPEND daybook_)
  set(${result} ${names} PARENT_SCOPE)
endfunction()

# A room may be half written while its neighbours build: files that are named but not there yet are left out with a
# warning here, and are a finding of tools/check_tidy.py, which nobody passes with one missing.
function(daybook_sources_present result)
  set(present)
  foreach(source ${ARGN})
    if(IS_ABSOLUTE ${source} OR EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${source})
      list(APPEND present ${source})
    else()
      message(WARNING "${CMAKE_CURRENT_SOURCE_DIR}: ${source} is not there yet")
    endif()
  endforeach()
  set(${result} ${present} PARENT_SCOPE)
endfunction()

# USES and LIBS of a target, linked with the given visibility.
function(daybook_link target visibility uses libs)
  daybook_targets_of(uses ${uses})
  target_link_libraries(${target} ${visibility} ${uses} ${libs})
endfunction()

function(daybook_room)
  cmake_parse_arguments(ROOM "" "NAME" "SOURCES;USES;LIBS" ${ARGN})
  daybook_refuse_unknown(daybook_room ${ROOM_UNPARSED_ARGUMENTS})
  daybook_targets_of(target ${ROOM_NAME})
  daybook_sources_present(ROOM_SOURCES ${ROOM_SOURCES})
  if(ROOM_SOURCES)
    add_library(${target} STATIC ${ROOM_SOURCES})
    target_link_libraries(${target} PRIVATE daybook_warnings)
    set(visibility PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_include_directories(${target} ${visibility} ${PROJECT_SOURCE_DIR})
  daybook_link(${target} ${visibility} "${ROOM_USES}" "${ROOM_LIBS}")
endfunction()

function(daybook_program)
  cmake_parse_arguments(PROGRAM "" "NAME" "SOURCES;USES;LIBS" ${ARGN})
  daybook_refuse_unknown(daybook_program ${PROGRAM_UNPARSED_ARGUMENTS})
  daybook_sources_present(PROGRAM_SOURCES ${PROGRAM_SOURCES})
  if(NOT PROGRAM_SOURCES)
    return()
  endif()
  add_executable(${PROGRAM_NAME} ${PROGRAM_SOURCES})
  target_include_directories(${PROGRAM_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${PROGRAM_NAME} PRIVATE daybook_warnings)
  daybook_link(${PROGRAM_NAME} PRIVATE "${PROGRAM_USES}" "${PROGRAM_LIBS}")
endfunction()

# Enters a command in ctest under a label, with the surroundings every test may rely on.
function(daybook_enter_test name label timeout)
  add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(NOT timeout)
    set(timeout 600)
    if("unit" IN_LIST label)
      set(timeout 60)
    endif()
    if(DAYBOOK_SANITIZE)
      math(EXPR timeout "${timeout} * 3")
    endif()
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${label}" TIMEOUT ${timeout} SKIP_RETURN_CODE 77
    ENVIRONMENT "DAYBOOK_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};DAYBOOK_LIB=${CMAKE_LIBRARY_OUTPUT_DIRECTORY};TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/tsan.supp")
endfunction()

function(daybook_test)
  cmake_parse_arguments(TEST "NO_CATCH" "NAME;TIMEOUT" "SOURCES;USES;LIBS;LABELS;ARGS;NEEDS" ${ARGN})
  daybook_refuse_unknown(daybook_test ${TEST_UNPARSED_ARGUMENTS})
  if(NOT TEST_LABELS)
    set(TEST_LABELS unit)
  endif()
  daybook_program(NAME ${TEST_NAME} SOURCES ${TEST_SOURCES} USES ${TEST_USES} LIBS ${TEST_LIBS})
  if(NOT TARGET ${TEST_NAME})
    return()
  endif()
  if(NOT TEST_NO_CATCH)
    target_link_libraries(${TEST_NAME} PRIVATE daybook_catch_main)
  endif()
  if(TEST_NEEDS)
    add_dependencies(${TEST_NAME} ${TEST_NEEDS})
  endif()
  daybook_enter_test(${TEST_NAME} "${TEST_LABELS}" "${TEST_TIMEOUT}" ${TEST_NAME} ${TEST_ARGS})
  if("unit" IN_LIST TEST_LABELS OR "conformance" IN_LIST TEST_LABELS)
    add_dependencies(sanitized_targets ${TEST_NAME})
  endif()
  if("threads" IN_LIST TEST_LABELS)
    add_dependencies(threaded_targets ${TEST_NAME})
  endif()
endfunction()

# What the sanitizer builds of tools/test need, so that they build nothing else.
add_custom_target(sanitized_targets)
add_custom_target(threaded_targets)
add_custom_target(fuzz_targets)

# A fuzz target defines LLVMFuzzerTestOneInput. With DAYBOOK_FUZZ it is a libFuzzer program; without, it replays its
# corpus under ctest, so that what was once found stays found on every compiler.
function(daybook_fuzz)
  cmake_parse_arguments(FUZZ "" "NAME;CORPUS" "SOURCES;USES;LIBS" ${ARGN})
  daybook_refuse_unknown(daybook_fuzz ${FUZZ_UNPARSED_ARGUMENTS})
  if(DAYBOOK_FUZZ)
    daybook_program(NAME ${FUZZ_NAME} SOURCES ${FUZZ_SOURCES} USES ${FUZZ_USES} LIBS ${FUZZ_LIBS})
    target_link_options(${FUZZ_NAME} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzz_targets ${FUZZ_NAME})
    daybook_enter_test(${FUZZ_NAME} fuzz "" ${FUZZ_NAME} -max_total_time=30 -max_len=65536 -rss_limit_mb=1024
      -artifact_prefix=${PROJECT_BINARY_DIR}/${FUZZ_NAME}- ${PROJECT_BINARY_DIR}/${FUZZ_NAME}.found
      ${CMAKE_CURRENT_SOURCE_DIR}/${FUZZ_CORPUS})
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/${FUZZ_NAME}.found)
  else()
    daybook_program(NAME ${FUZZ_NAME} SOURCES ${FUZZ_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/fuzz_replay.cpp
      USES ${FUZZ_USES} LIBS ${FUZZ_LIBS})
    add_dependencies(sanitized_targets ${FUZZ_NAME})
    daybook_enter_test(${FUZZ_NAME} fuzz "" ${FUZZ_NAME} ${CMAKE_CURRENT_SOURCE_DIR}/${FUZZ_CORPUS})
  endif()
endfunction()
