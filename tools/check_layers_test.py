#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_layers.py catches what it is there to catch: each test plants one violation in a small house of its own."""

import os
import tempfile
import unittest

import check_layers

LAYERS = """
external openssl: openssl/
external os: unistd.h sys/
core/base:
core/crypto: core/base [openssl]
core/merge: core/base
core/merge/words: core/base
client-lib/include:
client-lib/local: core/base
client-lib/abi: client-lib/* core/base
sync-server/store: core/base
tools: *
tests: * [os]
"""


class SmallHouse(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("tools/layers.txt", LAYERS)
        self.write("core/base/result.hpp", "#include <vector>\n")
        self.write("core/crypto/sha256.hpp", '#include "core/base/result.hpp"\n#include <openssl/evp.h>\n')

    def write(self, path, text):
        full = os.path.join(self.folder.name, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def found(self):
        findings, _ = check_layers.check(self.folder.name)
        return [f"{path}:{line}: {rule}: {advice}" for path, line, rule, advice in findings.rows]

    def assert_found(self, *parts):
        rows = self.found()
        self.assertEqual(len(rows), 1, rows)
        for part in parts:
            self.assertIn(part, rows[0])

    def test_an_orderly_house_passes(self):
        self.write("client-lib/include/daybook/daybook.h", "#include <stdint.h>\n")
        self.write("client-lib/include/daybook/daybook.hpp", '#include "daybook/daybook.h"\n#include <string>\n')
        self.write("client-lib/abi/api.cpp", '#include <daybook/daybook.h>\n#include "core/base/result.hpp"\n')
        self.write("tests/unit/core/base/result_test.cpp", '#include "core/base/result.hpp"\n#include <sys/stat.h>\n')
        self.assertEqual(self.found(), [])

    def test_a_room_that_is_not_named_may_not_be_included(self):
        self.write("core/merge/plan.cpp", '// why\n#include "core/crypto/sha256.hpp"\n')
        self.assert_found("core/merge/plan.cpp:2", "core/merge may not include core/crypto", "layers.txt line 6")

    def test_permission_is_not_passed_on(self):
        self.write("sync-server/store/store.hpp", "#pragma once\n")
        self.write("client-lib/local/a.cpp", '#include "sync-server/store/store.hpp"\n')
        self.assert_found("client-lib/local may not include sync-server/store")

    def test_nobody_includes_the_tests(self):
        self.write("tests/support/a_visit.hpp", "#pragma once\n")
        self.write("core/base/a.cpp", '#include "tests/support/a_visit.hpp"\n')
        self.assert_found("core/base may not include tests")

    def test_the_longest_room_wins(self):
        self.write("core/merge/words/say.hpp", "#pragma once\n")
        self.write("core/merge/plan.cpp", '#include "core/merge/words/say.hpp"\n')
        self.assert_found("core/merge may not include core/merge/words")

    def test_an_include_in_a_comment_is_no_include(self):
        self.write("core/merge/plan.cpp", '// #include "core/crypto/sha256.hpp"\n/*\n#include <openssl/evp.h>\n*/\n')
        self.assertEqual(self.found(), [])

    def test_third_parties_stay_behind_their_door(self):
        self.write("core/merge/plan.cpp", "#include <openssl/evp.h>\n")
        self.assert_found("core/merge may not include [openssl]", "core/crypto")

    def test_the_operating_system_is_a_third_party(self):
        self.write("core/base/a.cpp", "#include <string.h>\n#include <unistd.h>\n")
        self.assert_found("core/base/a.cpp:2", "may not include [os]")

    def test_a_header_nobody_knows_is_named(self):
        self.write("core/base/a.cpp", "#include <curl/curl.h>\n")
        self.assert_found("unknown header", "<curl/curl.h>")

    def test_an_include_from_beside_is_refused(self):
        self.write("core/base/a.cpp", '#include "result.hpp"\n')
        self.assert_found("include not found", "from the repository root")

    def test_a_folder_without_a_line_is_refused(self):
        self.write("core/cellar/a.cpp", "\n")
        self.assert_found("core/cellar/a.cpp:1", "no room")

    def test_a_circle_in_the_law_is_found(self):
        self.write("tools/layers.txt", LAYERS.replace("core/base:\n", "core/base: core/merge\n"))
        self.assert_found("circle in the law", "core/base -> core/merge -> core/base")

    def test_a_circle_of_headers_inside_a_room_is_found(self):
        self.write("core/base/a.hpp", '#include "core/base/b.hpp"\n')
        self.write("core/base/b.hpp", '#include "core/base/a.hpp"\n')
        self.assert_found("circle of includes", "core/base/a.hpp -> core/base/b.hpp -> core/base/a.hpp")

    def test_a_line_that_names_nobody_is_found(self):
        self.write("tools/layers.txt", LAYERS + "core/wire: core/bsae\n")
        self.assert_found("unknown room", "core/bsae")

    def test_a_room_that_includes_too_many_is_found(self):
        names = [f"core/r{i}" for i in range(13)]
        law = LAYERS + "".join(f"{name}:\n" for name in names) + f"core/all: {' '.join(names)}\n"
        self.write("tools/layers.txt", law)
        for name in names:
            self.write(f"{name}/a.hpp", "#pragma once\n")
        self.write("core/all/all.cpp", "".join(f'#include "{name}/a.hpp"\n' for name in names))
        self.assert_found("too many rooms", "includes 13")

    def test_cmake_must_name_what_is_included(self):
        self.write("core/crypto/CMakeLists.txt", "daybook_room(NAME core_crypto SOURCES sha256.cpp)\n")
        self.assert_found("core/crypto/CMakeLists.txt:1", "missing in USES", "add core_base")

    def test_what_is_used_brings_what_it_uses(self):
        self.write("client-lib/abi/api.cpp", '#include "core/base/result.hpp"\n')
        self.write("client-lib/abi/CMakeLists.txt", "daybook_room(NAME client_abi USES client_local)\n")
        self.write("client-lib/local/CMakeLists.txt", "daybook_room(NAME client_lib_local USES core_base)\n")
        self.assertEqual(self.found(), [])

    def test_the_programs_we_are_measured_against_have_their_own_law(self):
        self.write("tests/bench/peers/other/a.cpp", '#include "b.hpp"\n#include <curl/curl.h>\n')
        self.assertEqual(self.found(), [])

    def test_cmake_may_not_use_what_the_law_forbids(self):
        self.write("core/merge/CMakeLists.txt", "\ndaybook_room(NAME core_merge USES core_base core_crypto)\n")
        self.assert_found("core/merge/CMakeLists.txt:2", "core/merge may not use core/crypto")

    def test_cmake_calls_a_room_by_its_path(self):
        self.write("client-lib/local/CMakeLists.txt", "daybook_room(NAME local_store USES core_base)\n")
        self.assert_found("'local_store' should be 'client_local'")


if __name__ == "__main__":
    unittest.main()
