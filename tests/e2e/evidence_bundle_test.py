# SPDX-License-Identifier: Apache-2.0
"""Everything signed about a visit leaves a real headquarters as a bundle: an outsider checks it with sha256sum and
openssl alone, by the commands of its own README; whatever file is changed, `daybook evidence verify` names it, and in
a signed paper the field. A byte written over in the book's SQLite file is named when the evidence is exported."""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from house import BIN, House  # noqa: E402


def check(holds, what):
    if not holds:
        raise AssertionError(what)
    print(f"  ok: {what}")


class Desk:
    """Somebody at the command line."""

    def __init__(self, house):
        self.house = house
        self.environment = {**os.environ, "DAYBOOK_CONFIG": str(house.folder / "cli"), "LC_ALL": "C"}
        self.login()

    def login(self):
        house = self.house
        self.run("login", "--server", f"https://127.0.0.1:{house.port}", "--pin", house.pin(), "--user", "admin",
                 "--password-file", house.folder / "password")

    def run(self, *words, code=0):
        ran = subprocess.run([BIN / "daybook", *map(str, words)], env=self.environment, capture_output=True, text=True,
                             timeout=120)
        assert ran.returncode == code, (words, ran.returncode, ran.stdout, ran.stderr)
        return ran.stdout + ran.stderr


PEN = {"signer": "王芳", "signer_role": "user", "kind": "drawn",
       "strokes": [[[40, 120, 0, 466], [42, 118, 9, 581]]],
       "shown": {"pages": ["ab" * 32], "language": "zh", "text_size": 140, "to_end": True, "seconds": 41},
       "consent": {"id": "zh-1", "text": "我已阅读并同意。"}}


def sealed_visit(house, phone):
    """A visit with a swap and a photo, sealed and signed, and a survey with a signature of its own."""
    visit = house.add_visit(technician=phone, customer_name="Wang")
    house.sync(phone)
    photo = house.folder / "photo.jpg"
    photo.write_bytes(b"\xff\xd8" + hashlib.sha512(phone.encode()).digest() * 40)
    digest = hashlib.sha256(photo.read_bytes()).hexdigest()
    fields = {"user_statement": "没有图像", "unit_verified": True, "opened_before": "no",
              "cause": "电源板", "category": "free"}
    swap = {"visit": visit, "reason": "烧毁", "name": "电源板", "quantity": 1000}
    changes = {"changes": [{"collection": "visit", "id": visit, "set": fields},
                           {"collection": "part_swap", "create": swap},
                           {"collection": "photo", "create": {"visit": visit, "content": digest,
                                                              "media_type": "image/jpeg",
                                                              "size_bytes": photo.stat().st_size}}]}
    pen = json.dumps(PEN)
    house.phone(phone, script=f"attach visit {visit} evidence {photo}\ncommit '{json.dumps(changes)}'\n"
                              f"present {visit}\npen $form '{pen}'\nseal $form\n")
    answers = json.dumps({"score": 5, "signed_by": "王芳"})
    house.phone(phone, script=f"survey {visit} '{answers}'\npen $form '{pen}'\nseal $form\n")
    house.phone(phone, script="sync --until-idle 60\ncarry 60\n")
    return visit


def readme_holds(folder):
    """Runs what the page in the bundle says, line by line, as an outsider does."""
    page = (folder / "README.txt").read_text().split("--------")[1]
    commands = re.findall(r"^  ((?:sha256sum|sha512sum|openssl) .*)$", page, re.M)
    assert len(commands) >= 6, page
    for command in commands:
        ran = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True)
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
        if command.startswith("sha256sum ") and " -c " not in command:
            statement = "".join(path.read_text() for path in folder.glob("signature-*.txt"))
            assert f"content_hash: {ran.stdout.split()[0]}\n" in statement, command
    return len(commands)


