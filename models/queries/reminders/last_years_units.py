"""Last year's units (J02, J05): in the published year before they were enrolled, or stood on its historical roster
(DOMAIN 7.2). The account that has the code is told; of a free one there is nobody.

A piece is asked table by table: PostgreSQL answers a condition over all three by reading whole tables, for every piece.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.queries.pieces import Piece
from models.queries.plan_years import published_plans
from models.records.account import Account
from models.records.batch import Batch
from models.records.reference import HistoricalPerson
from models.records.unit import EnrolmentCode, Unit
from models.rules.lifecycle import BatchState
from models.rules.next_year import year_before

BOUND = (EnrolmentCode.active.is_(True), EnrolmentCode.account_id.is_not(None))
"""Codes that have somebody to be told."""


class UnitToTell(NamedTuple):
    """A unit of last year, and whose it is now."""

    code_id: int
    code: str
    name: str
    account_id: int


def had_units(session: Session, year: str) -> bool:
    """Whether anybody took part in the year before; 3 statements."""
    before = year_before(published_plans(session), year) or ""
    enrolled = exists().where(Batch.plan_year == before, Batch.state == BatchState.ENROLLED)
    rosters = exists().where(HistoricalPerson.plan_year >= before, HistoricalPerson.plan_year < year)
    return any(session.execute(select(found)).scalar_one() for found in (enrolled, rosters))


def last_years_units(session: Session, year: str, piece: Piece) -> list[UnitToTell]:
    """Those of a piece of codes whose accounts can be told; 4 statements."""
    bound = (
        select(EnrolmentCode.id, EnrolmentCode.code, Unit.name, Account.id)
        .join(Unit, Unit.id == EnrolmentCode.unit_id)
        .join(Account, Account.id == EnrolmentCode.account_id)
        .where(*BOUND, EnrolmentCode.id.between(*piece), Account.disabled_at.is_(None))
    )
    units = [UnitToTell(*row) for row in session.execute(bound.order_by(EnrolmentCode.id))]
    before = year_before(published_plans(session), year) or ""
    enrolled = codes_with_batch(session, piece, before, [BatchState.ENROLLED])
    rosters = select(HistoricalPerson.enrolment_code).where(
        HistoricalPerson.enrolment_code.in_([unit.code for unit in units]),
        HistoricalPerson.plan_year >= before,
        HistoricalPerson.plan_year < year,
    )
    on_roster = set(session.scalars(rosters.distinct()))
    return [unit for unit in units if unit.code_id in enrolled or unit.code in on_roster]


def codes_with_batch(session: Session, piece: Piece, year: str, states: Collection[BatchState]) -> set[int]:
    """The codes of a piece that have a batch of the year in one of these states."""
    batches = select(Batch.code_id).where(Batch.code_id.between(*piece), Batch.plan_year == year)
    return set(session.scalars(batches.where(Batch.state.in_(sorted(states))).distinct()))
