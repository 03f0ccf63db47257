"""Imports that are undone: asking for it, edits in between, and whom an undo kept; for tests."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from models.actions.add_person import add_person
from models.actions.remove_people import remove_people
from models.actions.set_in_service import set_in_service
from models.actions.undo_import import queue_undo
from models.records.database import reading, writing
from models.records.job import Job
from models.records.person import BatchPerson
from models.records.roster_import import UndoLine
from models.rules.findings import Column, Outcome
from models.rules.person import Person
from tests.builders import a_person, resident_id
from tests.imports import Imported, typed
from tests.records import BatchOf

PEOPLE = [
    a_person(name=name, id_no=resident_id(sequence=number), mobile="13912345678")
    for number, name in enumerate("甲乙丙丁戊己")
]
JIA, YI, BING, DING = PEOPLE[:4]
OTHER_MOBILE = "13800000000"


def wrong(person: Person) -> tuple[str, ...]:
    """The person's row without a word of the template in its last column."""
    return (*typed(person)[:6], "有")


def ask(batch: BatchOf, done: Imported) -> int:
    with writing() as session:
        return queue_undo(session, batch.viewer, done.upload.id, "roster.small", batch.now)


def the_job(job_id: int) -> Job:
    with reading() as session:
        return session.get_one(Job, job_id)


def edited(batch: BatchOf, person: Person, *, mobile: str = OTHER_MOBILE) -> None:
    """Another mobile by hand: 新增人员 with the number of somebody who is there already."""
    cells = dict(zip(Column, typed(replace(person, mobile=mobile)), strict=True))
    with writing() as session:
        assert add_person(session, batch.viewer, batch.batch_no, cells, batch.now).outcome is Outcome.UPDATED


def confirmed(batch: BatchOf, person: Person) -> None:
    """设置在职 of the person."""
    with writing() as session:
        assert set_in_service(session, batch.viewer, batch.batch_no, [id_of(batch, person)], batch.now) == 1


def removed(batch: BatchOf, *people: Person) -> None:
    """批量移除 of these people."""
    ids = [id_of(batch, person) for person in people]
    with writing() as session:
        assert remove_people(session, batch.viewer, batch.batch_no, ids, batch.now) == len(people)


def id_of(batch: BatchOf, person: Person) -> int:
    with reading() as session:
        named = select(BatchPerson.id).where(BatchPerson.batch_id == batch.batch_id, BatchPerson.name == person.name)
        return session.scalars(named).one()


def kept(done: Imported) -> list[tuple[str, str | None, str | None]]:
    """The people whom the undo kept: name, reason, later receipt."""
    with reading() as session:
        lines = session.scalars(
            select(UndoLine)
            .where(UndoLine.import_id == done.upload.id, UndoLine.result == "kept")
            .order_by(UndoLine.sheet_row)
        )
        return [(line.name, line.reason, line.later_receipt_no) for line in lines]
