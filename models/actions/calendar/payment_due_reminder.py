"""J03 payment_due_reminder: before the day of payment, on it, and daily while it is 已逾期 (NTF-03, DOMAIN 11.2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.calendar.scheduled import Scheduled
from models.queries.pieces import Piece, batches_of, pieces
from models.queries.plan_years import published_plans
from models.queries.reminders.payment_due_reminder import PaymentTerm, awaiting_payment, payment_terms
from models.records.batch import Batch
from models.records.notice import Telling, tell_all
from models.rules.calendar_days import closing_moments, deadline_text, first_within, payment_moments
from models.rules.deadlines import end_of
from models.rules.money import yuan

AT = time(9)


class _Batches(NamedTuple):
    term: PaymentTerm
    piece: Piece


def _moments(term: PaymentTerm, days_before: Collection[int]) -> set[datetime]:
    if term.reinstated_until is not None:  # replaces both days
        return closing_moments(term.reinstated_until, days_before, AT)
    return payment_moments(term.due_on, term.cutoff_on, days_before, AT)


def _days(session: Session) -> dict[str, Collection[int]]:
    return {plan.plan_year: plan.reminders.payment_due_days for plan in published_plans(session)}


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    days = _days(session)
    moments = (
        moment
        for term, since in payment_terms(session)
        for moment in _moments(term, days[term.plan_year])
        if moment >= since
    )
    return first_within(moments, after, now)


def _units(session: Session, period: datetime) -> Sequence[_Batches]:
    days = _days(session)
    due = [term for term, _ in payment_terms(session) if period in _moments(term, days[term.plan_year])]
    return [
        _Batches(term, piece) for term in due for piece in pieces(session, Batch.id, awaiting_payment(term, period))
    ]


def _do(session: Session, unit: _Batches, period: datetime, now: datetime) -> int:
    term, day = unit.term, local_date(period)
    cutoff = term.reinstated_until or end_of(term.cutoff_on)
    tellings = (
        Telling(
            batch.account_id,
            "NTF-03",
            f"{batch.batch_no} {day}",
            {"batch": batch.batch_no, "amount": yuan(batch.total_fen or 0), "cutoff": deadline_text(cutoff)},
            batch.id,
            until=cutoff,
        )
        for batch in batches_of(session, unit.piece, awaiting_payment(term, period))
    )
    return tell_all(session, tellings, at=now, moment=period)


PAYMENT_DUE_REMINDER = Scheduled("J03", "calendar.payment_due", "缴费提醒", _next_at, _units, _do)
