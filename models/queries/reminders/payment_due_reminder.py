"""Payments that batches are reminded of (J03): of what was before a batch had its term it is not reminded."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.queries.pieces import Condition
from models.records.batch import Batch
from models.rules.lifecycle import BatchState

_since = func.coalesce(Batch.term_since, Batch.created_at)
"""Since when it awaits payment by these days. Not `updated_at`: a change of anything else must lose no reminder."""


class PaymentTerm(NamedTuple):
    """By when batches are to be paid for."""

    plan_year: str
    due_on: date
    cutoff_on: date
    reinstated_until: datetime | None


def payment_terms(session: Session) -> list[tuple[PaymentTerm, datetime]]:
    """By when batches that await payment are to be paid for, each once, and since when there is one; one statement."""
    columns = (Batch.plan_year, Batch.payment_due_on, Batch.payment_cutoff_on, Batch.reinstated_until)
    asked = select(*columns, func.min(_since)).where(Batch.state == BatchState.AWAITING_PAYMENT)
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
        _since <= period,
    ]
