#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Daybook's medians over those of the floor and of PouchDB, beside what must be reached: ratios.py FILE...

Used by run and by hand. Prints; the verdict is for the eye, not for an exit code. The demands: peers/README.md.
"""
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "peers"))
from medians import read  # noqa: E402

NDJSON_ZSTD_BYTES = {1000: 1_960_000, 10000: 19_600_000}  # level 3
FLOOR = {"S1": "outbox=1", "S2": "zstd", "S3": "zstd"}
POUCH = {"S1": "sync=true"}
# scenario, what, unit of the figure, must as (relation, factor, peer), or None: no such demand
DEMANDS = [
    ("S1", "units_s", (">=", 0.70, "floor-ops")), ("S1", "p99_ms", ("<=", 2, "floor-ops")),
    ("S2", "wall_s", ("<=", 2.5, "floor-ops")), ("S2", "cpu_server_s", ("<=", 2.5, "floor-ops")),
    ("S2", "cpu_client_s", None), ("S2", "wire", ("<=", 0.30, "pouchdb")), ("S2", "wire_up", ("<=", 1.05, "zstd -3")),
    ("S3", "wall_s", ("<=", 2, "floor-ops")), ("S3", "wire", None), ("S3", "cpu_client_s", None),
    ("S3", "cpu_server_s", None), ("S3", "first_readable_s", None),
    ("S4", "p50_ms", ("<=", 2, "floor-ops")), ("S4", "p99_ms", ("<=", 2, "floor-ops")),
    ("S4", "bytes_per_change", None),
    ("S5", "wall_s", ("<=", 6, "floor-ops")), ("S5", "wall_s", ("<=", 0.1, "pouchdb")), ("S5", "wire", None),
    ("S6 devices=10", "devices_s", (">=", 0.8, "floor-ops")), ("S6 devices=100", "devices_s", (">=", 0.8, "floor-ops")),
    ("S6 devices=1000", "devices_s", (">=", 0.8, "floor-ops")), ("S6 devices=1000", "rss_server_mb", None),
    ("S8", "restart_to_accept_s", None), ("S8", "bytes_resent", None),
    ("S2", "rss_client_mb", ("<=", 40, "MB")), ("S2", "rss_server_mb", ("<=", 40, "MB")),
    ("S3", "rss_client_mb", ("<=", 40, "MB")), ("S3", "rss_server_mb", ("<=", 40, "MB")),
]


def figure(row, what):
    if what == "wire":
        return row["wire_up"] + row["wire_down"] if "wire_up" in row else None
    if what == "bytes_per_change" and what not in row and "wire_up" in row:
        return (row["wire_up"] + row["wire_down"]) / {"floor-ops": 300, "pouchdb": 200}.get(row["peer"], 1)
    return row.get(what)


def median(groups, scenario, visits, peer, what):
    scenario, _, chosen = scenario.partition(" ")
    exact = bool(chosen)  # else devices=100 would be among devices=1000
    chosen = chosen or {"floor-ops": FLOOR, "pouchdb": POUCH}.get(peer, {}).get(scenario, "")
    values = []
    for (s, n, who, variant), rows in groups.items():
        size = n or 1000
        fits = variant == chosen if exact else chosen in variant
        if s == scenario and who == peer and fits and (size == visits or scenario in ("S4", "S5", "S6")):
            values += [value for value in (figure(row, what) for row in rows) if value is not None]
    return statistics.median(values) if values else None


def shown(value):
    return "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def must(demand, ours, visits, peers):
    if not demand:
        return "", ""
    relation, factor, peer = demand
    base = {"MB": 1, "zstd -3": NDJSON_ZSTD_BYTES.get(visits)}.get(peer, peers.get(peer))
    text = f"{'≥' if relation == '>=' else '≤'} {factor:g} {'' if peer == 'MB' else '× '}{peer}"
    if base is None:
        return text, "?"
    holds = ours >= factor * base if relation == ">=" else ours <= factor * base
    return text, "yes" if holds else "NO"


def main(paths):
    groups = read(paths)
    print("\n| scenario | visits | figure | Daybook | floor | PouchDB | × floor | × PouchDB | must | holds |")
    print("|" + "---|" * 10)
    for visits in (1000, 10000):
        for scenario, what, demand in DEMANDS:
            ours = median(groups, scenario, visits, "daybook", what)
            if ours is None or (visits != 1000 and scenario in ("S4", "S5", "S8")):
                continue
            peers = {peer: median(groups, scenario, visits, peer, what) for peer in ("floor-ops", "pouchdb")}
            ratios = [shown(ours / base) if base else "" for base in peers.values()]
            cells = [scenario, str(visits), what, shown(ours), *map(shown, peers.values()), *ratios,
                     *must(demand, ours, visits, peers)]
            print("| " + " | ".join(cells) + " |")
    growth(groups)


def growth(groups):
    """Memory at 10,000 visits over that at 1,000: at most 1.2."""
    for scenario in ("S1", "S2", "S3"):
        for what in ("rss_client_mb", "rss_server_mb"):
            small, large = (median(groups, scenario, visits, "daybook", what) for visits in (1000, 10000))
            if small and large:
                verdict = "yes" if large <= 1.2 * small else "NO"
                print(f"{scenario} {what}: {small:g} MB at 1,000 visits, {large:g} MB at 10,000: "
                      f"× {large / small:.2f}, must be ≤ 1.2: {verdict}")


if __name__ == "__main__":
    main(sys.argv[1:])
