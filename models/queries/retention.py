"""What is kept for a time: what of it is to be erased by now, what comes next, and what was erased (J13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, TextClause, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.queries.pieces import Piece
from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.notice import ADDRESSED, MessageState, OutgoingMessage
from models.records.plan_year import PlanYearRecord
from models.records.roster_import import RosterImport
from models.rules.lifecycle import BatchState
from models.rules.plan import PlanYear
from models.rules.retention import erased_if_before, erased_on

ERASE_BATCH = "erase_batch"
"""The audit log's name of what J13 does, like the next one."""
ERASE_IMPORT = "erase_import"

ADDRESSES = 5000
"""Messages whose addresses are erased in one transaction."""

_WHOLE = select(RosterImport.id).join(Batch, Batch.id == RosterImport.batch_id).where(RosterImport.erased_at.is_(None))
_LEFT = _WHOLE.where(Batch.state == BatchState.DELETED)


@dataclass(frozen=True, slots=True)
class ToCome:
    """A batch, or the oldest import of a batch, that will be erased in the night of `on`."""

    batch_no: str
    since: datetime
    """When it expired, or when the oldest of its files was received."""
    on: date
    files: int = 0
    """How many imports of it are still whole; 0: it is the batch with its people."""


def batches_to_erase(session: Session, today: date) -> Sequence[int]:
    """Expired batches whose people have been kept long enough, the oldest first; others have no `expired_at`."""
    statement = _expired(_plans(session), today)
    return session.scalars(statement.order_by(Batch.expired_at, Batch.id)).all() if statement is not None else []


def imports_to_erase(session: Session, today: date) -> Sequence[int]:
    """Imports that have been kept long enough, the oldest first, and whatever deleted batches have left."""
    statement = _old_imports(_plans(session), today)
    ordered = statement.order_by(RosterImport.received_at, RosterImport.id) if statement is not None else None
    old = session.scalars(ordered).all() if ordered is not None else []
    return list(dict.fromkeys([*old, *session.scalars(_LEFT.order_by(RosterImport.id))]))


def addresses_to_erase(session: Session, made_before: datetime) -> Sequence[Piece]:
    """Messages whose address or phone is kept no longer, some thousand each; one statement.

    They are put in order here: asked for it, SQLite reads the whole table by its ids.
    """
    ids = sorted(session.scalars(select(OutgoingMessage.id).where(*addressed_and_settled(made_before))))
    parts = (ids[first : first + ADDRESSES] for first in range(0, len(ids), ADDRESSES))
    return [Piece(part[0], part[-1]) for part in parts]


def addressed_and_settled(made_before: datetime) -> Sequence[ColumnElement[bool] | TextClause]:
    """Messages that nobody sends again, and that still say where they went; the machine's clock. They have an index."""
    settled = OutgoingMessage.state.in_((MessageState.SENT, MessageState.VOID, MessageState.OUTBOX))
    return ADDRESSED, OutgoingMessage.created_at < made_before, settled


def something_to_erase(session: Session, today: date, made_before: datetime) -> bool:
    """Whether there is any such batch, import or message; each question walks along the index of what is not erased
    yet.
    """
    plans = _plans(session)
    messages = select(OutgoingMessage.id).where(*addressed_and_settled(made_before))
    for statement in (_expired(plans, today), _old_imports(plans, today), _LEFT, messages):
        if statement is not None and session.scalar(statement.limit(1)) is not None:
            return True
    return False


def batches_to_come(session: Session, limit: int) -> tuple[Sequence[ToCome], int]:
    """Expired batches whose people are still kept, those that go first first; and how many there are. 3 statements."""
    plans = _plans(session)
    kept = select(Batch.batch_no, Batch.plan_year, Batch.expired_at).where(
        Batch.erased_at.is_(None), Batch.expired_at.is_not(None)
    )
    first = session.execute(kept.order_by(Batch.expired_at, Batch.id).limit(limit))
    lines = [
        ToCome(batch_no, expired_at, erased_on(expired_at, plans[year].expired_retention_days))
        for batch_no, year, expired_at in first
        if expired_at is not None
    ]
    return sorted(lines, key=lambda line: line.on), _count(session, kept)


def imports_to_come(session: Session, limit: int) -> tuple[Sequence[ToCome], int]:
    """Batches with imports that are still whole, the oldest first, and how many imports there are; 3 statements."""
    plans = _plans(session)
    oldest = func.min(RosterImport.received_at)
    kept = (
        select(Batch.batch_no, Batch.plan_year, oldest, func.count())
        .join(RosterImport, RosterImport.batch_id == Batch.id)
        .where(RosterImport.erased_at.is_(None))
        .group_by(Batch.id)
        .order_by(oldest, Batch.id)
    )
    lines = [
        ToCome(batch_no, since, erased_on(since, plans[year].import_retention_days), files)
        for batch_no, year, since, files in session.execute(kept.limit(limit))
    ]
    whole = select(func.count()).select_from(RosterImport).where(RosterImport.erased_at.is_(None))
    return sorted(lines, key=lambda line: line.on), session.scalar(whole) or 0


def erased_lately(session: Session, limit: int, offset: int = 0) -> tuple[Sequence[tuple[AuditEntry, str]], int]:
    """What was erased with the number of its batch, the latest first, and how often; 2 statements."""
    erased = AuditEntry.action.in_((ERASE_BATCH, ERASE_IMPORT))
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(erased)) or 0
    latest = select(AuditEntry, Batch.batch_no).join(Batch, Batch.id == AuditEntry.batch_id).where(erased)
    latest = latest.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit).offset(offset)
    return [(entry, batch_no) for entry, batch_no in session.execute(latest)], total


def _plans(session: Session) -> Mapping[str, PlanYear]:
    return {record.year: record.plan() for record in session.scalars(select(PlanYearRecord))}


def _expired(plans: Mapping[str, PlanYear], today: date) -> Select[int] | None:
    ends = {year: erased_if_before(today, plan.expired_retention_days) for year, plan in plans.items()}
    if not ends:
        return None
    return select(Batch.id).where(Batch.erased_at.is_(None), *_long_enough(Batch.expired_at, ends))


def _old_imports(plans: Mapping[str, PlanYear], today: date) -> Select[int] | None:
    ends = {year: erased_if_before(today, plan.import_retention_days) for year, plan in plans.items()}
    return _WHOLE.where(*_long_enough(RosterImport.received_at, ends)) if ends else None


def _long_enough(
    since: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], ends: Mapping[str, datetime]
) -> Sequence[ColumnElement[bool]]:
    """Of each plan year what began before its own moment; the latest of them is what the index is asked for."""
    of_years = (and_(Batch.plan_year == year, since < end) for year, end in ends.items())
    return since < max(ends.values()), or_(*of_years)


def _count(session: Session, statement: Select[*tuple[object, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0
