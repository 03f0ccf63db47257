"""What is looked at before a plan year is published: dates that cannot be meant, and others that should be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from config.clock import local_date
from models.rules.months import months_after
from models.rules.plan import PlanYear
from models.rules.plan_fields import Tier

_DAY = timedelta(days=1)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing about a draft; `code` names the sentence that pages have for it."""

    code: str
    blocks: bool = False
    """Whether the year can't be published so; the others are only to be confirmed."""
    other: str = ""
    """The plan year that it is about, beside this one; or the project."""


def objections(plan: PlanYear, published: Iterable[PlanYear], today: date) -> list[Objection]:
    """Everything about this draft, what blocks it first. Windows of two years may be open at the same time."""
    found = [
        *_dates_that_block(plan),
        *_dates_to_see(plan, today),
        *_beside(plan, [other for other in published if other.plan_year != plan.plan_year]),
        *_content(plan),
    ]
    return sorted(found, key=lambda objection: not objection.blocks)


def _dates_that_block(plan: PlanYear) -> Iterator[Objection]:
    if local_date(plan.central_open_at) > plan.coverage_end:
        yield Objection("central_after_cover", blocks=True)
    if local_date(plan.instant_open_at) + _DAY < plan.coverage_start:  # cover begins the day after the submission
        yield Objection("instant_before_cover", blocks=True)


def _dates_to_see(plan: PlanYear, today: date) -> Iterator[Objection]:
    if plan.instant_open_at < plan.central_close_at:
        yield Objection("instant_before_central_closes")
    if plan.central_payment_close_on < local_date(plan.central_close_at):
        yield Objection("payment_before_central_closes")
    if months_after(plan.coverage_start, _MONTHS) - _DAY != plan.coverage_end:
        yield Objection("not_twelve_months")
    if not plan.coverage_start < plan.half_price_from <= plan.coverage_end:
        yield Objection("half_price_outside_cover")
    if plan.coverage_end <= today:
        yield Objection("over")


def _beside(plan: PlanYear, others: Iterable[PlanYear]) -> Iterator[Objection]:
    for other in others:
        if plan.coverage_start <= other.coverage_end and other.coverage_start <= plan.coverage_end:
            yield Objection("covers_overlap", other=other.plan_year)
        elif other.coverage_end + _DAY < plan.coverage_start <= months_after(other.coverage_end, _MONTHS):
            yield Objection("gap_before", other=other.plan_year)


def _content(plan: PlanYear) -> Iterator[Objection]:
    if not plan.bank_account.number.strip("0 -"):
        yield Objection("no_bank_account")
    for project in plan.projects.values():
        if not project.benefits:
            yield Objection("no_benefits", other=project.code)
        if project.tier is Tier.CUSTOM and not project.only_for:
            yield Objection("for_nobody", other=project.code)
