#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One round of Daybook: round.py [SCENARIO...], default s1 s2 s3 s4 s5 s6 s8; parked; --visits N (1000).

A daybookd of its own in a temporary folder, two phones enrolled for the technician of the workload; one JSON line per
measurement on standard output. Called by run. Ends only what it started.
"""
import argparse
import collections
import hashlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from house import BIN, House  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
PEERS = pathlib.Path(os.environ.get("PEERS", pathlib.Path.home() / ".cache/daybook-peers"))
TECHNICIAN = "tech-0000"
FAN_IN = (10, 100, 1000)
PER_VISIT = {"visits": 1, "parts": 2, "signatures": 1}


class Round:
    def __init__(self, visits, schema=HERE / "bench_schema.json"):
        self.visits = visits
        self.workload = PEERS / f"data/w{visits}.ndjson"
        self.house = House(schema)

    def driver(self, scenario, **options):
        command = [BIN / "daybook-bench", scenario]
        for name, value in options.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        return command

    def bench(self, scenario, **options):
        ran = subprocess.run(self.driver(scenario, **options), stdout=subprocess.PIPE, text=True, timeout=900)
        if ran.returncode != 0:
            raise RuntimeError(f"daybook-bench {scenario}: {ran.returncode}\n{ran.stdout}")
        return ran.stdout.strip()

    def phone(self, name):
        return self.house.folder / f"{name}.db"

    def enrol(self, name, fresh=None):
        """In a life of the office of its own: signing in costs scrypt's memory, which no later peak shall show."""
        self.house.start()
        self.house.login()
        self.house.add_technician(TECHNICIAN)
        code = self.house.enrolment_code(TECHNICIAN)
        self.bench("enrol", store=self.phone(name), code=code, first_contact="yes")
        if fresh:  # without a first contact: it has everything to fetch
            self.bench("enrol", store=self.phone(fresh), code=self.house.enrolment_code(TECHNICIAN))
        self.house.stop()

    def commit(self, name, **options):
        return self.bench("s1", store=self.phone(name), workload=self.workload, visits=self.visits, **options)

    def served(self, scenario, **options):
        self.house.start()
        line = self.bench(scenario, visits=self.visits, server_pid=self.house.process.pid, **options)
        self.house.stop()
        return line

    def book(self):
        """What the office holds, read from its file: every set once, every record, no half visit."""
        book = sqlite3.connect(f"file:{self.house.server / 'daybook.db'}?mode=ro", uri=True)
        sets, distinct = book.execute("select count(*), count(distinct lineage * 100000000 + seq) from commits "
                                      "where lineage <> 0 and link is not null").fetchone()
        kinds = dict(book.execute("select n.name, count(*) from records r join names n on n.number = r.collection "
                                  "group by 1"))
        parents = book.execute("select parent from records where parent is not null")
        children = collections.Counter(parent for parent, in parents)
        book.close()
        return {"units": sets, "units_distinct": distinct,
                "records": sum(kinds.get(kind, 0) for kind in PER_VISIT),
                "half_visits": sum(count != 3 for count in children.values()),
                "whole": all(kinds.get(kind) == per * self.visits for kind, per in PER_VISIT.items())}

    def check_book(self, scenario):
        book = self.book()
        print_line(peer="daybook", s=f"{scenario}-check", n=self.visits, **book)
        once = book["units"] == book["units_distinct"] == 4 * self.visits
        if not (once and book["whole"] and not book["half_visits"]):
            raise RuntimeError(f"{scenario}: the office does not hold every set once: {book}")

    def kill_while_uploading(self):
        self.house.start()
        command = self.driver("s8", store=self.phone("a"), visits=self.visits)
        client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            if client.stdout.readline().strip() != "accepted":
                raise RuntimeError("s8: the phone came to no first batch")
            time.sleep(int(os.environ.get("KILL_MS", "15")) / 1000)
            self.house.kill()
            at_kill = self.book()
            restarted = time.monotonic()
            self.house.start()
            ready = time.monotonic() - restarted
            rest, _ = client.communicate(timeout=300)
        finally:
            if client.poll() is None:
                client.kill()
        if client.returncode != 0:
            raise RuntimeError(f"s8: the phone left with {client.returncode}\n{rest}")
        line = json.loads(rest)
        accepted = line.pop("accepted_at_s")
        line["restart_to_ready_s"] = round(ready, 4)
        if line["broke"]:
            line["restart_to_accept_s"] = round(accepted - restarted, 4)
        line["units_at_kill"] = at_kill["units"]
        line["half_visits_at_kill"] = at_kill["half_visits"]
        print_line(**line)
        self.house.stop()
        self.check_book("S8")


    def outcome_of_collision(self, ours):
        """What is left of 1,000 visits that two phones edited unseen: asked of the office as its people ask."""
        book = sqlite3.connect(f"file:{self.house.server / 'daybook.db'}?mode=ro", uri=True)
        rows = book.execute("select r.id, r.row from records r join names n on n.number = r.collection "
                            "where n.name = 'visits' order by r.id").fetchall()
        book.close()
        digest = hashlib.sha256()
        for key, row in rows:
            digest.update(key)
            digest.update(row)
        self.house.start()
        self.house.login()
        losing, after = {}, ""
        while after is not None:
            page = self.house.call("GET", "/api/cases?state=open&limit=500" + (f"&after={after}" if after else ""))
            for case in page["cases"]:
                if case["device"].startswith("B") and case["office"].startswith("A"):
                    losing[case["record"]["id"]] = case
            after = page["next"]
        kept, values_back, after = 0, 0, ""
        for case in losing.values():
            self.house.call("POST", f"/api/cases/{case['number']}/resolve",
                            {"choice": "device", "reason": "bench: the losing value"})
        while after is not None:
            page = self.house.call("GET", "/api/records/visits?limit=200" + (f"&after={after}" if after else ""))
            for record in page["records"]:
                values = record["values"]
                kept += values["status"] == "reopened" and values["priority"] == 9
                values_back += record["id"] in losing and values["notes"] == losing[record["id"]]["device"]
            after = page.get("next")
        self.house.stop()
        same = digest.hexdigest() == ours["rows_a"] == ours["rows_b"]
        print_line(peer="daybook", s="S5-outcome", n=len(rows), disjoint_fields_kept=kept,
                   losing_values_readable=len(losing), losing_values_back=values_back, replicas_identical=same)
        if not (same and kept == len(losing) == values_back == len(rows)):
            raise RuntimeError("s5: something of the edits is gone")

    def fan_in(self, devices):
        """Each phone of a technician of its own: nobody fetches what another has sent."""
        self.house.start()
        self.house.login()
        with open(self.house.folder / "codes", "w") as codes:
            for number in range(devices):
                actor = f"fan-{number:04d}"
                self.house.add_technician(actor)
                print(actor, self.house.enrolment_code(actor), file=codes, flush=True)
                if number % 300 == 299:  # a code is good for a quarter of an hour; a session is for an hour
                    print(f"{number + 1} of {devices} enrolled", file=sys.stderr)
        print(self.bench("s6", folder=self.house.folder, codes=self.house.folder / "codes",
                         workload=PEERS / "data/w100.ndjson", visits=self.visits, server_pid=self.house.process.pid),
              flush=True)
        self.house.stop()


