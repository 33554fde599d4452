#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Photos and kill -9 at every step. One side dies right before the 1st, 2nd, 3rd … call that changes a file of its
contents or of its book (and in the middle of each write), and right before each answer, until a round comes through
without a call left to die at. After each death it starts again, and then: the content is whole at the office, at most
one piece went twice, nothing half is left behind. Usage: content_crash_test.py server|phone|line"""
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from attachments_test import Line, check, contents, office_bytes, photo  # noqa: E402
from house import BIN, House, free_port  # noqa: E402

SIDE = sys.argv[1] if len(sys.argv) > 1 else "server"
SIZE = 700_000  # three pieces
PIECE_MAX = 256 * 1024
SECONDS = 60
ROUNDS_MAX = 400


class Trap:
    """What crash_at.c reads. Parts of paths say which files are meant."""

    def __init__(self, house, parts):
        self.switch = house.folder / "trap"
        self.hits = house.folder / "trap.hit"
        self.parts = parts
        self.environment = {"LD_PRELOAD": str((BIN / "crash_at.so").resolve()), "CRASH_AT_SWITCH": str(self.switch)}

    def set(self, number, torn):
        self.hits.unlink(missing_ok=True)
        self.switch.write_text(f"{number} {'torn' if torn else 'whole'} {' '.join(self.parts)}\n")

    def lift(self):
        """Where somebody died, or nothing."""
        self.switch.unlink()
        return self.hits.read_text().splitlines()[0] if self.hits.exists() else None


def place_of(hit):
    """Without ids and folders: pwrite uploads/ID.0"""
    call, path = hit.split(" ", 1)
    name = "/".join(path.split("/")[-2:])
    name = re.sub(r"[0-9a-f-]{36}", "ID", re.sub(r"[0-9a-f]{64}", "DIGEST", name))
    return f"{call} {re.sub(r'daybook-e2e-[^/]*/', '', name)}"


class Sweep:
    """Deaths by number; each write is met a second time, torn."""

    def __init__(self):
        self.number, self.torn, self.places = 1, False, {}

    def took(self, hit):
        place = place_of(hit)
        self.places[place] = self.places.get(place, 0) + 1
        if "write" in hit and not self.torn:
            self.torn = True
        else:
            self.number, self.torn = self.number + 1, False
        if self.number > ROUNDS_MAX:
            raise AssertionError("there is no end to it: " + json.dumps(self.places, indent=1))

    def told(self):
        for place, count in sorted(self.places.items()):
            print(f"    {count:3} × {place}")
        return sum(self.places.values())


def whole_at_office(house, digest, size):
    whole = b"".join(office_bytes(house, digest, f"bytes={at}-{at + PIECE_MAX - 1}")[2]
                     for at in range(0, size, PIECE_MAX))
    return len(whole) == size and hashlib.sha256(whole).hexdigest() == digest


def uploads(house):
    return [path.name for path in (house.server / "contents" / "uploads").iterdir()]


def kept_at_office(house):
    return max([int(name.split(".")[1]) for name in uploads(house)], default=0)


def need(holds, what):
    if not holds:
        raise AssertionError(what)


def last_counters(text):
    return json.loads([line for line in text.splitlines() if "contents_up" in line][-1])


def sync_records(house):
    """Records travel; contents wait, for they want another network."""
    for digest in [digest for digest, one in contents(house, "li").items() if one["state"] == "waiting"]:
        house.phone("li", "network", digest, "unmetered")
    house.phone("li", script=f"metered\nsync --until-idle {SECONDS}\n", timeout=SECONDS + 30)


def the_server_dies(house, visit):
    print("the office dies at every step of taking a photo in")
    trap = Trap(house, ["/contents/", "daybook.db"])
    house.kill()
    house.environment.update(trap.environment)
    sweep = Sweep()
    while True:
        house.start()
        house.login()
        path, digest = photo(house, "one.jpg", SIZE, f"{sweep.number}{sweep.torn}")
        house.phone("li", "attach", "visit", visit, "evidence", str(path))
        sync_records(house)
        trap.set(sweep.number, sweep.torn)
        phone = subprocess.Popen([BIN / "daybook-phone", "--store", house.folder / "li", "--json", "--script", "-"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        phone.stdin.write(f"start\nnetwork {digest} any\ncarry {SECONDS}\ncounters\n")
        phone.stdin.close()
        phone.stdin = None
        while phone.poll() is None and house.process.poll() is None:
            time.sleep(0.01)
        died = house.process.poll() is not None
        hit = trap.lift()
        need(died == (hit is not None), f"the office died at {hit}")
        if died:
            house.start()
            house.login()
        told, complaints = phone.communicate(timeout=SECONDS + 30)
        where = f"after death {sweep.number} at {hit}"
        need(phone.returncode == 0, f"{where}: {told}{complaints}")
        need(contents(house, "li")[digest]["state"] == "brought", f"{where} the phone knows that it is there")
        need(whole_at_office(house, digest, SIZE), f"{where} it is whole")
        counters = last_counters(told)
        need(counters["contents_up"] <= SIZE + PIECE_MAX and counters["contents_resent"] <= PIECE_MAX,
             f"{where} at most one piece went twice: {counters}")
        need(not uploads(house), f"{where} nothing half is left: {uploads(house)}")
        if not died:
            break
        sweep.took(hit)
        house.kill()
    for key in trap.environment:
        del house.environment[key]
    check(sweep.told() >= 20, f"whole after each of {sum(sweep.places.values())} deaths, one piece again at most")


def run_in_trap(house, trap, sweep, script):
    """A phone under the trap; where it died, or nothing."""
    trap.set(sweep.number, sweep.torn)
    ran = subprocess.run([BIN / "daybook-phone", "--store", house.folder / "li", "--json", "--script", "-"],
                         input=script, capture_output=True, text=True, timeout=SECONDS + 30,
                         env={**house.environment, **trap.environment})
    hit = trap.lift()
    need((hit is not None) == (ran.returncode == -9), f"{hit}: {ran.returncode} {ran.stdout}{ran.stderr}")
    need(hit is not None or ran.returncode == 0, ran.stdout + ran.stderr)
    return hit, ran.stdout


def the_phone_dies_while_adding(house, visit):
    print("the phone dies at every step of taking a photo from the camera")
    trap = Trap(house, [f"{house.folder}/li/"])
    sweep = Sweep()
    while True:
        path, digest = photo(house, "two.jpg", SIZE, f"a{sweep.number}{sweep.torn}")
        attach = f"attach visit {visit} evidence {path}\n"
        hit, told = run_in_trap(house, trap, sweep, attach)
        where = f"after death {sweep.number} at {hit}"
        if hit is not None and contents(house, "li").get(digest, {"state": "loose"})["state"] == "loose":
            house.phone("li", script=attach)  # no set names it, so he takes it again
        need(contents(house, "li")[digest]["state"] == "waiting", f"{where} it is promised and here")
        saved = house.folder / "saved.jpg"
        house.phone("li", "save", digest, str(saved))
        need(hashlib.sha256(saved.read_bytes()).hexdigest() == digest, f"{where} it is whole on the phone")
        left = list((house.folder / "li" / "daybook.db.contents" / "uploads").iterdir())
        need(not left, f"{where} nothing half is left: {left}")
        if hit is None:
            break
        sweep.took(hit)
    house.sync("li")
    house.phone("li", "carry", str(SECONDS), timeout=SECONDS + 30)
    states = {one["state"] for one in contents(house, "li").values()}
    need(states == {"brought"}, f"all of them are at the office: {states}")
    check(sweep.told() >= 10, f"whole after each of {sum(sweep.places.values())} deaths, and brought")


def the_phone_dies_while_bringing(house, visit):
    print("the phone dies at every step of bringing one")
    trap = Trap(house, [f"{house.folder}/li/"])
    sweep = Sweep()
    while True:
        path, digest = photo(house, "three.jpg", SIZE, f"b{sweep.number}{sweep.torn}")
        house.phone("li", "attach", "visit", visit, "evidence", str(path))
        sync_records(house)
        hit, _ = run_in_trap(house, trap, sweep, f"start\nnetwork {digest} any\ncarry {SECONDS}\n")
        where = f"after death {sweep.number} at {hit}"
        kept = kept_at_office(house)
        there = any(one["digest"] == digest and one["state"] == "here"
                    for one in house.call("GET", f"/api/attachments?digest={digest}")["attachments"])
        told = house.phone("li", script=f"start\nnetwork {digest} any\ncarry {SECONDS}\ncounters\n",
                           timeout=SECONDS + 30)
        need(contents(house, "li")[digest]["state"] == "brought", f"{where} it is brought")
        need(whole_at_office(house, digest, SIZE), f"{where} it is whole")
        again = last_counters(told)["contents_up"]
        need(again <= (0 if there else SIZE - kept), f"{where} {again} bytes went, and {kept} were there")
        if hit is None:
            break
        sweep.took(hit)
    check(sweep.told() >= 5, f"whole after each of {sum(sweep.places.values())} deaths, nothing that was there again")


def a_village_with_one_bar():
    print("a slow line that comes and goes: 2G at the edge of its cell")
    port = free_port()
    with House(public_port=port) as house:
        house.start()
        house.login()
        line = Line(house, port)
        try:
            visit = house.put_to_work("li")
            path, digest = photo(house, "long.jpg", 700_000, 77)
            house.phone("li", "attach", "visit", visit, "evidence", str(path))
            sync_records(house)
            line.say("rate 400kbit")
            line.say("delay 150")
            line.say("cut-every 90kB 40%")
            phone = subprocess.Popen([BIN / "daybook-phone", "--store", house.folder / "li", "--json", "--script", "-"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            phone.stdin.write(f"start\nnetwork {digest} any\ncarry 150\ncounters\n")
            phone.stdin.close()
            phone.stdin = None
            flaps = 0
            while phone.poll() is None:
                time.sleep(3)
                line.say(["refuse", "stall", "drop"][flaps % 3])
                time.sleep(0.5)
                line.say("on")
                flaps += 1
            told = phone.communicate()[0]
            counted = line.counted()
            breaks = counted["cuts"] + counted["dropped"]
            counters = last_counters(told)
            check(contents(house, "li")[digest]["state"] == "brought", f"it is there after {breaks} breaks, {flaps} of "
                  "them without any signal for a while")
            check(breaks >= 7, "and the line did break")
            check(counters["contents_resent"] <= breaks * 64 * 1024, f"{counters['contents_resent']} bytes went again")
            line.say("clear")
            check(whole_at_office(house, digest, 700_000), "the very bytes")
        finally:
            line.stop()


def main():
    if SIDE == "line":
        a_village_with_one_bar()
    else:
        with House() as house:
            house.start()
            house.login()
            visit = house.put_to_work("li")
            if SIDE == "server":
                the_server_dies(house, visit)
            else:
                the_phone_dies_while_adding(house, visit)
                the_phone_dies_while_bringing(house, visit)
    print("content_crash_test: all holds")


if __name__ == "__main__":
    main()
