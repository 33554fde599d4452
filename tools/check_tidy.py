#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tidy checks: budgets, banned words by place, orphan files, dead links.

Names file, line, what is wrong and what to do instead. Run by ctest and by tools/check. The include
law is check_layers.py's. Does not look at formatting.
"""

import ast
import os
import re
import sys
from collections import Counter

from source_text import (ROOMS_TOP, Findings, comments_only, files_under, is_code, line_of, read_text,
                         without_comments, without_comments_and_strings)

FILE_LINES_MAX = 500
TEST_FILE_LINES_MAX = 700
FUNCTION_LINES_MAX = 70
ROOM_FILES_MAX = 30
LINE_COLUMNS_MAX = 120
BEAST_FILES_MAX = 6


def _in_core(path):
    return path.startswith("core/") and not path.startswith("core/platform/")


def _in_house(path):
    return path.startswith(tuple(top + "/" for top in ROOMS_TOP))


def _in_house_outside_net(path):
    return _in_house(path) and "/net/" not in path


def _near_sqlite(path):
    return path.startswith("core/platform/") or "/sqlite/" in path or path.startswith(("tests/", "tools/"))


def _header(path):
    return path.endswith((".hpp", ".h"))


# (what is written, where it is banned, what to do instead). Comments and strings are not searched.
BANNED_WORDS = [
    (r"\b(system_clock|steady_clock)\b", _in_core, "take a Clock (core/ports) as an argument"),
    (r"\brandom_device\b|\bs?rand\s*\(", _in_core, "take an Rng (core/ports) as an argument"),
    (r"\b(thread|jthread|mutex|atomic|atomic_\w+|condition_variable)\b", _in_core,
     "core has no threads: lock where it is called from"),
    (r"\bgetenv\b", _in_core, "read the environment in app or abi and hand the value in"),
    (r"\bfopen\b", _in_core, "files are opened in core/platform only"),
    (r"\b(float|double)\b", _in_house,
     "no floating point: money in minor units, quantities in thousandths, time in ms"),
    (r"\bunordered_\w+", _in_core, "use the sorted container: iteration order must be the same on every machine"),
    (r"\bboost::beast\b|<boost/beast", _in_house_outside_net, "Beast lives in net/ only: use http/ values or a port"),
    (r"\bco_(await|return|yield)\b", _in_house_outside_net, "coroutines live in net/ only: write a plain function"),
    (r"\bsqlite3\w*\b", lambda p: not _near_sqlite(p),
     "SQLite lives in core/platform/sqlite and the sqlite adapters: use the store's port"),
    (r"\bPQ[a-z]\w+\s*\(", lambda p: _in_house(p) and "/postgres/" not in p, "libpq lives in the postgres adapter"),
    (r"\bEVP_\w+", lambda p: _in_house_outside_net(p) and not p.startswith("core/crypto/"), "use core/crypto"),
    (r"\busing\s+namespace\b", _header, "a header must not change its reader's names: write them out"),
    (r"\bstd::(format|expected)\b|<(format|expected|source_location)>|\bstd::(views|ranges::views)::", lambda p: True,
     "g++ 12 has no <format> and <expected>, clang 14 stumbles over the others: use what core/base offers"),
]
CATCH_ALL = re.compile(r"\bcatch\s*\(\s*\.\.\.\s*\)")
CATCH_ALL_ALLOWED = "// top of a thread"
UNISSUED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b(?!\s*\(?#\d)")
VAGUE_NAME = re.compile(r"(^|[_-])(utils?|common|helpers?|misc)([_-]|$)")
VAGUE_TYPE = re.compile(r"\b(?:class|struct)\s+(\w+(?:Manager|Helper|Utils?|Data|Info|Impl))\b")
SOURCE_TOKEN = re.compile(r"[\w./${}+-]+\.(?:cpp|c)\b")
MARKDOWN_LINK = re.compile(r"(?<!\\)\[[^\]\[]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")


def is_test(path):
    return path.startswith("tests/") or path.endswith(("_test.py", "_test.js"))


def is_script(root, path):
    if path.endswith((".py", ".sh", ".js", ".mjs")):
        return True
    if "." in os.path.basename(path) or not path.startswith(("tools/", ".ci/", "tests/")):
        return False
    with open(os.path.join(root, path), "rb") as file:
        return file.read(2) == b"#!"


# --- budgets -------------------------------------------------------------------------------------------------------

def check_lengths(path, text, findings):
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    most = TEST_FILE_LINES_MAX if is_test(path) else FILE_LINES_MAX
    if len(lines) > most:
        findings.add(path, most + 1, f"{len(lines)} lines, at most {most}", "split the file by topic")
    for number, line in enumerate(lines, start=1):
        if len(line) > LINE_COLUMNS_MAX:
            findings.add(path, number, f"{len(line)} columns, at most {LINE_COLUMNS_MAX}", "break the line")


def check_first_lines(path, text, has_header, findings):
    """The licence, then the purpose; a .cpp with a header of its own leaves the purpose to the header."""
    lines = [line for line in text.split("\n")[:4] if not line.startswith("#!")]
    mark = "//" if is_code(path) or path.endswith((".js", ".mjs")) else "#"
    if not lines or "SPDX-License-Identifier: Apache-2.0" not in lines[0]:
        findings.add(path, 1, "no licence line", f"begin with: {mark} SPDX-License-Identifier: Apache-2.0")
    elif not has_header and (len(lines) < 2 or not lines[1].lstrip().startswith((mark, '"""', "/*"))):
        findings.add(path, 2, "no purpose", "say what the file is, who calls it, its thread rule, what it does not do")


