"""The plan year that 工作台 and its lists are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import request

from models.queries.plan_years import plans_now
from models.rules.plan import PlanYear


def chosen_year(plans: Sequence[PlanYear], now: datetime) -> PlanYear | None:
    """The published year that the address names; else the one in season, or the latest."""
    asked = request.args.get("year", "")
    named = [plan for plan in plans if plan.plan_year == asked]
    return next(iter(named or plans_now(plans, now)), None)
