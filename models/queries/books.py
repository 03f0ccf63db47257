"""What 对账 compares, added up by the database: one statement a figure and year, read row by row.

A statement sees one moment, so both sides of a comparison belong together whatever happens meanwhile. Of the people of
a year nothing but sums leaves the database: a row a batch, or a voucher, and none of them is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from config.clock import local_date
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.person import BatchPerson
from models.records.plan_year import PlanYearRecord
from models.records.reference import SiPerson, SiUnit
from models.records.voucher import Receipt, Voucher, VoucherBatch
from models.rules.books import (
    BatchCharges,
    BatchClaims,
    Comparison,
    Figure,
    Line,
    RegisterAge,
    VoucherSums,
    added_up,
)
from models.rules.lifecycle import BatchState
from models.rules.plan import EnrolmentType, PlanYear, window_refusal
from models.rules.voucher import VoucherState

_ROWS = 1_000
"""So many rows are fetched at a time."""


class ToCompare(NamedTuple):
    """One figure of one plan year."""

    kind: Comparison
    plan_year: str


def figures_to_compare(session: Session) -> Sequence[ToCompare]:
    """Each comparison of each plan year that has batches, in the order of the report; of a published one without any
    the register's age alone, since the first roster will be checked by it. One statement.
    """
    has_batches = select(Batch.id).where(Batch.plan_year == PlanYearRecord.year).exists()
    published = PlanYearRecord.published_at.is_not(None)
    years = select(PlanYearRecord.year, has_batches).where(has_batches | published).order_by(PlanYearRecord.year)
    return [
        ToCompare(kind, year)
        for year, has_some in session.execute(years)
        for kind in Comparison
        if has_some or kind is Comparison.REGISTER
    ]


def compare(session: Session, figure: ToCompare, period: datetime) -> Figure:
    """Compare as of the night `period`; one statement, but for the plan year of the register's age."""
    match figure.kind:
        case Comparison.CHARGES:
            return added_up(_charges(session, figure.plan_year))
        case Comparison.CLAIMS:
            return added_up(_claims(session, figure.plan_year))
        case Comparison.RECEIPTS:
            return added_up(_receipts(session, figure.plan_year))
        case Comparison.REGISTER:
            plan = session.get_one(PlanYearRecord, figure.plan_year).plan()
            return added_up(_register(session, plan, period))


def _charges(session: Session, plan_year: str) -> Iterator[Line]:
    statement = (
        select(
            Batch.batch_no,
            Batch.state,
            Batch.total_fen,
            func.count(BatchPerson.id),
            func.count(BatchPerson.charge_fen),
            func.coalesce(func.sum(BatchPerson.charge_fen), 0),
        )
        .join(BatchPerson, BatchPerson.batch_id == Batch.id, isouter=True)
        .where(Batch.plan_year == plan_year)
        .group_by(Batch.id)
        .order_by(Batch.id)
    )
    for batch_no, state, total_fen, people, charged, charges_fen in _rows(session, statement):
        yield BatchCharges(batch_no, BatchState(state), total_fen, people, charged, int(charges_fen))


def _claims(session: Session, plan_year: str) -> Iterator[Line]:
    """A person has their own claim only: of the same batch, number and year. One with two claims is one person."""
    is_own = and_(
        BatchPerson.id == Claim.person_id,
        BatchPerson.batch_id == Claim.batch_id,
        BatchPerson.id_digest == Claim.id_digest,
        BatchPerson.id_type == Claim.id_type,
        Claim.plan_year == plan_year,
    )
    of_year = select(Batch.id).where(Batch.plan_year == plan_year).group_by(Batch.id)
    on_roster = of_year.join(BatchPerson, BatchPerson.batch_id == Batch.id)
    rosters = on_roster.add_columns(func.count().label("people")).subquery()
    held = of_year.join(Claim, Claim.batch_id == Batch.id).join(BatchPerson, is_own, isouter=True)
    claims_held = held.add_columns(
        func.count().label("claims"), func.count(BatchPerson.id.distinct()).label("claimed")
    ).subquery()
    statement = (
        select(
            Batch.batch_no,
            Batch.state,
            func.coalesce(rosters.c.people, 0),
            func.coalesce(claims_held.c.claimed, 0),
            func.coalesce(claims_held.c.claims, 0),
        )
        .join(rosters, rosters.c.id == Batch.id, isouter=True)
        .join(claims_held, claims_held.c.id == Batch.id, isouter=True)
        .where(Batch.plan_year == plan_year)
        .order_by(Batch.id)
    )
    for batch_no, state, people, claimed, claims in _rows(session, statement):
        yield BatchClaims(batch_no, BatchState(state), people, people - claimed, claims)


def _receipts(session: Session, plan_year: str) -> Iterator[Line]:
    paid = select(Batch).join(VoucherBatch, VoucherBatch.batch_id == Batch.id)
    paid = paid.where(VoucherBatch.voucher_id == Voucher.id, VoucherBatch.live).correlate(Voucher)
    receipts = select(func.sum(Receipt.amount_fen)).where(Receipt.voucher_id == Voucher.id).correlate(Voucher)
    statement = (
        select(
            Voucher.id,
            func.coalesce(paid.with_only_columns(func.min(Batch.batch_no)).scalar_subquery(), ""),
            func.coalesce(paid.with_only_columns(func.sum(Batch.total_fen)).scalar_subquery(), 0),
            func.coalesce(receipts.scalar_subquery(), 0),
        )
        .where(Voucher.plan_year == plan_year)
        .where(Voucher.state.in_((VoucherState.SUBMITTED, VoucherState.APPROVED)))
        .order_by(Voucher.id)
    )
    for voucher_id, batch_no, due_fen, receipts_fen in _rows(session, statement):
        yield VoucherSums(voucher_id, batch_no, int(due_fen), int(receipts_fen))


def _register(session: Session, plan: PlanYear, period: datetime) -> Iterator[Line]:
    """The older of the two tables, while a window is open; empty ones say nothing (DOMAIN 7.7)."""
    if all(window_refusal(plan, enrolment_type, period) for enrolment_type in EnrolmentType):
        return
    latest = session.execute(
        select(select(func.max(SiPerson.as_of)).scalar_subquery(), select(func.max(SiUnit.as_of)).scalar_subquery())
    ).one()
    known = [as_of for as_of in latest if as_of is not None]
    if known:
        yield RegisterAge(min(known), local_date(period))


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    return iter(session.execute(statement, execution_options={"yield_per": _ROWS}))
