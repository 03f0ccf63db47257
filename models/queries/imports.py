"""Imports as their pages need them: the result, its findings grouped and row by row, the history of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models.queries.batches import visible_batches
from models.records.account import Account
from models.records.batch import Batch
from models.records.job import UNFINISHED, Job, JobState
from models.records.roster_import import ImportFinding, ImportRow, RosterImport, unseal_typed
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.findings import TO_MEND, Column, Finding, Outcome
from models.rules.permissions import Action
from models.rules.person import mask_typed
from models.rules.refusal import Refused
from models.rules.roster import Cell, Odd, TypedRow

ROWS_NAMED = 3
"""How many rows a group of findings names before it says 等."""


@dataclass(frozen=True, slots=True)
class ImportSeen:
    """One import with its batch, its job and who uploaded it."""

    upload: RosterImport
    batch: Batch
    job: Job
    uploader: str


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of one code."""

    code: str
    rows: int
    first_rows: Sequence[int]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding beside the row it belongs to; `typed` is masked."""

    row: int
    name: str
    outcome: Outcome
    column: Column | None
    code: str
    typed: str
    values: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class FindingPage:
    """One page of findings; `total` over all pages."""

    lines: Sequence[FindingLine]
    total: int


def was_corrected(session: Session, import_id: int) -> bool:
    """Whether rows were corrected in the browser after the import: its counts are of later than its end."""
    corrected = exists().where(ImportRow.import_id == import_id, ImportRow.corrected_version.is_not(None))
    return bool(session.scalar(select(corrected)))


def import_seen(session: Session, viewer: Viewer, import_id: int, action: Action = Action.READ_PEOPLE) -> ImportSeen:
    """One import, in one statement: pages ask every second. Refused BAT-005: unknown or another account's."""
    found = _seen(
        session,
        _UPLOADS.where(
            RosterImport.id == import_id,
            RosterImport.batch_id.in_(visible_batches(viewer, action).with_only_columns(Batch.id)),
        ).options(joinedload(RosterImport.batch).joinedload(Batch.code)),
    )
    if not found:
        raise Refused("BAT-005")
    return found[0]


def imports_of(session: Session, batch: Batch, page: int = 1, size: int = 20) -> tuple[Sequence[ImportSeen], int]:
    """The uploads of a batch, latest first, and how many there are; 2 statements."""
    total = session.execute(
        select(func.count()).select_from(RosterImport).where(RosterImport.batch_id == batch.id)
    ).scalar_one()
    latest = _UPLOADS.where(RosterImport.batch_id == batch.id).order_by(RosterImport.id.desc())
    return _seen(session, latest.limit(size).offset((page - 1) * size)), total


def imports_after(session: Session, batch: Batch, after: int | None, limit: int) -> Sequence[ImportSeen]:
    """The uploads of a batch, latest first, from behind the one of this id: one more than `limit`, if there is a next
    page. One statement.
    """
    latest = _UPLOADS.where(RosterImport.batch_id == batch.id).order_by(RosterImport.id.desc())
    if after is not None:
        latest = latest.where(RosterImport.id < after)
    return _seen(session, latest.limit(limit + 1))


def imports_by(session: Session, viewer: Viewer, page: int = 1, size: int = 20) -> tuple[Sequence[ImportSeen], int]:
    """The account's own uploads to all its batches, latest first, and how many there are; 2 statements."""
    mine = (
        RosterImport.account_id == viewer.account_id,
        RosterImport.batch_id.in_(visible_batches(viewer, Action.WORK_ON_BATCH).with_only_columns(Batch.id)),
    )
    total = session.execute(select(func.count()).select_from(RosterImport).where(*mine)).scalar_one()
    latest = _UPLOADS.where(*mine).options(joinedload(RosterImport.batch)).order_by(RosterImport.id.desc())
    return _seen(session, latest.limit(size).offset((page - 1) * size)), total


def first_import_named(session: Session, code: str, file_name: str) -> int | None:
    """The id of the first import of a file of this name to any batch of the code, if there is one; one statement."""
    return session.scalars(
        select(RosterImport.id)
        .join(Batch, Batch.id == RosterImport.batch_id)
        .join(EnrolmentCode, EnrolmentCode.id == Batch.code_id)
        .where(EnrolmentCode.code == code, RosterImport.file_name == file_name)
        .order_by(RosterImport.id)
        .limit(1)
    ).one_or_none()


def undo_job(session: Session, upload: RosterImport) -> Job | None:
    """The job that takes the import back, or tried to."""
    return session.get(Job, upload.undo_job_id) if upload.undo_job_id else None


def to_mend(upload: RosterImport) -> int:
    """How many rows the clerk gets back to mend."""
    return sum((upload.counts or {}).get(outcome, 0) for outcome in TO_MEND)


def report_state(session: Session, upload: RosterImport) -> str:
    """`ready`, `making` or `missing`: how far the marked workbook is; `erased`: it can't be made any more (J13)."""
    if upload.erased_at is not None:
        return "erased"
    job = session.get(Job, upload.report_job_id) if upload.report_job_id else None
    if job is None:
        return "missing"
    if job.state in UNFINISHED:
        return "making"
    return "ready" if job.state == JobState.DONE else "missing"


