# SPDX-License-Identifier: Apache-2.0
"""A technician and a desk do the acts of the rules, which are the delivered ones with a company's own additions: what
is missing is said, what is done is one set, both sides count the same, and the additions outlive a restart."""
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


def on_phone(house, *words, expect=0):
    ran = subprocess.run([BIN / "daybook-phone", "--store", house.folder / "li", *words], capture_output=True,
                         text=True, timeout=60)
    assert ran.returncode == expect, f"daybook-phone {words}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout + ran.stderr


OVERLAY = {"daybook_schema": 1, "version": 2,
           "collections": {"visit": {"fields": {"crane": {"type": "bool", "rule": "office"}}}},
           "views": {"cranes": {"sql": "select id from visit where crane = 1"}}}

with House(schema=str(pathlib.Path("tests/scenarios/acts.json").resolve())) as house:
    (house.folder / "own.json").write_text(json.dumps(OVERLAY))
    house.configure(overlay=str(house.folder / "own.json"))
    merged = daybook(house, "rules", "merge", str(house.folder / "own.json"), "tests/scenarios/acts.json")
    assert '"cranes"' in merged and '"version": 3' in merged, merged[:300]
    house.start()
    house.login()
    house.add_technician("li")
    daybook(house, "login", "--server", f"https://127.0.0.1:{house.port}", "--pin", house.pin(), "--user", "admin",
            "--password-file", str(house.folder / "password"))

    part = house.call("POST", "/api/records/part", {"set": {"number": "MB", "serialised": True}})["record"]["id"]
    visit = house.call("POST", "/api/records/visit",
                       {"set": {"technician": "li", "status": "offered", "crane": True}})["record"]["id"]
    said = daybook(house, "act", "issue", "to=li", f"part={part}", "quantity:=2000")
    assert "accepted" in said and "movement" in said, said
    on_phone(house, "enrol", house.enrolment_code("li"))
    on_phone(house, "sync")

    # On the phone: asked, refused with what is missing, done.
    said = on_phone(house, "may", "swap", visit, "part", part, "quantity", "3000")
    assert "missing: There are not that many on the van" in said and "serial number" in said, said
    said = on_phone(house, "act", "swap", visit, "part", part, "quantity", "1000", expect=1)
    assert "needs its serial number" in said and "[missing" in said, said
    on_phone(house, "act", "depart", visit, expect=1)
    on_phone(house, "act", "depart", visit, "anyway")
    said = on_phone(house, "act", "swap", visit, "part", part, "quantity", "1000", "serial", "A17")
    assert "written" in said, said
    on_phone(house, "--lang", "zh", "act", "swap", visit, "part", part, "quantity", "2000", "serial", "A18", expect=1)
    said = on_phone(house, "show", "select quantity from van_stock union all select count(*) from cranes")
    assert "1000" in said and "1" in said.split(), said
    on_phone(house, "expect", "status", "pending", "2")
    on_phone(house, "sync")
    on_phone(house, "expect", "status", "pending", "0")

    # At headquarters: the same sums, conditions over them, and once under one key.
    sql = house.call("POST", "/api/sql", {"sql": "select quantity, (select count(*) from cranes) from van_stock"})
    assert sql["rows"] == [[1000, 1]], sql
    old = house.call("POST", "/api/sql", {"sql": "select id from open_old_parts"})["rows"][0][0]
    said = daybook(house, "act", "receive_old_part", old, "--check")
    assert "can be done" in said, said
    daybook(house, "act", "receive_old_part", old)
    said = daybook(house, "act", "receive_old_part", old, expect=1)
    assert "missing: This one was taken in before" in said, said
    said = daybook(house, "act", "receive_old_part", old, "--lang", "zh", expect=1)
    assert "此旧件已验收" in said, said
    key = {"idempotency-key": "0190aaaa-0000-7000-8000-000000000009"}
    body = {"arguments": {"to": "li", "part": part, "quantity": 500}}
    once = house.call("POST", "/api/acts/issue", body, key)
    assert house.call("POST", "/api/acts/issue", body, key)["records"] == once["records"]
    sql = house.call("POST", "/api/sql", {"sql": "select quantity from van_stock"})
    assert sql["rows"] == [[1500]], sql

    # What the company added outlives a restart, and a broken view does not stop the house.
    version = house.call("GET", "/api/status")["schema"]["version"]
    assert version == 3, version
    house.stop()
    OVERLAY["version"] = 3
    OVERLAY["views"]["broken"] = {"sql": "select colour from visit"}
    (house.folder / "own.json").write_text(json.dumps(OVERLAY))
    house.start()
    house.login()
    assert house.call("GET", "/api/status")["schema"]["version"] == 4
    assert house.call("POST", "/api/sql", {"sql": "select count(*) from cranes"})["rows"] == [[1]]
    on_phone(house, "sync")
    assert json.loads(on_phone(house, "--json", "inspect"))["views"]["broken"] != "ok"
    on_phone(house, "expect", "sql", "1500", "select quantity from van_stock")
    house.stop()
    OVERLAY["collections"]["visit"]["fields"]["status"] = {"type": "int"}
    (house.folder / "own.json").write_text(json.dumps(OVERLAY))
    ran = subprocess.run([BIN / "daybookd", "--check-config", "--dir", house.server], capture_output=True, text=True)
    assert ran.returncode != 0 and "only adds" in ran.stdout + ran.stderr, ran.stdout + ran.stderr
print("acts: done on both sides")
