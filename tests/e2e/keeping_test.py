# SPDX-License-Identifier: Apache-2.0
"""An operator's day on a real daybookd, by its own commands: backup, verify, drill, doctor, migrate, log level,
reload of a renewed certificate while phones talk. Each thing that can be wrong is made wrong once and must be named."""
import json
import os
import pathlib
import signal
import socket
import sqlite3
import ssl
import subprocess
import time

from house import BIN, House


def daybookd(*arguments, code=0, lang="C"):
    ran = subprocess.run([BIN / "daybookd", *map(str, arguments)], capture_output=True, text=True, timeout=120,
                         env={**os.environ, "LC_ALL": lang})
    assert ran.returncode == code, (arguments, ran.returncode, ran.stdout, ran.stderr)
    return ran.stdout + ran.stderr


def findings(house, code, *more):
    told = json.loads(daybookd("doctor", "--dir", house.server, "--json", *more, code=code))
    return {(finding["what"], finding["kind"]): finding for finding in told}


def certificate_of(house):
    context = ssl._create_unverified_context()
    with socket.create_connection(("127.0.0.1", house.port)) as plain, context.wrap_socket(plain) as line:
        return line.getpeercert(True)


def backups(house, it):
    house.start()
    house.login()
    house.add_technician("wang")
    for i in range(30):
        house.add_visit(technician="wang", address=f"长安街 {i}")
    house.new_phone("w", "wang")
    it.backup = house.call("POST", "/api/backups", {})
    house.add_visit(technician="wang")
    assert "can be read" in daybookd("verify", it.backup["path"])
    told = daybookd("drill", "--dir", house.server, it.backup["path"])
    assert "has 1 commits more" in told and "Nothing was changed" in told, told
    assert not list(house.server.glob("*.drill-*")), "the scratch folder is gone"
    assert "可用此备份恢复" in daybookd("drill", "--dir", house.server, it.backup["path"], lang="zh_CN.UTF-8")


def damage_is_named(house, it):
    copy = house.folder / "damaged.db"
    whole = pathlib.Path(it.backup["path"]).read_bytes()
    book = house.folder / "book.db"
    book.write_bytes(whole)
    with sqlite3.connect(book) as edit:
        edit.execute("update commits set actor = 99 where version = 7")
        edit.execute("update commits set received_ms = received_ms + 1 where version = 7")
    assert "commit 7" in daybookd("verify", book, code=2), "a changed commit shows at its own number"
    copy.write_bytes(whole[:len(whole) // 2])
    daybookd("verify", copy, code=2)
    daybookd("drill", "--dir", house.server, copy, code=2)
    copy.write_bytes(b"x" * 5000)
    daybookd("verify", copy, code=2)


def doctor(house, it):
    told = findings(house, 1)  # a container's clock is seldom synchronised
    for good in ["key", "certificate", "disk", "files", "backups", "cases", "store"]:
        assert (good, "good") in told, told
    key = house.server / "key.pem"
    kept = key.read_bytes()
    key.chmod(0o644)
    assert "chmod 600" in findings(house, 1, "--quick")[("key", "look")]["do"]
    key.unlink()
    assert ("key", "bad") in findings(house, 2, "--quick")
    key.write_bytes(kept)
    key.chmod(0o600)
    moved = pathlib.Path(it.backup["path"])
    moved.rename(house.folder / "away.db")
    told = findings(house, 1, "--quick")
    assert it.backup["id"] in told[("backups", "look")]["do"], told
    (house.folder / "away.db").rename(moved)
    renew(house, it, days=5)
    assert "5 more days" in findings(house, 1, "--quick")[("certificate", "look")]["found"] or \
        "4 more days" in findings(house, 1, "--quick")[("certificate", "look")]["found"]


def renew(house, it, days, key=None):
    """A new certificate, over the server's key unless another is named."""
    key = key or house.server / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-new", "-key", key, "-subj", "/CN=localhost", "-days", str(days),
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", house.server / "certificate.pem"],
                   check=True, capture_output=True)


def reload_while_serving(house, it):
    before = certificate_of(house)
    renew(house, it, days=400)
    house.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while certificate_of(house) == before:
        assert time.monotonic() < deadline, house.log()
        time.sleep(0.05)
    house.sync("w")  # the phone believes the key, so nothing has changed for it
    renewed = certificate_of(house)
    other = house.folder / "other.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", other],
                   check=True, capture_output=True)
    good = (house.server / "certificate.pem").read_bytes()
    renew(house, it, days=400, key=other)
    told = house.call("POST", "/api/reload", {}, expect=[400])
    assert told["error"]["field"] == "certificate" and certificate_of(house) == renewed, told
    (house.server / "certificate.pem").write_bytes(good)
    house.configure(log_level="debug", backups="elsewhere")
    told = house.call("POST", "/api/reload", {})["reloaded"]
    assert "log level debug" in told and "backups waits for a restart" in told, told
    house.call("GET", "/api/status")
    assert house.call("PUT", "/api/log-level", {"level": "error"}) == {"level": "error"}
    assert house.call("PUT", "/api/log-level", {"level": "loud"}, expect=[400])["error"]["field"] == "log_level"
    house.configure(no_such_setting=1)
    house.call("POST", "/api/reload", {}, expect=[400])
    configuration = json.loads((house.server / "daybookd.json").read_text())
    configuration.pop("no_such_setting")
    (house.server / "daybookd.json").write_text(json.dumps(configuration))


def migrate(house, it):
    """A store of format 1, as an old server left it: rehearsed, then served, and its backup still restores."""
    assert house.stop() == 0
    old = House()
    book = old.server / "daybook.db"
    for left in old.server.glob("daybook.db*"):
        left.unlink()
    with sqlite3.connect(book) as made:
        made.executescript(pathlib.Path("tests/golden/store/server_v1.sql").read_text())
    backup = old.folder / "v1.db"
    backup.write_bytes(book.read_bytes())
    told = daybookd("migrate", "--dir", old.server, "--dry-run")
    assert "format 1 → 7" in told and "not touched" in told, told
    assert sqlite3.connect(book).execute("pragma user_version").fetchone() == (1,)
    assert ("store", "look") in findings(old, 1)
    assert "14 chain up" in daybookd("verify", backup)
    with old:
        old.start()
        daybookd("migrate", "--dir", old.server, code=2)  # it is being served
        assert sqlite3.connect(book).execute("pragma user_version").fetchone() == (7,)
        assert old.stop() == 0
        assert "Restored to commit 14" in daybookd("restore", "--dir", old.server, backup)
        old.start()
        assert old.stop() == 0
        with sqlite3.connect(book) as edit:
            edit.execute("pragma user_version=99")
        assert "Install the newer" in findings(old, 2)[("store", "bad")]["do"]
        daybookd("migrate", "--dir", old.server, code=2)
        with sqlite3.connect(book) as edit:
            assert edit.execute("pragma user_version").fetchone() == (99,), "nobody goes back"


def main():
    with House() as house:
        class It:
            pass
        for part in [backups, damage_is_named, doctor, reload_while_serving, migrate]:
            part(house, It)
            print("keeping:", part.__name__, "as it should be")


if __name__ == "__main__":
    main()
