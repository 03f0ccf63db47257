"""Which projects may be chosen together (DOMAIN 5.1)."""

from collections import Counter
from collections.abc import Sequence

from models.rules.plan import PlanYear
from models.rules.plan_fields import Tier
from models.rules.refusal import Refused


def check_selection(projects: Sequence[str], plan: PlanYear) -> None:
    """Raises Refused for the first rule that a selection breaks: PRJ-004, PRJ-005, PRJ-001, PRJ-003, PRJ-002."""
    if len(set(projects)) < len(projects):
        raise Refused("PRJ-004")
    for code in projects:
        if code not in plan.projects:
            raise Refused("PRJ-005", project=code)
    if not projects:
        raise Refused("PRJ-001")
    if plan.basics.isdisjoint(projects):
        raise Refused("PRJ-003")
    enhanced = Counter(plan.projects[code].group for code in projects if plan.projects[code].tier is Tier.ENHANCED)
    for group, chosen in sorted(enhanced.items()):
        if chosen > 1:
            raise Refused("PRJ-002", group=plan.groups[group])


def in_plan_order(projects: Sequence[str], plan: PlanYear) -> list[str]:
    """A valid selection in the order of premium tables: basics, then enhanced, then custom projects."""
    order = {code: index for index, code in enumerate(plan.projects)}
    tiers = list(Tier)
    return sorted(projects, key=lambda code: (tiers.index(plan.projects[code].tier), order[code]))
