# SPDX-License-Identifier: Apache-2.0
# Read by CPack as it starts. The packages are dated by what they were made of, not by when: the same sources give the same bytes.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  execute_process(COMMAND git -C ${CPACK_DAYBOOK_SOURCE} log -1 --format=%ct
    OUTPUT_VARIABLE seconds OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT seconds MATCHES "^[0-9]+$")  # sources without their history
    file(TIMESTAMP ${CPACK_DAYBOOK_SOURCE}/CHANGELOG.md seconds %s)
  endif()
  set(ENV{SOURCE_DATE_EPOCH} ${seconds})
endif()
