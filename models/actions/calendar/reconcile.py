"""J14 reconcile: sums and claims are compared at night. A disagreement is told, and nothing is changed (DOMAIN 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

import structlog
from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.actions.calendar.scheduled import Scheduled, latest_daily
from models.queries.books import ToCompare, compare, figures_to_compare
from models.records.batch import Batch
from models.records.database import is_postgresql
from models.records.reconciliation import Reconciliation
from models.rules.books import Figure

log = structlog.get_logger()

AT = time(3, 30)

_NAMED_IN_LOG = 20


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of a plan year, and what came of it."""

    what: ToCompare
    figure: Figure


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    night = latest_daily(after, now, AT)
    if night is None:
        return None
    return night if session.execute(select(exists().select_from(Batch))).scalar_one() else None


def _units(session: Session, period: datetime) -> Sequence[ToCompare]:
    """What this night's report lacks: a run that was cut short goes on."""
    told = select(Reconciliation.kind, Reconciliation.plan_year).where(Reconciliation.period == period)
    done = {(kind, year) for kind, year in session.execute(told)}
    return [figure for figure in figures_to_compare(session) if figure not in done]


def _look(session: Session, what: ToCompare, period: datetime) -> Compared:
    """The heavy part, in a reading transaction: nobody who writes waits for it."""
    return Compared(what, compare(session, what, period))


def _do(session: Session, compared: Compared, period: datetime, now: datetime) -> bool:
    (kind, plan_year), figure = compared.what, compared.figure
    insert = postgresql.insert(Reconciliation) if is_postgresql(session) else sqlite.insert(Reconciliation)
    told = insert.values(
        kind=kind,
        plan_year=plan_year,
        period=period,
        made_at=now,
        compared=figure.compared,
        expected=figure.expected,
        found=figure.found,
        disagreeing=figure.disagreeing,
        named=[disagreement.as_data() for disagreement in figure.named],
    )
    session.execute(told.on_conflict_do_nothing())
    if figure.disagreeing:
        log.error(
            "books_disagree",
            kind=str(kind),
            plan_year=plan_year,
            disagreeing=figure.disagreeing,
            batches=sorted({each.batch_no for each in figure.named if each.batch_no})[:_NAMED_IN_LOG],
        )
    return True


RECONCILE = Scheduled("J14", "calendar.reconcile", "对账", _next_at, _units, _do, _look)
