# SPDX-License-Identifier: Apache-2.0
"""Phones that are shut out and come back: a stolen one is refused within a second, on a stream that was open too,
and goes on with a new code; one that came after the backup is unknown to the restored server and goes on likewise,
with the ES256 key that it has. Nothing that they held is lost, nothing arrives twice."""
import json
import pathlib
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from house import BIN, House  # noqa: E402


def counted(house):
    """The phones' sets in the book, and how often their bodies stand there; later verdicts have none."""
    book = sqlite3.connect(house.server / "daybook.db")
    sets = book.execute("select count(distinct set_id), sum(length(body) > 0) from commits "
                        "where lineage > 0").fetchone()
    book.close()
    return sets[0], sets[1] or 0


def kept_keys(house):
    """Whose device has a key of which algorithm and size, in the server's book."""
    book = sqlite3.connect(house.server / "daybook.db")
    rows = set(book.execute("select actor, key_alg, length(key) from devices"))
    book.close()
    return rows


def edits(visit, name, count):
    return "".join(f"set visit {visit} cause {name}{n}\n" for n in range(count))


class Running:
    """A phone that exchanges in the background; what it says is kept with the moment it was said."""

    def __init__(self, house, name):
        self.process = subprocess.Popen(
            [BIN / "daybook-phone", "--store", house.folder / name, "--json", "--keep-going", "--script", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.said = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.said.append((time.monotonic(), json.loads(line)))

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.reader.join(timeout=5)


with House() as house:
    house.start()
    house.login()
    house.add_technician("li")
    visit = house.add_visit(technician="li", customer_name="张伟")
    house.new_phone("li", "li")
    device = json.loads(house.phone("li", "device"))["device"]
    backup = house.call("POST", "/api/backups", {})

    # A stolen phone, in the middle of work, with its bell open.
    phone = Running(house, "li")
    phone.tell("start")
    for _ in range(100):
        if house.call("GET", "/api/devices")["devices"][0]["contact"]:
            break
        time.sleep(0.05)
    time.sleep(1)
    house.call("POST", f"/api/devices/{device}/revoke", {"kind": "stolen"})
    at = time.monotonic()
    house.call("PATCH", f"/api/records/visit/{visit}", {"seen": 99, "set": {"instructions": "for nobody outside"}},
               expect=None)
    for n in range(10):
        phone.tell(f"set visit {visit} cause held{n}")
        phone.tell("sync --until-idle 1")
    phone.end()
    shown = house.phone("li", "show", f"select instructions from visit where id = '{visit}'")
    assert "for nobody outside" not in shown, shown
    assert counted(house) == (0, 0), "a revoked phone was served"
    status = house.phone("li", script="sync --until-idle 2\n", check=False)
    assert "revoked" in status, status
    held = json.loads(house.phone("li", "status"))
    assert held["pending"] == 10, held

    # The same tablet, recovered: a new code, and everything it holds arrives.
    house.phone("li", "enrol", house.enrolment_code("li"), "li")
    house.sync("li")
    assert json.loads(house.phone("li", "device"))["device"] == device, "it became another device"
    assert house.visit(visit)["values"]["cause"] == "held9"
    assert counted(house) == (10, 10), counted(house)

    # A code for somebody else is not for this phone.
    house.add_technician("wang")
    refused = house.phone("li", "enrol", house.enrolment_code("wang"), "li", check=False)
    assert "forbidden" in refused, refused

    # A second phone comes after the backup; the server is put back; nobody knows it any more.
    other = house.add_visit(technician="wang", customer_name="王芳")
    house.new_phone("wang", "wang", key="es256")
    assert kept_keys(house) == {("li", 1, 32), ("wang", 2, 33)}, kept_keys(house)
    house.phone("wang", script=edits(other, "sent", 5))
    house.sync("wang")
    house.phone("wang", script=edits(other, "waits", 5))
    assert house.stop() == 0
    subprocess.run([BIN / "daybookd", "restore", "--dir", house.server, backup["path"]], check=True,
                   capture_output=True)
    house.start()
    house.login()
    unknown = house.phone("wang", script="sync --until-idle 2\n", check=False)
    assert "unauthorized" in unknown, unknown
    house.add_technician("wang")
    code = house.enrolment_code("wang")
    changed = house.phone("wang", "enrol", code, "wang", "--key", "ed25519", check=False)
    assert "already_exists" in changed and "key_alg" in changed, changed
    house.phone("wang", "enrol", code, "wang")
    assert json.loads(house.phone("wang", "device"))["key_alg"] == "es256"
    assert json.loads(house.phone("li", "device"))["key_alg"] == "ed25519"
    assert kept_keys(house) == {("li", 1, 32), ("wang", 2, 33)}, kept_keys(house)
    house.sync("wang")
    house.sync("li")
    # The visit that headquarters made after the backup comes back from what the phone saw, when support says so;
    # then what was written on it is applied.
    for kind, choice in (("restore", "device"), ("parked", "release")):
        cases = [case for case in house.call("GET", "/api/cases")["cases"] if case["kind"] == kind]
        assert cases, kind
        house.call("POST", f"/api/cases/{cases[0]['number']}/resolve", {"choice": choice, "reason": "asked wang"})
    house.sync("wang")
    assert house.visit(other)["values"]["cause"] == "waits4"
    assert house.visit(visit)["values"]["cause"] == "held9"
    assert counted(house) == (20, 20), counted(house)
    assert house.stop() == 0
print(f"revoked, recovered and forgotten phones: 20 sets, each once; refused {time.monotonic() - at:.1f} s long")
