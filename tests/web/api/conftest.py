"""Programs that call the JSON interface with a token, on the people and units of the web's tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.actions.keep_tokens import add_token
from models.records.account import Account
from models.records.database import writing
from models.records.roster_import import RosterImport
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tests.quick_passwords import quick_passwords
from tests.web.conftest import MORNING, Person, Town
from tests.workbooks import Value, a_workbook

__all__ = ["quick_passwords"]

ROOT = "/api/v1"


@dataclass
class Program:
    """A program of somebody's: it sends its token with each request and keeps no cookie."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        """Read something."""
        return self.call("GET", path, **more)

    def post(self, path: str, json: object = None, **more: Any) -> TestResponse:
        """Add something, or set something going."""
        return self.call("POST", path, json=json, **more)

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        """Any call; an address that an answer gave is taken as it is."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        address = path if path.startswith(ROOT) else ROOT + path
        return self.client.open(address, method=method, headers=sent | (headers or {}), **more)

    def upload(self, batch_no: str, content: bytes, name: str = "清册.xlsx", **fields: object) -> TestResponse:
        """Send a roster."""
        return self.call("POST", f"/batches/{batch_no}/imports", data={"file": (io.BytesIO(content), name), **fields})

    def open_batch(self, code: str, kind: str = "central") -> str:
        """Open a batch; returns its number."""
        answer = self.post("/batches", {"enrolment_code": code, "type": kind})
        assert answer.status_code == 201, answer.json
        return str(answer.json["batch_no"])

    def imported(self, batch_no: str, rows: Sequence[Sequence[Value]], **fields: object) -> dict[str, Any]:
        """Upload these rows, have them done, and read the result."""
        answer = self.upload(batch_no, a_workbook(rows), **fields)
        assert answer.status_code == 202, answer.json
        work(answer.json["id"])
        done: dict[str, Any] = self.get(answer.headers["Location"]).json
        return done


def work(import_id: int) -> None:
    """Do what a worker does with an upload, in this process."""
    from tasks.roster_import.job import import_roster

    with writing() as records:
        job_id = records.get_one(RosterImport, import_id).job_id
    import_roster(job_id)


def token_for(person: Person) -> str:
    """A new token of somebody's account."""
    with writing() as records:
        account = records.scalars(select(Account).where(Account.email == person.email)).one()
        return add_token(records, account, MORNING)[1]


def viewer_of(person: Person) -> Viewer:
    """Somebody as actions know them."""
    with writing() as records:
        account = records.scalars(select(Account).where(Account.email == person.email)).one()
        return Viewer(account.id, Role(account.role), account.email, account.name)


def code_of(answer: TestResponse) -> tuple[int, str]:
    """Status and code of a refusal, which is a problem in every case."""
    assert answer.mimetype == "application/problem+json", answer.get_data(as_text=True)
    problem = answer.json
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    return answer.status_code, problem["code"]


@pytest.fixture
def anybody(app: Flask) -> Program:
    """A program without a token."""
    return Program(app.test_client())


@pytest.fixture
def li(app: Flask, town: Town) -> Program:
    """A program of 李小满's."""
    return Program(app.test_client(), token_for(town.li))


@pytest.fixture
def zhou(app: Flask, town: Town) -> Program:
    """A program of 周谷雨's, of another unit."""
    return Program(app.test_client(), token_for(town.zhou))


@pytest.fixture
def reviewer(app: Flask, town: Town) -> Program:
    """A program of a reviewer's."""
    return Program(app.test_client(), token_for(town.reviewer))


@pytest.fixture
def admin(app: Flask, town: Town) -> Program:
    """A program of an administrator's."""
    return Program(app.test_client(), token_for(town.admin))


@pytest.fixture
def batch_no(li: Program, town: Town) -> str:
    """A fresh central batch of 李小满's."""
    return li.open_batch(town.li.code)
