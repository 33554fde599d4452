# SPDX-License-Identifier: Apache-2.0
"""The repository as text: which files are ours, and C++ without its comments and strings.

Used by check_layers.py and check_tidy.py. Reads only; knows no rule.
"""

import os
import re

ROOMS_TOP = ("core", "client-lib", "sync-server")
CODE_SUFFIXES = (".hpp", ".cpp", ".h", ".c")
SKIPPED_FOLDERS = {".git", "build", ".demo", "node_modules", "__pycache__", ".cache", ".vscode", ".idea"}

# Raw strings first: inside one, // and " mean nothing. A quote after a digit is a separator of digits.
_TOKEN = re.compile(
    r'(?P<raw>R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)")'
    r"|(?P<line>//(?:[^\n\\]|\\.)*)"
    r"|(?P<block>/\*.*?\*/)"
    r'|(?P<text>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<char>(?<![0-9A-Za-z_])(?:u8|[uUL])?'(?:[^'\\\n]|\\.)*')",
    re.DOTALL,
)


def files_under(root):
    """Paths of all our files, relative to root, with forward slashes, sorted."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        for name in names:
            found.append(os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/"))
    return sorted(found)


def is_code(path):
    return path.endswith(CODE_SUFFIXES)


def read_text(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """Comments become blanks; lines and columns stay where they are."""
    return _TOKEN.sub(lambda m: _blank(m.group()) if m.group("line") or m.group("block") else m.group(), text)


def without_comments_and_strings(text):
    """Comments and the insides of strings become blanks; quotes, lines and columns stay."""

    def replaced(match):
        if match.group("line") or match.group("block"):
            return _blank(match.group())
        inside = match.group()
        return inside[0] + _blank(inside[1:-1]) + inside[-1]

    return _TOKEN.sub(replaced, text)


def comments_only(text):
    """The opposite: everything but comments becomes blanks."""
    out = []
    end = 0
    for match in _TOKEN.finditer(text):
        out.append(_blank(text[end:match.start()]))
        is_comment = match.group("line") or match.group("block")
        out.append(match.group() if is_comment else _blank(match.group()))
        end = match.end()
    out.append(_blank(text[end:]))
    return "".join(out)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class Findings:
    """What a checker found: printed one a line as file:line: rule: what to do."""

    def __init__(self):
        self.rows = []

    def add(self, path, line, rule, advice):
        self.rows.append((path, line, rule, advice))

    def report(self, checker, checked):
        """Prints everything and answers the exit code."""
        for path, line, rule, advice in sorted(set(self.rows)):
            print(f"{path}:{line}: {rule}: {advice}")
        if self.rows:
            print(f"{checker}: {len(set(self.rows))} findings in {checked}")
            return 1
        print(f"{checker}: {checked}, nothing to say")
        return 0
