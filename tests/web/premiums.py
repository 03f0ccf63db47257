"""Batches of the web's people that wait for their projects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from werkzeug.test import TestResponse

from models.records.batch import Batch
from models.records.database import reading
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tests.premiums import submitted_with
from tests.records import BatchOf
from tests.web.conftest import MORNING, Person, account_id

if TYPE_CHECKING:
    from tests.web.test_audit import Stage


def batch_of(person: Person, batch_no: str, now: datetime = MORNING) -> BatchOf:
    """A batch of somebody's, as actions know it."""
    with reading() as records:
        batch_id = records.scalars(select(Batch.id).where(Batch.batch_no == batch_no)).one()
    return BatchOf(Viewer(account_id(person), Role.HANDLER, person.email), batch_no, batch_id, now)


def ready(
    person: Person, batch_no: str, si_people: int, other_people: int, *, now: datetime = MORNING, first: int = 0
) -> str:
    """The batch with so many people, its roster submitted; returns its number."""
    submitted_with(batch_of(person, batch_no, now), si_people, other_people, first=first)
    return batch_no


def generate(stage: Stage) -> TestResponse:
    """生成保费信息 by its page."""
    batch_no = _submitted(stage)
    return stage.form(f"/batches/{batch_no}/projects", projects="C0", version=_version(stage, batch_no))


def confirm(stage: Stage) -> TestResponse:
    """提交确认保费 by its page."""
    batch_no = _submitted(stage)
    preview = generate_by_call(stage, batch_no).json["preview"]
    fields = {"preview": preview, "version": _version(stage, batch_no), "projects": "C0", "confirmed": "1"}
    return stage.form(f"/batches/{batch_no}/projects/confirm", **fields)


def generate_by_call(stage: Stage, batch_no: str = "") -> TestResponse:
    """生成保费信息 by a program."""
    return stage.call("POST", f"/batches/{batch_no or _submitted(stage)}/premium", {"projects": ["C0"]})


def confirm_by_call(stage: Stage) -> TestResponse:
    """提交确认保费 by a program."""
    batch_no = _submitted(stage)
    preview = generate_by_call(stage, batch_no).json["preview"]
    return stage.call("POST", f"/batches/{batch_no}/confirm", {"preview": preview})


PREMIUM_ACTS: Mapping[str, tuple[str, Callable[[Stage], TestResponse]]] = {
    "projects.generate": ("generate_premium", generate),
    "projects.confirm": ("confirm_premium", confirm),
    "api.generate_one_premium": ("generate_premium", generate_by_call),
    "api.confirm_one_premium": ("confirm_premium", confirm_by_call),
}
"""What tests/web/test_audit.py tries of these pages and calls."""


def _submitted(stage: Stage) -> str:
    """A batch of the code on the stage that has none, its roster submitted."""
    return ready(stage.town.li, stage.browser.open_batch("0088D8"), 1, 0, first=900)


def _version(stage: Stage, batch_no: str) -> int:
    return int(stage.program.get(f"/batches/{batch_no}").json["version"])
