"""A web with people, units and a plan year in a real database, and a browser without scripts to walk through it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.clock import SHANGHAI
from config.plans import plan_data
from models.actions.keep_accounts import add_account, add_unit
from models.actions.keep_plans import load_plan, publish_plan
from models.actions.move_clock import move_clock
from models.records.account import Account
from models.records.database import writing
from models.records.roster_import import RosterImport
from models.rules.permissions import Role
from tests.web.standing import Applications, Standing
from tests.workbooks import a_workbook

if TYPE_CHECKING:
    from tests.web.scene import Scene  # made of what stands here

MORNING = datetime(2020, 4, 20, 9, 0, tzinfo=SHANGHAI)
"""A day in the central window of 2020."""

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """A browser that runs no scripts: it keeps cookies and sends each form's token along."""

    client: FlaskClient
    page: TestResponse | None = None
    pages: list[TestResponse] = field(default_factory=list)

    def get(self, address: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self._keep(self.client.get(address, headers=headers))

    def post(self, address: str, token_from: str = "", /, **fields: object) -> TestResponse:
        """Send a form; its token is that of the page `token_from`, or of the last page that had one."""
        if token_from:
            self.get(token_from)
        return self._keep(self.client.post(address, data={"csrf_token": self.token(), **fields}))

    def upload(self, batch_no: str, content: bytes, name: str = "清册.xlsx", **fields: object) -> TestResponse:
        """Choose a file on the roster page and press 上传并导入."""
        roster = f"/batches/{batch_no}/roster"
        return self.post(f"/batches/{batch_no}/imports", roster, file=(io.BytesIO(content), name), **fields)

    def log_in(self, person: Person) -> Browser:
        """Log in by the form."""
        answer = self.post("/log-in", "/log-in", email=person.email, password=person.password)
        assert answer.status_code == 303, text_of(answer)
        return self

    def open_batch(self, code: str, kind: str = "central") -> str:
        """Open a batch by the two steps of the dialog; returns its number."""
        address = f"/batches/open/{kind}"
        self.post(address, address, code=code)
        answer = self.post(address, code=code, confirmed="1")
        assert answer.status_code == 303, text_of(answer)
        return answer.location.split("/")[2]

    def token(self) -> str:
        """The token of the last page that had a form."""
        for page in reversed(self.pages):
            if found := _TOKEN.search(page.get_data(as_text=True)):
                return found[1]
        raise AssertionError("no page with a form was opened")

    def _keep(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html":
            self.pages.append(answer)
        return answer


@dataclass(frozen=True)
class Person:
    """Somebody who can log in."""

    email: str
    password: str
    code: str = ""
    """The enrolment code of the unit, for handlers."""


@dataclass(frozen=True)
class Town:
    """Who there is: two handlers of different units, a reviewer and an administrator."""

    li: Person
    zhou: Person
    reviewer: Person
    admin: Person


def text_of(answer: TestResponse) -> str:
    """What people read on a page: without tags, blanks made one."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", answer.get_data(as_text=True), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def found_town() -> Town:
    """Accounts, units and the published plan year 2020; it is the morning of 20 April 2020."""
    with writing() as records:
        load_plan(records, plan_data("2020"), MORNING)
        publish_plan(records, "2020", MORNING)
        move_clock(records, MORNING)
        people = {}
        for name, unit, code in (
            ("李小满", "上海豆豆精密机械有限公司", "0088D2"),
            ("周谷雨", "上海豆苗仪表有限公司", "0088D3"),
        ):
            profile = {"name": name, "phone": "021-55500142", "unit_name": unit}
            email = f"{code.lower()}@doudou.example"
            account, password = add_account(records, email, Role.HANDLER, now=MORNING, profile=profile)
            add_unit(records, unit, code, account, MORNING)
            people[name] = Person(email, password, code)
        for role in (Role.REVIEWER, Role.ADMIN):
            email = f"{role}@union.example"
            _, password = add_account(records, email, role, now=MORNING, name=f"{role}一号")
            people[role.value] = Person(email, password)
    return Town(people["李小满"], people["周谷雨"], people["reviewer"], people["admin"])


@pytest.fixture
def town(request: pytest.FixtureRequest, sqlite: None, tmp_path: Path, standing_town: Standing) -> Town:
    """The town in a database of the test's own; with the scene in it where the test asks for that too."""
    filled = request.getfixturevalue("standing_scene") if "scene" in request.fixturenames else standing_town
    filled.copied_to(tmp_path)
    found: Town = standing_town.holds
    return found


@pytest.fixture
def scene(town: Town, standing_scene: Standing) -> Scene:
    """Two units' batches, people and imports in the town, and somebody of every role."""
    found: Scene = standing_scene.holds
    return found


@pytest.fixture
def app(town: Town, applications: Applications) -> Flask:
    """The application on that database."""
    return applications.now()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that nobody has logged in."""
    return app.test_client()


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser that nobody has logged in."""
    return Browser(app.test_client())


@pytest.fixture
def li(app: Flask, town: Town) -> Browser:
    """李小满, 经办人 of 上海豆豆精密机械, logged in."""
    return Browser(app.test_client()).log_in(town.li)


@pytest.fixture
def zhou(app: Flask, town: Town) -> Browser:
    """周谷雨, 经办人 of another unit, logged in."""
    return Browser(app.test_client()).log_in(town.zhou)


@pytest.fixture
def reviewer(app: Flask, town: Town) -> Browser:
    """A reviewer of the association, logged in."""
    return Browser(app.test_client()).log_in(town.reviewer)


@pytest.fixture
def admin(app: Flask, town: Town) -> Browser:
    """An administrator, logged in."""
    return Browser(app.test_client()).log_in(town.admin)


@pytest.fixture
def batch_no(li: Browser, town: Town) -> str:
    """A fresh central batch of 李小满's."""
    return li.open_batch(town.li.code)


def import_of(answer: TestResponse) -> int:
    """The import that an upload's answer leads to."""
    assert answer.status_code == 303, text_of(answer)
    return int(re.search(r"/imports/(\d+)", answer.location)[1])  # type: ignore[index]  # the address has one


def work(import_id: int) -> None:
    """Do what a worker does with an upload, in this process."""
    from tasks.roster_import.job import import_roster

    with writing() as records:
        job_id = records.get_one(RosterImport, import_id).job_id
    import_roster(job_id)


def imported(browser: Browser, batch_no: str, rows: list[tuple[str, ...]], **fields: object) -> int:
    """Upload a roster with these rows and have it done; returns the import."""
    import_id = import_of(browser.upload(batch_no, a_workbook(rows), **fields))
    work(import_id)
    return import_id


def account_id(person: Person) -> int:
    """The id of somebody's account."""
    from sqlalchemy import select

    with writing() as records:
        return records.scalars(select(Account.id).where(Account.email == person.email)).one()
