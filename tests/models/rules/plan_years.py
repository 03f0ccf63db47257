"""Plan years for tests: 2020, and others made from it with other dates, no change of code (DOMAIN 16)."""

import json
from pathlib import Path
from typing import Any

from config.plans import plan_data
from models.rules.plan import PlanYear

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parents[2] / "examples.json").read_text(encoding="utf-8"))

PLAN_2020 = PlanYear.from_data(plan_data("2020"))


def a_plan(**changes: object) -> PlanYear:
    """Plan 2020 with the given fields changed."""
    return PlanYear.from_data(plan_data("2020") | changes)


def a_year_from(plan_year: str, coverage_start: str, coverage_end: str, **windows: str) -> dict[str, Any]:
    """Prices and rules of 2020 with other dates, as data; the windows lie where the examples need them."""
    dates = {"plan_year": plan_year, "coverage_start": coverage_start, "coverage_end": coverage_end}
    return plan_data("2020") | dates | windows


YEARS = {
    "2020": plan_data("2020"),
    "2023(test)": a_year_from(
        "2023",
        "2023-04-01",
        "2024-03-31",
        central_open_at="2023-04-01T00:00:00+08:00",
        central_close_at="2023-05-11T17:00:00+08:00",
        instant_open_at="2023-05-12T00:00:00+08:00",
        central_payment_close_on="2023-05-26",
    ),
    # The central window lies before the year of cover.
    "2024(test)": a_year_from(
        "2024",
        "2024-07-01",
        "2025-06-30",
        central_open_at="2024-06-01T00:00:00+08:00",
        central_close_at="2024-06-30T17:00:00+08:00",
        instant_open_at="2024-07-01T00:00:00+08:00",
        central_payment_close_on="2024-07-15",
    ),
}
"""The plan years of the examples as data."""

PLANS = {name: PlanYear.from_data(data) for name, data in YEARS.items()}

STATUTORY = a_plan(age_rule={"mode": "statutory_2025", "male": 60, "female": 55, "min_age": 16})


def a_tailored_year(only_for: list[str], tier: str = "custom") -> dict[str, Any]:
    """The data of 2020 with one project more, X1 of 50 yuan in 特种重病, for units of these codes."""
    data = plan_data("2020")
    x1 = {"group": "B", "tier": tier, "only_for": only_for, "benefits": ["职业病5万元"]}
    return data | {"prices_fen": data["prices_fen"] | {"X1": 5000}, "projects": data["projects"] | {"X1": x1}}
