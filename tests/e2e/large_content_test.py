#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One very large content from a phone to the office while either side is killed again and again; nobody holds it in
memory. Not in CI, where 64 MiB travel so (attachments_test.py): tools/nightly runs it.
Usage: large_content_test.py [MIB] [KILLS] [SEED]"""
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from attachments_test import check, contents, office_bytes, photo  # noqa: E402
from house import BIN, House  # noqa: E402

MIB = 1024 * 1024
SIZE = int(sys.argv[1] if len(sys.argv) > 1 else 1024) * MIB
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 60
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
MEMORY_MAX = 64
SECONDS = 3600


class Peaks:
    """MiB that a side ever held, over all its lives. Read while it lives: a killed process tells no more."""

    def __init__(self):
        self.of = {}

    def look(self, side, process):
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        except FileNotFoundError:
            return
        if "VmHWM:" in status and process.poll() is None:
            held = int(status.split("VmHWM:")[1].split()[0]) // 1024
            self.of[side] = max(self.of.get(side, 0), held)


def carrying(house):
    phone = subprocess.Popen([BIN / "daybook-phone", "--store", house.folder / "li", "--json", "--script", "-"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    phone.stdin.write(f"start\ncarry {SECONDS}\ncounters\n")
    phone.stdin.close()
    phone.stdin = None
    return phone


def attach(house, visit, path, peaks):
    phone = subprocess.Popen([BIN / "daybook-phone", "--store", house.folder / "li", "--json", "attach", "visit", visit,
                              "other", str(path), "video/mp4"], stdout=subprocess.DEVNULL)
    while phone.poll() is None:
        peaks.look("phone", phone)
        time.sleep(0.02)
    check(phone.returncode == 0, "the phone took it in")


def main():
    random.seed(SEED)
    peaks = Peaks()
    with House() as house:
        house.configure(record_content_bytes_max=2 * SIZE)
        house.start()
        house.login()
        visit = house.put_to_work("li")
        print(f"a content of {SIZE // MIB} MiB", flush=True)
        path, digest = photo(house, "large.mp4", SIZE, SEED)
        begun = time.monotonic()
        attach(house, visit, path, peaks)
        adding_s = time.monotonic() - begun
        path.unlink()
        house.sync("li")
        begun = time.monotonic()
        kills, phone, told = {"phone": 0, "office": 0}, carrying(house), 0
        until_kill = 0.0
        while phone.poll() is None:
            peaks.look("phone", phone)
            peaks.look("office", house.process)
            if until_kill == 0:
                until_kill = time.monotonic() + random.uniform(0.1, 0.2 + SIZE / MIB / 1024 * 1.5)
            if time.monotonic() < until_kill or sum(kills.values()) >= KILLS:
                time.sleep(0.02)
                continue
            until_kill = 0
            side = random.choice(sorted(kills))
            kills[side] += 1
            if side == "office":
                house.kill()
                house.start()
                house.login()
            else:
                phone.kill()
                phone.wait()
                phone = carrying(house)
            if sum(kills.values()) % 10 == 0:
                kept = max([int(one.name.split(".")[1]) for one in (house.server / "contents" / "uploads").iterdir()],
                           default=0)
                print(f"  {sum(kills.values())} kills, {kept // MIB} MiB at the office", flush=True)
        carrying_s = time.monotonic() - begun
        check(phone.returncode == 0, "the phone carried it to its end")
        check(contents(house, "li")[digest]["state"] == "brought", f"it is there after {kills} kills")
        check(sum(kills.values()) >= min(KILLS, 10), "and there were kills")
        hashed = hashlib.sha256()
        begun = time.monotonic()
        for at in range(0, SIZE, MIB):
            hashed.update(office_bytes(house, digest, f"bytes={at}-{at + MIB - 1}")[2])
            told += 1
        peaks.look("office", house.process)
        check(hashed.hexdigest() == digest, f"and the very bytes, read in {told} parts")
        check(max(peaks.of.values()) < MEMORY_MAX, f"nobody held it in memory: {peaks.of} MiB at most")
        check(not list((house.server / "contents" / "uploads").iterdir()), "nothing half is left")
        print(json.dumps({"mib": SIZE // MIB, "kills": kills, "peak_mib": peaks.of, "adding_s": round(adding_s, 1),
                          "carrying_s": round(carrying_s, 1), "reading_s": round(time.monotonic() - begun, 1),
                          "load": os.getloadavg()[0]}))
        check(house.stop() == 0, "the office stops in order")
    print("large_content_test: all holds")


if __name__ == "__main__":
    main()
