"""Premiums in whole fen: for one person, and for a batch line by line (DOMAIN 5.2, 5.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.rules.coverage import Coverage, waiting
from models.rules.plan import PlanYear
from models.rules.refusal import Refused
from models.rules.selection import check_selection, in_plan_order

_WARNINGS = frozenset({"PRJ-008", "PRJ-010"})


@dataclass(frozen=True, slots=True)
class Priced:
    """What one person takes at one price: a project, or the three basics together."""

    projects: tuple[str, ...]
    price_fen: int
    discount_fen: int = 0

    def charge_fen(self, half_price: bool) -> int:
        """To pay; the plan holds even amounts only, so the half is exact."""
        annual_fen = self.price_fen - self.discount_fen
        return annual_fen // 2 if half_price else annual_fen


@dataclass(frozen=True, slots=True)
class PersonalPremium:
    """What one person takes and pays; price and discount are for a full year, also at half price."""

    projects: tuple[str, ...]
    price_fen: int
    discount_fen: int
    ratio_percent: int
    charge_fen: int


@dataclass(frozen=True, slots=True)
class PremiumLine:
    """One row of the premium table; price and discount are one person's for a full year, also at half price."""

    projects: tuple[str, ...]
    price_fen: int
    discount_fen: int
    ratio_percent: int
    si_people: int
    si_fen: int
    other_people: int
    other_fen: int
    total_fen: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the clerk must know before confirming; it refuses nothing."""

    code: str
    projects: tuple[str, ...] = ()
    last_day: date | None = None
    """Of the waiting period; `date` in JSON and in the text."""
    people: int | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Notice:
        """What `as_data` gave."""
        last_day = date.fromisoformat(data["date"]) if "date" in data else None
        return cls(data["code"], tuple(data.get("projects", ())), last_day, data.get("people"))

    def as_data(self) -> dict[str, Any]:
        """For JSON: only what the notice has."""
        data: dict[str, Any] = {"code": self.code}
        if self.projects:
            data["projects"] = list(self.projects)
        if self.last_day is not None:
            data["date"] = self.last_day.isoformat()
        if self.people is not None:
            data["people"] = self.people
        return data

    @property
    def is_warning(self) -> bool:
        """Whether it must be ticked 已知晓 (PRJ-012)."""
        return self.code in _WARNINGS

    @property
    def values(self) -> dict[str, str | int]:
        """The placeholders of the text."""
        values: dict[str, str | int] = {}
        if self.projects:
            values["projects"] = "、".join(self.projects)
        if self.last_day is not None:
            values["date"] = self.last_day.isoformat()
        if self.people is not None:
            values["n"] = self.people
        return values


@dataclass(frozen=True, slots=True)
class Premium:
    """保费: the table of 生成保费信息 with its 总计."""

    total_fen: int
    lines: list[PremiumLine]
    notices: list[Notice]

    def as_data(self) -> dict[str, Any]:
        """For JSON: `{total_fen, lines, notices}`."""
        lines = [{name: getattr(line, name) for name in PremiumLine.__slots__} for line in self.lines]
        for line in lines:
            line["projects"] = list(line["projects"])
        return {"total_fen": self.total_fen, "lines": lines, "notices": [each.as_data() for each in self.notices]}


def personal_projects(projects: Iterable[str], has_si: bool, plan: PlanYear) -> list[str]:
    """What one person gets of the unit's selection: A0 is for people with social insurance only (DOMAIN 4.2)."""
    return [code for code in projects if has_si or code not in plan.si_only]


def priced(projects: Sequence[str], has_si: bool, plan: PlanYear) -> list[Priced]:
    """One person's projects with their prices, basics first; the combo as one where the person has all of it."""
    mine = in_plan_order(personal_projects(projects, has_si, plan), plan)
    items = plan.combo.items
    result = []
    if set(items) <= set(mine):
        list_price_fen = sum(plan.projects[code].price_fen for code in items)
        result.append(Priced(items, list_price_fen, list_price_fen - plan.combo.price_fen))
        mine = [code for code in mine if code not in items]
    return result + [Priced((code,), plan.projects[code].price_fen) for code in mine]


