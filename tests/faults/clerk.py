"""A clerk at a browser, by real HTTP: opens the roster's page, sends files, and waits five seconds for each answer."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from config.settings import keyring
from models.actions.log_in import begin_session
from models.records.database import writing
from tests.faults.processes import PATIENCE_SECONDS, Web
from tests.records import BatchOf

REQUEST_SECONDS = 5
"""Every request is answered within this time in any outage (QUALITY 2); later, the clerk has a time-out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: str


class Clerk:
    """The clerk of a batch, logged in, with the page of its roster open."""

    def __init__(self, web: Web, batch: BatchOf) -> None:
        self._web, self._batch = web, batch
        with writing() as session:
            token = begin_session(session, batch.viewer.account_id)
        self._cookie = _signed({"_user_id": token, "_fresh": True})
        web.wait_until_ready()
        roster = self.open(f"/batches/{batch.batch_no}/roster")
        assert roster.status == 200, roster
        found = re.search(r'name="csrf_token" value="([^"]+)"', roster.body)
        assert found is not None, "the roster's page has no form"
        self._csrf_token = found[1]

    def open(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path, b"", {}, REQUEST_SECONDS)

    def upload(self, content: bytes, *, seconds: float = REQUEST_SECONDS) -> Answer:
        """Choose a file and press 上传并导入. OSError: there was no answer in time, or nobody to give it."""
        file = FileStorage(stream=io.BytesIO(content), filename="清册.xlsx")
        boundary, body = encode_multipart({"csrf_token": self._csrf_token, "file": file})
        kind = {"Content-Type": f'multipart/form-data; boundary="{boundary}"'}
        return self._ask("POST", f"/batches/{self._batch.batch_no}/imports", body, kind, seconds)

    def upload_to_one_that_freezes(self, content: bytes) -> Answer:
        """The same with all the patience that a test has, where a test holds the answer up."""
        return self.upload(content, seconds=PATIENCE_SECONDS)

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str], seconds: float) -> Answer:
        connection = HTTPConnection("127.0.0.1", self._web.port, timeout=seconds)
        try:
            connection.request(method, path, body or None, {"Cookie": f"canbao={self._cookie}", **headers})
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                if (cookie := SimpleCookie(line).get("canbao")) is not None:
                    self._cookie = cookie.value
            return Answer(answer.status, answer.headers.get("Location", ""), answer.read().decode())
        finally:
            connection.close()


def _signed(values: dict[str, object]) -> str:
    """A browser's cookie as the web signs it: what a log-in leaves behind."""
    app = Flask(__name__)
    app.secret_key = keyring().session
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps(values))
