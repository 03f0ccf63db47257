"""What undoing an import does to each of its people, before it is done and afterwards (DOMAIN 7.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, func, select, union_all
from sqlalchemy.orm import Session

from models.queries.roster import people_on
from models.records.person import BatchPerson
from models.records.roster_import import ImportRow, RosterImport, UndoLine, UndoReason, UndoResult
from models.rules.findings import Outcome

_MET = (Outcome.UPDATED, Outcome.UNCHANGED)


@dataclass(frozen=True, slots=True)
class UndoLineSeen:
    """What is done with one person: `result`, and why somebody is kept."""

    sheet_row: int
    name: str
    result: UndoResult
    reason: UndoReason | None = None
    later_receipt_no: str | None = None
    """Of the later import that met the person."""


@dataclass(frozen=True, slots=True)
class UndoStep:
    """One person and the former values, where there are any."""

    line: UndoLineSeen
    person_id: int
    before: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """How many people an undo would remove, restore and keep, and how many are gone already."""

    removed: int
    restored: int
    kept: int
    gone: int
    """Removed by hand since: nothing is to be done for them."""
    people_now: int
    people_after: int


def undo_preview(session: Session, upload: RosterImport) -> UndoPreview:
    """What an undo would do now. 4 statements."""
    now = people_on(session, upload.batch_id)
    steps, gone = undo_steps(session, upload)
    counts = Counter(step.line.result for step in steps)
    return UndoPreview(
        removed=counts[UndoResult.REMOVED],
        restored=counts[UndoResult.RESTORED],
        kept=counts[UndoResult.KEPT],
        gone=gone,
        people_now=now,
        people_after=now - counts[UndoResult.REMOVED],
    )


def undo_lines(
    session: Session, upload: RosterImport, *, page: int = 1, size: int = 50, result: str = ""
) -> tuple[Sequence[UndoLineSeen], int]:
    """One page of people in the order of the sheet, and how many they are, with this result only where one is named.

    Before the undo as it would be done now (3 statements), afterwards as it was done (2).
    """
    if upload.undone_at is None:
        steps, _ = undo_steps(session, upload)
        lines = [step.line for step in steps if not result or step.line.result == result]
        return lines[(page - 1) * size : page * size], len(lines)
    wanted = [UndoLine.import_id == upload.id]
    if result:
        wanted.append(UndoLine.result == result)
    total = session.execute(select(func.count()).select_from(UndoLine).where(*wanted)).scalar_one()
    done = session.scalars(
        select(UndoLine).where(*wanted).order_by(UndoLine.sheet_row, UndoLine.id).limit(size).offset((page - 1) * size)
    )
    return [_as_seen(line) for line in done], total


def undo_steps(session: Session, upload: RosterImport) -> tuple[list[UndoStep], int]:
    """What is to be done with whom, in the order of the sheet, and how many people are gone already. 3 statements.

    Everything is judged by versions of the roster: a row took effect at the version that its import's 入册, or its
    correction, left.
    """
    stored = upload.stored_version or 0
    later = _met_later(session, upload)
    steps, gone = [], (upload.counts or {}).get(Outcome.ADDED, 0)
    for person in session.execute(_added(upload)):
        gone -= 1
        line = _judge(person, person.corrected_version or stored, later, UndoResult.REMOVED)
        steps.append(UndoStep(line, person.id))
    for person in session.execute(_updated(upload)):
        line = _judge(person, person.corrected_version or stored, later, UndoResult.RESTORED)
        if person.id is None:
            gone += 1
        else:
            steps.append(UndoStep(line, person.id, person.before))
    return sorted(steps, key=lambda step: step.line.sheet_row), gone


def _judge(person: Any, version: int, later: dict[int, tuple[int, str]], otherwise: UndoResult) -> UndoLineSeen:
    if (person.edited_version or 0) > version:
        return UndoLineSeen(person.sheet_row, person.name, UndoResult.KEPT, UndoReason.EDITED)
    met = later.get(person.id)
    # The same version is later too: an import that changes nobody leaves the version that it found.
    if met is not None and met[0] >= version:
        return UndoLineSeen(person.sheet_row, person.name, UndoResult.KEPT, UndoReason.LATER_IMPORT, met[1])
    return UndoLineSeen(person.sheet_row, person.name, otherwise)


def _added(upload: RosterImport) -> Select[*tuple[Any, ...]]:
    """Whom the import, or a correction in it, added and who is still on the roster."""
    own_row = and_(ImportRow.import_id == upload.id, ImportRow.sheet_row == BatchPerson.sheet_row)
    return (
        select(
            BatchPerson.id,
            BatchPerson.name,
            BatchPerson.edited_version,
            BatchPerson.sheet_row,
            ImportRow.corrected_version,
        )
        .join(ImportRow, own_row, isouter=True)
        .where(BatchPerson.import_id == upload.id)
    )


def _updated(upload: RosterImport) -> Select[*tuple[Any, ...]]:
    """The rows that updated somebody, and the person where there still is one."""
    met = and_(BatchPerson.id == ImportRow.person_id, BatchPerson.batch_id == upload.batch_id)
    return (
        select(
            BatchPerson.id,
            BatchPerson.name,
            BatchPerson.edited_version,
            ImportRow.sheet_row,
            ImportRow.corrected_version,
            ImportRow.before,
        )
        .select_from(ImportRow)
        .join(BatchPerson, met, isouter=True)
        .where(ImportRow.import_id == upload.id, ImportRow.outcome == Outcome.UPDATED)
    )


def _met_later(session: Session, upload: RosterImport) -> dict[int, tuple[int, str]]:
    """Person -> the latest version at which another import met them, and its receipt.

    Checks and imports that were undone met nobody.
    """
    mine: CompoundSelect[int | None] = union_all(
        select(BatchPerson.id).where(BatchPerson.import_id == upload.id),
        select(ImportRow.person_id).where(ImportRow.import_id == upload.id, ImportRow.outcome == Outcome.UPDATED),
    )
    version = func.coalesce(ImportRow.corrected_version, RosterImport.stored_version, 0).label("version")
    meetings = session.execute(
        select(ImportRow.person_id, version, RosterImport.receipt_no)
        .join(RosterImport, RosterImport.id == ImportRow.import_id)
        .where(
            RosterImport.batch_id == upload.batch_id,
            RosterImport.id != upload.id,
            RosterImport.check_only.is_(False),
            RosterImport.undone_at.is_(None),
            ImportRow.outcome.in_(_MET),
            ImportRow.person_id.in_(mine),
        )
        .order_by(version, RosterImport.id)
    )
    return {row.person_id: (row.version, row.receipt_no) for row in meetings}


def _as_seen(line: UndoLine) -> UndoLineSeen:
    reason = UndoReason(line.reason) if line.reason else None
    return UndoLineSeen(line.sheet_row, line.name, UndoResult(line.result), reason, line.later_receipt_no)
