"""What the pages of projects and premium say about a premium beside its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.queries.deadlines import deadlines_of
from models.queries.premium import PremiumSeen
from models.records.batch import Batch
from models.rules.coverage import Coverage, waiting
from models.rules.money import yuan
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.pricing import personal_projects
from web.formats import in_words


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """A group of projects as the head of its column; `waiting` says from when its cover takes effect."""

    letter: str
    name: str
    waiting: str


@dataclass(frozen=True, slots=True)
class Totals:
    """总计 of the premium table: everybody of either kind is in each of its lines, or in none."""

    si_people: int
    si_fen: int
    other_people: int
    other_fen: int

    @classmethod
    def of(cls, seen: PremiumSeen) -> Totals:
        """Summed up from the lines."""
        lines = seen.table["lines"]
        return cls(
            si_people=max(line["si_people"] for line in lines),
            si_fen=sum(line["si_fen"] for line in lines),
            other_people=max(line["other_people"] for line in lines),
            other_fen=sum(line["other_fen"] for line in lines),
        )

    @property
    def people(self) -> int:
        """Everybody of the roster."""
        return self.si_people + self.other_people


def plan_columns(plan: PlanYear, batch: Batch) -> list[PlanColumn]:
    """The groups of the plan; before 清册提交 nobody knows yet from when a waiting period counts."""
    cover = None
    if batch.coverage_start is not None and batch.coverage_end is not None:
        kind = EnrolmentType(batch.enrolment_type)
        cover = Coverage(kind, batch.coverage_start, batch.coverage_end, bool(batch.half_price))
    return [PlanColumn(letter, name, _waiting_words(plan, cover, letter)) for letter, name in plan.groups.items()]


def each_pays(seen: PremiumSeen, totals: Totals) -> str:
    """社保人员每人 455.00 元，非社保人员每人 345.00 元（不含 A0）: of those who are on the roster."""
    parts = []
    if totals.si_people:
        parts.append(f"社保人员每人 {yuan(seen.of(has_si=True).charge_fen)} 元")
    if totals.other_people:
        projects = seen.preview.projects
        without = sorted(set(projects) - set(personal_projects(projects, has_si=False, plan=seen.plan)))
        left_out = f"（不含 {'、'.join(without)}）" if without else ""
        parts.append(f"非社保人员每人 {yuan(seen.of(has_si=False).charge_fen)} 元{left_out}")
    return "，".join(parts)


def confirm_by(batch: Batch, plan: PlanYear) -> str:
    """Until when the premium is to be confirmed, in words; empty where the strip over the page says it."""
    before = deadlines_of(batch, plan).confirm_before
    return f"请在 {in_words(before)} 前提交确认保费，逾期批次失效" if before is not None else ""


def is_late(batch: Batch, today: date) -> bool:
    """已逾期: the day of payment is over, and the voucher may still be submitted (DOMAIN 11.2).

    Never of a batch that was reinstated: its own deadline stands for all (DOMAIN 3.3).
    """
    return batch.reinstated_until is None and batch.payment_due_on is not None and today > batch.payment_due_on


def reinstated_words(moment: datetime | None) -> str:
    """The one deadline of a batch that was reinstated."""
    return f"本批次已恢复，请在 {in_words(moment)} 前办完" if moment is not None else ""


def _waiting_words(plan: PlanYear, cover: Coverage | None, letter: str) -> str:
    if cover is None:
        return ""
    period = waiting(plan, cover, letter)
    if period.last_day is None:
        return "无免责期"
    if period.never_effective:
        return f"免责期 {period.days} 天，至 {period.last_day}，覆盖全部保障期"
    return f"免责期 {period.days} 天，至 {period.last_day}"
