#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Medians of measurement lines, as a table: medians.py FILE... Used by run.sh and by hand.

Lines are grouped by scenario, size, peer and variant; whatever number they carry is taken. Judges nothing.
"""
import json
import statistics
import sys

GROUP = ("s", "n", "peer", "variant")
COLUMNS = [
    ("wall_s", "wall s"), ("units_s", "units/s"), ("records_s", "records/s"), ("p50_ms", "p50 ms"),
    ("p99_ms", "p99 ms"),
    ("wire_up", "bytes up"), ("wire_down", "bytes down"), ("reqs", "requests"), ("cpu_client_s", "CPU client s"),
    ("cpu_server_s", "CPU server s"), ("rss_client_mb", "MB client"), ("rss_server_mb", "MB server"),
    ("restart_to_accept_s", "restart s"), ("devices_s", "devices/s"), ("mb_s", "MB/s"), ("per_s", "per s"),
]


def read(paths):
    groups = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                if "s" in row:
                    groups.setdefault(tuple(row.get(key, "") for key in GROUP), []).append(row)
    return groups


def median(rows, key):
    values = [row[key] for row in rows if isinstance(row.get(key), (int, float))]
    if not values:
        return ""
    value = statistics.median(values)
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def main(paths):
    groups = read(paths)
    columns = [(key, title) for key, title in COLUMNS
               if any(key in row for rows in groups.values() for row in rows)]
    print("| scenario | n | peer | variant | runs | " + " | ".join(title for _, title in columns) + " |")
    print("|" + "---|" * (5 + len(columns)))
    for group in sorted(groups, key=lambda g: (g[0], g[1] or 0, g[2], g[3])):
        rows = groups[group]
        cells = [str(part) for part in group] + [str(len(rows))] + [median(rows, key) for key, _ in columns]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main(sys.argv[1:])