def _without_preprocessor(code):
    directive = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.)*", re.MULTILINE | re.DOTALL)
    return directive.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), code)


def function_bodies(text):
    """(name, line of its brace, number of lines) of every function outermost at its scope. A scanner of braces.

    Namespaces, types and extern blocks are looked into; initialisers are passed over; a lambda counts as part of the
    function that holds it.
    """
    code = _without_preprocessor(without_comments_and_strings(text))
    found = []
    scopes = []
    head_start = 0
    for match in re.finditer(r"[{};]", code):
        position, sign = match.start(), match.group()
        inside = bool(scopes) and scopes[-1][0] != "scope"
        if sign == "{":
            head = code[head_start:position]
            scopes.append(("inner" if inside else _kind_of(head), position, head))
            if scopes[-1][0] == "values":
                continue
        elif sign == "}" and scopes:
            kind, start, head = scopes.pop()
            if kind == "function":
                found.append((_name_of(head), line_of(code, start), code.count("\n", start, position) + 1))
            if kind == "values":
                continue  # the statement goes on, as in a constructor's list: a_{1}, b_{2} {
        if not inside or not scopes or scopes[-1][0] == "scope":
            head_start = position + 1
    return found


def _kind_of(head):
    """What the brace after this text opens: a scope to look into, a function, or values."""
    bare = re.sub(r"\b(alignas|__attribute__|decltype|requires)\s*\([^)]*\)|\[\[.*?\]\]", " ", head).strip()
    if head.count("(") > head.count(")") or re.search(r"(=|,|\breturn)$", bare):
        return "values"
    if re.match(r'(inline\s+)?namespace\b|extern\s*"\s*"$', bare):
        return "scope"
    type_head = r"(template\s*<.*>\s*)?(typedef\s+)?(class|struct|union|enum)\b[^()]*(:[^()]*)?$"
    if re.match(type_head, bare, re.DOTALL):
        return "scope"
    if "(" not in bare:
        return "values"
    # After the parameters: nothing, a qualifier, a trailing return type, or the end of a constructor's list.
    if re.search(r"[)}]$|\b(const|noexcept|override|final|mutable|try)$|[)\w]\s*&{1,2}$|->[^(){};]+$", bare):
        return "function"
    return "values"


