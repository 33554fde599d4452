# SPDX-License-Identifier: Apache-2.0
"""As much of a browser as a login needs: cookies by server, redirects step by step, forms. Used by oidc_test.py;
standard library only. Certificates are not looked at: everything is on loopback."""
import html
import http.client
import re
import ssl
import urllib.parse


class Page:
    def __init__(self, url, status, headers, text):
        self.url, self.status, self.headers, self.text = url, status, headers, text

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), None)


class Browser:
    def __init__(self):
        self.cookies = {}
        self.seen = []  # every address, in order

    def open(self, url, form=None, follow=True):
        """GET, or POST of a form; follows redirects unless told not to."""
        for _ in range(20):
            page = self._ask(url, form)
            target = page.header("location")
            if not follow or target is None or page.status not in (301, 302, 303, 307):
                return page
            url, form = urllib.parse.urljoin(url, target), None
        raise AssertionError("redirected for ever")

    def until(self, url, prefix):
        """Follows redirects and stops before the address that begins so; returns that address."""
        for _ in range(20):
            if url.startswith(prefix):
                return url
            page = self._ask(url, None)
            if page.header("location") is None:
                raise AssertionError(f"no way on from {url}: {page.status} {page.text[:300]}")
            url = urllib.parse.urljoin(url, page.header("location"))
        raise AssertionError("redirected for ever")

    def _ask(self, url, form):
        self.seen.append(url)
        parts = urllib.parse.urlsplit(url)
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=30,
                                                     context=ssl._create_unverified_context())
        else:
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        jar = self.cookies.setdefault(parts.port, {})
        headers = {"accept": "text/html"}
        if jar:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["content-type"] = "application/x-www-form-urlencoded"
        target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        connection.request("GET" if form is None else "POST", target, body, headers)
        reply = connection.getresponse()
        page = Page(url, reply.status, reply.getheaders(), reply.read().decode(errors="replace"))
        connection.close()
        for name, value in page.headers:
            if name.lower() == "set-cookie":
                self._keep(jar, value)
        return page

    @staticmethod
    def _keep(jar, line):
        pair, *attributes = [part.strip() for part in line.split(";")]
        name, value = pair.split("=", 1)
        lower = [attribute.lower() for attribute in attributes]
        if name.startswith("__Host-"):
            assert "secure" in lower and "path=/" in lower and "httponly" in lower, line
        if not value or "max-age=0" in lower or any(a.startswith("expires=thu, 01 jan 1970") for a in lower):
            jar.pop(name, None)
        else:
            jar[name] = value


def form_of(page):
    """The first form of a page: where it goes, and its hidden fields."""
    action = re.search(r'<form[^>]*action="([^"]*)"', page.text)
    assert action, page.text[:500]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page.text):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            fields[name.group(1)] = html.unescape(value.group(1)) if value else ""
    return urllib.parse.urljoin(page.url, html.unescape(action.group(1))), fields