def personal_premium(projects: Sequence[str], has_si: bool, plan: PlanYear, half_price: bool) -> PersonalPremium:
    """One person's line of 保费详情, under a selection that `check_selection` has passed."""
    items = priced(projects, has_si, plan)
    return PersonalPremium(
        projects=tuple(code for item in items for code in item.projects),
        price_fen=sum(item.price_fen for item in items),
        discount_fen=sum(item.discount_fen for item in items),
        ratio_percent=_ratio_percent(half_price),
        charge_fen=sum(item.charge_fen(half_price) for item in items),
    )


def charge_fen(projects: Sequence[str], has_si: bool, plan: PlanYear, half_price: bool) -> int:
    """What one person costs, under a selection that `check_selection` has passed."""
    return personal_premium(projects, has_si, plan, half_price).charge_fen


def quote(
    projects: Sequence[str],
    si_people: int,
    other_people: int,
    plan: PlanYear,
    half_price: bool,
    *,
    cover: Coverage | None = None,
    locked: bool = False,
) -> Premium:
    """The premium of a batch: so many people with social insurance, so many without.

    `cover` adds the notices on waiting periods; `locked` says that the projects are those of the unit's central
    enrolment, so that the clerk cannot add one. Raises Refused in the order of DOMAIN 5.1: the selection's codes,
    VAL-001 for nobody, PRJ-006 (PRJ-011 if locked) where somebody is left without a basic.
    """
    check_selection(projects, plan)
    if si_people + other_people == 0:
        raise Refused("VAL-001")
    if other_people and plan.basics.isdisjoint(personal_projects(projects, has_si=False, plan=plan)):
        raise Refused("PRJ-011" if locked else "PRJ-006", n=other_people)
    si_items = priced(projects, has_si=True, plan=plan) if si_people else []
    other_items = priced(projects, has_si=False, plan=plan) if other_people else []
    lines = []
    for item in _in_table_order({*si_items, *other_items}, plan):
        fen = item.charge_fen(half_price)
        si = si_people if item in si_items else 0
        other = other_people if item in other_items else 0
        lines.append(
            PremiumLine(
                projects=item.projects,
                price_fen=item.price_fen,
                discount_fen=item.discount_fen,
                ratio_percent=_ratio_percent(half_price),
                si_people=si,
                si_fen=si * fen,
                other_people=other,
                other_fen=other * fen,
                total_fen=(si + other) * fen,
            )
        )
    taken = {code for line in lines for code in line.projects}
    notices = [*_waiting_notices(taken, plan, cover), *_si_only_notices(projects, si_people, plan)]
    return Premium(sum(line.total_fen for line in lines), lines, notices)


def _ratio_percent(half_price: bool) -> int:
    """计费比例."""
    return 50 if half_price else 100


def _in_table_order(items: Iterable[Priced], plan: PlanYear) -> list[Priced]:
    order = {code: index for index, code in enumerate(in_plan_order(list(plan.projects), plan))}
    return sorted(items, key=lambda item: order[item.projects[0]])


def _waiting_notices(taken: set[str], plan: PlanYear, cover: Coverage | None) -> list[Notice]:
    """PRJ-008 and PRJ-010: projects whose waiting period takes up all the cover, together where it ends together."""
    found: dict[tuple[str, date], list[str]] = {}
    if cover is not None:
        for code in in_plan_order(list(taken), plan):
            project = plan.projects[code]
            period = waiting(plan, cover, project.group)
            if period.never_effective and period.last_day is not None:
                spares_accidents = f"{project.group}_{project.tier}" in plan.waiting_accident_exempt_groups
                found.setdefault(("PRJ-010" if spares_accidents else "PRJ-008", period.last_day), []).append(code)
    return [Notice(code, tuple(codes), last_day) for (code, last_day), codes in sorted(found.items())]


def _si_only_notices(projects: Sequence[str], si_people: int, plan: PlanYear) -> list[Notice]:
    return [Notice("PRJ-009")] if not si_people and not plan.si_only.isdisjoint(projects) else []
