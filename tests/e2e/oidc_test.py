# SPDX-License-Identifier: Apache-2.0
"""Logging in by an identity provider: a real one (the npm package oidc-provider, over plain loopback and over TLS),
driven without a person; and one that lies. Who maps to a role gets in, to the pages and with the command line; all
others stay out, and a changed group, a closed account and a taken login are honoured."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from browser import Browser, form_of  # noqa: E402
from hostile_provider import HostileProvider  # noqa: E402
from house import BIN, House, free_port  # noqa: E402

SECRET = "a:secret/with+signs"
ROLES = {"daybook-dispatch": "dispatcher", "daybook-readers": "viewer", "office": "support"}


def install_provider(folder):
    """The package in a folder of its own, with our few lines beside it; None and a loud word when it cannot be had."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        print("SKIPPED: npm and node are needed to run a real identity provider; only the lying one was tried")
        return None
    version = int(subprocess.run([node, "--version"], capture_output=True, text=True).stdout[1:].split(".")[0])
    folder.mkdir()
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    wanted = "oidc-provider@9" if version >= 20 else "oidc-provider@8"
    ran = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--no-package-lock", wanted], cwd=folder,
                         capture_output=True, text=True, timeout=240)
    if ran.returncode != 0:
        print(f"SKIPPED: npm could not install {wanted}; only the lying provider was tried:\n{ran.stderr[-800:]}")
        return None
    shutil.copy(pathlib.Path(__file__).parent / "oidc_provider.mjs", folder)
    return node


class RealProvider:
    def __init__(self, house, node, name, **wish):
        self.issuer = f"{'https' if 'key' in wish else 'http'}://127.0.0.1:{free_port()}"
        self.people = house.folder / f"{name}-people.json"
        self.log = house.folder / f"{name}.log"
        settings = house.folder / f"{name}.json"
        settings.write_text(json.dumps({"issuer": self.issuer, "secret": SECRET, "people": str(self.people),
                                        "redirect": house.public + "/oidc/callback", **wish}))
        self.say({})
        self.process = subprocess.Popen([node, "oidc_provider.mjs", settings], cwd=house.folder / "npm",
                                        stdin=subprocess.DEVNULL, stdout=open(self.log, "wb"), stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while "ready" not in self.log.read_text(errors="replace"):
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def say(self, people):
        self.people.write_text(json.dumps(people))

    def stop(self):
        self.process.kill()
        self.process.wait()


def start_with(house, **settings):
    if house.process:
        assert house.stop() == 0
    house.configure(oidc_client_id="daybook", oidc_client_secret_file="oidc-secret", oidc_roles=ROLES, **settings)
    house.start()
    house.login()


def log_in(house, person, browser=None, start="/oidc/start", stop_before=None):
    """From our page over the provider's two forms back to us. Returns the last page, or the address before which to
    stop."""
    browser = browser or Browser()
    page = browser.open(house.public + start)
    assert "/interaction/" in page.url, (page.url, page.status, page.text[:300])
    for _ in range(2):
        action, fields = form_of(page)
        if "login" in fields:
            fields.update(login=person, password="any")
        page = browser.open(action, fields, follow=False)
        url = urllib.parse.urljoin(page.url, page.header("location"))
        # On to the provider's next form, or back to us.
        while True:
            if url.startswith(stop_before or house.public):
                return url if stop_before else browser.open(url)
            page = browser.open(url, follow=False)
            if page.header("location") is None:
                break
            url = urllib.parse.urljoin(url, page.header("location"))
    raise AssertionError(f"stuck at {page.url}")


def is_in(house, browser):
    return browser.open(house.public + "/visits").status == 200


def role_of(house, actor):
    return next((u["role"] for u in house.call("GET", "/api/users")["users"] if u["actor"] == actor), None)


def command_line(house, provider, person):
    """`daybook login --oidc`: the browser brings the code, the program gets the token."""
    der = ssl.PEM_cert_to_DER_cert((house.server / "certificate.pem").read_text())
    shown = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-pubkey"], input=der, capture_output=True,
                           check=True).stdout
    spki = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=shown, capture_output=True,
                          check=True).stdout
    environment = {**os.environ, "DAYBOOK_CONFIG": str(house.folder / "cli"), "LANG": "C"}
    login = subprocess.Popen([BIN / "daybook", "login", "--oidc", "--server", house.public, "--pin",
                              hashlib.sha256(spki).hexdigest()], stdout=subprocess.PIPE, text=True, env=environment)
    login.stdout.readline()
    address = login.stdout.readline().strip()
    assert address.startswith(house.public + "/oidc/start?port="), address
    browser = Browser()
    back = log_in(house, person, browser, address[len(house.public):], stop_before=house.public + "/oidc/callback")
    page = browser.open(back, follow=False)
    link = re.search(r'href="(http://127\.0\.0\.1:\d+/\?code=([\w-]+))"', page.text)
    assert page.status == 200 and link and f"logged in as {person}" in page.text, (page.status, page.text)
    code = link.group(2)
    assert not is_in(house, browser), "a browser that logged a program in has no session of its own"
    assert "You are logged in" in browser.open(link.group(1)).text
    assert login.wait(timeout=30) == 0
    assert f"Logged in as {person}" in login.stdout.read()
    status = subprocess.run([BIN / "daybook", "--json", "status"], capture_output=True, text=True, env=environment)
    assert status.returncode == 0 and "open_cases" in status.stdout, status.stderr
    again = house.call("POST", "/api/login/oidc", {"code": code, "verifier": "x"}, expect=[401])
    assert again["error"]["field"] == "login", again
    return environment


