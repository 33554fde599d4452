#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Attachments brought by a client that is not ours: tus-js-client from npm, over a phone in another language
(tus_client.mjs). Headquarters then reads every content byte for byte, and has nothing of what was a lie."""
import json
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from attachments_test import listed, office_bytes  # noqa: E402
from house import House  # noqa: E402

WANTED = "tus-js-client@4"


def install_client(folder):
    """The package in a folder of its own; None and a loud word when it cannot be had."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        print("SKIPPED: npm and node are needed to run a tus client that is not ours")
        return None
    folder.mkdir()
    (folder / "package.json").write_text('{"private": true}')
    try:
        subprocess.run([npm, "install", "--no-audit", "--no-fund", "--no-package-lock", WANTED], cwd=folder, check=True,
                       capture_output=True, text=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as why:
        print(f"SKIPPED: npm could not install {WANTED}: {why}\n{str(why.stderr)[-800:]}")
        return None
    return node


def bring(house, node):
    codes = [house.enrolment_code(actor) for actor in ("li", "wang")]
    script = pathlib.Path(__file__).resolve().parent / "tus_client.mjs"
    ran = subprocess.run([node, script, house.folder / "npm", *codes], capture_output=True, text=True, timeout=150)
    print(ran.stdout + ran.stderr)
    events = [json.loads(line) for line in ran.stdout.strip().split("\n")]
    assert events and events[-1]["event"] == "done", "the client did not come to the end"
    return events, ran.returncode


def check_headquarters(house, never_there):
    contents = sorted((house.folder / "npm" / "contents").iterdir())
    assert len(contents) == 12, contents
    for content in contents:
        status, _, body = office_bytes(house, content.name)
        assert status == 200 and body == content.read_bytes(), (content.name, status, body[:200])
        promises = listed(house, f"?digest={content.name}")
        assert promises and all(one["state"] == "here" for one in promises), promises
    status, told, _ = office_bytes(house, never_there)
    assert status == 404 and told["content-type"].startswith("application/json"), (status, told)
    promises = listed(house, f"?digest={never_there}")
    assert [one["state"] for one in promises] == ["promised"], promises
    (uploads,) = house.server.glob("**/uploads")
    assert not list(uploads.iterdir()), f"nobody's bytes: {list(uploads.iterdir())}"
    print(f"headquarters reads {len(contents)} contents, and nothing of the lie")


def main():
    with House() as house:
        node = install_client(house.folder / "npm")
        if not node:
            return 77
        house.start()
        house.login()
        for actor in ("li", "wang"):
            house.add_technician(actor)
        events, code = bring(house, node)
        deviations = [event["story"] for event in events if event["event"] == "deviation"]
        assert code == 0 and not deviations, f"deviations: {deviations}"
        check_headquarters(house, events[-1]["never_there"])
        assert house.stop() == 0, "the office stops in order"
    print("tus_test: all holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
