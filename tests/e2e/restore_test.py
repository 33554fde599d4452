# SPDX-License-Identifier: Apache-2.0
"""A backup is taken, a hundred and twenty more sets are acknowledged, the backup is put back: the phone notices,
sends again what the server lost, and reads the same book as everybody. What it may forget is what every
registered backup holds."""
import pathlib
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from house import BIN, House  # noqa: E402


def commits(house):
    with sqlite3.connect(house.server / "daybook.db") as book:
        rows = book.execute("select hex(set_id) from commits where lineage > 0").fetchall()
        epochs = book.execute("select count(*) from epochs").fetchone()[0]
    book.close()
    return [row[0] for row in rows], epochs


with House() as house:
    house.start()
    house.login()
    house.add_technician("li")
    visit = house.add_visit(technician="li", customer_name="张伟")
    house.new_phone("li", "li")
    house.phone("li", script="".join(f"set visit {visit} cause early{n}\n" for n in range(10)))
    house.sync("li")
    backup = house.call("POST", "/api/backups", {})
    house.phone("li", script="".join(f"set visit {visit} cause late{n}\n" for n in range(120)))
    house.sync("li")
    house.stop()
    before, _ = commits(house)
    assert len(before) == 130, len(before)

    running = subprocess.run([BIN / "daybookd", "restore", "--dir", house.server, backup["path"]],
                             capture_output=True, text=True)
    assert running.returncode == 0, running.stdout + running.stderr
    after, epochs = commits(house)
    assert len(after) == 10 and epochs == 2, (len(after), epochs)
    assert "Commits" in running.stdout, running.stdout

    house.start()
    house.login()
    house.sync("li")
    assert house.visit(visit)["values"]["cause"] == "late119"
    house.stop()
    healed, _ = commits(house)
    assert set(healed) == set(before) and len(healed) == len(before), "not every set is back exactly once"
print("restored to commit", backup["version"], "- 120 sets lost by the server, 120 brought back by the phone")
