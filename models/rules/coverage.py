"""Cover from when to when, at what price, and from when it takes effect (DOMAIN 5.4, 6)."""

from dataclasses import dataclass
from datetime import date, timedelta

from config.clock import local_date, local_text
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class Coverage:
    """保障期限, both days included, fixed when the roster is submitted."""

    enrolment_type: EnrolmentType
    start: date
    end: date
    half_price: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """免责期 of one group: days at the beginning without cover."""

    days: int
    last_day: date | None
    """None where there is nothing to wait for."""
    effective_from: date | None
    """None where cover ends before it takes effect."""

    @property
    def never_effective(self) -> bool:
        """Whether the waiting period takes up all the cover (PRJ-008, PRJ-010)."""
        return self.effective_from is None


def coverage(
    plan: PlanYear, enrolment_type: EnrolmentType, submitted_on: date | None, *, reinstated: bool = False
) -> Coverage:
    """The cover of a roster submitted on a day in Shanghai; the day plays no part in central enrolment.

    Raises Refused WIN-003 or WIN-004 where instant enrolment is closed on that day, so that cover would lie outside
    the plan year. A `reinstated` batch has a time of its own instead of the window, and so is never too early; nobody's
    cover can begin after the last day of the year, however (DOMAIN 3.3, 5.4).
    """
    if enrolment_type is EnrolmentType.CENTRAL:
        return Coverage(enrolment_type, plan.coverage_start, plan.coverage_end, half_price=False)
    if submitted_on is None:
        raise ValueError("instant cover depends on the day of submission")
    if not reinstated and submitted_on < local_date(plan.instant_open_at):
        raise Refused("WIN-003", open=local_text(plan.instant_open_at))
    if submitted_on >= local_date(plan.instant_close_at):
        raise Refused("WIN-004", year=plan.plan_year)
    start = submitted_on + timedelta(days=1)
    if reinstated:
        start = max(start, plan.coverage_start)
    return Coverage(enrolment_type, start, plan.coverage_end, half_price(start, plan))


def reference_date(plan: PlanYear, enrolment_type: EnrolmentType, today: date, fixed: date | None = None) -> date:
    """The day on which ages are judged: the start of cover, for a submission `today` unless it is `fixed` (DOMAIN 8.2).

    Outside its window an instant roster has none, and still shows ages: as of tomorrow.
    """
    if fixed is not None:
        return fixed
    try:
        return coverage(plan, enrolment_type, today).start
    except Refused:
        return today + timedelta(days=1)


def half_price(start: date, plan: PlanYear) -> bool:
    """Whether the premium is halved: at most half a year is left, counted in calendar months (DOMAIN 5.4).

    A year that ends on 31 March turns on 1 October: submitted 30 September, cover from 1 October, half price.
    """
    return start >= plan.half_price_from


def waiting(plan: PlanYear, cover: Coverage, group: str) -> Waiting:
    """The waiting period of a group (A, B, C): it begins with the cover, its last day is still without (DOMAIN 6)."""
    days = plan.waiting_days[cover.enrolment_type][group]
    if days == 0:
        return Waiting(0, None, cover.start)
    effective_from = cover.start + timedelta(days=days)
    return Waiting(days, effective_from - timedelta(days=1), effective_from if effective_from <= cover.end else None)
