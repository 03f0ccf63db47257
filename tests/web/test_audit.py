"""Every change, export and unmasked view is written down: who, when, from where (DOMAIN 2).

Generated from the application's addresses: a new one that changes something must be tried here, or say why not.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from config.pledge import pledge
from models.actions.keep_accounts import add_unit, find_account
from models.records.business_clock import business_now
from models.records.database import reading, writing
from tests.quick_passwords import quick_passwords
from tests.web.api.conftest import Program, token_for
from tests.web.audit_entries import A_NUMBER, entries
from tests.web.audited_accounts import ACCOUNT_ACTS
from tests.web.audited_corrections import CORRECTION_ACTS
from tests.web.audited_exceptions import EXCEPTION_ACTS
from tests.web.audited_jobs import JOB_ACTS
from tests.web.audited_notices import NOTICE_ACTS
from tests.web.audited_plans import PLAN_ACTS
from tests.web.audited_reinstating import REINSTATING_ACTS
from tests.web.audited_voucher_pages import ALL_VOUCHER_ACTS, set_stage
from tests.web.checks import pledge_fields, promised
from tests.web.conftest import MORNING, Browser, Person, Town, account_id, import_of, imported
from tests.web.first_visits import FIRST_VISIT_ACTS
from tests.web.forms import LI_LEI, cells_of, opened
from tests.web.premiums import PREMIUM_ACTS
from tests.web.scene import OWN, Scene, rules
from tests.web.suggestions import SUGGESTION_ACTS
from tests.web.withdrawals import WITHDRAWAL_ACTS
from tests.workbooks import WANG_DOU, a_workbook, some_people

__all__ = ["quick_passwords"]
CHEN = {"name": "陈一", "id_type": "passport", "id_no": "E12345678", "birth": "1990-01-01", "sex": "male",
        "has_si": False}  # fmt: skip
SECOND_CODE, THIRD_CODE = "0088D8", "0088D9"


@dataclass
class Stage:
    """Who acts, and on what."""

    app: Flask
    town: Town
    scene: Scene
    person: Person
    browser: Browser
    program: Program
    more: dict[str, int] = field(default_factory=dict)
    """Imports in other stages than done: `waiting`, `checked`; a `voucher` and its `receipt`."""
    batches: dict[str, str] = field(default_factory=dict)
    """One that is `paying`."""

    def at(self, path: str, **values: int) -> str:
        """An address of 李小满's."""
        return path.format(**{**self.scene.things[OWN], **values})

    def form(self, path: str, **fields: object) -> TestResponse:
        """Send a form."""
        return self.browser.post(self.at(path), "/account/password", **fields)

    def call(self, method: str, path: str, json: object = None) -> TestResponse:
        """Make a call."""
        return self.program.call(method, self.at(path), json=json)


def roster_file(name: str = "又一个.xlsx") -> tuple[io.BytesIO, str]:
    return io.BytesIO(a_workbook(some_people(1, 500))), name


def save_correction(stage: Stage) -> TestResponse:
    import_id = int(stage.scene.things[OWN]["import_id"])
    fields = opened(stage.browser, import_id) | {"r2-id_no": "110101199003079091"}
    return stage.browser.client.post(f"/imports/{import_id}/corrections", data=fields)


def edit_person(stage: Stage) -> TestResponse:
    to = stage.at("/batches/{batch_no}/people/{person_id}/edit")
    return stage.browser.post(to, **cells_of(stage.browser.get(to)) | {"name": "王豆芽"})


def remove_found(stage: Stage) -> TestResponse:
    found = stage.browser.get(stage.at("/batches/{batch_no}/roster?name=" + WANG_DOU[0])).get_data(as_text=True)
    sealed = re.search(r'name="found_by" value="([^"]+)"', found)
    assert sealed
    return stage.form("/batches/{batch_no}/people/remove-found", found_by=sealed[1], found="1", confirmed="1")


def submit_roster(stage: Stage) -> TestResponse:
    batch_no = str(stage.scene.things[OWN]["batch_no"])
    return stage.browser.post(f"/batches/{batch_no}/submission", **pledge_fields(stage.browser, batch_no))


def take_promise_back(stage: Stage) -> TestResponse:
    things = stage.scene.things[OWN]
    return promised(stage.browser, str(things["batch_no"]), int(things["person_id"]), keep=False)


def on(key: str, path: str) -> Callable[[Stage], TestResponse]:
    return lambda stage: stage.form(stage.at(path, import_id=stage.more[key]))


Act = Callable[[Stage], TestResponse]

