"""Lists as programs read them: what comes after a given row, so that every page costs the same number of statements
and the same time, wherever it begins. Each gives one row more than the page holds where there is a next page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models.queries.batches import visible_batches
from models.queries.imports import FindingLine, ImportSeen, finding_line
from models.queries.roster import (
    RosterFilters,
    RosterLine,
    is_over_age,
    reference_date,
    roster_conditions,
    roster_lines,
)
from models.records.account import Account
from models.records.batch import Batch
from models.records.notice import Notice
from models.records.person import BatchPerson
from models.records.roster_import import ImportFinding, ImportRow, RosterImport
from models.records.viewer import Viewer
from models.rules.findings import Outcome
from models.rules.plan import PlanYear


@dataclass(frozen=True, slots=True)
class BatchesWanted:
    """What the list of batches is narrowed to; empty text means everything."""

    enrolment_code: str = ""
    plan_year: str = ""
    enrolment_type: str = ""
    state: str = ""


def batches_after(
    session: Session, viewer: Viewer, wanted: BatchesWanted, after: int | None, limit: int
) -> Sequence[tuple[Batch, int]]:
    """Batches that the viewer may see, latest first, each with its people; 2 statements."""
    statement = visible_batches(viewer, code=wanted.enrolment_code)
    if wanted.plan_year:
        statement = statement.where(Batch.plan_year == wanted.plan_year)
    if wanted.enrolment_type:
        statement = statement.where(Batch.enrolment_type == wanted.enrolment_type)
    if wanted.state:
        statement = statement.where(Batch.state == wanted.state)
    if after is not None:
        statement = statement.where(Batch.id < after)
    batches = session.scalars(
        statement.options(joinedload(Batch.code)).order_by(Batch.id.desc()).limit(limit + 1)
    ).all()
    counted = (
        select(BatchPerson.batch_id, func.count())
        .where(BatchPerson.batch_id.in_([batch.id for batch in batches]))
        .group_by(BatchPerson.batch_id)
    )
    people: dict[int, int] = dict(session.execute(counted).all())
    return [(batch, people.get(batch.id, 0)) for batch in batches]


def people_after(
    session: Session,
    batch: Batch,
    plan: PlanYear,
    filters: RosterFilters,
    today: date,
    *,
    after: int | None,
    limit: int,
) -> Sequence[RosterLine]:
    """People of a roster in the order in which they came; 2 statements, one more for a long part of a number."""
    reference = reference_date(batch, plan, today)
    conditions = roster_conditions(session, batch, filters, is_over_age(plan, reference))
    if after is not None:
        conditions.append(BatchPerson.id > after)
    people = session.scalars(
        select(BatchPerson)
        .where(BatchPerson.batch_id == batch.id, *conditions)
        .order_by(BatchPerson.batch_id, BatchPerson.id)  # the index of both, not a walk past all other batches
        .limit(limit + 1)
    ).all()
    return roster_lines(session, batch, plan, reference, people)


def imports_after(session: Session, batch: Batch, after: int | None, limit: int) -> Sequence[ImportSeen]:
    """The uploads of a batch, latest first; one statement."""
    statement = (
        select(RosterImport, Account.name, Account.email)
        .join(Account, Account.id == RosterImport.account_id)
        .where(RosterImport.batch_id == batch.id)
        .options(joinedload(RosterImport.job))
        .order_by(RosterImport.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(RosterImport.id < after)
    return [ImportSeen(upload, batch, upload.job, name or email) for upload, name, email in session.execute(statement)]


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

    `after` are row and id of the last one of the page before.
    """
    statement = (
        select(ImportFinding, ImportRow)
        .join(
            ImportRow,
            and_(ImportRow.import_id == ImportFinding.import_id, ImportRow.sheet_row == ImportFinding.sheet_row),
        )
        .where(ImportFinding.import_id == import_id)
        .order_by(ImportFinding.sheet_row, ImportFinding.id)
        .limit(limit + 1)
    )
    if code:
        statement = statement.where(ImportFinding.code == code)
    if outcome is not None:
        statement = statement.where(ImportFinding.outcome == outcome)
    if after is not None:
        row, finding_id = after
        later = and_(ImportFinding.sheet_row == row, ImportFinding.id > finding_id)
        statement = statement.where(or_(ImportFinding.sheet_row > row, later))
    return [(finding.id, finding_line(finding, row)) for finding, row in session.execute(statement)]


def notices_after(session: Session, viewer: Viewer, after: int | None, limit: int) -> Sequence[tuple[Notice, str]]:
    """What the account was told, latest first, each with the number of its batch, if it has one; one statement."""
    statement = (
        select(Notice, Batch.batch_no)
        .outerjoin(Batch, Batch.id == Notice.batch_id)
        .where(Notice.account_id == viewer.account_id)
        .order_by(Notice.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(Notice.id < after)
    return [(notice, batch_no or "") for notice, batch_no in session.execute(statement)]