def the_real_one(house, node):
    provider = RealProvider(house, node, "plain", alg="RS256", claims_in_token=False)
    start_with(house, oidc_issuer=provider.issuer)
    try:
        provider.say({"ada": {"groups": ["staff", "daybook-dispatch"], "name": "Ada 艾达"}, "bob": {"groups": ["staff"]},
                      "eve": {"groups": ["office"], "claims": {"preferred_username": "admin"}},
                      "ada2": {"groups": ["office"], "claims": {"preferred_username": "ada"}}})
        ada = Browser()
        assert "/oidc/start" in ada.open(house.public + "/").text
        assert ada.open(house.public + "/visits").status == 401
        page = log_in(house, "ada", ada)
        assert page.status == 200 and is_in(house, ada), (page.status, page.text)
        assert role_of(house, "ada") == "dispatcher"
        environment = command_line(house, provider, "ada")

        bob = Browser()
        page = log_in(house, "bob", bob)
        assert page.status == 403 and "no role" in page.text and not is_in(house, bob), page.text
        assert role_of(house, "bob") is None
        for taker in ("eve", "ada2"):
            page = log_in(house, taker)
            assert page.status == 403 and "another account" in page.text, page.text
        assert role_of(house, "admin") == "admin"

        browser = Browser()
        page = browser.open(house.public + "/oidc/start")
        page = browser.open(page.url + "/abort")
        assert page.status == 403 and "not approve" in page.text, (page.url, page.text)

        provider.say({"ada": {"groups": ["daybook-readers"]}})
        assert is_in(house, ada), "groups take effect at the next login"
        again = Browser()
        assert log_in(house, "ada", again).status == 200 and role_of(house, "ada") == "viewer"
        assert is_in(house, again) and not is_in(house, ada), "what was opened under the old role has ended"
        status = subprocess.run([BIN / "daybook", "status"], capture_output=True, text=True, env=environment)
        assert status.returncode == 3, status
        provider.say({"ada": {"groups": []}})
        assert log_in(house, "ada").status == 403 and not is_in(house, again)
        provider.say({"ada": {"groups": ["office"]}})
        house.call("POST", "/api/users/ada", {"active": False})
        page = log_in(house, "ada")
        assert page.status == 403 and "not active" in page.text, page.text
        house.call("POST", "/api/users/ada", {"active": True})
        assert log_in(house, "ada").status == 200 and role_of(house, "ada") == "support"
        events = [json.loads(line) for line in house.log().splitlines() if line.startswith("{")]
        kinds = [event["account"] for event in events
                 if event.get("event") == "oidc.login" and event["actor"] == "ada"]
        assert kinds == ["created", "unchanged", "role", "role"], kinds
    finally:
        provider.stop()


