"""The end of the central window (J05): when it closes for batches, and for last year's units that have none."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from models.queries.pieces import Condition, Piece
from models.queries.reminders.last_years_units import BOUND, UnitToTell, codes_with_batch, last_years_units
from models.records.batch import Batch
from models.records.exception import SpecialGrant
from models.records.unit import EnrolmentCode
from models.rules.lifecycle import LIVE, UNCONFIRMED
from models.rules.plan import EnrolmentType

_extended_at = (
    select(func.max(SpecialGrant.extended_at))
    .where(SpecialGrant.code_id == Batch.code_id, SpecialGrant.plan_year == Batch.plan_year)
    .correlate(Batch)
    .scalar_subquery()
)
_closes_so_since = case(
    (Batch.reinstated_until.is_not(None), func.coalesce(Batch.term_since, Batch.created_at)),
    (and_(Batch.central_extension_until.is_not(None), _extended_at > Batch.created_at), _extended_at),
    else_=Batch.created_at,
)
"""Since when the window of a batch closes as it does: nobody is reminded by a time that was granted after it."""
_UNFINISHED = (Batch.enrolment_type == EnrolmentType.CENTRAL, Batch.state.in_(sorted(UNCONFIRMED)))


class Closing(NamedTuple):
    """What decides when the central window closes for a batch or a unit; both None: its plan year alone."""

    plan_year: str
    extended_until: datetime | None = None
    reinstated_until: datetime | None = None


def closings_of_batches(session: Session) -> dict[Closing, datetime]:
    """When the window closes for unfinished batches, each time once, and since when it does; one statement."""
    columns = (Batch.plan_year, Batch.central_extension_until, Batch.reinstated_until)
    found = session.execute(select(*columns, func.min(_closes_so_since)).where(*_UNFINISHED).group_by(*columns))
    return {Closing(*closing): since for *closing, since in found}


def closings_of_units(session: Session) -> dict[Closing, datetime]:
    """The same of units with a time of their own, whether they have a batch or not; one statement."""
    columns = (SpecialGrant.plan_year, SpecialGrant.central_extension_until)
    granted = select(*columns, func.min(SpecialGrant.extended_at)).where(columns[1].is_not(None))
    found = session.execute(granted.group_by(*columns))
    return {Closing(year, until): since for year, until, since in found if since is not None}


def unfinished(closing: Closing, period: datetime) -> list[Condition]:
    """Central batches that are not confirmed yet, and whose window closed so already at `period`."""
    return [
        *_UNFINISHED,
        Batch.plan_year == closing.plan_year,
        Batch.central_extension_until.is_not_distinct_from(closing.extended_until),
        Batch.reinstated_until.is_not_distinct_from(closing.reinstated_until),
        _closes_so_since <= period,
    ]


def codes_closing(closing: Closing) -> list[Condition]:
    """Codes for which the window may close so; all of them, where it is the plan year's close."""
    if closing.extended_until is None:
        return [*BOUND]
    extended = select(SpecialGrant.code_id).where(
        SpecialGrant.plan_year == closing.plan_year, SpecialGrant.central_extension_until == closing.extended_until
    )
    return [*BOUND, EnrolmentCode.id.in_(extended)]


def without_batch(session: Session, closing: Closing, piece: Piece, period: datetime) -> list[UnitToTell]:
    """Last year's units of a piece that have no batch of the year, and whose window closed so already at `period`;
    6 statements.
    """
    year, until = closing.plan_year, SpecialGrant.central_extension_until
    grants = select(SpecialGrant.code_id, until, SpecialGrant.extended_at).where(
        SpecialGrant.code_id.between(*piece), SpecialGrant.plan_year == year, until.is_not(None)
    )
    extended = {
        code_id: (until, extended_at is not None and extended_at <= period)
        for code_id, until, extended_at in session.execute(grants)
    }
    closes_so = (closing.extended_until, True)
    begun = codes_with_batch(session, piece, year, LIVE)
    units = last_years_units(session, year, piece)
    return [
        unit for unit in units if unit.code_id not in begun and extended.get(unit.code_id, (None, True)) == closes_so
    ]
