"""获取上年度建议名单, for tests that try everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.test import TestResponse

from tasks.sample_people import fictitious_person
from tests.historical import on_an_earlier_roster

if TYPE_CHECKING:
    from tests.web.test_audit import Stage


def remember_last_year(code: str) -> str:
    """Somebody of the code's roster of 2019; returns the name."""
    person = fictitious_person(7, 0)
    on_an_earlier_roster(person, code=code)
    return person.name


def _by_call(stage: Stage) -> TestResponse:
    remember_last_year(stage.town.li.code)
    return stage.call("POST", "/batches/{batch_no}/suggested-roster")


def _by_form(stage: Stage) -> TestResponse:
    remember_last_year(stage.town.li.code)
    return stage.form("/batches/{batch_no}/suggested-roster")


SUGGESTION_ACTS = {
    "suggested.copy_suggested_roster": ("ask_to_copy_suggested", _by_form),
    "api.copy_suggested_roster": ("ask_to_copy_suggested", _by_call),
}
"""Endpoint → what the audit log calls it, and one call of it."""
