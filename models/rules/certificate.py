"""保障单: what it says of each project (DOMAIN 6, 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.rules.coverage import Coverage, waiting
from models.rules.plan import PlanYear
from models.rules.selection import in_plan_order


@dataclass(frozen=True, slots=True)
class InsuredProject:
    """One project as the 保障单 prints it: cover begins on `start`, and pays from `effective_from` on."""

    code: str
    group_name: str
    start: date
    waiting_until: date | None
    """The last day of 免责期; None where there is none."""
    effective_from: date | None
    """None where cover ends before it takes effect."""
    accidents_excepted: bool
    """免责期 does not apply to what an accident causes."""
    people: int


def insured_projects(
    projects: Sequence[str], plan: PlanYear, cover: Coverage, si_people: int, other_people: int
) -> list[InsuredProject]:
    """Each project that somebody has, in the order of premium tables; A0 is for people with social insurance only."""
    found = []
    for code in in_plan_order(projects, plan):
        people = si_people if code in plan.si_only else si_people + other_people
        project = plan.projects[code]
        period = waiting(plan, cover, project.group)
        excepted = f"{project.group}_{project.tier}" in plan.waiting_accident_exempt_groups and period.days > 0
        if people:
            found.append(
                InsuredProject(
                    code,
                    plan.groups[project.group],
                    cover.start,
                    period.last_day,
                    period.effective_from,
                    excepted,
                    people,
                )
            )
    return found