def every_file_is_named(desk, folder):
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for at in sorted({0, len(whole) // 3, len(whole) - 1}):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            told = desk.run("evidence", "verify", folder, code=1)
            assert all(line.startswith(path.name + ":") for line in told.splitlines()), (path.name, at, told)
            # sha256sum passes over a line of its list that it cannot read; the other list tells.
            other = "SHA512SUMS" if path.name == "SHA256SUMS" else "SHA256SUMS"
            sums = subprocess.run([other[:6].lower() + "sum", "-c", other], cwd=folder, capture_output=True)
            assert sums.returncode != 0 or path.name == "SHA512SUMS", path.name
        path.write_bytes(whole)


def one_field_is_named(desk, folder):
    path = folder / "form-1.signed"
    whole = path.read_bytes()
    at = whole.index("烧毁".encode())
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
    told = desk.run("evidence", "verify", folder, code=1)
    check("part_swap.reason" in told, "a changed byte of a signed paper names the field: " + told.strip())
    path.write_bytes(whole)


def approved_and_still_valid(house, desk, visit, before):
    """An approval names the hash and stands outside of it; the receipt's key is the one that the company publishes."""
    form = house.call("GET", f"/api/records/form?visit={visit}")["records"][0]
    house.call("POST", "/api/acts/decide_form", {"about": form["id"], "arguments": {"decision": "approved"}})
    after = house.folder / "approved"
    desk.run("evidence", "export", visit, "-o", after)
    desk.run("evidence", "verify", after)
    same = all((after / name).read_bytes() == (before / name).read_bytes()
               for name in ("form-1.signed", "signature-1.txt", "signature-1.sig", "anchor-1.txt", "anchor-1.sig"))
    approval = json.loads((after / "approvals.json").read_text())[0]["values"]
    check(same and approval["content"] == form["values"]["content_hash"] and approval["decided_by"] == "admin",
          "an approval names the hash, and the signature is as valid as before")
    published = subprocess.run(["openssl", "pkey", "-in", house.server / "evidence_key.pem", "-pubout"], check=True,
                               capture_output=True).stdout
    check((after / "anchor-1.pem").read_bytes() == published, "the receipt is signed with headquarters' own key")
    number = house.call("GET", f"/api/records/visit/{visit}")["values"]["form_no"]
    check(f"form_no: {number}\n" in (after / "anchor-1.txt").read_text(), f"the form has its number: {number}")


def book_was_written_over(house, desk, visit):
    """A hex editor in the book: both copies of the form that it holds, the record and the log, in turn."""
    house.stop()
    book = house.server / "daybook.db"
    sound = book.read_bytes()
    needle = "电源板".encode()
    places = [found.start() for found in re.finditer(re.escape(needle), sound)]
    named = []
    for at in places:
        book.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1:])
        house.start()
        desk.login()
        out = house.folder / f"written-{at}"
        ran = subprocess.run([BIN / "daybook", "evidence", "export", visit, "-o", out], env=desk.environment,
                             capture_output=True, text=True)
        told = re.search(r"form-1.signed: (changed in the book|the book says otherwise now): "
                         r"(visit\.cause|part_swap\.name)", ran.stderr)
        if told:
            assert ran.returncode == (1 if told[1] == "changed in the book" else 0), ran
            named.append(f"{told[1]}: {told[2]}")
        if out.exists():
            desk.run("evidence", "verify", out)
        house.stop()
        book.write_bytes(sound)
    house.start()
    # Form and change set hold both fields, the records one each; set of the capture and reading copy are no evidence.
    for what in ("changed in the book: visit.cause", "changed in the book: part_swap.name",
                 "the book says otherwise now: visit.cause"):
        check(what in named, f"a byte written over in the book is named: {what}")
    check(len(named) >= 6, f"{len(named)} of {len(places)} places are evidence, and each is named")


def main():
    with House() as house:
        house.start()
        house.login()
        desk = Desk(house)
        for phone, key in (("li", "ed25519"), ("zhao", "es256")):
            house.add_technician(phone)
            house.new_phone(phone, phone, key)
            visit = sealed_visit(house, phone)
            out = house.folder / f"bundle-{phone}"
            desk.run("evidence", "export", visit, "-o", out)
            told = desk.run("evidence", "verify", out)
            check("2 papers, 2 signatures" in told, f"the bundle of a visit holds ({key}): {told.strip()}")
            check(len(list(out.glob("content-*.jpg"))) == 1, "the photo is in it")
            number = readme_holds(out)
            check(number >= 6, f"{number} commands of its README hold with sha256sum and openssl alone")
            one_field_is_named(desk, out)
            every_file_is_named(desk, out)
            check(True, f"a flipped byte in each of its {len(list(out.iterdir()))} files is named, and no other file")
            archive = house.folder / f"{phone}.tar"
            desk.run("evidence", "export", visit, "-o", archive)
            desk.run("evidence", "verify", archive)
            unpacked = house.folder / f"unpacked-{phone}"
            unpacked.mkdir()
            subprocess.run(["tar", "-xf", archive, "-C", unpacked], check=True)
            same = {path.name: path.read_bytes() for path in unpacked.iterdir()}
            check(same == {path.name: path.read_bytes() for path in out.iterdir()}, "tar unpacks the same files")
        desk.run("evidence", "export", visit, "-o", out, code=2)
        desk.run("evidence", "export", "00000000-0000-4000-8000-000000000000", "-o", house.folder / "none", code=1)
        approved_and_still_valid(house, desk, visit, out)
        book_was_written_over(house, desk, visit)


if __name__ == "__main__":
    main()
