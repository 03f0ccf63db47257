"""J12: names are exchanged at half past two, whatever was registered before."""

from __future__ import annotations

from datetime import timedelta

from models.actions.calendar.name_exchange import NAME_EXCHANGE
from models.queries.renames import code_to_rename
from models.records.database import reading
from models.rules.permissions import Role
from tests.imports import another_batch
from tests.records import a_batch_to_fill
from tests.renames import CODE, NEW, NIGHT, registered, staff
from tests.scheduled import calendar_at


def name_now() -> str:
    with reading() as session:
        return code_to_rename(session, CODE).unit.name


def test_a_name_is_exchanged_in_the_night_after_it_was_registered(database: str) -> None:
    batch = a_batch_to_fill(CODE)
    calendar_at(batch.now)
    registered(staff(Role.SERVICE_DESK))
    before = name_now()
    half_past_two = NIGHT + timedelta(hours=2, minutes=30)
    calendar_at(half_past_two - timedelta(seconds=1))
    assert name_now() == before
    calendar_at(half_past_two)
    assert name_now() == NEW


def test_the_run_says_how_many(database: str) -> None:
    batch = a_batch_to_fill(CODE)
    another_batch(batch.viewer, "3019BJ", now=batch.now)
    calendar_at(batch.now)
    desk = staff(Role.SERVICE_DESK)
    registered(desk)
    registered(desk, "3019BJ", "上海豆角仪器有限公司")
    ran = calendar_at(NIGHT + timedelta(hours=3))
    assert [job.progress["found"]["done"] for job in ran if job.kind == NAME_EXCHANGE.kind] == [2]