def photos(lines):
    one = Round(1000)
    with one.house:
        one.enrol("a")
        one.house.start()
        print(one.bench("s7", store=one.phone("a"), photos=PEERS / "data/photos", lines=lines, visits=0,
                        server_pid=one.house.process.pid), flush=True)
        one.house.stop()


def print_line(**line):
    print(json.dumps(line), flush=True)


def play(visits, wanted):
    """s1 to s4 in one house: each leaves what the next one begins with."""
    first = Round(visits)
    with first.house:
        first.enrol("a", "b")
        committed = first.commit("a")
        if "s1" in wanted:
            print(committed, flush=True)
            print(first.bench("pragmas", store=first.phone("a"), side="client"), flush=True)
        if not wanted & {"s2", "s3", "s4"}:
            return
        uploaded = first.served("s2", store=first.phone("a"))
        if "s2" in wanted:
            print(uploaded, flush=True)
            print(first.bench("pragmas", store=first.house.server / "daybook.db", side="server"), flush=True)
            first.check_book("S2")
        if wanted & {"s3", "s4"}:
            downloaded = first.served("s3", store=first.phone("b"), workload=first.workload)
            if "s3" in wanted:
                print(downloaded, flush=True)
        if "s4" in wanted:
            print(first.served("s4", store=first.phone("a"), other=first.phone("b"), workload=first.workload,
                               count=min(200, visits)), flush=True)


def collide(visits):
    """The notes that both phones write go to a person, so that one of the two values loses."""
    schema = json.loads((HERE / "bench_schema.json").read_text())
    schema["collections"]["visits"]["fields"]["notes"]["rule"] = "three_way(ask_human)"
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "collide.json"
        path.write_text(json.dumps(schema))
        pair = Round(visits, path)
        with pair.house:
            pair.enrol("a", "b")
            pair.commit("a")
            pair.served("s2", store=pair.phone("a"))
            pair.served("s3", store=pair.phone("b"), workload=pair.workload)
            line = pair.served("s5", store=pair.phone("a"), other=pair.phone("b"), edits=PEERS / "data/cA.ndjson",
                               other_edits=PEERS / "data/cB.ndjson")
            print(line, flush=True)
            pair.outcome_of_collision(json.loads(line))


def park_some(visits=2500, astray=100):
    """10,000 sets wait on a phone; with a hundred of them parked the rest must not take longer."""
    for count in (0, astray):
        phone = Round(visits)
        phone.workload = PEERS / "data/w10000.ndjson"
        with phone.house:
            phone.enrol("a")
            phone.commit("a", astray=count)
            line = json.loads(phone.served("s2", store=phone.phone("a")))
            line.update(s="parked", variant=f"{count} parked of {4 * visits}")
            if line["parked"] != count:
                raise RuntimeError(f"parked: {line['parked']} instead of {count}")
            print_line(**line)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", default=["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"])
    parser.add_argument("--visits", type=int, default=1000)
    arguments = parser.parse_args()
    wanted = set(arguments.scenarios)
    if not (PEERS / f"data/w{arguments.visits}.ndjson").exists():
        print(f"round.py: no workload of {arguments.visits} visits (peers/setup.sh writes it)", file=sys.stderr)
        return 77
    if wanted & {"s1", "s2", "s3", "s4"}:
        play(arguments.visits, wanted)
    if "s6" in wanted:
        for devices in FAN_IN:
            crowd = Round(arguments.visits)
            with crowd.house:
                crowd.fan_in(devices)
    if "s5" in wanted:
        collide(arguments.visits)
    if "parked" in wanted:
        park_some()
    if "s7" in wanted:
        for lines in (1, 2):
            photos(lines)
    if "s8" in wanted:
        broken = Round(arguments.visits)
        with broken.house:
            broken.enrol("a")
            broken.commit("a")
            broken.kill_while_uploading()
    return 0


if __name__ == "__main__":
    sys.exit(main())
