"""Imports that are undone: asking for it, edits in between, and whom an undo kept; for tests."""

from __future__ import annotations

from sqlalchemy import select, update

from models.actions.undo_import import queue_undo
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job
from models.records.person import BatchPerson
from models.records.roster_import import UndoLine
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


def edited(batch: BatchOf, person: Person, **changes: object) -> None:
    """The person as an edit by hand leaves them, with the batch's new version."""
    with writing() as session:
        of = session.get_one(Batch, batch.batch_id)
        of.roster_version += 1
        session.execute(
            update(BatchPerson)
            .where(BatchPerson.name == person.name)
            .values(edited_version=of.roster_version, **changes)
        )


def kept(done: Imported) -> list[tuple[str, str | None, str | None]]:
    """The people whom the undo kept: name, reason, later receipt."""
    with reading() as session:
        lines = session.scalars(
            select(UndoLine)
            .where(UndoLine.import_id == done.upload.id, UndoLine.result == "kept")
            .order_by(UndoLine.sheet_row)
        )
        return [(line.name, line.reason, line.later_receipt_no) for line in lines]
