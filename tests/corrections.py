"""Refused rows and what became of them, for tests of corrections in the browser."""

from __future__ import annotations

from sqlalchemy import select

from models.records.audit import AuditEntry
from models.records.database import reading
from models.records.person import BatchPerson
from models.records.roster_import import ImportRow
from models.rules.findings import Outcome
from models.rules.person import Person
from tests.builders import a_person, resident_id
from tests.imports import Imported, imported, typed
from tests.records import BatchOf

JIA, YI, BING, DING = (
    a_person(name=name, id_no=resident_id(sequence=number), mobile="13912345678")
    for number, name in enumerate("甲乙丙丁")
)


def wrong(person: Person) -> tuple[str, ...]:
    """The person's row with a wrong check character."""
    cells = typed(person)
    return (*cells[:2], cells[2][:-1] + ("1" if cells[2][-1] != "1" else "2"), *cells[3:])


def counts(done: Imported) -> dict[str, int]:
    """The import's counts as they are now; the seven must add up."""
    now = imported(done.upload.id).upload
    assert now.counts is not None
    assert set(now.counts) == set(Outcome)
    assert sum(now.counts.values()) == now.rows_total
    return {outcome: rows for outcome, rows in now.counts.items() if rows}


def row_of(done: Imported, sheet_row: int) -> ImportRow:
    with reading() as session:
        return session.get_one(ImportRow, (done.upload.id, sheet_row))


def person_named(batch: BatchOf, name: str) -> BatchPerson:
    with reading() as session:
        return session.query(BatchPerson).filter_by(batch_id=batch.batch_id, name=name).one()


def audited(action: str) -> list[AuditEntry]:
    with reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))
