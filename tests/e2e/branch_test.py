# SPDX-License-Identifier: Apache-2.0
"""Two branches in one company, on a real daybookd under the delivered rules: accounts are bound by code on the command
line, each sees and writes its own part, a photo and a form of the sister are not there, and what the tree says counts
at once and after a restart."""
import hashlib
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from house import BIN, House  # noqa: E402

PASSWORD = "a-long-enough-password"


def daybook(house, *words, expect=0):
    environment = {**house.environment, "DAYBOOK_CONFIG": str(house.folder / "session"), "LANG": "C"}
    ran = subprocess.run([BIN / "daybook", *words], capture_output=True, text=True, env=environment, timeout=60)
    assert ran.returncode == expect, f"daybook {words}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout + ran.stderr


class As:
    """Calls of somebody else than the administrator."""

    def __init__(self, house, user):
        self.house, admin = house, house.token
        house.token = None
        self.session = house.call("POST", "/api/login", {"user": user, "password": PASSWORD})
        house.token = admin

    def call(self, method, path, body=None, expect=range(200, 300)):
        admin, self.house.token = self.house.token, self.session["token"]
        try:
            return self.house.call(method, path, body, expect=expect)
        finally:
            self.house.token = admin

    def ids(self, collection, query=""):
        told = self.call("GET", f"/api/records/{collection}{query}")
        ids = {record["id"] for record in told["records"]}
        assert query or told["total"] == len(ids), told
        return ids


def create(house, collection, **fields):
    return house.call("POST", f"/api/records/{collection}", {"set": fields})["record"]["id"]


def change(house, collection, record, **fields):
    seen = house.call("GET", f"/api/records/{collection}/{record}")["version"]
    house.call("PATCH", f"/api/records/{collection}/{record}", {"seen": seen, "set": fields})


