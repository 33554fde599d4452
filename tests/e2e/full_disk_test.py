# SPDX-License-Identifier: Apache-2.0
"""No room left, on either side. A phone with a full disk acknowledges nothing that it cannot keep and loses nothing
it has acknowledged; a server with a full disk stores nothing, says so, goes on living, and takes everything once
when there is room again."""
import json
import pathlib
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from house import BIN, House  # noqa: E402


def commit_ids(house):
    book = sqlite3.connect(house.server / "daybook.db")
    rows = book.execute("select hex(set_id) from commits where lineage > 0").fetchall()
    book.close()
    return [row[0].lower() for row in rows]


def answers(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def acknowledged(text):
    return [said["set"].replace("-", "") for said in answers(text) if said.get("command") == "commit"]


def edits(visit, name, count):
    return "".join(f"set visit {visit} cause {name}{n}\n" for n in range(count))


with House() as house:
    full = house.folder / "full"
    house.environment["LD_PRELOAD"] = str((BIN / "full_disk.so").resolve())
    house.environment["FULL_DISK_SWITCH"] = str(full)
    house.start()
    house.login()
    house.add_technician("li")
    visit = house.add_visit(technician="li", customer_name="张伟")
    house.new_phone("li", "li")

    # The phone: what was acknowledged before stays, what cannot be kept is refused by name.
    held = acknowledged(house.phone("li", script=edits(visit, "before", 20)))
    assert len(held) == 20, held
    full.write_text(str(house.folder / "li"))
    said = house.phone("li", "set", "visit", visit, "cause", "lost", check=False)
    assert "disk_full" in said, said
    assert not acknowledged(said), said
    full.unlink()
    held += acknowledged(house.phone("li", script=edits(visit, "after", 5)))
    assert len(held) == 25, held

    # The server: nothing is stored, the phone keeps everything, health says why.
    full.write_text(str(house.server))
    said = house.phone("li", script="sync --until-idle 5\n", check=False)
    assert "disk_full" in said, said
    house.call("GET", "/healthz")
    ready = house.call("GET", "/readyz", expect=[503])
    assert "disk_full" in json.dumps(ready), ready
    assert not commit_ids(house)
    full.unlink()
    time.sleep(0.2)
    house.sync("li")
    assert house.visit(visit)["values"]["cause"] == "after4"
    arrived = commit_ids(house)
    assert sorted(arrived) == sorted(held), (len(arrived), len(held))
    assert house.stop() == 0
print("full disk: 25 sets acknowledged, none while there was no room, 25 arrived once")
