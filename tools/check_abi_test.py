#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_abi.py catches what it is there to catch: each test plants one broken promise in a small interface."""

import unittest

import check_abi

HEADER = """
/* DAYBOOK_API int32_t daybook_in_a_comment(void); */
DAYBOOK_API int32_t daybook_commit(daybook_handle* handle,
                                   const char* json);
DAYBOOK_API void daybook_close(daybook_handle* handle);
"""
SYMBOLS = "# what we show\ndaybook_close\ndaybook_commit\n"
RELEASED = {"v1.symbols": "daybook_close\tvoid daybook_close(daybook_handle* handle)\n"}


class SmallInterface(unittest.TestCase):
    def texts(self, header=HEADER, symbols=SYMBOLS, released=None):
        return "\n".join(check_abi.compare_texts(header, symbols, RELEASED if released is None else released))

    def test_a_sound_interface_has_no_findings(self):
        self.assertEqual(self.texts(), "")

    def test_a_call_that_is_not_listed(self):
        self.assertIn("daybook_commit", self.texts(symbols="daybook_close\n"))

    def test_a_listed_call_that_is_not_declared(self):
        self.assertIn("daybook_wipe", self.texts(symbols=SYMBOLS + "daybook_wipe\n"))

    def test_a_list_out_of_order(self):
        self.assertIn("sort it", self.texts(symbols="daybook_commit\ndaybook_close\n"))

    def test_a_released_call_that_is_gone(self):
        self.assertIn("is gone", self.texts(released={"v1": "daybook_wipe\n"}))

    def test_a_released_call_whose_arguments_changed(self):
        self.assertIn("make a new call", self.texts(released={"v1": "daybook_close\tint32_t daybook_close(void)\n"}))

    def test_a_library_that_shows_too_little_or_too_much(self):
        shown = [("daybook_close", "DAYBOOK_1"), ("daybook_secret", "DAYBOOK_1"), ("DAYBOOK_1", "")]
        findings = "\n".join(check_abi.compare_library(SYMBOLS, shown))
        self.assertIn("daybook_commit is in the list, but not shown", findings)
        self.assertIn("shows daybook_secret", findings)
        self.assertNotIn("daybook_close", findings)


if __name__ == "__main__":
    unittest.main()
