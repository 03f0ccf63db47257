"""恢复, moved dates and shared passports by their pages and calls, for the test of the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from werkzeug.test import TestResponse

from models.rules.plan import EnrolmentType
from tests.expired import expired
from tests.imports import an_import, another_batch, submitted, typed
from tests.passports import JEAN, WANG
from tests.records import BatchOf, people_on
from tests.web.api.conftest import Program, viewer_of
from tests.web.conftest import MORNING, Browser, Person, Town
from tests.web.forms import field

REASON = "截止时间已调整"
UNTIL = "2020-05-20T17:00"


class Stage(Protocol):
    """Who acts."""

    browser: Browser
    program: Program
    town: Town


@dataclass(frozen=True)
class ReinstatingAct:
    """One form or call."""

    written: str
    who: str
    """Whose name it has in `Town`."""
    act: Callable[[Stage], TestResponse]


def an_expired_batch_of(person: Person, code: str = "0088E1") -> BatchOf:
    """An empty batch of somebody's under a code of its own that has expired."""
    return expired(another_batch(viewer_of(person), code, EnrolmentType.CENTRAL, now=MORNING))


def _reinstate(ending: str = "") -> Callable[[Stage], TestResponse]:
    def act(stage: Stage) -> TestResponse:
        page = f"/batches/{an_expired_batch_of(stage.town.li).batch_no}/reinstate"
        version = field(stage.browser.get(page), "version")
        return stage.browser.post(page + ending, version=version, until=UNTIL, reason=REASON)

    return act


def _reinstate_ticked(stage: Stage) -> TestResponse:
    batch, page = an_expired_batch_of(stage.town.li), "/deadlines/2020/expired"
    return stage.browser.post(page, page, pick=batch.batch_no, until=UNTIL, reason=REASON)


def _reinstate_by_call(stage: Stage) -> TestResponse:
    path = f"/batches/{an_expired_batch_of(stage.town.li).batch_no}/reinstate"
    return stage.program.post(path, {"until": f"{UNTIL}:00+08:00", "reason": REASON})


def moved_by_form(browser: Browser, **changes: str) -> TestResponse:
    """截止时间调整 by its two steps; the first refusal is the answer."""
    form = browser.get("/deadlines")
    sent = {"fingerprint": field(form, "fingerprint"), "central_close_at": UNTIL, "reason": "上级部署"} | changes
    asked = browser.post("/deadlines/2020", **sent)
    if asked.status_code != 200:
        return asked
    return browser.post("/deadlines/2020", confirmed="1", **sent)


def wang_is_enrolled(town: Town) -> None:
    """By 李小满, under a code of its own."""
    batch = another_batch(viewer_of(town.li), "0088E1", EnrolmentType.CENTRAL, now=MORNING)
    people_on(batch, [WANG])
    submitted(batch)


def a_collision_of(town: Town) -> BatchOf:
    """Jean, whom an import of 周谷雨's has refused since 王豆 of 李小满's has the number."""
    wang_is_enrolled(town)
    batch = another_batch(viewer_of(town.zhou), "0088E2", EnrolmentType.CENTRAL, now=MORNING)
    an_import(batch, [typed(JEAN)])
    return batch


def answered_by_form(browser: Browser, ending: str, **changes: str) -> TestResponse:
    """核实… of the only collision, answered."""
    sheet = browser.post("/passports/question", who=field(browser.get("/passports"), "who"))
    sent = {"who": field(sheet, "who"), "answer": "different", "reason": "核对了护照原件"} | changes
    return browser.post(f"/passports/{ending}", **sent)


def _answer(ending: str) -> Callable[[Stage], TestResponse]:
    def act(stage: Stage) -> TestResponse:
        a_collision_of(stage.town)
        return answered_by_form(stage.browser, ending)

    return act


def _search(stage: Stage) -> TestResponse:
    wang_is_enrolled(stage.town)
    typed_in = {"id_no": JEAN.id_no, "birth": JEAN.birth.isoformat(), "sex": "male", "year": "2020"}
    return stage.browser.post("/passports/search", "/passports", **typed_in)


REINSTATING_ACTS: Mapping[str, ReinstatingAct] = {
    "reinstating.reinstate": ReinstatingAct("reinstate", "admin", _reinstate()),
    "reinstating.propose_to_reinstate": ReinstatingAct("propose_exception", "reviewer", _reinstate("/proposal")),
    "reinstating.reinstate_ticked": ReinstatingAct("reinstate", "admin", _reinstate_ticked),
    "api.reinstate_one_batch": ReinstatingAct("reinstate", "admin", _reinstate_by_call),
    "moved_deadlines.move": ReinstatingAct("move_deadline", "admin", lambda stage: moved_by_form(stage.browser)),
    "passports.search": ReinstatingAct("look_up_passport", "reviewer", _search),
    "passports.decide": ReinstatingAct("decide_passport", "admin", _answer("decision")),
    "passports.propose": ReinstatingAct("propose_exception", "reviewer", _answer("proposal")),
}
"""Endpoint -> what it writes down, and how it is done."""
