# SPDX-License-Identifier: Apache-2.0
"""A visit of the demo's story on paper: captured on a phone, printed by a real daybookd over its API, by `daybook form`
and by a browser's session; read back with pdftotext. Every field of the service form stands on it in Chinese, the same
book gives the same bytes, hostile texts stay in bounds, and a server that never prints carries no fonts."""
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys

from house import BIN, House

STORY = pathlib.Path("tools/demo_story")
if shutil.which("pdftotext") is None:
    print("no pdftotext (Debian: poppler-utils)")
    sys.exit(77)


def pdf(house, path, expect=200, headers=None):
    connection = http.client.HTTPSConnection("127.0.0.1", house.port, context=ssl._create_unverified_context(),
                                             timeout=60)
    connection.request("GET", path, headers={"authorization": f"Bearer {house.token}"} if headers is None else headers)
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    assert reply.status == expect, (reply.status, body[:300])
    reply.fields = {name.lower(): value for name, value in reply.getheaders()}
    return reply, body


def text_of(house, body):
    path = house.folder / "read.pdf"
    path.write_bytes(body)
    ran = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return re.sub(r"\s+", "", ran.stdout), ran.stdout.count("\f")


def rss_kb(house):
    status = pathlib.Path(f"/proc/{house.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def other_papers(house):
    """A goods receipt comes in two copies with one number, a requisition with room for three names."""
    part = house.call("POST", "/api/records/part", {"set": {"part_no": "STB-PWR-02", "name": "电源板"}})["record"]["id"]
    receipt = house.call("POST", "/api/records/goods_receipt", {"set": {
        "supplier": "广电器材厂", "supplier_document": "FH-77", "warehouse": "西安库", "receipt_no": "JS-0001"}})
    receipt = receipt["record"]["id"]
    house.call("POST", "/api/records/goods_receipt_line", {"set": {
        "goods_receipt": receipt, "line_no": 1, "part": part, "delivered": 20000, "counted": 19500}})
    reply, body = pdf(house, f"/api/records/goods_receipt/{receipt}/paper.pdf?lang=zh")
    assert 'filename="goods_receipt-JS-0001.pdf"' in reply.fields["content-disposition"]
    text, pages = text_of(house, body)
    for part in ["第一联库房存根", "第二联送货人", "备用件接收单"]:
        assert text.count(part) >= 1, (part, text)
    assert pages == 2 and text.count("编号JS-0001") == 2 and text.count("19.5") == 2, (pages, text)
    wanted = house.call("POST", "/api/records/requisition", {"set": {"technician": "li", "req_no": "LL-0001"}})
    _, body = pdf(house, f"/api/records/requisition/{wanted['record']['id']}/paper.pdf?lang=zh")
    text, _ = text_of(house, body)
    assert "备用件领料单" in text and "LL-0001" in text and "领料人" in text and "发料人" in text, text


def capture(house):
    house.call("POST", "/api/records/person", {"set": {"login": "li", "name": "李明", "badge_no": "GH-0417"}})
    visit = house.call("POST", "/api/records/visit", {"set": {**json.loads((STORY / "visit_li.json").read_text())}})
    visit = visit["record"]["id"]
    house.new_phone("li", "li")
    script = (STORY / "cellar.txt").read_text().replace("VISIT", visit).replace("STORY", str(STORY))
    script = "\n".join(line for line in script.splitlines() if not line.startswith(("#", "offline")))
    taken = f"act take_unit_away {visit} serial STB2001-0098-7731 given_to 张伟\n"
    house.phone("li", script=taken + script + "\n")
    pen = {"signer": "张伟", "signer_role": "user", "kind": "drawn",
           "strokes": [[[400, 1200, 0, 466], [900, 500, 40, 581], [1300, 1400, 80, 600],
                        [2000, 450, 120, 580], [2600, 1300, 160, 500]]],
           "shown": {"pages": ["ab" * 32], "language": "zh", "text_size": 140, "to_end": True, "seconds": 41},
           "consent": {"id": "zh-1", "text": "我已阅读并同意。"}}
    house.phone("li", script=f"present {visit}\npen $form '{json.dumps(pen)}'\nseal $form\n")
    house.sync("li")
    form = house.call("GET", f"/api/records/form?visit={visit}")["records"][0]["id"]
    house.call("POST", "/api/acts/decide_form", {"about": form, "arguments": {"decision": "approved"}})
    house.call("POST", "/api/sets", {"id": "00000000-0000-4000-8000-00000000a001", "changes": [
        {"collection": "survey", "id": "00000000-0000-4000-8000-00000000a003", "create": True,
         "set": {"visit": visit, "score": 5, "remark": "师傅很细心", "signed_by": "张伟", "origin": "on_site"}}]})
    return visit


def fields_of_the_form(house, visit):
    reply, body = pdf(house, f"/api/visits/{visit}/form.pdf?lang=zh")
    assert reply.fields["content-type"] == "application/pdf"
    assert reply.fields["content-disposition"] == 'inline; filename="visit-2026-000001.pdf"', reply.fields
    assert reply.fields["cache-control"] == "no-store" and reply.fields["x-content-type-options"] == "nosniff"
    text, pages = text_of(house, body)
    for part in ["售后服务处理单", "2026-000001", "客户名称", "西安市长安区有线电视用户张伟", "联系人", "联系电话", "029-85551234",
                 "长安区韦曲街道12号院3号楼地下室机房", "型号", "编号", "STB2001-0098-7731", "听：用户陈述",
                 "用户说雨后画面马赛克", "看：已核对机器", "看：是否被拆过", "查：真正原因", "电源板电容鼓包，高频头进水", "责任", "厂家",
                 "处理情况", "更换电源板与高频头，重新搜台", "处理结果", "已修复", "换件", "电容鼓包", "电源板", "高频头",
                 "DYB20010234", "DYB20019981", "GPT99120077", "GPT01030556", "数量", "服务类别", "免费", "费用合计",
                 "用户签名", "张伟", "部门负责人审批", "批准", "李明(li)", "工号", "GH-0417", "出发时间", "到达时间", "完工时间", "出发", "到达",
                 "收据号", "替补品编号", "用户满意度调查表", "师傅很细心", "第1页，共"]:
        assert part in text, (part, text)
    assert 2 <= pages <= 5, pages
    assert "封存与公司收据" in text and "首次收到" in text, text
    assert not re.search("[0-9a-f]{72}", text), "bytes that nobody reads are on the form"
    english, _ = text_of(house, pdf(house, f"/api/visits/{visit}/form.pdf?lang=en")[1])
    assert "Serviceform" in english and "Customer" in english and "客户名称" not in english, english
    both, _ = text_of(house, pdf(house, f"/api/visits/{visit}/form.pdf")[1])
    assert "售后服务处理单Serviceform" in both and "已修复fixed" in both, both
    return body


def receipt_of_the_visit(house, visit):
    """What was taken away carries what both sides put under the form: her strokes, his seal."""
    receipt = house.call("GET", f"/api/records/takeaway?visit={visit}")["records"][0]["id"]
    _, body = pdf(house, f"/api/records/takeaway/{receipt}/paper.pdf?lang=zh")
    text, pages = text_of(house, body)
    for part in ["取机收据", "签名人:张伟", "随服务单签署：编号2026-000001", "人员:li", "封存时间", "随服务单封存：编号2026-000001"]:
        assert part in text, (part, text)
    assert pages == 1 and "日期：" not in text, (pages, text)


def by_command_line(house, visit, body):
    environment = {**os.environ, "DAYBOOK_CONFIG": str(house.folder / "cli"), "LC_ALL": "C.UTF-8"}

    def daybook(*words, check=True):
        return subprocess.run([BIN / "daybook", *words], env=environment, capture_output=True, text=True, check=check)
    daybook("login", "--server", f"https://127.0.0.1:{house.port}", "--pin", house.pin(), "--user", "admin",
            "--password-file", str(house.folder / "password"))
    out = house.folder / "form.pdf"
    daybook("form", visit, "-o", str(out), "--lang", "zh")
    assert out.read_bytes() == body, "the same book gives the same bytes"
    unknown = daybook("form", "00000000-0000-4000-8000-000000000000", "-o", str(out), check=False)
    assert unknown.returncode == 1 and unknown.stderr, unknown
    assert out.read_bytes() == body, "a refusal leaves an earlier file alone"
    daybook("paper", "visit", visit, "-o", str(out), "--lang", "en")
    assert out.read_bytes().startswith(b"%PDF-")


def rights(house, visit):
    path = f"/api/visits/{visit}/form.pdf"
    pdf(house, path, 401, {})
    pdf(house, path + "?lang=fr", 400)
    pdf(house, "/api/visits/not-an-id/form.pdf", 400)
    pdf(house, f"/api/records/nothing/{visit}/paper.pdf", 404)
    made = house.call("POST", "/api/tokens", {"actor": "admin", "label": "feed only", "days": 1, "scopes": ["feed"]})
    pdf(house, path, 403, {"authorization": f"Bearer {made['token']}"})
    # A browser that was let in by a one-time link prints from the visit's page.
    link = house.call("POST", "/api/open-links", {})["url"].split("/open/")[1]
    entered, _ = pdf(house, f"/open/{link}", 200, {})
    cookie = entered.fields["set-cookie"].split(";")[0]
    _, page = pdf(house, f"/visits/{visit}", 200, {"cookie": cookie})
    assert f"/visits/{visit}/form.pdf" in page.decode()
    _, printed = pdf(house, f"/visits/{visit}/form.pdf", 200, {"cookie": cookie})
    assert printed.startswith(b"%PDF-")
    pdf(house, f"/visits/{visit}/form.pdf", 401, {})


def hostile(house):
    long = "停机、" * 6600
    visit = house.add_visit(technician="li", customer_name="<b>\u202e反\u0007\u200f", address="שלום עולם مرحبا",
                            symptom=long[:6600], phone="\u0301" * 40)
    house.call("PATCH", f"/api/records/visit/{visit}", {
        "seen": house.visit(visit)["version"],
        "set": {"notes": "😀" * 1000 + "W" * 18000 + "\n" * 4000 + "END"}})
    _, body = pdf(house, f"/api/visits/{visit}/form.pdf")
    assert len(body) < 4 << 20, len(body)
    text, pages = text_of(house, body)
    assert 2 < pages <= 25, pages
    # All of the symptom is there, whatever page it is on, and nobody's marks turn what stands beside them.
    assert text.count("停机、") >= 2190, text.count("停机、")
    assert "END" in text and "\u202e" not in text


with House() as house:
    house.start()
    house.login()
    house.add_technician("li", "李明")
    visit = capture(house)
    before = rss_kb(house)
    maps = pathlib.Path(f"/proc/{house.process.pid}/maps").read_text()
    assert "pango" not in maps and "cairo" not in maps and "fontconfig" not in maps
    body = fields_of_the_form(house, visit)
    after = rss_kb(house)
    assert after - before < 4096, f"{before} kB before printing, {after} kB after"
    receipt_of_the_visit(house, visit)
    by_command_line(house, visit, body)
    rights(house, visit)
    other_papers(house)
    hostile(house)
    assert house.stop() == 0
print(f"printed: {len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()[:16]};",
      f"server {before} kB before, {after} kB after")
