#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A form sealed on a real phone is verified from what headquarters holds, with sha256sum and openssl alone; one
flipped byte anywhere is seen."""
import json
import pathlib
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from house import House

# Before the 32 bytes of an Ed25519 key (RFC 8410).
ED25519_HEAD = bytes.fromhex("302a300506032b6570032100")


def check(holds, what):
    if not holds:
        raise AssertionError(what)
    print(f"  ok: {what}")




def signed_bytes(form):
    parts = [bytes.fromhex(form[name]) for name in ("content", "manifest", "included_upto")]
    return b"daybook form 1\n" + b"".join(struct.pack(">Q", len(part)) + part for part in parts)


def sha256sum(path):
    return subprocess.run(["sha256sum", path], check=True, capture_output=True, text=True).stdout.split()[0]


def openssl_takes(folder, statement, signature, key):
    (folder / "statement.txt").write_bytes(statement)
    (folder / "statement.sig").write_bytes(signature)
    (folder / "key.der").write_bytes(ED25519_HEAD + key)
    ran = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.der", "-keyform", "DER", "-rawin",
                          "-in", "statement.txt", "-sigfile", "statement.sig"], cwd=folder, capture_output=True)
    return ran.returncode == 0


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def photograph(house, visit, content):
    taken = {"visit": visit, "content": content, "size_bytes": 1000, "purpose": "plate"}
    change = {"changes": [{"collection": "photo", "create": taken}]}
    return json.loads(house.phone("li", "commit", json.dumps(change)))["ids"][0]


def seal(house, visit):
    pen = {"signer": "王芳", "signer_role": "user", "kind": "drawn",
           "strokes": [[[40, 120, 0, 466], [42, 118, 9, 581]]],
           "shown": {"pages": ["ab" * 32], "language": "zh", "text_size": 140, "to_end": True, "seconds": 41},
           "consent": {"id": "zh-1", "text": "我已阅读并同意。"}}
    fields = {"user_statement": "没有图像", "unit_verified": True, "opened_before": "no",
              "cause": "电源板", "category": "free"}
    swap = {"visit": visit, "reason": "烧毁", "name": "电源板", "quantity": 1000}
    changes = {"changes": [{"collection": "visit", "id": visit, "set": fields},
                           {"collection": "part_swap", "create": swap}]}
    plate, lunch = (photograph(house, visit, content) for content in ("aa" * 32, "bb" * 32))
    house.phone("li", "act", "void_photo", lunch, "reason", "拍错了")
    refused = house.phone("li", "present", visit, check=False)
    check("missing" in refused, "a form without findings is not presented, and says what is missing")
    house.phone("li", script=f"commit '{json.dumps(changes)}'\npresent {visit}\n"
                             f"pen $form '{json.dumps(pen)}'\nseal $form\n")
    again = house.phone("li", "set", "visit", visit, "cause", "fuse", check=False)
    check("immutable" in again, "what was signed is not edited on the phone any more")
    late = house.phone("li", "act", "void_photo", plate, "reason", "看不清", check=False)
    check("holds this photo" in late, "a photo that the customer signed for is not taken back")
    return plate, lunch


def main():
    with House() as house:
        house.start()
        house.login()
        house.add_technician("li")
        visit = house.add_visit(technician="li", customer_name="Wang")
        house.new_phone("li", "li")
        plate, lunch = seal(house, visit)
        house.sync("li")
        forms = house.call("GET", f"/api/records/form?visit={visit}")["records"]
        signatures = house.call("GET", f"/api/records/signature?visit={visit}")["records"]
        check(len(forms) == 1 and len(signatures) == 1, "headquarters has one form and one signature")
        form, signature = forms[0]["values"], signatures[0]["values"]
        check(plate in form["covered"] and lunch not in form["covered"],
              "a photo that was taken back before is not in the form, the other one is")
        bytes_ = signed_bytes(form)
        path = house.folder / "form.signed"
        path.write_bytes(bytes_)
        check(sha256sum(path) == form["content_hash"], "sha256sum of the one file is the content hash")
        statement = bytes.fromhex(signature["statement"])
        check(f"content_hash: {form['content_hash']}\n".encode() in statement, "the statement names that hash")
        mark = bytes.fromhex(signature["device_signature"])[1:]
        key = bytes.fromhex(signature["device_key"])[1:]
        check(openssl_takes(house.folder, statement, mark, key), "openssl verifies the device's signature")
        wrong = []
        for at in range(0, len(bytes_), 7):
            path.write_bytes(flipped(bytes_, at))
            wrong += [at] if sha256sum(path) == form["content_hash"] else []
        check(not wrong, "a flipped byte of the form is another hash")
        taken = [at for at in range(0, len(statement), 11)
                 if openssl_takes(house.folder, flipped(statement, at), mark, key)]
        check(not taken, "a flipped byte of the statement is no statement of the device")


if __name__ == "__main__":
    main()
