"""Refused rows of an import, as the grid shows them and as a correction judges them again (DOMAIN 7.5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from models.queries.admission import Entry, admit
from models.queries.imports import ROWS_NAMED, findings_by_row, typed_cells
from models.queries.roster import reference_of
from models.records.batch import Batch
from models.records.bulk import CHUNK
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.roster_import import ImportFinding, ImportRow, RosterImport
from models.rules.findings import ON_ROSTER, TO_MEND, Column, Finding, Outcome
from models.rules.person import mask_typed
from models.rules.register import merge
from models.rules.roster import TypedRow, check_row
from models.rules.white_space import trimmed

WRONG_BY_ITSELF = ("ROW-002", "ROW-004", "ROW-007", "ROW-019")
"""Codes of values that are wrong whatever else stands in their row, so that all rows may get the same one instead:
证件类型, 是否有社保, 出生日期 and 性别 that say none of what may stand there."""

LARGEST_ROW = 2**31 - 1
"""What a database holds as a row's number; an address may name anything."""


@dataclass(frozen=True, slots=True)
class RepeatedMistake:
    """One wrong value that stands in several refused rows of one column, to be mended at once."""

    column: Column
    typed: str
    code: str
    rows: int
    first_rows: Sequence[int]


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """One page of refused rows in the order of the sheet, with the findings of each; `total` over all pages."""

    rows: Sequence[ImportRow]
    findings: dict[int, list[Finding]]
    total: int


def refused_page(session: Session, import_id: int, *, page: int = 1, size: int = 50, code: str = "") -> RefusedPage:
    """Rows that are invalid or occupied; with `code` those that have such a finding. 3 statements."""
    wanted = [ImportRow.import_id == import_id, ImportRow.outcome.in_(TO_MEND)]
    if code:
        with_code = select(ImportFinding.sheet_row).where(
            ImportFinding.import_id == import_id, ImportFinding.code == code
        )
        wanted.append(ImportRow.sheet_row.in_(with_code))
    total = session.execute(select(func.count()).select_from(ImportRow).where(*wanted)).scalar_one()
    rows = session.scalars(
        select(ImportRow).where(*wanted).order_by(ImportRow.sheet_row).limit(size).offset((page - 1) * size)
    ).all()
    return RefusedPage(rows, findings_by_row(session, import_id, [row.sheet_row for row in rows]), total)


def refused_cells(session: Session, import_id: int) -> Iterator[TypedRow]:
    """All refused rows as they are typed, in the order of the sheet; records of their own would take far longer."""
    wanted = select(ImportRow.sheet_row, ImportRow.typed_sealed).where(
        ImportRow.import_id == import_id, ImportRow.outcome.in_(TO_MEND)
    )
    for sheet_row, sealed in session.execute(wanted.order_by(ImportRow.sheet_row)):
        yield typed_cells(import_id, sheet_row, sealed)


def refused_rows(session: Session, import_id: int, sheet_rows: Sequence[int]) -> list[ImportRow]:
    """Of these rows those that are invalid or occupied now, in the order of the sheet, read anew."""
    wanted = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.outcome.in_(TO_MEND))
    wanted = wanted.execution_options(populate_existing=True)
    possible = sorted(row for row in sheet_rows if 0 < row <= LARGEST_ROW)
    rows: list[ImportRow] = []
    for start in range(0, len(possible), CHUNK):
        chunk = wanted.where(ImportRow.sheet_row.in_(possible[start : start + CHUNK]))
        rows += session.scalars(chunk.order_by(ImportRow.sheet_row))
    return rows


def is_row_of(session: Session, import_id: int, sheet_row: int) -> bool:
    """Whether the file had somebody in this row: kept as a row of the import, or on the roster; one statement."""
    if not 0 < sheet_row <= LARGEST_ROW:
        return False
    kept = exists().where(ImportRow.import_id == import_id, ImportRow.sheet_row == sheet_row)
    stands = exists().where(BatchPerson.import_id == import_id, BatchPerson.sheet_row == sheet_row)
    return bool(session.execute(select(or_(kept, stands))).scalar())


