#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What phones bring, as a browser at headquarters meets it. A page that says photo is refused for good; one that is
brought as what it is runs nowhere: not opened, not in a frame, not as a script, not as a picture. The same bytes served
without what protects does run, so that the test can tell. Chromium where it is installed; the headers everywhere."""
import hashlib
import http.client
import http.server
import os
import pathlib
import shutil
import signal
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from attachments_test import carry, check, contents, listed, office_bytes  # noqa: E402
from browser import Browser  # noqa: E402
from house import House  # noqa: E402

PAGE = b"<!doctype html><html><body><script>fetch('/ran?page')</script></body></html>"
SCRIPT = b"fetch('/ran?script')"
DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg'><script>fetch('/ran?svg')</script></svg>"
WAYS = {
    "opened": "<script>location.href = '/served/{0}'</script>",
    "in a frame": "<iframe src='/served/{0}'></iframe>",
    "as an object": "<object data='/served/{0}'></object><embed src='/served/{0}'>",
    "as a script": "<script src='/served/{0}'></script>",
    "as a picture": "<img src='/served/{0}'>",
}


def png(width, height):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = zlib.compress(b"".join(b"\0" + bytes(3 * width) for _ in range(height)))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", rows) + chunk(b"IEND", b""))


class Between(http.server.ThreadingHTTPServer):
    """Passes requests to the office with a token and its replies back as they came; bare/ takes the protection away."""

    def __init__(self, house):
        super().__init__(("127.0.0.1", 0), Passing)
        self.house, self.ran, self.pages = house, [], {}
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Passing(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        place, _, rest = self.path[1:].partition("/")
        if place.startswith("ran"):
            self.server.ran.append(self.path)
            return self.answer(204, [], b"")
        if place == "way":
            return self.answer(200, [("content-type", "text/html")], self.server.pages[rest].encode())
        if place not in ("served", "bare"):
            return self.answer(404, [], b"")
        line = http.client.HTTPSConnection("127.0.0.1", self.server.house.port, timeout=30,
                                           context=ssl._create_unverified_context())
        line.request("GET", f"/api/attachments/{rest}", headers={"authorization": f"Bearer {self.server.house.token}"})
        reply = line.getresponse()
        body = reply.read()
        headers = [(name, value) for name, value in reply.getheaders()
                   if name.lower() not in ("content-length", "connection", "transfer-encoding",
                                           "strict-transport-security")]
        if place == "bare":
            headers = [("content-type", "text/javascript" if body == SCRIPT else "text/html")]
        self.answer(reply.status, headers, body)


def look(chromium, between, name, seconds=6):
    """Opens a page and gives what is in it a moment; what ran has told. A page that turns into a download never ends
    by itself, so the browser is ended when its time is over."""
    between.ran.clear()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen([chromium, "--headless", "--no-sandbox", "--disable-gpu",
                                    f"--user-data-dir={profile}",
                                    "--dump-dom", "--virtual-time-budget=3000",
                                    f"http://127.0.0.1:{between.server_address[1]}/way/{name}"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            browser.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()
    time.sleep(0.2)
    return list(between.ran)


def bring(house, visit, name, data, media_type):
    path = house.folder / name
    path.write_bytes(data)
    house.phone("li", "attach", "visit", visit, "other", str(path), media_type)
    carry(house, "li", check=False)
    return hashlib.sha256(data).hexdigest()


def a_disguise_is_refused(house, visit):
    print("what says photo and is none")
    program = pathlib.Path(sys.executable).resolve().read_bytes()[:4000]
    for name, data, media_type in (("page.jpg", PAGE, "image/jpeg"), ("drawing.png", DRAWING, "image/png"),
                                   ("archive.jpg", b"PK\x03\x04" + bytes(100), "image/jpeg"),
                                   ("program.mp4", program, "video/mp4")):
        digest = bring(house, visit, name, data, media_type)
        one = contents(house, "li")[digest]
        check(one["state"] == "refused" and one["trouble"]["code"] == "wrong_type", f"{name} is refused for good")
        check([row["state"] for row in listed(house, f"?digest={digest}")] == ["promised"], "and nothing of it is here")


def what_it_is_is_told(house, visit):
    print("what it is")
    digest = bring(house, visit, "plate.jpg", png(64, 48), "image/jpeg")
    shown = listed(house, f"?digest={digest}")[0]
    check((shown["kind"], shown["width"], shown["height"], shown["may_be_shown"]) == ("image/png", 64, 48, True),
          "a PNG with the wrong ending is kept, with its kind and its dimensions")
    huge = png(8, 8)[:16] + struct.pack(">II", 30_000, 30_000) + png(8, 8)[24:]
    digest = bring(house, visit, "huge.png", huge, "image/png")
    shown = listed(house, f"?digest={digest}")[0]
    check((shown["width"], shown["may_be_shown"]) == (30_000, False), "one of 900 megapixels is for saving only")
    browser = Browser()
    browser.open(house.call("POST", "/api/open-links", {})["url"])
    page = browser.open(f"https://127.0.0.1:{house.port}/visits/{visit}").text
    check("30000 × 30000" in page and "64 × 48" in page and "image/png" in page, "and the visit's page says so")


def it_runs_nowhere(house, visit):
    print("nothing that phones bring is run")
    digests = {name: bring(house, visit, name, data, media_type) for name, data, media_type in
               (("page", PAGE, "text/html"), ("script", SCRIPT, "text/javascript"), ("svg", DRAWING, "image/svg+xml"))}
    for name, digest in digests.items():
        status, told, _ = office_bytes(house, digest)
        check(status == 200 and told["x-content-type-options"] == "nosniff" and
              told["content-disposition"].startswith("attachment") and
              told["content-security-policy"] == "default-src 'none'; sandbox" and
              told["content-type"] == "application/octet-stream", f"headers of a {name}")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("  no chromium: what a browser makes of it is not looked at")
        return
    between = Between(house)
    for name, digest in digests.items():
        for way, page in WAYS.items():
            between.pages["now"] = page.format(digest)
            check(look(chromium, between, "now") == [], f"a {name}, {way}: nothing runs")
    between.pages["now"] = WAYS["in a frame"].replace("/served", "/bare").format(digests["page"])
    check(look(chromium, between, "now") == ["/ran?page"], "the same page without its headers does run")
    between.pages["now"] = WAYS["as a script"].replace("/served", "/bare").format(digests["script"])
    check(look(chromium, between, "now") == ["/ran?script"], "and so does the script")
    between.shutdown()


def main():
    with House() as house:
        house.start()
        house.login()
        visit = house.put_to_work("li")
        a_disguise_is_refused(house, visit)
        what_it_is_is_told(house, visit)
        it_runs_nowhere(house, visit)
        check(house.stop() == 0, "the office stops in order")
    print("served_content_test: all holds")


if __name__ == "__main__":
    main()
