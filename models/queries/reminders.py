"""Whom the calendar reminds (DOMAIN 13): what is due is asked by dates, each once; whom it is about in pieces of a few
hundred, so that a city's reminders are neither one transaction nor one list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.queries.plan_years import published_plans
from models.records.account import Account
from models.records.batch import Batch
from models.records.code_application import CodeApplication
from models.records.exception import SpecialGrant
from models.records.reference import HistoricalPerson
from models.records.unit import EnrolmentCode, Unit
from models.records.voucher import Voucher
from models.rules.code_application import ApplicationStatus
from models.rules.lifecycle import LIVE, ROSTER_EDITABLE, BatchState
from models.rules.next_year import year_before
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from models.rules.voucher import VoucherState

PIECE = 200
"""Rows that are told in one transaction."""

UNCONFIRMED = frozenset({*ROSTER_EDITABLE, BatchState.ROSTER_SUBMITTED})
"""States before 缴费凭证待上传: there is something left to do before the window closes."""

Condition = ColumnElement[bool]


class Piece(NamedTuple):
    """A run of ids, both ends among them."""

    first: int
    last: int


class PaymentTerm(NamedTuple):
    """By when batches are to be paid for."""

    plan_year: str
    due_on: date
    cutoff_on: date
    reinstated_until: datetime | None


class Closing(NamedTuple):
    """What decides when the central window closes for a batch or a unit; both None: its plan year alone."""

    plan_year: str
    extended_until: datetime | None = None
    reinstated_until: datetime | None = None


class UnitToTell(NamedTuple):
    """A unit of last year, and whose it is now."""

    code_id: int
    code: str
    name: str
    account_id: int


def pieces(session: Session, ids: InstrumentedAttribute[int], conditions: Iterable[Condition]) -> list[Piece]:
    """The rows under these conditions by their ids, so many in each piece; one statement."""
    place = func.row_number().over(order_by=ids) - 1
    numbered = select(ids.label("id"), (place // PIECE).label("piece")).where(*conditions).subquery()
    first = func.min(numbered.c.id)
    found = session.execute(select(first, func.max(numbered.c.id)).group_by(numbered.c.piece).order_by(first))
    return [Piece(*row) for row in found]


def batches_of(session: Session, piece: Piece, conditions: Iterable[Condition]) -> Sequence[Batch]:
    """The batches of a piece that the conditions still hold for, and whose accounts can be told; one statement."""
    batches = select(Batch).join(Account, Account.id == Batch.account_id).where(Account.disabled_at.is_(None))
    return session.scalars(batches.where(Batch.id.between(*piece), *conditions).order_by(Batch.id)).all()


# Last year's units (J02, J05): in the published year before they were enrolled, or stood on its historical roster
# (DOMAIN 7.2). The account that has the code is told; of a free one there is nobody. A piece is asked table by table:
# PostgreSQL answers a condition over all three by reading whole tables, for every piece.

BOUND = (EnrolmentCode.active.is_(True), EnrolmentCode.account_id.is_not(None))
"""Codes that have somebody to be told."""


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
    enrolled = _with_batch(session, piece, before, [BatchState.ENROLLED])
    rosters = select(HistoricalPerson.enrolment_code).where(
        HistoricalPerson.enrolment_code.in_([unit.code for unit in units]),
        HistoricalPerson.plan_year >= before,
        HistoricalPerson.plan_year < year,
    )
    on_roster = set(session.scalars(rosters.distinct()))
    return [unit for unit in units if unit.code_id in enrolled or unit.code in on_roster]


def _with_batch(session: Session, piece: Piece, year: str, states: Collection[BatchState]) -> set[int]:
    """The codes of a piece that have a batch of the year in one of these states."""
    batches = select(Batch.code_id).where(Batch.code_id.between(*piece), Batch.plan_year == year)
    return set(session.scalars(batches.where(Batch.state.in_(sorted(states))).distinct()))


# Payments (J03). A batch awaits payment since its `updated_at`: of what was before it is not reminded.


def payment_terms(session: Session) -> list[tuple[PaymentTerm, datetime]]:
    """By when batches that await payment are to be paid for, each once, and since when there is one; one statement."""
    columns = (Batch.plan_year, Batch.payment_due_on, Batch.payment_cutoff_on, Batch.reinstated_until)
    asked = select(*columns, func.min(Batch.updated_at)).where(Batch.state == BatchState.AWAITING_PAYMENT)
    return [
        (PaymentTerm(year, due_on, cutoff_on, reinstated_until), since)
        for year, due_on, cutoff_on, reinstated_until, since in session.execute(asked.group_by(*columns))
        if due_on and cutoff_on
    ]


def awaiting_payment(term: PaymentTerm, period: datetime) -> list[Condition]:
    """Batches that have awaited payment under this term since before `period`."""
    return [
        Batch.state == BatchState.AWAITING_PAYMENT,
        Batch.plan_year == term.plan_year,
        Batch.payment_due_on == term.due_on,
        Batch.payment_cutoff_on == term.cutoff_on,
        Batch.reinstated_until.is_not_distinct_from(term.reinstated_until),
        Batch.updated_at <= period,
    ]


# The end of the central window (J05).

_granted_at = (
    select(func.max(SpecialGrant.granted_at))
    .where(SpecialGrant.code_id == Batch.code_id, SpecialGrant.plan_year == Batch.plan_year)
    .correlate(Batch)
    .scalar_subquery()
)
_closes_so_since = case(
    (Batch.reinstated_until.is_not(None), Batch.updated_at),
    (and_(Batch.central_extension_until.is_not(None), _granted_at > Batch.created_at), _granted_at),
    else_=Batch.created_at,
)
"""Since when the window of a batch closes as it does: nobody is reminded by a time that was granted after it."""
_UNFINISHED = (Batch.enrolment_type == EnrolmentType.CENTRAL, Batch.state.in_(sorted(UNCONFIRMED)))


def closings_of_batches(session: Session) -> dict[Closing, datetime]:
    """When the window closes for unfinished batches, each time once, and since when it does; one statement."""
    columns = (Batch.plan_year, Batch.central_extension_until, Batch.reinstated_until)
    found = session.execute(select(*columns, func.min(_closes_so_since)).where(*_UNFINISHED).group_by(*columns))
    return {Closing(*closing): since for *closing, since in found}


def closings_of_units(session: Session) -> dict[Closing, datetime]:
    """The same of units with a time of their own, whether they have a batch or not; one statement."""
    columns = (SpecialGrant.plan_year, SpecialGrant.central_extension_until)
    granted = select(*columns, func.min(SpecialGrant.granted_at)).where(columns[1].is_not(None))
    return {Closing(year, until): since for year, until, since in session.execute(granted.group_by(*columns))}


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
    grants = select(SpecialGrant.code_id, until, SpecialGrant.granted_at).where(
        SpecialGrant.code_id.between(*piece), SpecialGrant.plan_year == year, until.is_not(None)
    )
    extended = {code_id: (until, granted_at <= period) for code_id, until, granted_at in session.execute(grants)}
    closes_so = (closing.extended_until, True)
    begun = _with_batch(session, piece, year, LIVE)
    units = last_years_units(session, year, piece)
    return [
        unit for unit in units if unit.code_id not in begun and extended.get(unit.code_id, (None, True)) == closes_so
    ]


# Batches that nobody has touched (J06).


def first_untouched(session: Session, since: Iterable[datetime]) -> list[tuple[str, Sequence[datetime | None]]]:
    """By plan year, the first change of an unconfirmed batch at or behind each of these moments; one statement."""
    first = [func.min(case((Batch.updated_at >= moment, Batch.updated_at))) for moment in since]
    by_year = select(Batch.plan_year, *first).where(Batch.state.in_(sorted(UNCONFIRMED))).group_by(Batch.plan_year)
    return [(row[0], row[1:]) for row in session.execute(by_year)]


def untouched(year: str, begin: datetime, end: datetime) -> list[Condition]:
    """Unconfirmed batches whose last change was not before `begin`, and before `end`."""
    changed = (Batch.updated_at >= begin, Batch.updated_at < end)
    return [Batch.state.in_(sorted(UNCONFIRMED)), Batch.plan_year == year, *changed]


# Cover that ends (J08).


def covered(year: str, day: date) -> list[Condition]:
    """Enrolled batches whose cover had begun on that day."""
    return [Batch.state == BatchState.ENROLLED, Batch.plan_year == year, Batch.coverage_start <= day]


def has_covered(session: Session, year: str) -> bool:
    """Whether anybody is enrolled in the year."""
    enrolled = exists().where(Batch.state == BatchState.ENROLLED, Batch.plan_year == year)
    return bool(session.execute(select(enrolled)).scalar_one())


# What waits for the association (J16).


def waiting_for_review(
    session: Session, applications_before: datetime, vouchers_before: Iterable[tuple[str, datetime]]
) -> tuple[int, datetime | None]:
    """How many code applications, and vouchers by their plan year, were submitted before these moments and still wait,
    and when the first of them was; 2 statements.
    """
    number, first = func.count(), func.min
    applications = select(number, first(CodeApplication.submitted_at)).where(
        CodeApplication.status == ApplicationStatus.PENDING, CodeApplication.submitted_at < applications_before
    )
    late = [and_(Voucher.plan_year == year, Voucher.submitted_at < before) for year, before in vouchers_before]
    vouchers = select(number, first(Voucher.submitted_at)).where(Voucher.state == VoucherState.SUBMITTED, or_(*late))
    found = [session.execute(waiting).one() for waiting in (applications, vouchers)]
    return sum(row[0] for row in found), min((row[1] for row in found if row[1] is not None), default=None)


def reviewers(session: Session) -> Sequence[int]:
    """The accounts of 市职保会审核员 that can be told."""
    named = select(Account.id).where(Account.role == Role.REVIEWER, Account.disabled_at.is_(None))
    return session.scalars(named.order_by(Account.id)).all()
