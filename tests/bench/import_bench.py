#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A part catalogue of 100,000 lines by `daybook import` into a real daybookd, and the same file again: one JSON line
each with wall time, the time both programs worked, and the load of the machine. `tests/bench/run import` builds
Release and calls it; a number is for other lines."""
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
from house import BIN, House  # noqa: E402

LINES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000


def worked_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def catalogue(path):
    with open(path, "w", encoding="utf-8") as file:
        file.write("零件号,名称,规格,价格,保修月数\n")
        for n in range(LINES):
            file.write(f'P-{n:06},"电源板, {n} 型",220V {n % 97} W,{n % 1000}.50,{n % 36}\n')


with House() as house:
    house.start()
    house.login()
    path = house.folder / "parts.csv"
    catalogue(path)
    environment = {**os.environ, "DAYBOOK_CONFIG": str(house.folder / "cli")}
    subprocess.run([BIN / "daybook", "login", "--server", f"https://127.0.0.1:{house.port}", "--pin", house.pin(),
                    "--user", "admin", "--password-file", house.folder / "password"],
                   env=environment, check=True, stdout=subprocess.DEVNULL)
    for variant, done in [("first", "created"), ("again", "same")]:
        begun, server, client = time.monotonic(), worked_s(house.process.pid), children_s()
        ran = subprocess.run([BIN / "daybook", "--json", "import", "part", path], env=environment, check=True,
                             capture_output=True, text=True)
        assert json.loads(ran.stdout)[done] == LINES, ran.stdout
        print(json.dumps({"peer": "daybook", "s": "import", "n": LINES, "variant": variant,
                          "wall_s": round(time.monotonic() - begun, 2),
                          "cpu_client_s": round(children_s() - client, 2),
                          "cpu_server_s": round(worked_s(house.process.pid) - server, 2),
                          "load": pathlib.Path("/proc/loadavg").read_text().split()[0]}), flush=True)
