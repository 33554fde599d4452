# SPDX-License-Identifier: Apache-2.0
"""An OpenID provider that lies in whichever way it is told, for oidc_test.py. Signs with the openssl command;
standard library only. It asks nobody for a password: every browser is `mallory`, who is in the group `office`."""
import base64
import hashlib
import hmac
import http.server
import json
import subprocess
import threading
import time
import urllib.parse


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    def __init__(self, folder, name):
        self.path = folder / f"{name}.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.path, "2048"], check=True, capture_output=True)
        shown = subprocess.run(["openssl", "rsa", "-in", self.path, "-noout", "-modulus"], check=True,
                               capture_output=True, text=True).stdout
        self.modulus = bytes.fromhex(shown.strip().split("=")[1])

    def jwk(self, kid):
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": b64(self.modulus), "e": "AQAB"}

    def sign(self, text):
        return subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.path], input=text.encode(), check=True,
                              capture_output=True).stdout


class HostileProvider:
    """`lie` changes what the next logins get: a function of (provider, head, claims) that may change both and may
    return a finished token; `overrides` replaces whole replies by path."""

    def __init__(self, folder, port):
        self.issuer = f"http://127.0.0.1:{port}"
        self.own, self.other = Key(folder, "own"), Key(folder, "other")
        self.kid = "one"
        self.lie = None
        self.overrides = {}
        self.codes = {}
        self.asked = []
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self, b"")

            def do_POST(self):
                provider.answer(self, self.rfile.read(int(self.headers["content-length"])))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler, body):
        parts = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        self.asked.append(parts.path)
        if parts.path in self.overrides:
            status, headers, reply = self.overrides[parts.path]
        elif parts.path == "/.well-known/openid-configuration":
            status, headers, reply = 200, {}, json.dumps(self.discovery())
        elif parts.path == "/jwks":
            status, headers, reply = 200, {}, json.dumps({"keys": [self.own.jwk(self.kid)]})
        elif parts.path == "/auth":
            code = b64(hashlib.sha256(query["state"].encode()).digest())
            self.codes[code] = query
            back = {"code": code, "state": query["state"], "iss": self.issuer}
            status, headers, reply = 303, {"location": query["redirect_uri"] + "?" + urllib.parse.urlencode(back)}, ""
        elif parts.path == "/token":
            status, headers, reply = 200, {}, json.dumps(self.token(dict(urllib.parse.parse_qsl(body.decode()))))
        else:
            status, headers, reply = 404, {}, ""
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(reply.encode())))
        handler.end_headers()
        try:
            handler.wfile.write(reply.encode())
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was more than anybody wanted to read

    def discovery(self):
        return {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/auth",
                "token_endpoint": self.issuer + "/token", "jwks_uri": self.issuer + "/jwks"}

    def token(self, form):
        asked = self.codes.pop(form["code"])
        proof = b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        assert proof == asked["code_challenge"] and asked["code_challenge_method"] == "S256"
        now = int(time.time())
        head = {"alg": "RS256", "kid": self.kid, "typ": "JWT"}
        claims = {"iss": self.issuer, "aud": "daybook", "sub": "m1", "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"], "preferred_username": "mallory", "groups": ["office"]}
        made = self.lie(self, head, claims) if self.lie else None
        return {"token_type": "Bearer", "access_token": "x", "id_token": made or self.signed(head, claims)}

    def signed(self, head, claims, key=None):
        text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(claims).encode())
        return text + "." + b64((key or self.own).sign(text))

    def with_hmac(self, head, claims):
        head["alg"] = "HS256"
        text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(claims).encode())
        return text + "." + b64(hmac.new(self.own.modulus, text.encode(), hashlib.sha256).digest())