with House() as house:
    house.start()
    house.login()
    daybook(house, "login", "--server", f"https://127.0.0.1:{house.port}", "--pin", house.pin(), "--user", "admin",
            "--password-file", str(house.folder / "password"))
    head = create(house, "organisation", code="HQ", kind="headquarters", name="Head office")
    work = {}
    for name, branch, outlet in (("zhang", "B1", "O7"), ("wang", "B2", "O8")):
        above = create(house, "organisation", code=branch, kind="branch", name=f"Branch {branch}", above=head)
        below = create(house, "organisation", code=outlet, kind="outlet", name=f"Outlet {outlet}", above=above)
        create(house, "person", login=name, name=name.title(), outlet=below)
        house.add_technician(name)
        house.new_phone(name, name)
        customer = create(house, "customer", name=f"Customer of {name}")
        visit = house.add_visit(technician=name, customer=customer)
        house.sync(name)
        photo = house.folder / f"{name}.jpg"
        photo.write_bytes(b"\xff\xd8\xff\xe0" + name.encode() * 100)
        work[name] = {"branch": above, "outlet": below, "visit": visit, "customer": customer, "photo": photo}
        daybook(house, "users", "add", f"clerk.{branch}", "--role", "dispatcher", "--organisation", branch,
                "--password-file", str(house.folder / "password"))
    said = daybook(house, "users", "add", "eve", "--role", "admin", "--organisation", "B1", "--password-file",
                   str(house.folder / "password"), expect=1)
    assert "organisation" in said, said
    said = daybook(house, "users", "add", "eve", "--role", "viewer", "--organisation", "B9", "--password-file",
                   str(house.folder / "password"), expect=1)
    assert "B9" in said, said

    mine, theirs = work["zhang"], work["wang"]
    berta, nina = As(house, "clerk.B1"), As(house, "clerk.B2")
    assert berta.session["organisation"] == mine["branch"], berta.session
    for person, own, other in ((berta, mine, theirs), (nina, theirs, mine)):
        assert person.ids("visit") == {own["visit"]}
        assert person.ids("customer") == {own["customer"]}
        assert person.ids("organisation") == {own["branch"], own["outlet"]}
        assert person.ids("visit", "?order=-window_start&limit=1") == {own["visit"]}
        for path in (f"/api/records/visit/{other['visit']}", f"/api/records/visit/{other['visit']}/history",
                     f"/api/records/customer/{other['customer']}", f"/api/visits/{other['visit']}/form.pdf",
                     f"/api/records/visit/{other['visit']}/paper.pdf"):
            person.call("GET", path, expect=[404])
        person.call("GET", f"/api/records/visit/{own['visit']}/history")
        assert {user["actor"] for user in person.call("GET", "/api/users")["users"]} == {
            person.session["actor"], "zhang" if own is mine else "wang"}
        assert len(person.call("GET", "/api/devices")["devices"]) == 1
        for method, path in (("GET", "/api/feed"), ("POST", "/api/sql"), ("GET", "/metrics")):
            refused = person.call(method, path, {"sql": "select 1"} if method == "POST" else None, expect=[403])
            assert refused["error"]["field"] == "organisation", refused
    assert len(house.call("GET", "/api/records/visit")["records"]) == 2

    # Writing, at a desk and with nothing written where it may not.
    version = house.call("GET", "/api/status")["version"]
    tries = ((theirs["visit"], {"priority": 1}, 404), (mine["visit"], {"technician": "wang"}, 403))
    for visit, fields, status in tries:
        berta.call("PATCH", f"/api/records/visit/{visit}", {"seen": version, "set": fields}, expect=[status])
    refers = {"technician": "zhang", "customer": theirs["customer"]}
    berta.call("POST", "/api/records/visit", {"set": refers}, expect=[400])
    assert house.call("GET", "/api/status")["version"] == version, "nothing was written"
    made = berta.call("POST", "/api/records/customer", {"set": {"name": "Pier"}})["record"]
    assert made["values"]["organisation"] == mine["branch"], made
    calls = berta.call("POST", "/api/acts/take_call", {"arguments": {"channel": "call", "caller": "Mr Chen"}})
    assert berta.ids("contact_log") == set(calls["records"].values())
    assert nina.ids("contact_log") == set()

    # A photo goes from the phone to the branch, and not to its sister.
    for name, own in work.items():
        house.phone(name, "attach", "visit", own["visit"], "evidence", str(own["photo"]))
        house.phone(name, "carry", "30")
        own["digest"] = hashlib.sha256(own["photo"].read_bytes()).hexdigest()
    for person, own, other in ((berta, mine, theirs), (nina, theirs, mine)):
        listed = person.call("GET", "/api/attachments")
        assert [one["digest"] for one in listed["attachments"]] == [own["digest"]] and not listed["more"], listed
        for query in (f"?record={other['visit']}", f"?digest={other['digest']}", "?missing=1"):
            assert person.call("GET", f"/api/attachments{query}")["attachments"] == [], query
        person.call("GET", f"/api/attachments/{own['digest']}")
        missing = person.call("GET", f"/api/attachments/{other['digest']}", expect=[404])
        nothing = person.call("GET", f"/api/attachments/{'0' * 64}", expect=[404])
        assert str(missing).replace(other["digest"], "") == str(nothing).replace("0" * 64, "")

    # The outlet gets the other branch above it, and the server a new start.
    change(house, "organisation", mine["outlet"], above=theirs["branch"])
    assert nina.ids("visit") == {mine["visit"], theirs["visit"]}
    assert berta.ids("visit") == set()
    assert house.stop() == 0
    house.start()
    house.login()
    berta, nina = As(house, "clerk.B1"), As(house, "clerk.B2")
    assert nina.ids("visit") == {mine["visit"], theirs["visit"]}
    assert berta.ids("visit") == set() and berta.ids("customer") == {made["id"]}
    # A change of place ends the session; head office sees everything.
    daybook(house, "login", "--server", f"https://127.0.0.1:{house.port}", "--pin", house.pin(), "--user", "admin",
            "--password-file", str(house.folder / "password"))
    daybook(house, "users", "set", "clerk.B1", "--head-office")
    berta.call("GET", "/api/records/visit", expect=[401])
    assert As(house, "clerk.B1").ids("visit") == {mine["visit"], theirs["visit"]}
print("two branches: each has its own")
