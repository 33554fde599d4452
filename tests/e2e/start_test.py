# SPDX-License-Identifier: Apache-2.0
"""A host app in plain C from its first enrolment to its receipt; what --check-config says of good and bad
configurations; a stop that was asked for is clean."""
import json
import pathlib
import resource
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from house import BIN, House  # noqa: E402


def check(house):
    return subprocess.run([BIN / "daybookd", "--check-config", "serve", "--dir", house.server], capture_output=True,
                          text=True, timeout=30)


with House() as house:
    good = check(house)
    assert good.returncode == 0, good.stdout + good.stderr
    house.start()
    house.login()
    house.add_technician("li")
    c = subprocess.run([BIN / "c_client", house.folder / "c.db", house.enrolment_code("li"), "li", "30"],
                       capture_output=True, text=True, timeout=60)
    assert c.returncode == 0, c.stdout + c.stderr
    visits = house.call("GET", "/api/records/visit")["records"]
    assert [visit["values"]["symptom"] for visit in visits] == ["无图像"], visits
    swaps = house.call("GET", "/api/records/part_swap")["records"]
    assert len(swaps) == 1 and swaps[0]["values"]["visit"] == visits[0]["id"], swaps
    house.call("PATCH", f"/api/records/visit/{visits[0]['id']}",
               {"seen": visits[0]["version"], "set": {"instructions": "带梯子"}})
    c = subprocess.run([BIN / "c_client", house.folder / "c.db", "--until",
                        f"select instructions from visit where id = '{visits[0]['id']}'", "带梯子", "30"],
                       capture_output=True, text=True, timeout=60)
    assert c.returncode == 0, c.stdout + c.stderr
    assert house.stop() == 0
    assert json.loads(house.log().strip().splitlines()[-1]), "the log is one object of JSON a line"
    path = house.server / "daybookd.json"
    settings = json.loads(path.read_text())
    for setting, wrong in [("port", 99999), ("port", "many"), ("key", "nowhere.pem"), ("colour", "red"),
                           ("public_url", "http://plain"), ("connections_max", 0), ("connections_max", 100_001),
                           ("connections_per_peer_max", "all")]:
        path.write_text(json.dumps({**settings, setting: wrong}))
        bad = check(house)
        assert bad.returncode != 0, f"{setting}={wrong} was taken"
        assert setting in bad.stdout + bad.stderr or "nowhere.pem" in bad.stdout + bad.stderr, bad.stderr
    path.write_text(json.dumps({**settings, "connections_max": 100_000, "connections_per_peer_max": 1}))
    assert check(house).returncode == 0
    house.start()  # with fewer files than that it takes fewer connections, and says so
    events = [json.loads(line) for line in house.log().strip().splitlines()]
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < 100_256:
        told = [event for event in events if event.get("event") == "server.files"]
        assert told and told[-1]["connections_max"] == hard - 256, told
    with socket.create_connection(("127.0.0.1", house.port)):
        time.sleep(0.2)
        with socket.create_connection(("127.0.0.1", house.port)) as second:
            second.settimeout(10)
            assert second.recv(1) == b"", "the second from one address is turned away"
    assert house.stop() == 0
print("a C host app, the configuration check and a clean stop")