def _name_of(head):
    head = head.strip()
    head = re.sub(r"template\s*<.*>\s*\n", "", head)
    match = re.search(r"(operator[^\s(]*|[~\w:]+)\s*\(", head)
    return match.group(1) if match else head[-40:]


def check_functions(path, text, findings):
    for name, line, length in function_bodies(text):
        if length > FUNCTION_LINES_MAX:
            findings.add(path, line, f"{name}() has {length} lines, at most {FUNCTION_LINES_MAX}",
                         "split it: ifs at the top, loops at the bottom, pure leaves")


def check_python_functions(path, text, findings):
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        findings.add(path, error.lineno or 1, "does not parse", str(error.msg))
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                findings.add(path, node.lineno, f"{node.name}() has {length} lines, at most {FUNCTION_LINES_MAX}",
                             "split it")


def rooms_of(root):
    """The rooms named in tools/layers.txt, longest first."""
    named = re.findall(r"^([\w/-]+):", read_text(root, "tools/layers.txt"), re.MULTILINE)
    return sorted(named, key=len, reverse=True)


def check_room_sizes(root, paths, findings):
    rooms = rooms_of(root)

    def room_of(path):
        folder = os.path.dirname(path)
        if not _in_house(path):
            return folder
        return next((room for room in rooms if (folder + "/").startswith(room + "/")), folder)

    for room, count in Counter(room_of(path) for path in paths if is_code(path)).items():
        if count > ROOM_FILES_MAX:
            findings.add(room, 1, f"{count} files in a room, at most {ROOM_FILES_MAX}", "make two rooms of it")


# --- words ---------------------------------------------------------------------------------------------------------

def check_words(path, text, findings):
    code = without_comments_and_strings(text)
    includes = without_comments(text)
    for pattern, applies, instead in BANNED_WORDS:
        if not applies(path):
            continue
        where = includes if "<" in pattern else code
        for match in re.finditer(pattern, where):
            findings.add(path, line_of(code, match.start()), f"banned word '{match.group().strip()}'", instead)
    lines = text.split("\n")
    for match in CATCH_ALL.finditer(code):
        line = line_of(code, match.start())
        if "/abi/" not in path and CATCH_ALL_ALLOWED not in "\n".join(lines[max(0, line - 2):line]):
            findings.add(path, line, "banned 'catch (...)'",
                         f"catch what you expect; at the top of a thread write '{CATCH_ALL_ALLOWED}' beside it")
    if _header(path):
        for match in VAGUE_TYPE.finditer(code):
            line = line_of(code, match.start())
            findings.add(path, line, f"vague name '{match.group(1)}'", "use a noun of the trade")


def check_open_ends(path, text, findings):
    searched = comments_only(text) if is_code(path) else text
    for match in UNISSUED.finditer(searched):
        findings.add(path, line_of(searched, match.start()), f"{match.group(1)} without an issue",
                     f"write {match.group(1)} #12, or do it, or drop it")


def check_names(paths, findings):
    for path in paths:
        for part in path.split("/"):
            if VAGUE_NAME.search(part.split(".")[0].lower()):
                findings.add(path, 1, f"vague name '{part}'", "name the file or folder after what is in it")


# --- orphans -------------------------------------------------------------------------------------------------------

