# SPDX-License-Identifier: Apache-2.0
"""Headquarters changes its mind: a case that is always settled the same way becomes a rule, is tried on the history,
published while phones are at work, and decides from then on; a restart and an older schema file do not undo it."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from house import BIN, House  # noqa: E402


def daybook(house, *words, expect=0):
    environment = {**house.environment, "DAYBOOK_CONFIG": str(house.folder / "session"), "LANG": "C"}
    ran = subprocess.run([BIN / "daybook", *words], capture_output=True, text=True, env=environment, timeout=60)
    assert ran.returncode == expect, f"daybook {words}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout + ran.stderr


def login(house):
    daybook(house, "login", "--server", f"https://127.0.0.1:{house.port}", "--pin", house.pin(), "--user", "admin",
            "--password-file", str(house.folder / "password"))


def dispute(house, category):
    """The office and the phone change the category of a fresh visit without seeing each other."""
    visit = house.add_visit(technician="li", customer_name="张伟", category="free")
    house.sync("li")
    seen = house.visit(visit)["version"]
    house.call("PATCH", f"/api/records/visit/{visit}", {"set": {"category": "contract"}, "seen": seen})
    house.phone("li", "set", "visit", visit, "category", category)
    house.sync("li")
    return visit


def open_cases(house):
    return house.call("GET", "/api/cases?state=open")["cases"]


with House() as house:
    house.start()
    house.login()
    house.add_technician("li")
    house.new_phone("li", "li")
    login(house)

    dispute(house, "paid")
    case, = open_cases(house)
    before = house.call("GET", "/api/status")["schema"]["version"]

    said = daybook(house, "rules", "propose", str(case["number"]), "--choice", "device", "-o",
                   str(house.folder / "candidate.json"))
    assert "three_way(ask_human) → three_way(technician)" in said, said
    said = daybook(house, "rules", "dry-run", str(house.folder / "candidate.json"))
    assert "visit.category" in said and "-1" in said, said
    assert house.call("GET", "/api/status")["schema"]["version"] == before
    said = daybook(house, "rules", "dry-run", str(house.folder / "candidate.json"), "--lang", "zh")
    assert "判定不同" in said, said

    candidate = str(house.folder / "candidate.json")
    said = daybook(house, "rules", "publish", candidate, "--reason", "we believe the man there")
    assert f"version {before + 1} is in force" in said, said
    daybook(house, "rules", "publish", candidate, "--reason", "again", expect=1)

    visit = dispute(house, "paid")
    assert len(open_cases(house)) == 1, "the new rule decides"
    assert house.visit(visit)["values"]["category"] == "paid"
    entry = house.call("GET", "/api/records/rule_set")["records"][0]["values"]
    assert entry["reason"] == "we believe the man there" and entry["version"] == before + 1, entry
    table = house.call("POST", "/api/sql", {"sql": "select version, reason from rule_set"})
    assert table["rows"] == [[before + 1, "we believe the man there"]], table
    # Lists follow the book under the new set too.
    assert house.call("GET", "/api/records/visit")["total"] == 2

    # The older file that the server was set up with does not undo it, after a kill either.
    house.kill()
    house.start()
    house.login()
    assert house.call("GET", "/api/status")["schema"]["version"] == before + 1
    login(house)
    visit = dispute(house, "paid")
    assert len(open_cases(house)) == 1
    # A dry run of what is in force finds the first decision only: it was made under the set before.
    sets = house.call("GET", f"/api/rule-sets/{before}")
    old = sets["source"].replace(f'"version": {before},', f'"version": {before + 2},', 1)
    (house.folder / "old.json").write_text(old)
    said = daybook(house, "rules", "dry-run", str(house.folder / "old.json"))
    assert "+2" in said, said
    print("rules: proposed, tried, published, and still there after a kill")
