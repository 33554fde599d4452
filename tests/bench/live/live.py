#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Live: one daybookd with thousands of listening phones, and some that work: live.py [--idle N] [--active N].

Starts a daybookd of its own, enrols everybody, starts it again (so that enrolling leaves nothing in its memory) and
lets daybook-live play; one JSON line a measurement. The working phones' files lie in memory where there is a
/dev/shm: a thousand phones do not share one disk. The office's book lies on the disk. Ends only what it started.
"""
import argparse
import concurrent.futures
import http.client
import json
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))
from house import BIN, House  # noqa: E402

CALLERS = 8
CODES_AT_ONCE = 2000  # a code is good for a quarter of an hour


class Office:
    """The JSON API over kept connections, one for each thread."""

    def __init__(self, house):
        self.house = house
        self.own = threading.local()

    def call(self, method, path, body):
        if not hasattr(self.own, "line"):
            self.own.line = http.client.HTTPSConnection("127.0.0.1", self.house.port, timeout=60,
                                                        context=ssl._create_unverified_context())
        self.own.line.request(method, path, json.dumps(body), {"content-type": "application/json",
                                                               "authorization": f"Bearer {self.house.token}"})
        reply = self.own.line.getresponse()
        text = reply.read()
        if reply.will_close:
            self.own.line.close()
        if reply.status not in range(200, 300):
            raise RuntimeError(f"{method} {path}: {reply.status} {text[:200]!r}")
        return json.loads(text) if text else {}

    def add_person(self, actor, role="technician"):
        self.call("POST", "/api/users", {"actor": actor, "role": role, "display_name": actor})

    def code_for(self, actor):
        return self.call("POST", "/api/enrolments", {"actor": actor})["code"]


class Live:
    def __init__(self, options, stores):
        self.options = options
        self.house = House()
        self.stores = stores
        self.phones = self.house.folder / "phones"

    def drive(self, command, **options):
        words = [BIN / "daybook-live", command]
        for name, value in options.items():
            words += ["--" + name.replace("_", "-"), str(value)]
        return words

    def enrol(self):
        self.house.start()
        self.house.login()
        office = Office(self.house)
        codes = self.house.folder / "codes"
        enrolled = self.house.folder / "enrolled"
        with concurrent.futures.ThreadPoolExecutor(CALLERS) as callers, open(self.phones, "w") as phones:
            people = [f"idle-{number:05d}" for number in range(self.options.idle)]
            for begin in range(0, len(people), CODES_AT_ONCE):
                some = people[begin:begin + CODES_AT_ONCE]
                list(callers.map(office.add_person, some))
                codes.write_text("".join(code + "\n" for code in callers.map(office.code_for, some)))
                subprocess.run(self.drive("enrol", codes=codes, phones=enrolled), check=True)
                phones.write(enrolled.read_text())
                print(f"{begin + len(some)} of {len(people)} enrolled", file=sys.stderr, flush=True)
            pairs = [f"pair-{number:04d}" for number in range(self.options.active // 2)]
            list(callers.map(office.add_person, pairs))
            both = callers.map(office.code_for, [pair for pair in pairs for _ in range(2)])
            codes.write_text("".join(code + "\n" for code in both))
        if self.options.active:
            subprocess.run(self.drive("enrol", codes=codes, folder=self.stores), check=True)
        office.add_person("erp", "dispatcher")
        self.token = office.call("POST", "/api/tokens", {"actor": "erp", "label": "feed", "days": 30,
                                                         "scopes": ["feed", "records.read", "records.write"]})["token"]
        self.house.stop()

    def play(self):
        self.house.start()
        options = {"phones": self.phones, "server_pid": self.house.process.pid, "idle_s": self.options.idle_s}
        if self.options.active:
            options.update(active=self.options.active, folder=self.stores, token=self.token,
                           change_every_ms=self.options.change_every_ms, work_s=self.options.work_s)
        driver = subprocess.Popen(self.drive("play", **options), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  text=True)
        try:
            for line in driver.stdout:
                if json.loads(line)["at"] == "ring now":
                    self.ring(driver)
                else:
                    print(line, end="", flush=True)
        finally:
            if driver.poll() is None:
                driver.kill()
            driver.wait()
        if driver.returncode != 0:
            raise RuntimeError(f"daybook-live left with {driver.returncode}")
        self.house.stop()

    def ring(self, driver):
        """The part catalogue is everybody's. Signing in takes memory for a moment, so a token does it."""
        self.house.token = self.token
        began_us = time.monotonic_ns() // 1000
        Office(self.house).call("POST", "/api/records/part", {"set": {"part_no": "C-45", "name": "start capacitor"}})
        driver.stdin.write(f"{began_us}\n")
        driver.stdin.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--idle-s", type=int, default=30, help="how long nothing happens")
    parser.add_argument("--active", type=int, default=1000, help="even; 0 leaves that part out")
    parser.add_argument("--change-every-ms", type=int, default=5000)
    parser.add_argument("--work-s", type=int, default=60)
    options = parser.parse_args()
    memory = pathlib.Path("/dev/shm")
    stores = tempfile.mkdtemp(prefix="daybook-live-", dir=memory if memory.is_dir() else None)
    try:
        live = Live(options, stores)
        with live.house:
            live.enrol()
            live.play()
    finally:
        shutil.rmtree(stores, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
