# SPDX-License-Identifier: Apache-2.0
"""Spreadsheets into a real daybookd and a month out of it: catalogue, prices, customers, units and stock by `daybook
import`, in UTF-8 and as Excel in China writes it; wrong lines are named by line and column and the others go in; the
same file again changes nothing, and so does what `daybook export` wrote; `daybook month` counts what there is."""
import csv
import io
import json
import os
import pathlib
import subprocess
import sys

from house import BIN, House


class Desk:
    def __init__(self, house):
        self.house = house
        self.environment = {**os.environ, "DAYBOOK_CONFIG": str(house.folder / "cli"), "LC_ALL": "C.UTF-8",
                            "TZ": "UTC-8"}
        self.daybook("login", "--server", f"https://127.0.0.1:{house.port}", "--pin", house.pin(), "--user", "admin",
                     "--password-file", str(house.folder / "password"))

    def daybook(self, *words, expect=0):
        ran = subprocess.run([BIN / "daybook", *map(str, words)], env=self.environment, capture_output=True, text=True)
        assert ran.returncode == expect, (words, ran.returncode, ran.stdout, ran.stderr)
        return ran

    def file(self, name, text, encoding="utf-8"):
        path = self.house.folder / name
        path.write_bytes(text.encode(encoding))
        return path

    def take(self, collection, path, *more, expect=0):
        ran = self.daybook("--json", "import", collection, path, *more, expect=expect)
        counts = json.loads(ran.stdout)
        counts["complaints"] = ran.stderr
        return counts


def counted(counts, **wanted):
    assert {name: counts[name] for name in wanted} == wanted, counts


def catalogue(desk):
    house = desk.house
    lines = ["零件号,名称,规格,价格,须交回旧件"]
    lines += [f'P-{n:04},"电源板, {n} 型",=SUM({n}),{n}.50,是' for n in range(600)]
    good = desk.file("parts.csv", "\r\n".join(lines) + "\r\n", "gb18030")
    dry = desk.take("part", good, "--key", "part_no", "--dry-run")
    counted(dry, lines=600, created=600, refused=0, encoding="GB18030", dry_run=True)
    assert house.call("GET", "/api/status")["records"].get("part", 0) == 0
    counted(desk.take("part", good, "--key", "part_no"), created=600, same=0, refused=0)
    counted(desk.take("part", good, "--key", "part_no"), created=0, changed=0, same=600)
    # Two columns are enough to change prices, here with a byte order mark, and only what differs is written.
    version = house.call("GET", "/api/status")["version"]
    prices = desk.file("prices.csv", "﻿part_no,price\nP-0001,9.99\nP-0002,2.50\n")
    counted(desk.take("part", prices), created=0, changed=1, same=1)
    assert house.call("GET", "/api/status")["version"] == version + 1
    found = house.call("GET", "/api/records/part?part_no=P-0001")["records"][0]["values"]
    assert found["price"] == 999 and found["name"] == "电源板, 1 型" and found["old_part_owed"] is True, found


def wrong_lines(desk):
    path = desk.file("wrong.csv", 'part_no,name,price\nW1,泵,1\nW2,"no"end,2\nW3,阀,cheap\nW4,,4\nW5,表,5\n'
                                  'W1,again,1\nW6,一,二,三\nW7,"never closed\n')
    counts = desk.take("part", path, expect=1)
    counted(counts, lines=8, created=2, refused=6)
    for part in [":3: column 2", ":4: column 3 (price)", ":5: column 2 (name)", ":7: the same record as line 2",
                 ":8: 4 cells, the header has 3", ":9: column 2"]:
        assert part in counts["complaints"], counts["complaints"]
    unknown = desk.daybook("import", "part", desk.file("head.csv", "part_no,colour\nA,red\n"), expect=2)
    assert "colour" in unknown.stderr and ":1: column 2" in unknown.stderr, unknown.stderr
    desk.daybook("import", "part", desk.house.folder / "nothing.csv", expect=2)


def export_comes_back(desk):
    out = desk.house.folder / "export.csv"
    desk.daybook("export", "part", "--format", "csv", "--out", out)
    counts = desk.take("part", out)
    counted(counts, created=0, changed=0, refused=0)
    assert counts["same"] == 602, counts


