#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_tidy.py catches what it is there to catch: each test plants one untidiness in a small house of its own."""

import os
import tempfile
import unittest

import check_tidy

SPDX = "// SPDX-License-Identifier: Apache-2.0\n// Purpose.\n"
OPEN_END = "TO" + "DO"


class SmallHouse(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("tools/layers.txt", "core/base:\ncore/merge: core/base\nsync-server/net:\nclient-lib/abi:\n")
        self.write("core/CMakeLists.txt", "daybook_add_if_present(base merge)\n")
        self.write("CMakeLists.txt", "daybook_add_if_present(core)\n")
        self.write("core/merge/CMakeLists.txt", "daybook_room(NAME core_merge SOURCES plan.cpp)\n")
        self.code("core/merge/plan.cpp", "int plan() { return 1; }\n")

    def write(self, path, text):
        full = os.path.join(self.folder.name, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def code(self, path, text):
        self.write(path, SPDX + text)

    def found(self):
        findings, _ = check_tidy.check(self.folder.name)
        return [f"{path}:{line}: {rule}: {advice}" for path, line, rule, advice in findings.rows]

    def assert_found(self, *parts):
        rows = self.found()
        self.assertEqual(len(rows), 1, rows)
        for part in parts:
            self.assertIn(part, rows[0])


class Budgets(SmallHouse):
    def test_an_orderly_house_passes(self):
        self.assertEqual(self.found(), [])

    def test_a_long_file(self):
        self.code("core/merge/plan.hpp", "int a;\n" * 499)
        self.assert_found("core/merge/plan.hpp:501", "501 lines, at most 500")

    def test_a_test_may_be_longer(self):
        self.code("tests/support/a.hpp", "int a;\n" * 600)
        self.assertEqual(self.found(), [])

    def test_a_long_line_counts_characters_not_bytes(self):
        self.code("core/merge/plan.hpp", "// " + "签" * 117 + "\n// " + "x" * 118 + "\n")
        self.assert_found("core/merge/plan.hpp:4", "121 columns")

    def test_a_long_function(self):
        body = "  f();\n" * 70
        self.code("core/merge/plan.cpp", "namespace daybook {\nint\nplan(int a) {\n" + body + "}\n}\n")
        self.assert_found("core/merge/plan.cpp:5", "plan() has 72 lines")

    def test_a_crowded_room(self):
        for i in range(30):
            self.code(f"core/merge/m{i}.hpp", "\n")
        self.assert_found("core/merge:1", "31 files in a room")

    def test_a_long_python_function(self):
        self.write("tools/a.py", "# SPDX-License-Identifier: Apache-2.0\n'''a'''\n".replace("'''", '"""')
                   + "def a():\n" + "    b()\n" * 70)
        self.assert_found("tools/a.py:3", "a() has 71 lines")

    def test_a_file_begins_with_licence_and_purpose(self):
        self.write("core/merge/plan.hpp", "int a;\n")
        self.assert_found("no licence line")
        self.write("core/merge/plan.hpp", "// SPDX-License-Identifier: Apache-2.0\nint a;\n")
        self.assert_found("no purpose")


class Bodies(unittest.TestCase):
    """The brace scanner knows our style."""

    def names(self, text):
        return [(name, length) for name, _, length in check_tidy.function_bodies(text)]

    def test_types_and_namespaces_are_looked_into(self):
        text = ("namespace a {\nclass B final : public C<int> {\n public:\n"
                "  int d() const {\n    return 1;\n  }\n};\n}\n")
        self.assertEqual(self.names(text), [("d", 3)])

    def test_tables_are_no_functions(self):
        self.assertEqual(self.names("constexpr int kA[] = {\n1,\n2,\n};\nstd::map<int, int> b{\n{1, 2}};\n"), [])

    def test_a_constructor_with_a_list_is_one_function(self):
        text = "A::A(int b) : b_{b},\n  c_(make({1, 2})), d_{} {\n  go();\n}\nint e() {\n}\n"
        self.assertEqual([name for name, _ in self.names(text)], ["A::A", "e"])

    def test_a_lambda_belongs_to_its_function(self):
        self.assertEqual(self.names("int a() {\n  auto b = [](int c) {\n    return c;\n  };\n  return b(1);\n}\n"),
                         [("a", 6)])

    def test_braces_in_strings_characters_and_comments_do_not_count(self):
        text = 'int a() {\n  say("{", \'{\', R"x({{)x");  // {\n  /* { */ return 1\'000;\n}\nint b() {\n}\n'
        self.assertEqual(self.names(text), [("a", 4), ("b", 2)])

    def test_default_arguments_and_templates(self):
        text = ("template <class T, class = std::enable_if_t<(sizeof(T) > 1)>>\n"
                "T a(T b = {}, int c = 1) {\n  return b;\n}\n")
        self.assertEqual(self.names(text), [("a", 3)])

    def test_a_macro_with_a_body_is_a_function(self):
        self.assertEqual(self.names('TEST_CASE("a: b", "[c]") {\n  x();\n}\n'), [("TEST_CASE", 3)])


class Words(SmallHouse):
    def test_each_banned_word_is_found_where_it_is_banned(self):
        for line, path in [
                ("auto a = std::chrono::steady_clock::now();", "core/merge/plan.hpp"),
                ("int a = rand();", "core/merge/plan.hpp"),
                ("std::mutex a;", "core/merge/plan.hpp"),
                ("std::unordered_map<int, int> a;", "core/merge/plan.hpp"),
                ("double a = 1;", "sync-server/net/a.hpp"),
                ("#include <boost/beast/core.hpp>", "client-lib/abi/a.hpp"),
                ("co_await a;", "client-lib/abi/a.hpp"),
                ("sqlite3* a;", "client-lib/abi/a.hpp"),
                ("auto a = EVP_sha256();", "client-lib/abi/a.hpp"),
                ("using namespace std;", "sync-server/net/a.hpp"),
                ("class VisitManager {};", "core/merge/plan.hpp"),
        ]:
            with self.subTest(line=line):
                self.code(path, line + "\n")
                self.assert_found(f"{path}:3")
                self.code(path, "// " + line + "\n")
                self.assertEqual(self.found(), [], "a comment may say it")

    def test_words_are_free_where_they_belong(self):
        self.code("sync-server/net/a.hpp", "#include <boost/beast/core.hpp>\nstd::mutex a;\n")
        self.code("core/platform/sqlite/b.hpp", "sqlite3* a; std::mutex b;\n")
        self.assertEqual(self.found(), [])

    def test_catch_all(self):
        self.code("core/merge/plan.hpp", "void a() { try { b(); } catch (...) { } }\n")
        self.assert_found("core/merge/plan.hpp:3", "top of a thread")
        self.code("core/merge/plan.hpp", "void a() { try { b(); } catch (...) {  // top of a thread\n} }\n")
        self.code("client-lib/abi/a.hpp", "void a() { try { b(); } catch (...) { } }\n")
        self.assertEqual(self.found(), [])

    def test_open_ends_need_an_issue(self):
        self.code("core/merge/plan.hpp", f"// {OPEN_END} #12: split\n// {OPEN_END}: some day\n")
        self.assert_found("core/merge/plan.hpp:4", f"{OPEN_END} without an issue")

    def test_vague_names(self):
        self.code("core/merge/string_utils.hpp", "\n")
        self.assert_found("vague name 'string_utils.hpp'")


class Orphans(SmallHouse):
    def test_a_source_nobody_builds(self):
        self.code("core/merge/rules.cpp", "\n")
        self.assert_found("core/merge/rules.cpp:1", "orphan")

    def test_a_source_named_but_absent(self):
        self.write("core/merge/CMakeLists.txt", "daybook_room(NAME core_merge\n  SOURCES plan.cpp rules.cpp)\n")
        self.assert_found("core/merge/CMakeLists.txt:2", "'rules.cpp' is not there")

    def test_a_room_nobody_enters(self):
        self.write("core/wire/CMakeLists.txt", "daybook_room(NAME core_wire)\n")
        self.assert_found("core/wire/CMakeLists.txt:1", "does not enter")

    def test_a_project_of_its_own_is_entered_by_nobody(self):
        self.write("tests/sample/CMakeLists.txt", "project(sample LANGUAGES C)\n")
        self.assertEqual(self.found(), [])


class Links(SmallHouse):
    def test_links_that_lead_somewhere(self):
        self.write("docs/a.md", "# One door\n\n[b](../README.md#two-doors) [c](#one-door) [d](https://example.org)\n")
        self.write("README.md", "# House\n## Two doors\n```\n[x](nowhere.md)\n```\n`[y](nowhere.md)`\n")
        self.assertEqual(self.found(), [])

    def test_a_dead_link(self):
        self.write("README.md", "# House\n\nsee [rules](core/merge/RULES.md)\n")
        self.assert_found("README.md:3", "dead link 'core/merge/RULES.md'")

    def test_a_dead_anchor(self):
        self.write("README.md", "# House\n[rules](#cellar)\n")
        self.assert_found("README.md:2", "no heading")


if __name__ == "__main__":
    unittest.main()