def people_of_rows(session: Session, import_id: int, sheet_rows: Collection[int]) -> dict[int, str]:
    """Of these rows, a page of them, those whose people are on the roster: row -> the number that the person has there.

    2 statements, or none.
    """
    if not sheet_rows:
        return {}
    met = (
        select(ImportRow.sheet_row, BatchPerson)
        .join(BatchPerson, BatchPerson.id == ImportRow.person_id)
        .where(ImportRow.import_id == import_id, ImportRow.sheet_row.in_(sheet_rows), ImportRow.outcome.in_(ON_ROSTER))
    )
    added = select(BatchPerson.sheet_row, BatchPerson).where(
        BatchPerson.import_id == import_id, BatchPerson.sheet_row.in_(sheet_rows)
    )
    found = [pair for statement in (met, added) for pair in session.execute(statement)]
    return {row: person.id_no for row, person in found if row is not None}


def repeated_mistakes(session: Session, upload: RosterImport) -> list[RepeatedMistake]:
    """Values of 证件类型, 出生日期, 性别 and 是否有社保 that are wrong in two refused rows or more, most rows first.

    White space around a value is not told apart. What looks like a number is left out: it is nobody's habit, and the
    page shows no numbers. One statement.
    """
    found: dict[tuple[Column, str, str], list[int]] = {}
    pairs = session.execute(
        select(ImportRow.sheet_row, ImportRow.typed_sealed, ImportFinding.column, ImportFinding.code)
        .join(
            ImportFinding,
            (ImportFinding.import_id == ImportRow.import_id) & (ImportFinding.sheet_row == ImportRow.sheet_row),
        )
        .where(
            ImportRow.import_id == upload.id,
            ImportRow.outcome.in_(TO_MEND),
            ImportFinding.code.in_(WRONG_BY_ITSELF),
        )
        .order_by(ImportRow.sheet_row)
    )
    for sheet_row, sealed, name, code in pairs:
        column = Column(name or "")  # these codes are findings of a cell
        typed = trimmed(typed_cells(upload.id, sheet_row, sealed).text(column))
        if mask_typed(column, typed) == typed:
            found.setdefault((column, typed, code), []).append(sheet_row)
    mistakes = [
        RepeatedMistake(column, typed, code, len(rows), rows[:ROWS_NAMED])
        for (column, typed, code), rows in found.items()
        if len(rows) > 1
    ]
    return sorted(mistakes, key=lambda mistake: (-mistake.rows, mistake.first_rows))


def judge_again(
    session: Session, upload: RosterImport, batch: Batch, today: date, rows: Sequence[TypedRow]
) -> list[Entry]:
    """The outcome of corrected rows, in the order of the sheet, as the import would decide it on `today`.

    A number that is on the roster through the same import is a duplicate within the file (ROW-008): the row may say
    the same as that person, or is refused. Corrected rows are judged one after another, the second meets the first.
    """
    plan = plan_of(session, batch.plan_year)
    reference = reference_of(batch, plan, today)
    entries = admit(session, batch, [check_row(row, plan, today, reference) for row in rows])
    own = _own_rows(session, upload.id, [entry.seen.person_id for entry in entries if entry.seen])
    earlier: dict[bytes, Entry] = {}
    for entry in entries:
        person = entry.checked.person
        if person is None:
            continue
        if (first := earlier.get(entry.digest)) is not None:
            _repeats(entry, first.checked.row, the_same=first.checked.person == person)
        elif entry.seen is not None and (other := own.get(entry.seen.person_id)) is not None:
            # Row beside row: what the social-insurance register has learned since makes no difference between them.
            same = merge(entry.checked.row, person, entry.seen).outcome is Outcome.UNCHANGED
            _repeats(entry, other, the_same=same)
        elif entry.outcome in ON_ROSTER:
            earlier[entry.digest] = entry
    return entries


def _repeats(entry: Entry, other: int, *, the_same: bool) -> None:
    entry.outcome = Outcome.DUPLICATE if the_same else Outcome.INVALID
    entry.seen = entry.merged = None
    entry.checked.findings.clear()
    entry.checked.find(Column.ID_NO, "ROW-008", other=other)


def _own_rows(session: Session, import_id: int, person_ids: Sequence[int]) -> dict[int, int]:
    """Person -> row, of those among these people who are on the roster through this import."""
    own: dict[int, int] = {}
    for start in range(0, len(person_ids), CHUNK):
        chunk = person_ids[start : start + CHUNK]
        met = select(ImportRow.person_id, ImportRow.sheet_row).where(
            ImportRow.import_id == import_id, ImportRow.person_id.in_(chunk), ImportRow.outcome.in_(ON_ROSTER)
        )
        added = select(BatchPerson.id, BatchPerson.sheet_row).where(
            BatchPerson.import_id == import_id, BatchPerson.id.in_(chunk)
        )
        for statement in (met, added):
            own |= {person_id: row for person_id, row in session.execute(statement) if row is not None}
    return own
