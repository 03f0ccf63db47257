"""保障项目 as the upload form offers them for the estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.plan import PlanYear
from models.rules.plan_fields import Tier


@dataclass(frozen=True, slots=True)
class ProjectGroup:
    """在职住院, 特种重病 or 意外伤害, with the codes that can be ticked."""

    name: str
    codes: tuple[str, ...]


def offered(plan: PlanYear) -> list[ProjectGroup]:
    """Every project that all units may choose, by group, in the order of 保费一览表."""
    return [
        ProjectGroup(
            name,
            tuple(
                code
                for code, project in plan.projects.items()
                if project.group == letter and project.tier is not Tier.CUSTOM
            ),
        )
        for letter, name in plan.groups.items()
    ]


def in_words(codes: Sequence[str]) -> str:
    """A0 B0 C0."""
    return " ".join(codes)