def others(desk):
    customers = desk.file("customers.csv", "名称,电话,地址\n和平饭店,021-1；021-2,南京东路 20 号\n西安电视台,029-5,长安路 1 号\n")
    counted(desk.take("customer", customers, "--key", "name"), created=2)
    units = desk.file("units.csv", "型号,编号,customer.name,交付日\nSTB-1,SN1,和平饭店,2026-01-31\nSTB-1,SN2,无此客户,2026/2/1\n")
    counts = desk.take("unit", units, "--key", "serial_no", expect=1)
    counted(counts, created=1, refused=1)
    assert "无此客户" in counts["complaints"] and ":3: column 3" in counts["complaints"], counts
    unit = desk.house.call("GET", "/api/records/unit?serial_no=SN1")["records"][0]["values"]
    assert unit["delivered_on"] == 1769788800000, unit  # midnight in China, where this desk stands
    book = desk.file("fees.csv", "版本,项目,单价,生效日\n1,上门费,50,2026-01-01\n1,检修费,80.5,2026-01-01\n")
    counted(desk.take("fee_table", book, "--key", "table_version,item"), created=2)
    stock = desk.file("stock.csv", "part.part_no,quantity,to_place,to_name,note\nP-0001,20,warehouse,西安,GR-1/1\n"
                                   "P-0002,2.5,warehouse,西安,GR-1/2\nP-9999,1,warehouse,西安,GR-1/3\n")
    way = ["--key", "note", "--with", "from_place=supplier", "--with", "reason=purchase", "--with", "at=2026-10-01"]
    counts = desk.take("stock_movement", stock, *way, expect=1)
    counted(counts, created=2, refused=1)
    assert "P-9999" in counts["complaints"], counts
    counted(desk.take("stock_movement", stock, *way, expect=1), created=0, same=2, refused=1)


def month(desk):
    house = desk.house
    at = 1791000000000  # 2026-10-03
    house.call("POST", "/api/records/organisation", {"set": {"code": "XA", "kind": "branch", "name": "西安分公司"}})
    org = house.call("GET", "/api/records/organisation")["records"][0]["id"]
    house.call("POST", "/api/records/person", {"set": {"login": "li", "name": "李明", "outlet": org}})
    visits = [house.add_visit(technician="li", status="signed", window_start=at, window_end=at + 3600000,
                              fee_total=12345),
              house.add_visit(technician="wang", status="planned", window_start=at),
              house.add_visit(technician="li", status="signed", window_start=at + 90 * 86400000)]
    facts = [("visit_event", {"visit": visits[0], "kind": "arrived", "at": at + 600000}),
             ("part_swap", {"visit": visits[0], "reason": "坏", "name": "电源板", "part_no": "P-0001", "quantity": 2000,
                            "old_part": "bring_back"}),
             ("survey", {"visit": visits[0], "score": 4}),
             ("complaint", {"visit": visits[0], "channel": "call", "text": "太慢", "received_at": at}),
             ("cash_entry", {"holder": "li", "kind": "taken", "amount": 12345, "at": at})]
    for collection, fields in facts:
        house.call("POST", f"/api/records/{collection}", {"set": fields})
    customer = house.call("GET", "/api/records/customer")["records"][0]["id"]
    house.call("POST", "/api/records/contract",
               {"set": {"customer": customer, "contract_no": "HT-1", "category": "maintenance", "amount": 120000}})
    text = desk.daybook("--lang", "zh", "month", "2026-10").stdout
    for part in ["月度指标", "now", "合同履行一览表", "HT-1", "1200.00", "上门服务", "满意度调查", "4.00", "投诉", "用件",
                 "电源板", "未交旧件", "现金", "123.45"]:
        assert part in text, text
    out = house.folder / "october"
    desk.daybook("month", "2026-10", "--org", "XA", "-o", out)
    rows = list(csv.reader(io.StringIO((house.folder / "october.csv").read_text(encoding="utf-8-sig"))))
    got = {row[0]: dict(zip(head[1:], row[1:])) for head, row in zip(rows, rows[1:]) if row[0] != "section"}
    assert got["visits"]["technician"] == "li", got
    assert got["visits"]["visits"] == "1" and got["visits"]["on_time"] == "1", got
    assert got["parts_used"]["quantity"] == "2.000" and got["old_parts_open"]["old_parts_open"] == "1", got
    assert got["surveys"]["average_score"] == "4.00" and got["complaints"]["complaints"] == "1", got
    assert got["cash"]["taken"] == "123.45" and got["cash"]["in_hand_at_the_end"] == "123.45", got
    assert "wang" not in (house.folder / "october.txt").read_text()
    nothing = desk.daybook("month", "2025-01").stdout
    assert "nothing in this month" in nothing
    desk.daybook("month", "October", expect=2)
    missing = desk.daybook("act", "publish_month", "month=2025-01", expect=1)
    assert "no visits in this month" in missing.stdout + missing.stderr, missing


with House() as house:
    house.start()
    house.login()
    house.add_technician("li", "李明")
    house.add_technician("wang")
    desk = Desk(house)
    for part in (catalogue, wrong_lines, export_comes_back, others, month):
        part(desk)
    assert house.stop() == 0
print("imported, imported again, exported, imported back; October counted")
