"""The visitor without a browser, against a small server of our own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from web.commands.visitor import NotThereError, Visitor

PAGE = """<form action="/search"><input name="q"></form>
<form method="post" action="in">
  <input type="hidden" name="csrf_token" value="abc&amp;1"><input name="email">
  <input type="checkbox" name="keep" value="1">
  <input type="file" name="file"><button name="go" value="1">go</button>
</form>"""


class Site(BaseHTTPRequestHandler):
    received: bytes = b""

    def do_GET(self) -> None:
        self._answer(PAGE if self.path == "/account/log-in" else f"hello {self.headers.get('Cookie')}")

    def do_POST(self) -> None:
        Site.received = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(303)
        self.send_header("Location", "/home")
        self.send_header("Set-Cookie", "session=7; Path=/")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, html: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(html.encode())


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_form_is_sent_with_its_hidden_fields_and_the_cookie_is_kept(site: str) -> None:
    visitor = Visitor(site)
    page = visitor.open("/account/log-in")
    home = visitor.submit(page, page.form_with("email"), {"email": "a@example.com"})
    assert Site.received == b"csrf_token=abc%261&email=a%40example.com"
    assert (home.url, home.html) == (f"{site}/home", "hello session=7")


def test_a_file_is_sent_as_a_browser_sends_it(site: str) -> None:
    visitor = Visitor(site)
    page = visitor.open("/account/log-in")
    visitor.submit(page, page.form_with("file"), {}, ("file", "people.xlsx", b"PK\x03\x04\r\n"))
    assert b'name="csrf_token"\r\n\r\nabc&1\r\n' in Site.received
    assert b'name="file"; filename="people.xlsx"\r\n' in Site.received
    assert b"\r\n\r\nPK\x03\x04\r\n\r\n--" in Site.received


def test_a_page_without_the_form_says_so(site: str) -> None:
    with pytest.raises(NotThereError, match="/home has no form with a field 'email'"):
        Visitor(site).open("/home").form_with("email")
