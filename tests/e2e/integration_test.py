# SPDX-License-Identifier: Apache-2.0
"""Machines at headquarters' door, on a real daybookd: an ERP writes sets once each, reads the feed by page and live,
is told by webhook in order although its receiver fails, lists, exports and asks SQL; each with a token that opens
no more than it says."""
import hashlib
import hmac
import http.client
import http.server
import json
import ssl
import threading
import time
import types
import uuid

from house import House


def ids(n):
    return [str(uuid.uuid4()) for _ in range(n)]


class Receiver:
    """Somebody who is told; fails as often as it is asked to."""

    def __init__(self):
        self.lines, self.failures_left, self.calls, self.secret = [], 0, 0, None
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.calls += 1
                stamp = dict(part.split("=", 1) for part in self.headers["daybook-signature"].split(","))
                signed = hmac.new(receiver.secret, stamp["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
                good = hmac.compare_digest(signed, stamp["v1"])
                if receiver.failures_left > 0 or not good:
                    receiver.failures_left -= 1
                    self.send_response(500 if good else 401)
                else:
                    receiver.lines += [json.loads(line) for line in body.splitlines()]
                    self.send_response(204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/told"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def until(what, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return
        time.sleep(0.02)
    raise AssertionError("did not happen in time")


class LiveFeed:
    """Server-sent events, as they come."""

    def __init__(self, house, token, query="", last_event=None):
        self.events, self.ended = [], False
        connection = http.client.HTTPSConnection("127.0.0.1", house.port, context=ssl._create_unverified_context(),
                                                 timeout=60)
        headers = {"authorization": f"Bearer {token}"}
        if last_event:
            headers["last-event-id"] = last_event
        connection.request("GET", "/api/feed/live" + query, headers=headers)
        self.reply = connection.getresponse()
        assert self.reply.status == 200, self.reply.read()
        assert self.reply.getheader("content-type").startswith("text/event-stream")
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        event = {}
        while True:
            line = self.reply.readline()
            if not line:
                self.ended = True
                return
            text = line.decode().rstrip("\n")
            if not text and event:
                self.events.append((event.get("id"), json.loads(event["data"])))
                event = {}
            elif ": " in text and not text.startswith(":"):
                name, value = text.split(": ", 1)
                event[name] = value


def enter(house, it):
    house.start()
    house.login()
    it.admin = house.token
    house.call("POST", "/api/users", {"actor": "erp", "role": "dispatcher", "display_name": "ERP"})
    it.made = house.call("POST", "/api/tokens", {"actor": "erp", "label": "orders", "days": 30,
                                              "scopes": ["records.read", "records.write", "feed", "export"]})
    it.token = it.made["token"]
    assert it.token.startswith("daybook_")
    assert "token" not in house.call("GET", "/api/tokens")["tokens"][0]


def acts_once(house, it):
    # One act, two records; sent three times, it acts once; with another content it is refused.
    house.token = it.token
    it.customer, it.visit = ids(2)
    change = {"id": str(uuid.uuid4()), "changes": [
        {"collection": "customer", "id": it.customer, "create": True, "set": {"name": "和平饭店"}},
        {"collection": "visit", "id": it.visit, "create": True,
         "set": {"technician": "wang", "customer": it.customer, "status": "planned", "priority": 2,
                 "window_start": 1790000000000, "notes": "=1+1 \"ask, first\""}}]}
    receipts = [house.call("POST", "/api/sets", change)["receipt"] for _ in range(3)]
    assert receipts[0] == receipts[1] == receipts[2] and receipts[0]["verdict"] == "accepted", receipts
    change["changes"][1]["set"]["priority"] = 3
    house.call("POST", "/api/sets", change, expect=[409])
    wrong = house.call("POST", "/api/sets", {"id": str(uuid.uuid4()), "changes": [
        {"collection": "visit", "id": it.visit, "seen": 1, "set": {"no_such": 1}}]}, expect=[400, 404])
    assert wrong["error"]["field"] == "changes[0].set.no_such", wrong


def opens_no_more(house, it):
    # What the token does not say, it does not open.
    for method, path in [("GET", "/api/users"), ("POST", "/api/sql"), ("GET", "/metrics"), ("GET", "/api/tokens"),
                         ("GET", "/api/webhooks")]:
        told = house.call(method, path, {} if method == "POST" else None, expect=[403])
        assert told["error"]["code"] == "forbidden", told


def lists(house, it):
    # Lists: a page is as new as the answer before it.
    many = [house.call("POST", "/api/records/visit", {"set": {
        "technician": "li" if i % 2 else "wang", "status": "planned" if i % 3 else "accepted", "priority": 1 + i % 4,
        "window_start": 1790000000000 + i * 60000}})["record"]["id"] for i in range(60)]
    question = "/api/records/visit?technician=li&status=planned&order=-window_start&limit=7"
    page = house.call("GET", question)
    seen = []
    while True:
        seen += page["records"]
        if not page["next"]:
            break
        page = house.call("GET", question + "&after=" + page["next"])
    starts = [record["values"]["window_start"] for record in seen]
    assert len(seen) == 20 and starts == sorted(starts, reverse=True), (len(seen), starts)
    assert {record["id"] for record in seen} == {many[i] for i in range(60) if i % 2 and i % 3}
    assert house.call("GET", "/api/records/visit?window_start.ge=1790003000000")["total"] == 10
    assert house.call("GET", f"/api/records/visit?customer={it.customer}")["records"][0]["id"] == it.visit
    assert house.call("GET", "/api/records/visit?form_no.empty=1&limit=1")["total"] == 61
    told = house.call("GET", "/api/records/visit?colour=red", expect=[404, 400])
    assert told["error"]["field"] == "colour", told


def feed_by_page(house, it):
    # The feed: every commit once, whole, in order; and on from any place.
    it.lines, cursor, asked = [], "0", 0
    while True:
        reply = house.raw("GET", f"/api/feed?after={cursor}&limit=25")
        assert reply.headers["content-type"] == "application/x-ndjson", reply.headers
        it.lines += [json.loads(line) for line in reply.text.splitlines()]
        cursor, asked = reply.headers["daybook-next"], asked + 1
        if reply.headers["daybook-behind"] == "0":
            break
    assert [line["version"] for line in it.lines] == list(range(1, len(it.lines) + 1)) and asked == 3, asked
    assert len(it.lines[0]["changes"]) == 2 and it.lines[0]["changes"][1]["in_force"]["priority"] == 2
    only = house.raw("GET", "/api/feed?collections=customer").text.splitlines()
    assert len(only) == 1 and len(json.loads(only[0])["changes"]) == 2, "a commit comes whole or not at all"
    house.call("GET", "/api/feed?after=7.0123456789abcdef", expect=[404])
    house.call("GET", "/api/feed?after=seven", expect=[400])


def feed_live(house, it):
    # Live, from the middle, and again after the line broke.
    live = LiveFeed(house, it.token, f"?after={it.lines[29]['cursor']}")
    until(lambda: len(live.events) == len(it.lines) - 30)
    began = time.monotonic()
    house.call("PATCH", f"/api/records/visit/{it.visit}", {"seen": 1, "set": {"priority": 4}})
    until(lambda: len(live.events) == len(it.lines) - 29)
    print(f"live after {1000 * (time.monotonic() - began):.1f} ms")
    cursor, last = live.events[-1]
    assert last["changes"][0]["set"] == {"priority": 4} and last["cursor"] == cursor
    again = LiveFeed(house, it.token, last_event=live.events[4][0])
    until(lambda: len(again.events) == len(live.events) - 5)
    assert again.events == live.events[5:]


def webhooks(house, it):
    # A hook that fails three times is told all the same, once each and in order.
    house.token = it.admin
    receiver = Receiver()
    hook = house.call("POST", "/api/webhooks", {"url": receiver.url, "after": "0"})
    receiver.secret = bytes.fromhex(hook["secret"])
    receiver.failures_left = 3
    assert "secret" not in house.call("GET", f"/api/webhooks/{hook['id']}")
    until(lambda: house.call("GET", f"/api/webhooks/{hook['id']}")["failures"] > 0)
    house.call("PATCH", f"/api/webhooks/{hook['id']}", {"active": True})
    head = house.call("GET", "/api/status")["version"]
    until(lambda: house.call("GET", f"/api/webhooks/{hook['id']}")["behind"] == 0, 30)
    assert [line["version"] for line in receiver.lines] == list(range(1, head + 1)), "in order, none missing"
    assert receiver.calls >= 4
    # Killed, the server goes on where the receiver had taken it; told again on request.
    house.kill()
    house.start()
    house.login()
    house.token, it.admin = it.admin, house.token
    house.call("GET", "/api/status", expect=[401])
    house.token = it.admin
    house.add_visit(technician="li")
    until(lambda: len(receiver.lines) >= head + 1)
    assert [line["version"] for line in receiver.lines] == list(range(1, head + 2))
    told = len(receiver.lines)
    house.call("POST", f"/api/webhooks/{hook['id']}/replay", {"after": it.lines[9]["cursor"]})
    until(lambda: len(receiver.lines) == told + head + 1 - 10)
    house.call("POST", "/api/webhooks", {"url": "http://192.0.2.1/told"}, expect=[400])
    house.call("DELETE", f"/api/webhooks/{hook['id']}")


def exports(house, it):
    # Exports: safe for a spreadsheet, page by page, with the whole to measure progress by.
    house.token = it.token
    text, after, pages = "", "", 0
    while True:
        reply = house.raw("GET", "/api/export/visit?format=csv&limit=20" + (f"&after={after}" if after else ""))
        if not after:
            assert reply.headers["daybook-total"] == "62", reply.headers
        text, pages, after = text + reply.text, pages + 1, reply.headers.get("daybook-next")
        if not after:
            break
    assert text.count("\r\n") == 63 and pages == 4
    assert ",\"'=1+1 \"\"ask, first\"\"\"," in text, "a formula became text"
    assert len(house.raw("GET", "/api/export/customer").text.splitlines()) == 1


def analyst(house, it):
    # SQL for an analyst: typed, readable, and reading only.
    house.token = it.admin
    analyst = house.call("POST", "/api/tokens", {"actor": "admin", "label": "BI", "scopes": ["sql", "metrics"]})
    house.token = analyst["token"]
    answer = house.call("POST", "/api/sql", {"sql": "select technician, count(*) n, min(window_start) first from "
                                                    "visit group by 1 order by 1"})
    assert [row[:2] for row in answer["rows"]] == [["li", 31], ["wang", 31]], answer
    assert answer["rows"][1][2] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1790000000)), answer
    for bad in ["delete from exact_visit", "select * from sqlite_schema", "attach 'x' as y", "select 1; select 2",
                "pragma user_version=3"]:
        house.call("POST", "/api/sql", {"sql": bad}, expect=[400, 403])
    endless = house.call("POST", "/api/sql", {"sql": "with recursive n(i) as (select 1 union all select i+1 from n) "
                                                     "select count(*) from n"}, expect=[400, 408, 503])
    assert endless["error"]["code"] == "timed_out", endless
    metrics = house.raw("GET", "/metrics").text
    for name in ["daybook_queue_length", "daybook_group_size_bucket", "daybook_commit_seconds_sum",
                 "daybook_cases_open", "daybook_phones{silent=\"1h\"}", "daybook_received_bytes_total"]:
        assert name in metrics, name


def ends(house, it):
    # A token that is ended opens nothing, and its stream is cut.
    house.token = it.admin
    live = LiveFeed(house, it.token)
    house.call("DELETE", f"/api/tokens/{it.made['id']}")
    until(lambda: live.ended, 5)
    house.token = it.token
    house.call("GET", "/api/status", expect=[401])
    assert house.stop() == 0


STORY = [enter, acts_once, opens_no_more, lists, feed_by_page, feed_live, webhooks, exports, analyst, ends]


def main():
    with House() as house:
        it = types.SimpleNamespace()
        for part in STORY:
            part(house, it)
    print("integration: all as it should be")


if __name__ == "__main__":
    main()