def check_orphans(root, paths, findings):
    """Every source file is built by some CMakeLists.txt, and every CMakeLists.txt is reached from the one above."""
    built = set()
    named = set()
    entered = {""}
    for path in paths:
        if not path.endswith(("CMakeLists.txt", ".cmake")):
            continue
        folder = os.path.dirname(path)
        text = re.sub(r"#[^\n]*", "", read_text(root, path))
        for token in SOURCE_TOKEN.findall(text):
            from_root = re.match(r"\$\{(?:PROJECT|CMAKE)_SOURCE_DIR\}/(.*)", token)
            built.add(os.path.normpath(from_root.group(1) if from_root else os.path.join(folder, token)))
            built.add(os.path.normpath(token))
        for call in re.findall(r"\b(?:daybook_add_if_present|add_subdirectory)\s*\(([^)]*)\)", text):
            entered |= {os.path.normpath(os.path.join(folder, word)) for word in call.split()}
        for call in re.finditer(r"\bdaybook_(room|test|program|fuzz)\s*\(([^)]*)\)", text):
            for word in re.finditer(r"\S+", call.group(2)):
                if SOURCE_TOKEN.fullmatch(word.group()) and "$" not in word.group():
                    line = line_of(text, call.start(2) + word.start())
                    named.add((os.path.join(folder, word.group()), path, line))
    for source, path, line in sorted(named):
        if os.path.normpath(source) not in paths:
            findings.add(path, line, f"'{os.path.basename(source)}' is not there", "write it or drop it from the list")
    for path in paths:
        if path.endswith((".cpp", ".c")) and path not in built and not path.startswith("tests/bench/peers/"):
            findings.add(path, 1, "orphan", "no CMakeLists.txt builds it: add it to SOURCES or delete it")
        folder = os.path.dirname(path)
        if not path.endswith("CMakeLists.txt") or folder in entered:
            continue
        is_gathered = path.startswith(("tests/unit/", "tools/"))  # found by GLOB
        is_apart = re.search(r"^project\s*\(", read_text(root, path), re.MULTILINE)  # a customer's project, as a sample
        if not is_gathered and not is_apart:
            findings.add(path, 1, "orphan", "the CMakeLists.txt above does not enter this folder")


# --- links ---------------------------------------------------------------------------------------------------------

def anchors_of(text):
    """The anchors that the headings of a Markdown page make."""
    found = Counter()
    anchors = set()
    for heading in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", _without_fences(text), re.MULTILINE):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        anchors.add(slug if not found[slug] else f"{slug}-{found[slug]}")
        found[slug] += 1
    return anchors | set(re.findall(r'<a\s+(?:id|name)="([^"]+)"', text))


def _without_fences(text):
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    text = re.sub(r"^( *)(```|~~~).*?^\1\2", blank, text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", blank, text)


def check_links(root, path, text, findings):
    for match in MARKDOWN_LINK.finditer(_without_fences(text)):
        target = match.group(1)
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        line = line_of(text, match.start())
        file_part, _, anchor = target.partition("#")
        goal = os.path.normpath(os.path.join(os.path.dirname(path), file_part)) if file_part else path
        full = os.path.join(root, goal)
        if not os.path.exists(full):
            findings.add(path, line, f"dead link '{target}'", "mend the path or drop the link")
        elif anchor and goal.endswith(".md") and anchor not in anchors_of(read_text(root, goal)):
            findings.add(path, line, f"dead link '{target}'", f"{goal} has no heading with that anchor")


# --- all -----------------------------------------------------------------------------------------------------------

def check(root):
    """All findings and what was looked at."""
    findings = Findings()
    paths = files_under(root)
    present = set(paths)
    beast_files = []
    for path in paths:
        code = is_code(path)
        if path.endswith(".md"):
            check_links(root, path, read_text(root, path), findings)
        if not code and not is_script(root, path):
            continue
        text = read_text(root, path)
        check_lengths(path, text, findings)
        has_header = path.endswith(".cpp") and path[:-4] + ".hpp" in present
        check_first_lines(path, text, has_header, findings)
        check_open_ends(path, text, findings)
        if code:
            check_functions(path, text, findings)
            check_words(path, text, findings)
            if "<boost/beast" in without_comments(text) and path.endswith(".cpp"):
                beast_files.append(path)
        elif path.endswith(".py"):
            check_python_functions(path, text, findings)
    if len(beast_files) > BEAST_FILES_MAX:
        findings.add(beast_files[-1], 1, f"{len(beast_files)} files include Beast, at most {BEAST_FILES_MAX}",
                     "each costs 40 s and 1 GB to compile: go through an existing one")
    check_room_sizes(root, paths, findings)
    check_names(paths, findings)
    check_orphans(root, paths, findings)
    return findings, f"{len(paths)} files"


if __name__ == "__main__":
    found, looked_at = check(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.exit(found.report("check_tidy", looked_at))
