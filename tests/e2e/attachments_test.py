#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Photos from a real phone to a real office and back: brought once, seen at headquarters, fetched by another phone,
through kills of either side, and never given to whom they do not belong."""
import hashlib
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import time
import http.client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from house import BIN, House, free_port

SECONDS = 60
LARGE = 64 * 1024 * 1024


def check(holds, what):
    if not holds:
        raise AssertionError(what)
    print(f"  ok: {what}")


def photo(house, name, size, seed):
    """Bytes that no two photos share and nothing can pack."""
    path = house.folder / name
    state = hashlib.sha256(str(seed).encode()).digest()
    with open(path, "wb") as out:
        left = size
        while left > 0:
            state = hashlib.sha256(state).digest()
            block = (state * 2048)[:min(left, 65536)]
            out.write(block)
            left -= len(block)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def contents(house, phone):
    return {one["digest"]: one for one in json.loads(house.phone(phone, "attachments").splitlines()[-1])}


def carry(house, phone, seconds=SECONDS, check=True):
    return house.phone(phone, script=f"sync --until-idle {seconds}\ncarry {seconds}\n", check=check,
                       timeout=2 * seconds + 30)


def office_bytes(house, digest, wanted=None):
    context = ssl._create_unverified_context()
    line = http.client.HTTPSConnection("127.0.0.1", house.port, context=context, timeout=30)
    headers = {"authorization": f"Bearer {house.token}"}
    if wanted:
        headers["range"] = wanted
    line.request("GET", f"/api/attachments/{digest}", headers=headers)
    reply = line.getresponse()
    body = reply.read()
    told = {name.lower(): value for name, value in reply.getheaders()}
    line.close()
    return reply.status, told, body


def listed(house, query=""):
    return house.call("GET", f"/api/attachments{query}")["attachments"]


def a_photo_reaches_the_office(house, visit):
    print("a photo reaches the office, and comes to the other phone")
    path, digest = photo(house, "one.jpg", 700_000, 1)
    house.phone("li", "attach", "visit", visit, "evidence", str(path))
    path.unlink()
    check(contents(house, "li")[digest]["state"] == "waiting", "its bytes lie on the phone, the file may go")
    house.sync("li")
    shown = listed(house, f"?record={visit}")
    carry(house, "li")
    check(contents(house, "li")[digest]["state"] == "brought", "the phone knows that the office has it")
    shown = listed(house, f"?record={visit}")
    check([one["state"] for one in shown] == ["here"], "headquarters sees it as here")
    status, told, body = office_bytes(house, digest)
    check(status == 200 and hashlib.sha256(body).hexdigest() == digest, "headquarters reads the very bytes")
    check(told["x-content-type-options"] == "nosniff" and "attachment" in told["content-disposition"]
          and "sandbox" in told["content-security-policy"], "and no browser runs anything in them")
    status, told, body = office_bytes(house, digest, "bytes=100-199")
    check(status == 206 and len(body) == 100 and told["content-range"].endswith("/700000"), "a range of it")

    house.phone("li2", "fetch", digest)
    carry(house, "li2")
    saved = house.folder / "saved.jpg"
    house.phone("li2", "save", digest, str(saved))
    check(hashlib.sha256(saved.read_bytes()).hexdigest() == digest, "another phone of the technician fetched it")
    house.phone("wang", "fetch", digest)
    told = carry(house, "wang", 10, check=False)
    check(contents(house, "wang")[digest]["state"] == "wanted", "a technician who has not the visit does not get it")
    return digest


def the_same_bytes_travel_once(house, visit, digest):
    print("the same bytes travel once")
    path, again = photo(house, "two.jpg", 700_000, 1)
    check(again == digest, "it is the same photo")
    other = house.add_visit(technician="wang")
    house.sync("wang")
    house.phone("wang", "attach", "visit", other, "evidence", str(path))
    told = house.phone("wang", script=f"sync --until-idle {SECONDS}\ncarry {SECONDS}\ncounters\n", timeout=200)
    counters = json.loads(told.splitlines()[-1])
    check(counters["contents_proven"] == 1 and counters["contents_up"] == 0, "not a byte of it went a second time")
    check(contents(house, "wang")[digest]["state"] == "brought", "it is at the office for the second technician too")
    check(len(listed(house, f"?digest={digest}")) == 2, "two facts, one content")


def peak_of_phone(house, *command):
    """MiB. Asked by a small process between: a fork of this one would count as the phone's."""
    asker = ("import resource, subprocess, sys\n"
             "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n")
    ran = subprocess.run([sys.executable, "-c", asker, BIN / "daybook-phone", "--store", house.folder / "li", "--json",
                          *command], capture_output=True, text=True, check=True, timeout=300)
    return int(ran.stdout)