def the_real_one_over_tls(house, node):
    files = {}
    for name in ("own", "other"):
        key, certificate = house.folder / f"{name}-key.pem", house.folder / f"{name}-certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=provider", "-addext",
                        "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        files[name] = str(key), str(certificate)
    provider = RealProvider(house, node, "tls", alg="ES256", claims_in_token=True, key=files["own"][0],
                            certificate=files["own"][1])
    try:
        provider.say({"grace": {"groups": ["daybook-readers"]}})
        start_with(house, oidc_issuer=provider.issuer, oidc_ca_file=files["other"][1])
        page = Browser().open(house.public + "/oidc/start")
        assert page.status == 503 and "does not answer" in page.text, page.text
        assert "certificate" in house.log()
        start_with(house, oidc_issuer=provider.issuer, oidc_ca_file=files["own"][1])
        grace = Browser()
        assert log_in(house, "grace", grace).status == 200 and is_in(house, grace)
        assert role_of(house, "grace") == "viewer"
    finally:
        provider.stop()
    house.configure(oidc_ca_file="")


def changed(**fields):
    """A lie about the claims; None takes one away."""
    def lie(_, head, claims):
        for name, value in fields.items():
            claims[name] = value
            if value is None:
                del claims[name]
    return lie


def head_says(**fields):
    return lambda provider, head, claims: head.update(fields)


def unsigned(provider, head, claims):
    head["alg"] = "none"
    return provider.signed(head, claims).rsplit(".", 1)[0] + "."


NOW = int(time.time())
LIES = {
    "another's nonce": (changed(nonce="x"), "nonce"),
    "no nonce": (changed(nonce=None), "nonce"),
    "another's audience": (changed(aud="somebody"), "aud"),
    "several audiences": (changed(aud=["daybook", "somebody"]), "azp"),
    "another's party": (changed(azp="somebody"), "azp"),
    "another issuer": (changed(iss="https://id.example"), "iss"),
    "expired": (changed(exp=NOW - 3600), "exp"),
    "never expires": (changed(exp=None), "exp"),
    "a fraction of a time": (changed(exp=NOW + 900.5), "exp"),
    "from the future": (changed(iat=NOW + 3600), "iat"),
    "kept for an hour": (changed(iat=NOW - 3600), "iat"),
    "not yet": (changed(nbf=NOW + 3600), "nbf"),
    "nobody": (changed(sub=None), "sub"),
    "no login": (changed(preferred_username=None), "preferred_username"),
    "a login that cannot be": (changed(preferred_username="a/b"), "actor"),
    "no group": (changed(groups="offices"), "role"),
    "another key": (lambda p, head, claims: p.signed(head, claims, p.other), "wrong_signature"),
    "a key nobody has": (head_says(kid="two"), "kid"),
    "no algorithm": (unsigned, "algorithm"),
    "an HMAC with the public key": (HostileProvider.with_hmac, "algorithm"),
    "another algorithm": (head_says(alg="RS512"), "algorithm"),
    "an extension": (head_says(crit=["exp"]), "extension"),
    "an access token": (head_says(typ="at+jwt"), "type"),
    "no token": (lambda *_: "x.y", "token"),
    "an endless token": (lambda *_: "x" * 600_000, "too_large"),
}
OVERRIDES = {
    "a redirect with the code": ("/token", (307, {"location": "/elsewhere"}, ""), "token_endpoint"),
    "an error": ("/token", (400, {}, '{"error": "invalid_grant"}'), "invalid_grant"),
    "not JSON": ("/token", (200, {}, "<html>"), "token_endpoint"),
    "a name twice": ("/token", (200, {}, '{"id_token": "a", "id_token": "b"}'), "twice"),
}


def refused(house, provider, what, wanted):
    mark = len(house.log())
    browser = Browser()
    page = browser.open(house.public + "/oidc/start")
    assert page.status in (400, 403, 413, 503), (what, page.status, page.text)
    assert not is_in(house, browser) and "__Host-daybook" not in browser.cookies[house.port], what
    assert wanted in house.log()[mark:], (what, house.log()[mark:])
    assert "/elsewhere" not in provider.asked


