"""Records that tests start from: an open window, a clerk with a unit, a batch, an uploaded roster."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from config.plans import plan_data
from models.actions.keep_accounts import add_account, add_unit
from models.actions.keep_plans import load_plan, publish_plan
from models.actions.move_clock import move_clock
from models.actions.open_batch import open_batch
from models.actions.queue_import import Receipt, queue_import
from models.records.batch import Batch
from models.records.database import writing
from models.records.person import put_on_roster, roster_entry
from models.records.plan_year import PlanYearRecord
from models.records.viewer import Viewer
from models.rules.permissions import Role
from models.rules.person import Person
from models.rules.plan import EnrolmentType
from models.rules.register import status_for
from tasks.queues import roster_queue
from tasks.sample_roster import sample_workbook
from tests.begun import begun

IN_THE_CENTRAL_WINDOW = datetime(2020, 4, 20, 9, 0, tzinfo=SHANGHAI)
IN_THE_INSTANT_WINDOW = datetime(2020, 7, 1, 9, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class BatchOf:
    """A batch that can be filled, and who may fill it; plain values, usable outside of any session."""

    viewer: Viewer
    batch_no: str
    batch_id: int
    now: datetime


def open_window(session: Session, now: datetime = IN_THE_CENTRAL_WINDOW) -> None:
    """Plan year 2020 is published and the business clock shows `now`."""
    move_clock(session, now)
    if session.get(PlanYearRecord, "2020") is None:
        load_plan(session, plan_data("2020"), now)
        publish_plan(session, "2020", now)


def a_clerk(session: Session, code: str = "0088D2", *, now: datetime = IN_THE_CENTRAL_WINDOW) -> Viewer:
    """A handler with a confirmed profile and a unit of this enrolment code."""
    unit = f"上海第{code}号机械有限公司"
    profile = {"name": "李小满", "phone": "14200000001", "unit_name": unit, "headcount": 5200}
    account, _ = add_account(session, f"{code.lower()}@unit.example", Role.HANDLER, now=now, profile=profile)
    add_unit(session, unit, code, account, now)
    return Viewer(account.id, Role.HANDLER, account.email, account.name)


def a_batch(
    session: Session,
    viewer: Viewer,
    code: str = "0088D2",
    enrolment_type: EnrolmentType = EnrolmentType.CENTRAL,
    *,
    now: datetime = IN_THE_CENTRAL_WINDOW,
) -> Batch:
    """An empty batch of the viewer's."""
    return open_batch(session, viewer, code=code, enrolment_type=enrolment_type, now=now)


def a_batch_to_fill(code: str = "0088D2", *, now: datetime = IN_THE_CENTRAL_WINDOW) -> BatchOf:
    """Window, clerk and an empty central batch, committed."""
    return begun(_a_batch_to_fill, code, now)


def _a_batch_to_fill(code: str, now: datetime) -> BatchOf:
    with writing() as session:
        open_window(session, now)
        viewer = a_clerk(session, code, now=now)
        batch = a_batch(session, viewer, code, now=now)
        return BatchOf(viewer, batch.batch_no, batch.id, now)


def an_upload(
    batch: BatchOf,
    content: bytes | None = None,
    *,
    check_only: bool = False,
    projects: Sequence[str] | None = None,
    repeat: bool = False,
) -> Receipt:
    """A roster uploaded to the batch, committed; the doorbell is not rung."""
    content = a_roster() if content is None else content
    with writing() as session:
        return queue_import(
            session,
            batch.viewer,
            batch.batch_no,
            file_name="清册.xlsx",
            content=content,
            queue=roster_queue(len(content)),
            now=batch.now,
            check_only=check_only,
            projects=projects,
            repeat=repeat,
        )


def people_on(batch: BatchOf, people: Iterable[Person]) -> None:
    """These people on the roster without an import, committed."""
    entries = [roster_entry(batch.batch_id, person, status_for(person, None)[1]) for person in people]
    with writing() as session:
        put_on_roster(session, entries)


@cache
def a_roster(people: int = 300, seed: int = 1, wrong: str = "0.04") -> bytes:
    """A sample roster with planted mistakes, as `canbao sample` writes it."""
    file = io.BytesIO()
    sample_workbook(file, people, seed, Decimal(wrong))
    return file.getvalue()
