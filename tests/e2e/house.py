# SPDX-License-Identifier: Apache-2.0
"""Real processes for end-to-end stories: a daybookd on a free port, phones beside it. Used by the stories in
this folder; standard library only. Everything lives in one temporary folder and every process that was
started here is ended here."""
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

BIN = pathlib.Path(os.environ.get("DAYBOOK_BIN", "build/test/bin"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class House:
    def __init__(self, schema=None, public_port=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="daybook-e2e-"))
        self.server = self.folder / "server"
        self.port = free_port()
        self.process = None
        self.token = None
        self.environment = dict(os.environ)
        (self.folder / "password").write_text("a-long-enough-password\n")
        command = [BIN / "daybookd", "init", "--dir", self.server, "--port", str(self.port),
                   "--admin-password-file", self.folder / "password"]
        if schema:
            command += ["--schema", schema]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        if public_port:
            self.configure(public_url=f"https://127.0.0.1:{public_port}")

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        self.kill()
        if failed:
            print(f"left for inspection: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self, **settings):
        path = self.server / "daybookd.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))

    def log(self):
        return (self.folder / "server.log").read_text(errors="replace")

    def start(self, probe=None):
        environment = dict(self.environment)
        if probe:
            environment["DAYBOOK_TRANSACTION_PROBE"] = str(probe)
        mark = (self.folder / "server.log").stat().st_size if (self.folder / "server.log").exists() else 0
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen([BIN / "daybookd", "serve", "--dir", self.server],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if "server.ready" in self.log()[mark:]:
                return
            if self.process.poll() is not None:
                raise RuntimeError("daybookd ended: " + self.log()[mark:])
            time.sleep(0.005)
        raise RuntimeError("daybookd was not ready in time")

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait()
        self.process = None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process = None
        return code

    def call(self, method, path, body=None, headers=None, expect=range(200, 300)):
        """One request to the JSON API. The server's key is its own, so only this test's loopback is trusted here."""
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30)
        fields = {"content-type": "application/json", **(headers or {})}
        if self.token:
            fields["authorization"] = f"Bearer {self.token}"
        connection.request(method, path, None if body is None else json.dumps(body), fields)
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        if expect is not None and reply.status not in expect:
            raise AssertionError(f"{method} {path}: {reply.status} {text[:400]!r}")
        is_json = text and reply.getheader("content-type", "").startswith("application/json")
        return json.loads(text) if is_json else reply

    def raw(self, method, path, expect=range(200, 300)):
        """The same for what is not JSON: an object with `headers` (lower case) and `text`."""
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30)
        connection.request(method, path, headers={"authorization": f"Bearer {self.token}"})
        reply = connection.getresponse()
        reply.text = reply.read().decode()
        connection.close()
        if reply.status not in expect:
            raise AssertionError(f"{method} {path}: {reply.status} {reply.text[:400]}")
        reply.headers = {name.lower(): value for name, value in reply.getheaders()}
        return reply

    def login(self):
        self.token = self.call("POST", "/api/login", {"user": "admin", "password": "a-long-enough-password"})["token"]

    def pin(self):
        """Of the server's key, as `daybook login --pin` wants it."""
        shown = subprocess.run(["openssl", "x509", "-in", self.server / "certificate.pem", "-noout", "-pubkey"],
                               check=True, capture_output=True).stdout
        spki = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=shown, check=True,
                              capture_output=True).stdout
        return hashlib.sha256(spki).hexdigest()

    def add_technician(self, actor, name=None):
        self.call("POST", "/api/users", {"actor": actor, "role": "technician", "display_name": name or actor})

    def enrolment_code(self, actor):
        return self.call("POST", "/api/enrolments", {"actor": actor})["code"]

    def add_visit(self, **fields):
        return self.call("POST", "/api/records/visit", {"set": fields})["record"]["id"]

    def visit(self, visit):
        return self.call("GET", f"/api/records/visit/{visit}")

    def put_to_work(self, technician):
        """A technician with a phone of his name and a visit on it; returns the visit."""
        self.add_technician(technician)
        self.new_phone(technician, technician)
        visit = self.add_visit(technician=technician)
        self.sync(technician)
        return visit

    def phone(self, name, *commands, script=None, check=True, timeout=120, probe=None):
        """Runs a phone on one command, or on a script given as text; returns its output, with its complaints when
        it may fail."""
        arguments = [BIN / "daybook-phone", "--store", self.folder / name, "--json"]
        environment = dict(self.environment)
        if probe:
            environment["DAYBOOK_TRANSACTION_PROBE"] = str(probe)
        if script is not None:
            commands = ["--script", "-"]
        ran = subprocess.run([*arguments, *commands], input=script, capture_output=True, text=True, timeout=timeout,
                             env=environment)
        if check and ran.returncode != 0:
            raise AssertionError(f"daybook-phone {commands}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}")
        return ran.stdout if check else ran.stdout + ran.stderr

    def sync(self, name, seconds=60):
        return self.phone(name, script=f"sync --until-idle {seconds}\n", timeout=seconds + 30)

    def new_phone(self, name, actor, key=None):
        self.phone(name, "enrol", self.enrolment_code(actor), name, *(["--key", key] if key else []))
        self.sync(name)
