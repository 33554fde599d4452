#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the C interface together: header, symbol list, released lists and the built library name the same calls.

tools/check_abi.py [path of libdaybook.so]. Without a library only the texts are compared. Run by ctest.
Does not look at arguments: the golden header of a release does (a call whose declaration changed is a finding).
"""

import glob
import os
import re
import subprocess
import sys

HEADER = "client-lib/include/daybook/daybook.h"
SYMBOLS = "client-lib/exports/daybook.symbols"
RELEASED = "tests/golden/abi/*.symbols"
VERSION_NODE = "DAYBOOK_1"


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)


def declarations(header):
    """name -> declaration on one line, of everything marked DAYBOOK_API."""
    found = {}
    pattern = r"^DAYBOOK_API\s+([^;]*?\b(daybook_\w+)\s*\([^;]*\))\s*;"
    for match in re.finditer(pattern, without_comments(header), re.MULTILINE):
        found[match.group(2)] = re.sub(r"\s+", " ", match.group(1))
    return found


def listed(text):
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def shown_by(library):
    """(name, version node) of every symbol the library defines for others."""
    out = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", library],
                         check=True, capture_output=True, text=True).stdout
    found = []
    for line in out.splitlines():
        name, _, version = line.split()[-1].partition("@")
        found.append((name, version.lstrip("@")))
    return found


def compare_texts(header, symbols, released):
    """Findings as sentences. `released`: file name -> text."""
    findings = []
    declared = declarations(header)
    names = listed(symbols)
    if names != sorted(set(names)):
        findings.append(f"{SYMBOLS}: sort it, each name once")
    for name in sorted(set(declared) - set(names)):
        findings.append(f"{SYMBOLS}: {name} is declared in the header: add it, and raise DAYBOOK_ABI_VERSION")
    for name in sorted(set(names) - set(declared)):
        findings.append(f"{HEADER}: {name} is exported but not declared with DAYBOOK_API")
    for path, text in sorted(released.items()):
        for line in listed(text):
            name, _, was = line.partition("\t")
            if name not in declared:
                findings.append(f"{HEADER}: {name} was released ({path}) and is gone: a call is never removed")
            elif was and declared[name] != was:
                findings.append(f"{HEADER}: {name} was released as '{was}' ({path}): make a new call beside it")
    return findings


def compare_library(symbols, shown):
    findings = []
    names = set(listed(symbols))
    present = {name for name, version in shown if version == VERSION_NODE}
    for name in sorted(names - present):
        findings.append(f"library: {name} is in the list, but not shown under {VERSION_NODE}")
    for name, version in sorted(shown):
        if name not in names and name != VERSION_NODE:
            findings.append(f"library: shows {name} {version}, which is not in {SYMBOLS}")
    return findings


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main(arguments):
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    header, symbols = read(HEADER), read(SYMBOLS)
    if arguments == ["--write"]:
        # Prints the released form of today's interface, for tests/golden/abi.
        print("\n".join(f"{name}\t{text}" for name, text in sorted(declarations(header).items())))
        return 0
    findings = compare_texts(header, symbols, {path: read(path) for path in glob.glob(RELEASED)})
    if arguments:
        findings += compare_library(symbols, shown_by(arguments[0]))
    for finding in findings:
        print(finding)
    print(f"check_abi: {len(listed(symbols))} calls, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
