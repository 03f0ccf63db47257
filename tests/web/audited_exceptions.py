"""What pages do about exceptions, for the test of the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from werkzeug.test import TestResponse

from tests.web.conftest import Browser, Town
from tests.web.forms import field

NEW = "/exceptions/new/special_channel"


class Stage(Protocol):
    """Who acts, and on whose code or proposal."""

    browser: Browser
    town: Town

    def at(self, path: str, **values: int) -> str:
        """An address of 李小满's."""
        ...


@dataclass(frozen=True)
class ExceptionAct:
    """One form."""

    written: str
    who: str
    """Whose name it has in `Town`."""
    act: Callable[[Stage], TestResponse]


def _ask(ending: str) -> Callable[[Stage], TestResponse]:
    def act(stage: Stage) -> TestResponse:
        form = f"{NEW}?code={stage.town.zhou.code}&year=2020"
        typed = {"code": stage.town.zhou.code, "plan_year": "2020", "central_extension_until": "2020-05-20T17:00"}
        return stage.browser.post(f"{NEW}/{ending}", form, **typed, reason="疫情期间停业")

    return act


def _decide(ending: str) -> Callable[[Stage], TestResponse]:
    def act(stage: Stage) -> TestResponse:
        page = stage.at("/exceptions/{exception_id}")
        version = field(stage.browser.get(page), "version")
        return stage.browser.post(f"{page}/{ending}", version=version, reason="材料不全")

    return act


EXCEPTION_ACTS: Mapping[str, ExceptionAct] = {
    "exceptions.propose_one": ExceptionAct("propose_exception", "reviewer", _ask("proposal")),
    "exceptions.grant_at_once": ExceptionAct("grant_exception", "admin", _ask("grant")),
    "exceptions.grant_one": ExceptionAct("grant_exception", "admin", _decide("grant")),
    "exceptions.refuse_one": ExceptionAct("refuse_exception", "admin", _decide("refuse")),
}
"""Endpoint -> what it writes down, and how it is done."""
