"""保障项目 as forms offer them: for the estimate of an upload, and for the choice of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from models.rules.plan import PlanYear
from models.rules.plan_fields import Project, Tier

TIER_TEXTS = {Tier.BASIC: "基本保障层", Tier.ENHANCED: "加强保障层", Tier.CUSTOM: "个性化保障层"}
TIER_RULES = {Tier.BASIC: "至少选 1 种", Tier.ENHANCED: "每列限 1 种", Tier.CUSTOM: "与市职保会约定的项目"}

_ONE_OF = "enhanced-"
"""Begins the name of a field of which one project is chosen."""


@dataclass(frozen=True, slots=True)
class ProjectGroup:
    """在职住院, 特种重病 or 意外伤害, with the codes that can be ticked."""

    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One 保障层 of 保费一览表: for each group, by its letter, the projects of this tier."""

    tier: Tier
    cells: Mapping[str, Sequence[Project]]

    @property
    def text(self) -> str:
        """基本保障层."""
        return TIER_TEXTS[self.tier]

    @property
    def rule(self) -> str:
        """How many may be chosen."""
        return TIER_RULES[self.tier]

    @property
    def one_of_each(self) -> bool:
        """Whether a group's projects exclude each other."""
        return self.tier is Tier.ENHANCED


def offered(plan: PlanYear) -> list[ProjectGroup]:
    """Every project of the plan, by group, in the order of 保费一览表; `plan` is the one offered to the unit."""
    return [
        ProjectGroup(name, tuple(code for code, project in plan.projects.items() if project.group == letter))
        for letter, name in plan.groups.items()
    ]


def plan_rows(plan: PlanYear) -> list[PlanRow]:
    """The plan offered to the unit, tier by tier; tiers without a project are left out."""
    rows = [
        PlanRow(
            tier,
            {
                letter: [each for each in plan.projects.values() if (each.tier, each.group) == (tier, letter)]
                for letter in plan.groups
            },
        )
        for tier in Tier
    ]
    return [row for row in rows if any(row.cells.values())]


def ticked_projects(form: MultiDict[str, str]) -> list[str]:
    """What was chosen in the form of the plan, each code as often as it was sent."""
    return [
        value
        for name, values in form.lists()
        if name == "projects" or name.startswith(_ONE_OF)
        for value in values
        if value
    ]


def in_words(codes: Sequence[str]) -> str:
    """A0 B0 C0."""
    return " ".join(codes)


def by_tier(codes: Sequence[str], plan: PlanYear) -> str:
    """A0 B0 C0 + A1 B1 C1; `codes` in the plan's order."""
    tiers = ([code for code in codes if plan.projects[code].tier is tier] for tier in Tier)
    return " + ".join(in_words(tier) for tier in tiers if tier)
