"""What a new unit and the association do about its profile and its code, for the test of the audit log."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from werkzeug.test import TestResponse

from models.actions.decide_application import reject_application
from models.records.database import writing
from models.records.viewer import Viewer
from tests.applications import TYPED, code_sent
from tests.profiles import PROFILE
from tests.sms import latest_sms_code
from tests.vouchers import a_photo
from tests.web.api.conftest import Program, viewer_of
from tests.web.conftest import MORNING, Browser, Person, Town


class Stage(Protocol):
    """Who acts, and on whose application."""

    browser: Browser
    program: Program
    person: Person
    town: Town

    def at(self, path: str, **values: int) -> str:
        """An address of 李小满's."""
        ...


@dataclass(frozen=True)
class FirstVisitAct:
    """One form or call."""

    written: str
    who: str
    """Whose name it has in `Town`."""
    act: Callable[[Stage], TestResponse]


def licence(name: str = "营业执照.jpg") -> tuple[io.BytesIO, str]:
    """A photo as a form brings it."""
    return io.BytesIO(a_photo()), name


def _viewer(stage: Stage) -> Viewer:
    return viewer_of(stage.person)


def _save_profile(stage: Stage) -> TestResponse:
    _send(stage, "/handler/code", **PROFILE)
    return _send(stage, "/handler", **PROFILE, sms_code=latest_sms_code())


def _put_profile(stage: Stage) -> TestResponse:
    stage.program.post("/handler/sms-codes", {"phone": PROFILE["phone"]})
    return stage.program.call("PUT", "/handler", json=PROFILE | {"sms_code": latest_sms_code()})


def _apply(stage: Stage) -> TestResponse:
    return _send(stage, "/codes/apply", **TYPED, sms_code=code_sent(_viewer(stage), MORNING), file=licence())


def _apply_by_program(stage: Stage) -> TestResponse:
    sent = {**TYPED, "sms_code": code_sent(_viewer(stage), MORNING), "file": licence()}
    return stage.program.call("POST", "/code-applications", data=sent)


def _edit(stage: Stage) -> TestResponse:
    _rejected(stage)
    return _send(stage, stage.at("/codes/{application_id}/edit"), **TYPED)


def _edit_by_program(stage: Stage) -> TestResponse:
    _rejected(stage)
    address = stage.at("/code-applications/{application_id}")
    return stage.program.call("PUT", address, data={"headcount": "201"}, content_type="multipart/form-data")


def _rejected(stage: Stage) -> None:
    number, reviewer = int(stage.at("{application_id}")), viewer_of(stage.town.reviewer)
    with writing() as records:
        reject_application(records, reviewer, number, "因", MORNING)


def _send(stage: Stage, path: str, **fields: object) -> TestResponse:
    return stage.browser.post(stage.at(path), "/account/password", **fields)


FIRST_VISIT_ACTS: Mapping[str, FirstVisitAct] = {
    "handler.send_code": FirstVisitAct("send_sms_code", "li", lambda stage: _send(stage, "/handler/code", **PROFILE)),
    "handler.save": FirstVisitAct("save_handler", "li", _save_profile),
    "api.send_code_by_sms": FirstVisitAct(
        "send_sms_code", "li", lambda stage: stage.program.post("/handler/sms-codes", {"phone": PROFILE["phone"]})
    ),
    "api.put_handler": FirstVisitAct("save_handler", "li", _put_profile),
    "codes.apply": FirstVisitAct("apply_for_code", "li", _apply),
    "codes.edit": FirstVisitAct("edit_code_application", "li", _edit),
    "codes.approve": FirstVisitAct(
        "approve_code_application", "reviewer", lambda stage: _send(stage, "/codes/{application_id}/approve")
    ),
    "codes.reject": FirstVisitAct(
        "reject_code_application", "reviewer", lambda stage: _send(stage, "/codes/{application_id}/reject", reason="因")
    ),
    "api.apply_for_one_code": FirstVisitAct("apply_for_code", "li", _apply_by_program),
    "api.edit_code_application": FirstVisitAct("edit_code_application", "li", _edit_by_program),
    "api.approve_code_application": FirstVisitAct(
        "approve_code_application",
        "reviewer",
        lambda stage: stage.program.post(stage.at("/code-applications/{application_id}/approve")),
    ),
    "api.reject_code_application": FirstVisitAct(
        "reject_code_application",
        "reviewer",
        lambda stage: stage.program.post(stage.at("/code-applications/{application_id}/reject"), {"reason": "因"}),
    ),
}
"""Endpoint -> what it writes down, who does it, and how."""
