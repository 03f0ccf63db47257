"""J16 review_waiting: reviewers are told daily of what waits for them too long (NTF-14, DOMAIN 12.2)."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy.orm import Session

from config.clock import local_date, local_text
from models.actions.calendar.scheduled import Scheduled, latest_daily, once
from models.queries.plan_years import plans_now, published_plans
from models.queries.reminders.review_waiting import reviewers, waiting_for_review
from models.records.notice import Telling, tell_all
from models.rules.calendar_days import waiting_too_long

AT = time(9, 10)


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    """Of days that were missed the last one says it all."""
    morning = latest_daily(after, now, AT)
    return morning if morning is not None and _waiting(session, morning)[0] else None


def _do(session: Session, unit: int, period: datetime, now: datetime) -> int:
    number, first = _waiting(session, period)
    if first is None:
        return 0
    values: dict[str, str | int] = {"n": number, "time": local_text(first)}
    occasion = local_date(period).isoformat()
    tellings = (Telling(account_id, "NTF-14", occasion, values) for account_id in reviewers(session))
    return tell_all(session, tellings, at=now, moment=period)


def _waiting(session: Session, period: datetime) -> tuple[int, datetime | None]:
    """How many working days are too long says the plan year of a voucher; of an application, the year of the time."""
    plans, today = published_plans(session), local_date(period)
    if not plans:
        return 0, None
    before = {plan.plan_year: waiting_too_long(today, plan.reminders.review_working_days) for plan in plans}
    current = plans_now(plans, period)[0].plan_year
    return waiting_for_review(session, before[current], before.items())


REVIEW_WAITING = Scheduled("J16", "calendar.review_waiting", "待审核提醒", _next_at, once, _do)
