# SPDX-License-Identifier: Apache-2.0
"""Contents of attachments in a bucket: the conformance suite against a server that speaks S3 and checks signatures
(the npm package @20minutes/s3rver), killed in the middle of a content; and against one that answers badly."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from house import BIN, free_port  # noqa: E402
from lying_bucket import LyingBucket  # noqa: E402

WANTED = "@20minutes/s3rver@4"
KEY, SECRET = "DAYBOOK", "a-secret/with+signs"
CUT_AFTER = 1_000_000


def install_server(folder):
    """The package in a folder of its own, with our few lines beside it; None and a loud word when it cannot be had."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        print("SKIPPED: npm and node are needed to run a server that speaks S3; only the lying one was tried")
        return None
    version = int(subprocess.run([node, "--version"], capture_output=True, text=True).stdout[1:].split(".")[0])
    if version < 20:
        print(f"SKIPPED: {WANTED} needs node 20, this is {version}; only the lying bucket was tried")
        return None
    folder.mkdir()
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    ran = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--no-package-lock", WANTED], cwd=folder,
                         capture_output=True, text=True, timeout=240)
    if ran.returncode != 0:
        print(f"SKIPPED: npm could not install {WANTED}; only the lying bucket was tried:\n{ran.stderr[-800:]}")
        return None
    shutil.copy(pathlib.Path(__file__).parent / "bucket_server.mjs", folder)
    return node


class BucketServer:
    def __init__(self, folder, node):
        # The package scrambles its tokens with a cipher that OpenSSL 3 calls legacy.
        self.command = [node, "--openssl-legacy-provider", folder / "npm" / "bucket_server.mjs"]
        self.folder, self.port, self.process = folder, free_port(), None
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        with open(self.folder / "bucket.log", "ab") as log:
            self.process = subprocess.Popen([*self.command, str(self.port), self.folder / "bucket", "daybook", KEY,
                                             SECRET], stdout=log, stderr=log)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "bucket.log").read_text())

    def kill(self):
        self.process.kill()
        self.process.wait()


def hang_up(line):
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it is gone already


class BreakingLine:
    """A way to the server on which contents that are sent get no further than their first megabyte, because the server
    is killed; then it is started again. A file says how many more shall fare so."""

    def __init__(self, server, orders):
        self.server, self.orders, self.broken = server, orders, 0
        self.is_up = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            with self.is_up:
                far = socket.create_connection(("127.0.0.1", self.server.port))
            threading.Thread(target=self.forward, args=(near, far), daemon=True).start()
            threading.Thread(target=self.back, args=(far, near), daemon=True).start()

    def forward(self, near, far):
        try:
            left = None
            while piece := near.recv(65536):
                if piece.startswith(b"PUT "):
                    more = int(self.orders.read_text())
                    self.orders.write_text(str(max(0, more - 1)))
                    left = CUT_AFTER if more > 0 else None
                far.sendall(piece)
                if left is not None:
                    left -= len(piece)
                    if left <= 0:
                        with self.is_up:
                            self.broken += 1
                            self.server.kill()
                            self.server.start()  # before it is noticed: the next question is answered
                        hang_up(near)
                        return
            far.shutdown(socket.SHUT_WR)
        except OSError:
            hang_up(near)

    def back(self, far, near):
        try:
            while piece := far.recv(65536):
                near.sendall(piece)
        except OSError:
            pass
        with self.is_up:
            hang_up(near)


def run(tag, **environment):
    print(f"--- {tag}", flush=True)
    ran = subprocess.run([BIN / "conformance_blob_store_bucket", tag], timeout=300,
                         env={**os.environ, **{name: str(value) for name, value in environment.items()}})
    assert ran.returncode == 0, f"{tag}: {ran.returncode}"


def the_lying_one(folder):
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=bucket", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    plain, tls = LyingBucket(), LyingBucket(key, certificate)
    run("[liar]", DAYBOOK_BUCKET_LIAR=plain.endpoint, DAYBOOK_BUCKET_TLS=tls.endpoint, DAYBOOK_BUCKET_CA=certificate)
    assert plain.server.asked["third-try"] == 3, plain.server.asked
    plain.stop()
    tls.stop()


def the_real_one(folder, node):
    server = BucketServer(folder, node)
    try:
        run("[bucket]", DAYBOOK_BUCKET=server.endpoint)
        line = BreakingLine(server, folder / "orders")
        run("[broken]", DAYBOOK_BUCKET=server.endpoint, DAYBOOK_BUCKET_BROKEN=line.endpoint,
            DAYBOOK_BUCKET_ORDERS=line.orders)
        assert line.broken >= 4, line.broken
    finally:
        server.kill()


with tempfile.TemporaryDirectory(prefix="daybook-e2e-") as name:
    the_lying_one(pathlib.Path(name))
    print("a bucket that answers badly does no harm")
    node = install_server(pathlib.Path(name) / "npm")
    if node:
        the_real_one(pathlib.Path(name), node)
        print("a real bucket: the suite, signatures, killed in the middle of a content")
sys.exit(0 if node else 77)
