#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The include law: may this room include that one?

Reads tools/layers.txt, every #include and every daybook_room(... USES ...), and names file, line, the rule and the way
out. Run by ctest and by tools/check. Does not compile anything.
"""

import os
import re
import sys

from source_text import ROOMS_TOP, Findings, files_under, is_code, line_of, read_text, without_comments

ROOMS_INCLUDED_MAX = 12
CUSTOMER_HEADERS = "client-lib/include"
NEIGHBOURS = "tests/bench/peers/"  # programs we are measured against: houses of their own, with their own build
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
ROOM_CALL = re.compile(r"daybook_room\s*\(([^)]*)\)")
C_STANDARD = set(
    "assert ctype errno fenv float inttypes limits locale math setjmp signal stdarg stdbool stddef stdint stdio stdlib "
    "string time wchar wctype".split()
)


class Law:
    """tools/layers.txt as a value."""

    def __init__(self, text, findings, path="tools/layers.txt"):
        self.path = path
        self.line = {}
        self.rooms = {}
        self.others = {}
        self.prefixes = {}
        self.free = set()
        written = {}
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.split("#")[0].strip()
            if not line:
                continue
            name, colon, rest = line.partition(":")
            if not colon:
                findings.add(path, number, "unreadable", "write 'room: rooms it may include [other names]'")
            elif name.startswith("external "):
                self.prefixes[name.split()[1]] = rest.split()
            else:
                self._read_room(name.strip(), rest, number, findings, written)
        for room, names in written.items():
            self._expand(room, names, findings)

    def _read_room(self, room, rest, number, findings, written):
        if room in written:
            findings.add(self.path, number, "room named twice", f"merge with line {self.line[room]}")
        bracket = re.search(r"\[([^\]]*)\]", rest)
        self.others[room] = set(bracket.group(1).split()) if bracket else set()
        written[room] = re.sub(r"\[[^\]]*\]", "", rest).split()
        self.line[room] = number

    def _expand(self, room, names, findings):
        allowed = set()
        for name in names:
            if name.endswith("*"):
                self.free.add(room)
                folder = name[:-1]
                allowed |= {other for other in self.line if other.startswith(folder) or other == folder.rstrip("/")}
            elif name in self.line:
                allowed.add(name)
            else:
                findings.add(self.path, self.line[room], "unknown room", f"{room} names {name}, which has no line here")
        for other in self.others[room] - set(self.prefixes):
            findings.add(self.path, self.line[room], "unknown name in brackets", f"add 'external {other}: its/headers'")
        self.rooms[room] = allowed - {room}

    def room_of(self, path):
        """The longest room that holds this path, or None."""
        while path:
            if path in self.line:
                return path
            path = os.path.dirname(path)
        return None

    def other_of(self, header):
        """The bracket name of a header that is neither ours nor standard: None for the standard, '' for unknown."""
        stem = header[:-2] if header.endswith(".h") else header
        if "/" not in header and "." not in header or stem in C_STANDARD:
            return None
        for name, prefixes in self.prefixes.items():
            if any(header == prefix or (prefix.endswith("/") and header.startswith(prefix)) for prefix in prefixes):
                return name
        return ""


def circles(edges):
    """One path per circle among named edges {from: {to}}, each starting at its smallest name."""
    found = {}
    state = {}
    trail = []

    def visit(node):
        state[node] = "open"
        trail.append(node)
        for target in sorted(edges.get(node, ())):
            if state.get(target) == "open":
                circle = trail[trail.index(target):]
                smallest = circle.index(min(circle))
                circle = circle[smallest:] + circle[:smallest]
                found[tuple(circle)] = None
            elif target not in state:
                visit(target)
        trail.pop()
        state[node] = "done"

    for node in sorted(edges):
        if node not in state:
            visit(node)
    return [list(circle) + [circle[0]] for circle in found]


def resolve(root, path, quote, header):
    """The repository path of an include that is ours, or None."""
    candidates = [header, f"{CUSTOMER_HEADERS}/{header}"]
    if quote == '"' and path.startswith(CUSTOMER_HEADERS + "/"):
        candidates.append(os.path.join(os.path.dirname(path), header))
    for candidate in candidates:
        if os.path.isfile(os.path.join(root, candidate)):
            return os.path.normpath(candidate)
    return None


class Includes:
    """Every #include of the house, judged by the law."""

    def __init__(self, root, law, findings):
        self.root = root
        self.law = law
        self.findings = findings
        self.files = {}
        self.rooms = {}
        self.first_line = {}

    def judge_file(self, path):
        room = self.law.room_of(path)
        if room is None:
            self.findings.add(path, 1, "no room", f"add a line for {os.path.dirname(path)} to {self.law.path}")
            return
        text = without_comments(read_text(self.root, path))
        for match in INCLUDE.finditer(text):
            self._judge(path, room, line_of(text, match.start(2)), match.group(1), match.group(2))

    def _judge(self, path, room, line, quote, header):
        target = resolve(self.root, path, quote, header)
        if target is not None:
            self._judge_ours(path, room, line, target)
        elif quote == '"':
            self.findings.add(path, line, "include not found",
                              f'"{header}" is not a path from the repository root; write "room/file.hpp"')
        else:
            self._judge_others(path, room, line, header)

    def _judge_ours(self, path, room, line, target):
        self.files.setdefault(path, set()).add(target)
        target_room = self.law.room_of(target)
        if target_room is None or target_room == room:
            return
        self.rooms.setdefault(room, set()).add(target_room)
        self.first_line.setdefault((room, target_room), (path, line))
        if target_room not in self.law.rooms[room]:
            self.findings.add(
                path, line, f"{room} may not include {target_room}",
                "move what you need down into a room both may see, take it as a value or a port, or extend "
                f"{self.law.path} line {self.law.line[room]} in this commit and say why")

    def _judge_others(self, path, room, line, header):
        other = self.law.other_of(header)
        if other is None or other in self.law.others[room]:
            return
        if other == "":
            self.findings.add(path, line, "unknown header",
                              f"<{header}> is neither standard nor an 'external' of {self.law.path}")
        else:
            holders = ", ".join(sorted(name for name, others in self.law.others.items() if other in others))
            self.findings.add(path, line, f"{room} may not include [{other}]",
                              f"<{header}> stays behind the doors of: {holders}")

    def judge_whole(self):
        for circle in circles(self.files):
            self.findings.add(circle[0], 1, "circle of includes", " -> ".join(circle))
        for room, targets in self.rooms.items():
            if len(targets) > ROOMS_INCLUDED_MAX and room not in self.law.free:
                path, line = self.first_line[(room, sorted(targets)[0])]
                self.findings.add(path, line, "too many rooms",
                                  f"{room} includes {len(targets)}, at most {ROOMS_INCLUDED_MAX}: split the room")


