# SPDX-License-Identifier: Apache-2.0
"""kill -9, 200 times a side, while a technician works and the phone syncs. Then: every set that a phone
acknowledged is at headquarters exactly once, in order, whole; the store verifies. Prints where the kills hit.
Usage: kill_test.py server|phone [kills] [seed]"""
import json
import mmap
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from house import BIN, House  # noqa: E402

SIDE = sys.argv[1] if len(sys.argv) > 1 else "server"
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 200
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
PHASES = {".": "between transactions", "T": "inside a transaction", "C": "in a commit",
          " ": "before the first transaction"}


class Technician(threading.Thread):
    """Works on one phone without end: one field edit a line, fed to daybook-phone; remembers what was acknowledged."""

    def __init__(self, house, visit, probe=None):
        super().__init__(daemon=True)
        self.house, self.visit, self.probe = house, visit, probe
        self.acknowledged = []
        self.count = 0
        self.going = True
        self.process = None
        self.writing = threading.Lock()

    def open(self):
        environment = dict(self.house.environment)
        if self.probe:
            environment["DAYBOOK_TRANSACTION_PROBE"] = str(self.probe)
        self.process = subprocess.Popen(
            [BIN / "daybook-phone", "--store", self.house.folder / "li", "--json", "--keep-going", "--script", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        self.tell("start")

    def tell(self, line):
        with self.writing:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def has_signal(self):
        """The host app tells the library that the network is back: it need not wait out its retry delay."""
        try:
            self.tell("online")
        except (BrokenPipeError, ValueError):
            pass  # it was killed in this moment

    def run(self):
        while self.going:
            self.open()
            try:
                while self.going:
                    self.count += 1
                    self.tell(f"set visit {self.visit} cause step{self.count}")
                    while True:
                        line = self.process.stdout.readline()
                        if not line:
                            raise BrokenPipeError
                        said = json.loads(line)
                        if said.get("command") == "commit":
                            self.acknowledged.append((said["set"], self.count))
                            break
                    time.sleep(0.02)  # nobody types faster, and the other thread looks for its moment
            except (BrokenPipeError, ValueError):
                pass
            self.process.kill()
            self.process.wait()

    def end(self):
        self.going = False
        self.join(timeout=30)


class Probe:
    """One byte that the process under test keeps saying where it stands with its transactions."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(b" ")
        with open(path, "r+b") as file:
            self.byte = mmap.mmap(file.fileno(), 1)

    def phase(self):
        return PHASES[chr(self.byte[0])]

    def stop_inside(self, victim, wanted, seconds):
        """A blind kill seldom hits the short moments that matter: most wait for one, and hold the process still
        to make sure that it is there when the kill comes."""
        deadline = time.monotonic() + seconds
        while wanted and time.monotonic() < deadline and victim.poll() is None:
            if chr(self.byte[0]) not in wanted:
                continue
            victim.send_signal(signal.SIGSTOP)
            time.sleep(0.001)
            if chr(self.byte[0]) in wanted:
                return
            victim.send_signal(signal.SIGCONT)


def main():
    random.seed(SEED)
    hits = {name: 0 for name in PHASES.values()}
    with House() as house:
        probe = Probe(house.folder / "probe")
        house.start(probe.path if SIDE == "server" else None)
        house.login()
        house.add_technician("li")
        visit = house.add_visit(technician="li", customer_name="张伟")
        house.new_phone("li", "li")
        technician = Technician(house, visit, probe.path if SIDE == "phone" else None)
        technician.start()
        for number in range(KILLS):
            time.sleep(random.uniform(0.02, 0.25))
            victim = house.process if SIDE == "server" else technician.process
            probe.stop_inside(victim, random.choice(["", "TC", "TC", "T", "C"]), 8)
            victim.kill()
            victim.wait()
            hits[probe.phase()] += 1
            if SIDE == "server":
                house.start(probe.path)
                technician.has_signal()
            if number % 50 == 49:
                print(f"  {number + 1} kills, {len(technician.acknowledged)} sets acknowledged", flush=True)
        technician.end()
        house.sync("li", 120)
        acknowledged = technician.acknowledged
        assert acknowledged, "the technician never got a word in"
        house.login()
        last = house.visit(visit)["values"]["cause"]
        house.stop()
        # The book itself is asked, not the server: every body once, in the order of the chain.
        with sqlite3.connect(house.server / "daybook.db") as book:
            rows = book.execute("select hex(set_id), seq, verdict from commits where lineage > 0 "
                                "order by version").fetchall()
            assert book.execute("pragma integrity_check").fetchone() == ("ok",)
        book.close()
        written = [row[0].lower() for row in rows]
        assert len(written) == len(set(written)), "a set was applied twice"
        assert [row[1] for row in rows] == list(range(1, len(rows) + 1)), "not the gap-free order of the phone's chain"
        missing = [name for name, _ in acknowledged if name.replace("-", "") not in set(written)]
        assert not missing, f"acknowledged but lost: {missing[:10]}"
        assert all(row[2] in (0, 1) for row in rows), "a set was not accepted"
        assert int(last.removeprefix("step")) >= acknowledged[-1][1], "the newest value is not in force"
    print(f"{KILLS} kills of the {SIDE}, seed {SEED}: {len(acknowledged)} sets acknowledged, "
          f"{len(written)} at headquarters, none lost, none twice")
    for name, count in hits.items():
        print(f"  {count:4d} hit {name}")
    inside = hits["inside a transaction"] + hits["in a commit"]
    if inside < KILLS // 4:
        sys.exit(f"only {inside} of {KILLS} kills hit inside a transaction; this run proves too little")


main()
