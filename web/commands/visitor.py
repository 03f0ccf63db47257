"""A visitor of the pages without a browser: cookies, forms with their hidden fields (the CSRF token among them), files.

The demonstration brings in its sample by the way a clerk does, so that what it shows is what a clerk gets.
"""

from __future__ import annotations

import secrets
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar


class NotThereError(Exception):
    """The page lacks the form that was looked for; it is another page than the one expected."""


@dataclass(slots=True)
class Form:
    """A form as the page holds it: where it goes, and the values it begins with."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    """Of every field, also of those without a value, like a file's."""


@dataclass(frozen=True, slots=True)
class Page:
    """What came back, under the address it came from in the end."""

    url: str
    html: str

    def form_with(self, name: str) -> Form:
        """The first form that has a field of this name. NotThereError: there is none."""
        forms = _Forms()
        forms.feed(self.html)
        for form in forms.found:
            if name in form.names:
                return form
        raise NotThereError(f"{urllib.parse.urlsplit(self.url).path} has no form with a field {name!r}")


class Visitor:
    """One visit: the cookies last as long as the object."""

    def __init__(self, site: str, seconds: float = 30) -> None:
        """`site` is the address of the web, e.g. http://127.0.0.1:8000; `seconds` the patience for each answer."""
        self._site = site
        self._seconds = seconds
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, path: str) -> Page:
        """Follow a link."""
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self._site, path)))  # noqa: S310 -- our own site

    def submit(
        self, page: Page, form: Form, values: Mapping[str, str], file: tuple[str, str, bytes] | None = None
    ) -> Page:
        """Send a form, with a file (its field, name and content) if one is given, and follow where it leads."""
        target = urllib.parse.urljoin(page.url, form.action)
        fields = {**form.fields, **values}
        if file is None:
            kind, body = "application/x-www-form-urlencoded", urllib.parse.urlencode(fields).encode()
        else:
            kind, body = _multipart(fields, *file)
        headers = {"Content-Type": kind, "Referer": page.url}
        return self._ask(urllib.request.Request(target, data=body, headers=headers))  # noqa: S310 -- our own site

    def _ask(self, request: urllib.request.Request) -> Page:
        with self._opener.open(request, timeout=self._seconds) as answer:
            return Page(answer.url, answer.read().decode())


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form begins, or has a field."""
        values = dict(attrs)
        if tag == "form":
            self.found.append(Form(values.get("action") or ""))
            self._open = True
        elif tag in ("input", "select", "textarea", "button") and self._open and (name := values.get("name")):
            form = self.found[-1]
            form.names.add(name)
            unticked = values.get("type") in ("checkbox", "radio") and "checked" not in values
            if tag == "input" and values.get("type") not in ("file", "submit") and not unticked:
                form.fields[name] = values.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """A form ends."""
        if tag == "form":
            self._open = False


def _multipart(fields: Mapping[str, str], file_field: str, file_name: str, content: bytes) -> tuple[str, bytes]:
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    head = f'Content-Disposition: form-data; name="{file_field}"; filename="{file_name}"\r\nContent-Type: {kind}'
    parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)