ACTS: Mapping[str, tuple[str, Act]] = {
    "account.set_new_password": (
        "change_password",
        lambda stage: stage.form("/account/password", present=stage.town.li.password, new="correct battery staple"),
    ),
    "batches.open_new_batch": (
        "open_batch",
        lambda stage: stage.form("/batches/open/central", code=THIRD_CODE, confirmed="1"),
    ),
    "imports.upload": ("upload_roster", lambda stage: stage.form("/batches/{batch_no}/imports", file=roster_file())),
    "imports.repeat": ("upload_roster", lambda stage: stage.form("/imports/{import_id}/repeat")),
    "imports.import_checked": ("upload_roster", on("checked", "/imports/{import_id}/import")),
    "imports.cancel": ("cancel_import", on("waiting", "/imports/{import_id}/cancel")),
    "undo.undo": ("ask_to_undo_import", lambda stage: stage.form("/imports/{import_id}/undo")),
    "corrections.save": ("correct_rows", save_correction),
    "people.edit": ("edit_person", edit_person),
    "people.add": ("add_person", lambda stage: stage.form("/batches/{batch_no}/people/add", **LI_LEI)),
    "people.set_ticked_in_service": (
        "set_in_service",
        lambda stage: stage.form(
            "/batches/{batch_no}/people/in-service", pick=str(stage.scene.things[OWN]["person_id"]), confirmed="1"
        ),
    ),
    "removal.remove_ticked": (
        "remove_people",
        lambda stage: stage.form(
            "/batches/{batch_no}/people/remove", pick=str(stage.scene.things[OWN]["person_id"]), confirmed="1"
        ),
    ),
    "removal.remove_all_found": ("remove_people", remove_found),
    "removal.remove_all": (
        "remove_people",
        lambda stage: stage.form("/batches/{batch_no}/people/remove-all", confirmed="1"),
    ),
    "checks.validate": ("ask_to_validate_roster", lambda stage: stage.form("/batches/{batch_no}/validation")),
    "checks.submit": ("ask_to_submit_roster", submit_roster),
    "promises.keep_promise": ("promise", take_promise_back),
    **SUGGESTION_ACTS,
    **PLAN_ACTS,
    **JOB_ACTS,
    **PREMIUM_ACTS,
    **WITHDRAWAL_ACTS,
    "clock.set_clock": ("move_clock", lambda stage: stage.form("/clock", now="2020-04-21T10:00")),
    "api.open_new_batch": (
        "open_batch",
        lambda stage: stage.call("POST", "/batches", {"enrolment_code": THIRD_CODE, "type": "central"}),
    ),
    "api.upload_roster": (
        "upload_roster",
        lambda stage: stage.program.upload(str(stage.scene.things[OWN]["batch_no"]), a_workbook(some_people(1, 600))),
    ),
    "api.cancel_one_import": (
        "cancel_import",
        lambda stage: stage.call("POST", stage.at("/imports/{import_id}/cancel", import_id=stage.more["waiting"])),
    ),
    "api.undo_one_import": ("ask_to_undo_import", lambda stage: stage.call("POST", "/imports/{import_id}/undo")),
    "api.correct_row": ("correct_rows", lambda stage: stage.call("PUT", "/imports/{import_id}/rows/2", CHEN)),
    "api.add_one_person": ("add_person", lambda stage: stage.call("POST", "/batches/{batch_no}/people", CHEN)),
    "api.edit_one_person": (
        "edit_person",
        lambda stage: stage.call("PATCH", "/batches/{batch_no}/people/{person_id}", {"name": "王小豆"}),
    ),
    "api.remove_person": (
        "remove_people",
        lambda stage: stage.call("DELETE", "/batches/{batch_no}/people/{person_id}"),
    ),
    "api.remove_several": (
        "remove_people",
        lambda stage: stage.call("POST", "/batches/{batch_no}/people/remove", {"all": True}),
    ),
    "api.set_person_in_service": (
        "set_in_service",
        lambda stage: stage.call("POST", "/batches/{batch_no}/people/{person_id}/in-service"),
    ),
    "api.set_several_in_service": (
        "set_in_service",
        lambda stage: stage.call(
            "POST", "/batches/{batch_no}/people/in-service", {"ids": [stage.scene.things[OWN]["person_id"]]}
        ),
    ),
    "api.validate_batch": (
        "ask_to_validate_roster",
        lambda stage: stage.call("POST", "/batches/{batch_no}/validate"),
    ),
    "api.submit_batch": (
        "ask_to_submit_roster",
        lambda stage: stage.call("POST", "/batches/{batch_no}/submit", {"pledge_version": pledge().version}),
    ),
    "api.promise_for_person": (
        "promise",
        lambda stage: stage.call("PUT", "/batches/{batch_no}/people/{person_id}/promise", {"promised": False}),
    ),
    "api.set_clock": (
        "move_clock",
        lambda stage: stage.call("PUT", "/clock", {"now": "2020-04-21T10:00:00+08:00"}),
    ),
    **{endpoint: (one.written, one.act) for endpoint, one in ALL_VOUCHER_ACTS.items()},
    **{endpoint: (one.written, one.act) for endpoint, one in FIRST_VISIT_ACTS.items()},
    **{endpoint: (one.written, one.act) for endpoint, one in CORRECTION_ACTS.items()},
    **{endpoint: (one.written, one.act) for endpoint, one in EXCEPTION_ACTS.items()},
    **{endpoint: (one.written, one.act) for endpoint, one in REINSTATING_ACTS.items()},
    **{endpoint: (one.written, one.act) for endpoint, one in ACCOUNT_ACTS.items()},
    **{endpoint: (one.written, one.act) for endpoint, one in NOTICE_ACTS.items()},
}
"""What writes, what it writes down, and how it is done."""