def killed_in_the_middle(house, visit):
    print("either side is killed in the middle")
    path, digest = photo(house, "large.mp4", LARGE, 3)
    attaching = peak_of_phone(house, "attach", "visit", visit, "other", str(path), "video/mp4")
    house.sync("li")
    kills = 0
    for attempt in range(40):
        phone = subprocess.Popen([BIN / "daybook-phone", "--store", house.folder / "li", "--json", "--script", "-"],
                                 stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
        phone.stdin.write(f"start\ncarry {SECONDS}\n")
        phone.stdin.close()
        time.sleep(0.05 + 0.02 * (attempt % 7))
        if attempt % 2 == 0:
            phone.kill()
        else:
            house.kill()
            house.start()
            house.login()
            time.sleep(0.1)
            phone.kill()
        phone.wait()
        kills += 1
        if contents(house, "li")[digest]["state"] == "brought":
            break
    carrying = peak_of_phone(house, "carry", str(SECONDS))
    status, told, _ = office_bytes(house, digest, "bytes=0-0")
    check(status == 206 and told["content-range"] == f"bytes 0-0/{LARGE}", f"whole after {kills} kills")
    whole = b"".join(office_bytes(house, digest, f"bytes={at}-{at + (1 << 20) - 1}")[2]
                     for at in range(0, LARGE, 1 << 20))
    check(hashlib.sha256(whole).hexdigest() == digest, "and the very bytes")
    status = (pathlib.Path("/proc") / str(house.process.pid) / "status").read_text()
    server = int(status.split("VmHWM:")[1].split()[0]) // 1024
    check(max(attaching, carrying, server) < 64, f"nobody held it in memory: {attaching} and {carrying} MiB on the "
          f"phone, {server} MiB at the office")


def a_lost_phone(house, visit):
    print("a phone is lost with its photos")
    device = json.loads(house.phone("li", "device"))["device"]
    wanted = set()
    for number in range(3):
        path, digest = photo(house, f"lost{number}.jpg", 50_000, 10 + number)
        wanted.add(digest)
        house.phone("li", "attach", "visit", visit, "evidence", str(path))
        house.phone("li", "network", digest, "unmetered")
    # Records travel by the mobile network, these wait for another one.
    house.phone("li", script=f"metered\nsync --until-idle {SECONDS}\nsleep 1\n")
    missing = listed(house, f"?missing=1&device={device}")
    check({one["digest"] for one in missing} == wanted, "headquarters names exactly what was still on it")
    shown = [one["state"] for one in listed(house, f"?record={visit}")]
    check(sorted(shown) == ["here", "here", "promised", "promised", "promised"], "and the visit says what is missing")
    carry(house, "li")
    check(not listed(house, f"?missing=1&device={device}"), "found again, it brings them")


def by_command_line(house, visit, digest):
    print("headquarters, by the command line")
    environment = {**os.environ, "DAYBOOK_CONFIG": str(house.folder / "office"), "LANG": "C.UTF-8"}

    def daybook(*words):
        ran = subprocess.run([BIN / "daybook", "--lang", "en", *words], capture_output=True, text=True, env=environment)
        if ran.returncode != 0:
            raise AssertionError(f"daybook {words}: {ran.stdout}{ran.stderr}")
        return ran.stdout

    daybook("login", "--server", f"https://127.0.0.1:{house.port}", "--pin", house.pin(), "--user", "admin",
            "--password-file", house.folder / "password")
    check(digest in daybook("attachments", "list", "--record", visit), "attachments list")
    file = house.folder / "by-hand.jpg"
    daybook("attachments", "save", digest, "-o", file)
    check(hashlib.sha256(file.read_bytes()).hexdigest() == digest, "attachments save")
    check("not here yet" not in daybook("attachments", "missing"), "attachments missing")


def removed_for_privacy(house, visit):
    print("a photo is removed for privacy")
    path, digest = photo(house, "private.jpg", 80_000, 20)
    house.phone("li", "attach", "visit", visit, "evidence", str(path))
    carry(house, "li")
    on_disk = house.server / "contents" / "contents" / digest[:2] / digest
    check(on_disk.exists(), "it lies under its name")
    house.call("POST", f"/api/attachments/{digest}/remove", {"reason": "客户要求"})
    deadline = time.monotonic() + 20
    while on_disk.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    check(not on_disk.exists(), "its bytes are gone")
    check(office_bytes(house, digest)[0] == 403, "nobody reads it any more")
    shown = listed(house, f"?digest={digest}")[0]
    check(shown["state"] == "removed" and shown["removed_why"] == "客户要求", "its hash stays, with the reason")


def back_from_a_backup(house, digest):
    print("the disk is lost, and a backup brings everything back")
    made = house.call("POST", "/api/backups", {})
    backup = made["backup"]["path"] if "backup" in made else made["path"]
    house.stop()
    shutil.rmtree(house.server / "contents")

    def run(verb):
        return subprocess.run([BIN / "daybookd", verb, "--dir", house.server, backup], capture_output=True, text=True)

    drilled = run("drill")
    check(drilled.returncode == 0 and " 0 of them are not beside it" in drilled.stdout,
          "a drill says that all are there")
    ran = run("restore")
    check(ran.returncode == 0 and " 0 missing" in ran.stdout, "restored: " + ran.stdout.strip().splitlines()[-1])
    house.start()
    house.login()
    status, _, body = office_bytes(house, digest)
    check(status == 200 and hashlib.sha256(body).hexdigest() == digest, "headquarters reads the photo again")
    carry(house, "li")
    check(not any(one["state"] in ("waiting", "wanted") for one in contents(house, "li").values()),
          "the phone offers what it has, and nothing waits")


def stands(house, phone, digest, state, seconds=20):
    """Online until the phone knows that the content stands so."""
    end = time.monotonic() + seconds
    while contents(house, phone)[digest]["state"] != state and time.monotonic() < end:
        house.phone(phone, "watch", "2")
    check(contents(house, phone)[digest]["state"] == state, f"the phone knows: {state}")


def freed_when_safe(house, visit):
    print("a phone lets go of what every backup holds, and of nothing else")
    path, digest = photo(house, "safe.jpg", 300_000, 41)
    house.phone("li", "attach", "visit", visit, "evidence", str(path))
    carry(house, "li")
    house.phone("li", "watch", "2")
    house.phone("li", "free")
    check(contents(house, "li")[digest]["state"] == "brought", "in no backup yet: it stays")
    house.call("POST", "/api/backups", {})
    stands(house, "li", digest, "safe")
    told = house.phone("li", "free", "400000")
    check(contents(house, "li")[digest]["state"] == "safe", "what may stay stays: " + told.strip())
    house.phone("li", "free")
    check(contents(house, "li")[digest]["state"] == "freed", "and goes when the room is wanted")
    out = house.folder / "again.jpg"
    ran = house.phone("li", "save", digest, str(out), check=False)
    check("not_found" in ran or not out.exists() or out.stat().st_size == 0, "its bytes are not on the phone")
    house.phone("li", "fetch", digest)
    carry(house, "li")
    house.phone("li", "save", digest, str(out))
    check(hashlib.sha256(out.read_bytes()).hexdigest() == digest, "and come back when somebody looks at it")


def damaged_at_headquarters(house, visit):
    print("a content that the disk of headquarters damaged comes again from the phone that has it")
    path, digest = photo(house, "sick.jpg", 300_000, 42)
    house.phone("li", "attach", "visit", visit, "evidence", str(path))
    carry(house, "li")
    stored = next((house.server / "contents").rglob(digest))
    sick = bytearray(stored.read_bytes())
    sick[1000] ^= 1
    stored.write_bytes(sick)
    # A removal makes the keeper look at everything at once.
    other, removed = photo(house, "private.jpg", 1000, 43)
    house.phone("li", "attach", "visit", visit, "other", str(other))
    carry(house, "li")
    house.call("POST", f"/api/attachments/{removed}/remove", {"reason": "a face"})
    end = time.monotonic() + 20
    while "daybook_contents_damaged 1" not in house.raw("GET", "/metrics").text and time.monotonic() < end:
        time.sleep(0.2)
    check("daybook_contents_damaged 1" in house.raw("GET", "/metrics").text, "the comparison finds it")
    end = time.monotonic() + 30
    while hashlib.sha256(office_bytes(house, digest)[2]).hexdigest() != digest and time.monotonic() < end:
        house.phone("li", "watch", "2")
    mended = hashlib.sha256(office_bytes(house, digest)[2]).hexdigest() == digest
    check(mended, "whole again, and nobody asked a person")


class Line:
    """daybook-line between the phones and the office."""

    def __init__(self, house, port):
        self.control = house.folder / "line.ctl"
        self.stats = house.folder / "line.json"
        self.process = subprocess.Popen(
            [BIN / "daybook-line", "--listen", f"127.0.0.1:{port}", "--to", f"127.0.0.1:{house.port}", "--control",
             self.control, "--stats", self.stats], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def say(self, command):
        with open(self.control, "w") as control:
            control.write(command + "\n")
        time.sleep(0.2)

    def counted(self):
        self.say("stats")
        return json.loads(self.stats.read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait()


def a_line_that_breaks():
    print("a line that breaks every 200 kB")
    port = free_port()
    with House(public_port=port) as house:
        house.start()
        house.login()
        line = Line(house, port)
        try:
            visit = house.put_to_work("li")
            path, digest = photo(house, "long.jpg", 3_000_000, 30)
            house.phone("li", "attach", "visit", visit, "evidence", str(path))
            house.phone("li", "network", digest, "unmetered")
            house.phone("li", script=f"metered\nsync --until-idle {SECONDS}\n")
            line.say("cut-every 200kB")
            cuts = line.counted()["cuts"]
            told = house.phone("li", script=f"start\ncarry {SECONDS}\ncounters\n", timeout=200)
            counters = json.loads(told.splitlines()[-1])
            cuts = line.counted()["cuts"] - cuts
            check(contents(house, "li")[digest]["state"] == "brought", f"it is there after {cuts} breaks")
            check(cuts >= 12, "and the line did break")
            again = counters["contents_resent"]
            check(again <= cuts * 1024 * 1024 / 4, f"{again} bytes went again, {again // max(cuts, 1)} a break")
            status, _, body = office_bytes(house, digest)
            check(status == 200 and hashlib.sha256(body).hexdigest() == digest, "and the very bytes")
            line.say("clear")
            check(house.stop() == 0, "the office stops in order")
        finally:
            line.stop()


def main():
    a_line_that_breaks()
    with House() as house:
        house.configure(contents_compare_days=0)
        house.start()
        house.login()
        for actor in ("li", "wang"):
            house.add_technician(actor)
        house.new_phone("li", "li")
        house.new_phone("li2", "li")
        house.new_phone("wang", "wang")
        visit = house.add_visit(technician="li")
        for phone in ("li", "li2"):
            house.sync(phone)
        digest = a_photo_reaches_the_office(house, visit)
        the_same_bytes_travel_once(house, visit, digest)
        killed_in_the_middle(house, visit)
        a_lost_phone(house, visit)
        by_command_line(house, visit, digest)
        removed_for_privacy(house, visit)
        damaged_at_headquarters(house, visit)
        freed_when_safe(house, visit)
        back_from_a_backup(house, digest)
        check(house.stop() == 0, "the office stops in order")
    print("attachments_test: all holds")


if __name__ == "__main__":
    main()
