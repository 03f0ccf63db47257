"""Who may be insured: ages (DOMAIN 8.2, 16), and what 是否可参保 says of somebody on a roster (7.8)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.rules.months import birthday, months_after
from models.rules.person import EmploymentStatus, Sex
from models.rules.plan import PlanYear
from models.rules.plan_fields import AgeMode


@dataclass(frozen=True, slots=True)
class RetirementTrack:
    """One line of the decision of 2024-09-13: who is born so many months later retires one month later."""

    age: int
    first_born: date
    step_months: int
    cap_months: int

    def limit_reached_on(self, birth: date) -> date:
        """The statutory date; the day is clipped to the end of a shorter month."""
        return months_after(birth, 12 * self.age + self.delay_months(birth))

    def delay_months(self, birth: date) -> int:
        """Months beyond the old age, 0 for those born before the first month."""
        later = (birth.year - self.first_born.year) * 12 + birth.month - self.first_born.month
        return min(later // self.step_months + 1, self.cap_months) if later >= 0 else 0


# A law, the same for every plan year that follows it. The programme uses 55 for all women, hence no track of 50.
STATUTORY_2025 = {
    Sex.MALE: RetirementTrack(60, date(1965, 1, 1), 4, 36),
    Sex.FEMALE: RetirementTrack(55, date(1970, 1, 1), 4, 36),
}


def limit_reached_on(birth: date, sex: Sex, plan: PlanYear) -> date:
    """The day from which a person is over age: the birthday itself (DOMAIN 8.2)."""
    if plan.age_rule.mode is AgeMode.STATUTORY_2025:
        return STATUTORY_2025[sex].limit_reached_on(birth)
    return birthday(birth, plan.age_rule.limits[sex])


def over_age(birth: date, sex: Sex, reference: date, plan: PlanYear) -> bool:
    """在职超龄: the limit is reached on the reference date, which is the start of cover."""
    return reference >= limit_reached_on(birth, sex, plan)


def latest_births_over_age(reference: date, plan: PlanYear) -> dict[Sex, date]:
    """The latest birth, of each sex, that is over age on the reference date, to judge many people at once.

    Whoever is born earlier is over age as well, by either rule. The rule itself is asked, by halves.
    """
    return {sex: _latest_birth_over_age(sex, reference, plan) for sex in Sex}


def _latest_birth_over_age(sex: Sex, reference: date, plan: PlanYear) -> date:
    young, old = reference.toordinal(), date(1850, 1, 1).toordinal()
    while young - old > 1:
        middle = (young + old) // 2
        if over_age(date.fromordinal(middle), sex, reference, plan):
            old = middle
        else:
            young = middle
    return date.fromordinal(old)


def under_age(birth: date, reference: date, plan: PlanYear) -> bool:
    """Whether a person is younger than the plan's least age on the reference date (ROW-016)."""
    min_age = plan.age_rule.min_age
    # Most people are decades older: their year alone answers.
    return birth.year + min_age >= reference.year and reference < birthday(birth, min_age)


class WhyNot(StrEnum):
    """Why somebody on a roster can't be insured."""

    RETIRED = "retired"
    OCCUPIED = "occupied"
    OVER_AGE = "over_age"


WHY_NOT_TEXTS = {WhyNot.RETIRED: "退休", WhyNot.OCCUPIED: "已被占用", WhyNot.OVER_AGE: "超龄"}


def why_not_eligible(
    employment: EmploymentStatus, *, occupied: bool, over_age: bool, promised: bool = False
) -> WhyNot | None:
    """The first reason of those that apply, None for 是 (DOMAIN 7.8).

    `occupied`: claimed by another batch; `promised`: the unit has promised 医保享受在职待遇.
    """
    if employment is EmploymentStatus.RETIRED:
        return WhyNot.RETIRED
    if occupied:
        return WhyNot.OCCUPIED
    return WhyNot.OVER_AGE if over_age and not promised else None


def eligible_text(why_not: WhyNot | None, *, over_age: bool) -> str:
    """是否可参保 as rosters show it: 是, 否(退休), and 是(超龄已承诺) of somebody over age who can be insured."""
    if why_not:
        return f"否({WHY_NOT_TEXTS[why_not]})"
    return "是(超龄已承诺)" if over_age else "是"