def finding_groups(session: Session, import_id: int) -> list[FindingGroup]:
    """Findings by code, most rows first, each with the first rows it names; 2 statements."""
    number = func.row_number().over(partition_by=ImportFinding.code, order_by=ImportFinding.sheet_row)
    numbered = (
        select(ImportFinding.code, ImportFinding.sheet_row, number.label("number"))
        .where(ImportFinding.import_id == import_id)
        .subquery()
    )
    first: dict[str, list[int]] = {}
    for code, row in session.execute(
        select(numbered.c.code, numbered.c.sheet_row)
        .where(numbered.c.number <= ROWS_NAMED)
        .order_by(numbered.c.code, numbered.c.number)
    ):
        first.setdefault(code, []).append(row)
    counted = (
        select(ImportFinding.code, func.count().label("rows"))
        .where(ImportFinding.import_id == import_id)
        .group_by(ImportFinding.code)
        .order_by(func.count().desc(), ImportFinding.code)
    )
    return [FindingGroup(code, rows, first[code]) for code, rows in session.execute(counted)]


def finding_page(
    session: Session,
    import_id: int,
    *,
    page: int = 1,
    size: int = 50,
    outcomes: Sequence[Outcome] = (),
    code: str = "",
) -> FindingPage:
    """Findings row by row; what was typed is opened for this page only, and masked. 2 statements."""
    wanted = [ImportFinding.import_id == import_id]
    if outcomes:
        wanted.append(ImportFinding.outcome.in_(outcomes))
    if code:
        wanted.append(ImportFinding.code == code)
    total = session.execute(select(func.count()).select_from(ImportFinding).where(*wanted)).scalar_one()
    pairs = session.execute(_FINDINGS.where(*wanted).limit(size).offset((page - 1) * size))
    return FindingPage([_finding_line(finding, row) for finding, row in pairs], total)


def findings_after(
    session: Session,
    import_id: int,
    after: tuple[int, int] | None,
    limit: int,
    *,
    code: str = "",
    outcome: Outcome | None = None,
) -> Sequence[tuple[int, FindingLine]]:
    """Findings of an import with their ids, row by row as in the sheet; typed values are masked. One statement.

    From behind the one with this row and id: one more than `limit`, if there is a next page.
    """
    wanted = [ImportFinding.import_id == import_id]
    if code:
        wanted.append(ImportFinding.code == code)
    if outcome is not None:
        wanted.append(ImportFinding.outcome == outcome)
    if after is not None:
        row, finding_id = after
        later = and_(ImportFinding.sheet_row == row, ImportFinding.id > finding_id)
        wanted.append(or_(ImportFinding.sheet_row > row, later))
    pairs = session.execute(_FINDINGS.where(*wanted).limit(limit + 1))
    return [(finding.id, _finding_line(finding, row)) for finding, row in pairs]


def rows_to_mend(session: Session, import_id: int) -> list[tuple[TypedRow, list[Finding]]]:
    """The rows of the marked workbook: invalid and occupied ones as typed, with their findings; 2 statements."""
    findings = findings_by_row(session, import_id)
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.outcome.in_(TO_MEND))
        .order_by(ImportRow.sheet_row)
    )
    return [(typed_row(row), findings.get(row.sheet_row, [])) for row in rows]


def findings_by_row(
    session: Session, import_id: int, sheet_rows: Sequence[int] | None = None
) -> dict[int, list[Finding]]:
    """Row -> its findings, of these rows or of all, without what was typed; one statement."""
    wanted = select(ImportFinding).where(ImportFinding.import_id == import_id).order_by(ImportFinding.id)
    if sheet_rows is not None:
        wanted = wanted.where(ImportFinding.sheet_row.in_(sheet_rows))
    findings: dict[int, list[Finding]] = {}
    for finding in session.scalars(wanted):
        column = Column(finding.column) if finding.column else None
        findings.setdefault(finding.sheet_row, []).append(
            Finding(finding.sheet_row, column, finding.code, values=finding.values)
        )
    return findings


def typed_row(row: ImportRow) -> TypedRow:
    """The cells of a stored row as the clerk typed them."""
    return typed_cells(row.import_id, row.sheet_row, row.typed_sealed)


def typed_cells(import_id: int, sheet_row: int, sealed: bytes) -> TypedRow:
    """The same of a row of which only the sealed cells were read."""
    return TypedRow(sheet_row, tuple(_cell(cell) for cell in unseal_typed(import_id, sheet_row, sealed)))


def _cell(stored: str | list[str]) -> Cell:
    return stored if isinstance(stored, str) else Odd(*stored)


_FINDINGS = (
    select(ImportFinding, ImportRow)
    .join(
        ImportRow, and_(ImportRow.import_id == ImportFinding.import_id, ImportRow.sheet_row == ImportFinding.sheet_row)
    )
    .order_by(ImportFinding.sheet_row, ImportFinding.id)
)
"""Findings with their rows, in the order of the sheet."""


def _finding_line(finding: ImportFinding, row: ImportRow) -> FindingLine:
    """A finding as people may see it: what was typed is opened and masked."""
    column = Column(finding.column) if finding.column else None
    typed = ""
    if column is not None:
        cell = typed_row(row).cells[list(Column).index(column)]
        typed = mask_typed(column, cell if isinstance(cell, str) else cell.text)
    return FindingLine(
        finding.sheet_row, row.name, Outcome(finding.outcome), column, finding.code, typed, finding.values
    )


_UPLOADS = (
    select(RosterImport, Account.name, Account.email)
    .join(Account, Account.id == RosterImport.account_id)
    .options(joinedload(RosterImport.job))
)
"""Uploads with their jobs and who uploaded them."""


def _seen(session: Session, uploads: Select[RosterImport, str, str]) -> list[ImportSeen]:
    found = session.execute(uploads)
    return [ImportSeen(upload, upload.batch, upload.job, name or email) for upload, name, email in found]