def the_hostile_one(house):
    provider = HostileProvider(house.folder, free_port())
    start_with(house, oidc_issuer=provider.issuer)
    for what, (lie, wanted) in LIES.items():
        provider.lie = lie
        refused(house, provider, what, wanted)
    provider.lie = None
    for what, (path, reply, wanted) in OVERRIDES.items():
        provider.overrides = {path: reply}
        refused(house, provider, what, wanted)
    provider.overrides = {}
    assert role_of(house, "mallory") is None
    keys_asked = provider.asked.count("/jwks")
    assert keys_asked <= 3, f"{keys_asked} times: tokens with made-up keys make us ask without end"

    browser = Browser()
    back = browser.until(house.public + "/oidc/start", house.public + "/oidc/callback")
    stranger = Browser()
    assert stranger.open(back).status == 403, "a callback without the cookie of the browser that began"
    stranger.until(house.public + "/oidc/start", house.public + "/oidc/callback")
    assert stranger.open(back).status == 403, "a callback with the cookie of another login"
    assert browser.open(back.replace("state=", "state=x")).status == 403, "a state that was changed"
    back = browser.until(house.public + "/oidc/start", house.public + "/oidc/callback")
    cookies = dict(browser.cookies[house.port])
    assert browser.open(back).status == 200 and is_in(house, browser), house.log()[-2000:]
    assert role_of(house, "mallory") == "support"
    replay = Browser()
    replay.cookies[house.port] = cookies
    assert replay.open(back).status == 403 and not is_in(house, replay), "a state works once"

    mix = Browser()
    back = mix.until(house.public + "/oidc/start", house.public + "/oidc/callback")
    other = back.replace(urllib.parse.quote(provider.issuer, safe=""), "https%3A%2F%2Fid.example")
    assert other != back and mix.open(other).status == 403, "the answer of another provider"

    for name, wrong in [("issuer", "https://id.example"), ("token_endpoint", "http://192.0.2.1/token")]:
        provider.overrides = {"/.well-known/openid-configuration":
                              (200, {}, json.dumps({**provider.discovery(), name: wrong}))}
        start_with(house, oidc_issuer=provider.issuer)
        assert Browser().open(house.public + "/oidc/start").status == 503, name
    provider.stop()
    # Local accounts do not need it, and a stop is as clean as ever.
    house.login()
    assert house.stop() == 0


def the_configuration(house):
    path = house.server / "daybookd.json"
    good = json.loads(path.read_text())
    for setting, wrong in [("oidc_issuer", "http://id.example"), ("oidc_issuer", "id.example"), ("oidc_client_id", ""),
                           ("oidc_roles", {"office": "king"}), ("oidc_roles", ["office"]), ("oidc_scope", "profile"),
                           ("oidc_client_secret_file", "nowhere"), ("oidc_ca_file", "nowhere.pem"),
                           ("oidc_role_claim", ""), ("oidc_colour", "red"), ("public_url", "")]:
        path.write_text(json.dumps({**good, setting: wrong}))
        ran = subprocess.run([BIN / "daybookd", "--check-config", "serve", "--dir", house.server], capture_output=True,
                             text=True, timeout=30)
        assert ran.returncode != 0 and setting in ran.stdout + ran.stderr, (setting, wrong, ran.stdout, ran.stderr)
    for missing in ("oidc_issuer", "oidc_client_id"):
        path.write_text(json.dumps({k: v for k, v in good.items() if k != missing}))
        ran = subprocess.run([BIN / "daybookd", "--check-config", "serve", "--dir", house.server], capture_output=True,
                             text=True, timeout=30)
        assert ran.returncode != 0 and missing in ran.stdout + ran.stderr, ran.stderr
    path.write_text(json.dumps(good))


with House() as house:
    house.public = f"https://localhost:{house.port}"
    house.configure(public_url=house.public)
    (house.server / "oidc-secret").write_text(SECRET + "\n")
    the_hostile_one(house)
    the_configuration(house)
    print("a provider that lies gets nobody in")
    node = install_provider(house.folder / "npm")
    if node:
        the_real_one(house, node)
        the_real_one_over_tls(house, node)
        print("a real provider: pages, command line, changed groups, closed accounts, TLS")
sys.exit(0 if node else 77)