def words_after(words, key, keys):
    """The words between key and the next key of a CMake call."""
    if key not in words:
        return []
    rest = words[words.index(key) + 1:]
    stop = next((i for i, word in enumerate(rest) if word in keys), len(rest))
    return rest[:stop]


def cmake_name(room):
    """core/merge is core_merge, client-lib/outbox client_outbox, sync-server/store/memory server_store_memory."""
    return re.sub(r"[/-]", "_", room).replace("client_lib_", "client_", 1).replace("sync_server_", "server_", 1)


def rooms_declared(root, paths, law, findings):
    """{room: (CMakeLists.txt, line, rooms it uses)} as CMake has it; names that are no rooms are findings."""
    room_named = {re.sub(r"[/-]", "_", room): room for room in law.line}
    room_named.update({cmake_name(room): room for room in law.line})
    keys = {"NAME", "SOURCES", "USES", "LIBS"}
    declared = {}
    for path in paths:
        if os.path.basename(path) != "CMakeLists.txt" or not path.startswith(ROOMS_TOP):
            continue
        text = re.sub(r"#[^\n]*", lambda m: " " * len(m.group()), read_text(root, path))
        for call in ROOM_CALL.finditer(text):
            line = line_of(text, call.start())
            words = call.group(1).split()
            name = (words_after(words, "NAME", keys) or [""])[0]
            folder = os.path.dirname(path)
            room = law.room_of(folder)
            if room is None or room_named.get(name) != room:
                expected = cmake_name(room or folder)
                if name != expected:
                    findings.add(path, line, "room name", f"'{name}' should be '{expected}', the path with underscores")
                continue
            uses = words_after(words, "USES", keys)
            for used in uses:
                if used not in room_named:
                    findings.add(path, line, "unknown room in USES", f"'{used}' has no line in {law.path}")
            declared[room] = (path, line, {room_named[used] for used in uses if used in room_named})
    return declared


def check_cmake(root, paths, law, included, findings):
    """CMake links only what the law allows, and all that the room includes (directly or through what it uses)."""
    declared = rooms_declared(root, paths, law, findings)
    for room, (path, line, uses) in declared.items():
        for target in sorted(uses - law.rooms[room] - {room}):
            findings.add(path, line, f"{room} may not use {target}",
                         f"drop it from USES, or extend {law.path} line {law.line[room]} and say why")
        linked = set()
        waiting = list(uses)
        while waiting:
            target = waiting.pop()
            if target not in linked:
                linked.add(target)
                waiting.extend(declared.get(target, ("", 0, ()))[2])
        for target in sorted(included.get(room, set()) - linked - {CUSTOMER_HEADERS}):
            findings.add(path, line, "missing in USES", f"{room} includes {target}: add {cmake_name(target)}")


def check(root):
    """All findings and the number of files looked at."""
    findings = Findings()
    law = Law(read_text(root, "tools/layers.txt"), findings)
    for circle in circles({room: law.rooms[room] for room in law.rooms if room not in ("tools", "tests")}):
        findings.add(law.path, law.line[circle[0]], "circle in the law", " -> ".join(circle))
    paths = files_under(root)
    code = [path for path in paths if is_code(path) and path.startswith(ROOMS_TOP + ("tools", "tests"))
            and not path.startswith(NEIGHBOURS)]
    includes = Includes(root, law, findings)
    for path in code:
        includes.judge_file(path)
    includes.judge_whole()
    check_cmake(root, paths, law, includes.rooms, findings)
    return findings, f"{len(code)} files, {len(law.rooms)} rooms"


if __name__ == "__main__":
    found, looked_at = check(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.exit(found.report("check_layers", looked_at))