MORE = {"imports.import_checked": "checked", "imports.cancel": "waiting", "api.cancel_one_import": "waiting"}
"""What acts on an import in another stage than done."""

NOTHING_TO_WRITE_DOWN = {
    "account.log_in": "a log-in is a row of its own, login_session",
    "account.log_out": "as log_in",
    "account.send_email_code": "a code is a row of its own, email_code",
    "registration.ask": "a request is a row of its own, registration",
    "registration.confirm": "whoever does it has no account before; tests of the action see the entry",
    "roster.search_roster": "a filter: it reads, and shows masked numbers",
    "api.search_people": "as search_roster",
    "passports.ask": "it shows the question, and masked numbers",
    "search.search": "it leads to the search itself, which is written down each time it is looked at",
    "notices.read": "the reader's own mark on what they were told",
    "imports.make_report": "has a file made; whoever takes it is written down",
}

ELSEWHERE: Sequence[Mapping[str, Any]] = (
    NOTICE_ACTS, REINSTATING_ACTS, CORRECTION_ACTS, EXCEPTION_ACTS, FIRST_VISIT_ACTS,
)  # fmt: skip
"""Acts of modules beside this one, each with its own actor of the town and its own stage."""


def stage_of(app: Flask, town: Town, scene: Scene, endpoint: str) -> Stage:
    """李小满, or an administrator, with a code without a batch, and the import that the endpoint acts on."""
    admin = endpoint.endswith("set_clock") or endpoint in PLAN_ACTS or endpoint in JOB_ACTS
    person = town.admin if admin else town.li
    for acts in (ALL_VOUCHER_ACTS, *ELSEWHERE):
        if endpoint in acts:
            person = getattr(town, acts[endpoint].who)
    if endpoint in ACCOUNT_ACTS:
        person = scene.people[ACCOUNT_ACTS[endpoint].who]
    browser = Browser(app.test_client()).log_in(person)
    stage = Stage(app, town, scene, person, browser, Program(app.test_client(), token_for(person)))
    if endpoint in ALL_VOUCHER_ACTS:
        set_stage(stage, town, endpoint)
        return stage
    if admin or endpoint in ACCOUNT_ACTS or any(endpoint in acts for acts in ELSEWHERE):
        return stage
    with writing() as records:
        for code in (SECOND_CODE, THIRD_CODE):
            add_unit(records, f"上海{code}有限公司", code, find_account(records, town.li.email), MORNING)
    match MORE.get(endpoint):
        case "checked":
            stage.more["checked"] = imported(browser, browser.open_batch(SECOND_CODE), [WANG_DOU], check_only="1")
        case "waiting":
            people = a_workbook(some_people(1, 700))
            stage.more["waiting"] = import_of(browser.upload(browser.open_batch(SECOND_CODE), people))
    return stage


def test_every_address_that_takes_something_is_tried_here_or_says_why_not(app: Flask) -> None:
    taking = {rule.endpoint for method, rule in rules(app) if method != "GET"}
    assert taking == set(ACTS) | set(NOTHING_TO_WRITE_DOWN)


@pytest.mark.parametrize("endpoint", ACTS)
def test_who_did_it_when_and_from_where_is_written_down(app: Flask, town: Town, scene: Scene, endpoint: str) -> None:
    written, act = ACTS[endpoint]
    stage = stage_of(app, town, scene, endpoint)
    with reading() as records:
        before, earliest = len(entries()), business_now(records)
    answer = act(stage)
    assert answer.status_code in {200, 201, 202, 204, 303}, answer.get_data(as_text=True)
    new = [entry for entry in entries()[before:] if entry.action == written]
    assert len(new) == 1, [entry.action for entry in entries()[before:]]
    assert (new[0].account_id, new[0].ip) == (account_id(stage.person), "127.0.0.1")
    assert 0 <= (new[0].at - earliest).total_seconds() < 60
    assert not A_NUMBER.search(str(new[0].details))
