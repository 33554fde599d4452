# SPDX-License-Identifier: Apache-2.0
# Debian packages of the three components: daybook-server, libdaybook1, libdaybook-dev. Target: debs; they land in the build folder's debs/.
# Included by the CMakeLists.txt beside it.
find_program(DAYBOOK_GZIP gzip)
mark_as_advanced(DAYBOOK_GZIP)
if(NOT DAYBOOK_GZIP)
  return()
endif()
set(DAYBOOK_PACKAGE_CONTACT "Daybook maintainers <daybook@localhost>" CACHE STRING "Who answers for the packages")

# Debian wants its manual pages and changelogs compressed; -n leaves out the time, which would make every build another file.
function(daybook_compressed result source name)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/${name}.gz)
  add_custom_command(OUTPUT ${made} COMMAND ${DAYBOOK_GZIP} -9nc ${source} > ${made} DEPENDS ${source} VERBATIM)
  set(${result} ${made} PARENT_SCOPE)
endfunction()
daybook_compressed(changelog ${PROJECT_SOURCE_DIR}/CHANGELOG.md changelog)
daybook_compressed(daybookd_page ${CMAKE_CURRENT_SOURCE_DIR}/man/daybookd.8 daybookd.8)
daybook_compressed(daybook_page ${CMAKE_CURRENT_SOURCE_DIR}/man/daybook.1 daybook.1)
add_custom_target(package_papers ALL DEPENDS ${changelog} ${daybookd_page} ${daybook_page})

# Debian names a library's package after the number in its name: two of them may be installed beside each other.
get_target_property(abi_major libdaybook SOVERSION)
set(library_package libdaybook${abi_major})
configure_file(install_papers.cmake.in install_papers.cmake @ONLY)
foreach(component server library development)
  install(CODE "set(papers_of ${component})" COMPONENT ${component})
  install(SCRIPT ${CMAKE_CURRENT_BINARY_DIR}/install_papers.cmake COMPONENT ${component})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME daybook)
set(CPACK_PACKAGE_VENDOR Daybook)
set(CPACK_PACKAGE_CONTACT ${DAYBOOK_PACKAGE_CONTACT})
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/debs)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_SOURCE_DIR}/pack_time.cmake)
set(CPACK_DAYBOOK_SOURCE ${PROJECT_SOURCE_DIR})
# /etc lies outside the prefix, hence DESTDIR.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL server library development)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# A host app's package then depends on this version or a newer one: calls are added, never removed.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_SERVER_PACKAGE_NAME daybook-server)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION net)
# adduser makes the user, procps holds the kill that the unit's reload calls.
# A font that holds Chinese, or no service form can be printed.
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS
  "adduser, procps, fonts-wqy-microhei | fonts-droid-fallback | fonts-noto-cjk | fonts-wqy-zenhei")
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA)
foreach(script conffiles postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/debian/server/${script})
endforeach()
set(CPACK_COMPONENT_SERVER_DESCRIPTION "headquarters' server of Daybook, and its command line
Daybook is an offline-first backend for field technicians. daybookd takes
in what their phones captured without a network, merges it, and feeds it
back; daybook is the command line of headquarters. Installing makes the user
daybook and the folder /var/lib/daybook; `daybookd init` makes the server.")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_MULTIARCH same)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "client library of Daybook
The phone's half of Daybook behind a C interface: capture, local store, and
the exchange with headquarters.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libdaybook-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_MULTIARCH same)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${library_package} (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "client library of Daybook, for building with it
Headers for C and C++, and what find_package(Daybook) and pkg-config read.")
include(CPack)

add_custom_target(debs COMMAND ${CMAKE_CPACK_COMMAND} -G DEB --config ${PROJECT_BINARY_DIR}/CPackConfig.cmake
  WORKING_DIRECTORY ${PROJECT_BINARY_DIR} VERBATIM)
add_dependencies(debs daybookd daybook daybook-paper libdaybook package_papers)
