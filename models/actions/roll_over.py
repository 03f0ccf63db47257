"""J09: the next plan year as a draft, copied from one that is there (DOMAIN 13). Nothing is published by it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.keep_plans import load_plan
from models.records.plan_year import PlanYearRecord
from models.records.viewer import Viewer
from models.rules.next_year import a_year_later
from models.rules.plan import PlanYear


def roll_over(session: Session, year: str, now: datetime, *, viewer: Viewer | None = None) -> PlanYear:
    """Dates a year later; prices, texts, account and name are copied. Without a viewer it is the system's act.

    LookupError: there is no such year; PlanInvalid: the year's name is no number. Refused BAT-002, SYS-004: the next
    year is there already, published or as a draft.
    """
    record = session.get(PlanYearRecord, year)
    if record is None:
        raise LookupError(f"plan year {year} is not loaded")
    return load_plan(session, a_year_later(record.data), now, viewer=viewer, replace=False, action="roll_over_plan")
