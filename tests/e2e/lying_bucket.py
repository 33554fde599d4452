# SPDX-License-Identifier: Apache-2.0
"""A server that answers like no S3 bucket should: how, the name of the bucket says. For bucket_test.py; standard
library only."""
import http.server
import io
import os
import socket
import ssl
import struct
import threading
import time

LIST = b"<ListBucketResult>%s<IsTruncated>%s</IsTruncated>%s</ListBucketResult>"
EMPTY = LIST % (b"", b"false", b"")


def page_of(keys, token=b""):
    contents = b"".join(b"<Contents><Key>%s</Key></Contents>" % key for key in keys)
    more = b"<NextContinuationToken>%s</NextContinuationToken>" % token if token else b""
    return LIST % (contents, b"true" if token else b"false", more)


def error(code):
    return b"<?xml version='1.0'?><Error><Code>%s</Code><Message>no</Message></Error>" % code


REFUSALS = {"denied": (403, b"AccessDenied"), "skewed": (403, b"RequestTimeTooSkewed"),
            "slow-down": (503, b"SlowDown"), "broken": (500, b"InternalError"), "full": (507, b"InsufficientStorage"),
            "redirect": (301, b"PermanentRedirect")}


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def say(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def without_end(self, piece):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(piece)
        except OSError:
            pass

    def slam(self):
        """The door, in the middle of what is sent: a reset, not an end."""
        self.rfile.read(100_000)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        self.close_connection = True
        self.wfile = self.rfile = io.BytesIO()

    def answer(self):
        lie = self.path.split("/")[1].split("?")[0]
        if lie == "slam" and self.command == "PUT":
            return self.slam()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = self.server.asked
        asked[lie] = asked.get(lie, 0) + 1
        if lie in REFUSALS:
            status, code = REFUSALS[lie]
            # A HEAD has no body that could say more.
            self.say(status, error(code), Location="http://127.0.0.1:1/")
        elif lie == "third-try":
            self.say(200 if asked[lie] % 3 == 0 else 503, EMPTY)
        elif lie == "silent":
            time.sleep(4)
            self.close_connection = True
        elif lie == "endless-body":
            self.without_end(b" " * 65536)
        elif lie == "endless-list":
            self.say(200, page_of([b"k%09d" % asked[lie]], b"more"))
            if asked[lie] > 50:  # it would go on; a page without a name is where we are left
                self.server.asked[lie] = 51
        elif lie == "unordered":
            self.say(200, page_of([b"b", b"a"]))
        elif lie == "page":
            self.say(200, b"<!DOCTYPE html><html><body>Log in to the wireless network</body></html>")
        elif lie == "generous":
            self.say(206, b"abcdefgh", Content_Range="bytes 0-7/8")
        elif lie == "other-range":
            self.say(206, b"abc", Content_Range="bytes 0-2/8")
        elif lie == "no-range":
            self.say(200, b"abcdefgh")
        elif lie == "short":
            self.send_response(206)
            self.send_header("Content-Length", "3")
            self.send_header("Content-Range", "bytes 2-4/8")
            self.end_headers()
            self.wfile.write(b"a")
            self.close_connection = True
        else:
            self.say(404)

    do_GET = do_HEAD = do_PUT = do_DELETE = answer


class LyingBucket:
    def __init__(self, key=None, certificate=None):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.asked = {}
        self.server.daemon_threads = True
        if key:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.endpoint = f"{'https' if key else 'http'}://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
