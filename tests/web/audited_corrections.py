"""What the association does with people across batches, for the test of the audit log."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from werkzeug.test import TestResponse

from tests.builders import a_person, resident_id
from tests.imports import another_batch, submitted
from tests.people import stored_people
from tests.records import people_on
from tests.vouchers import a_photo
from tests.web.api.conftest import Program, viewer_of
from tests.web.conftest import MORNING, Browser, Town

CODE = "0088F1"


class Stage(Protocol):
    """Who acts, and where."""

    town: Town
    browser: Browser
    program: Program


@dataclass(frozen=True)
class CorrectionAct:
    """One form or call."""

    written: str
    act: Callable[[Stage], TestResponse]
    who: str = "reviewer"
    """Whose name it has in `Town`."""


def _submitted_person(stage: Stage) -> int:
    """Somebody on a submitted roster of 李小满's."""
    batch = another_batch(viewer_of(stage.town.li), CODE, now=MORNING)
    people_on(batch, [a_person(id_no=resident_id(sequence=410))])
    return stored_people(submitted(batch))[0].id


def _typed() -> dict[str, object]:
    return {"name": "王豆芽", "reason": "单位来函", "file": (io.BytesIO(a_photo()), "身份证.jpg")}


def _correct(stage: Stage) -> TestResponse:
    to = f"/people/{_submitted_person(stage)}/correction"
    version = stage.browser.get(to).get_data(as_text=True).partition('name="version" value="')[2].partition('"')[0]
    return stage.browser.post(to, **_typed(), version=version)


def _correct_by_program(stage: Stage) -> TestResponse:
    return stage.program.call("POST", f"/people/{_submitted_person(stage)}/correction", data=_typed())


CORRECTION_ACTS: Mapping[str, CorrectionAct] = {
    "person_corrections.correct": CorrectionAct("correct_person", _correct),
    "api.correct_one_person": CorrectionAct("correct_person", _correct_by_program),
    "api.search_everybody": CorrectionAct(
        "search_people", lambda stage: stage.program.post("/people/search", {"name": "王豆"})
    ),
}
"""Endpoint -> what it writes down, and how it is done."""
