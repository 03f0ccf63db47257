"""The plan year: dates, prices, ages and periods as data (DOMAIN 3.2), and when its windows are open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from config.clock import SHANGHAI, local_text
from models.rules.months import months_before
from models.rules.plan_fields import (
    AgeRule,
    BankAccount,
    Combo,
    Fields,
    PlanInvalid,
    Project,
    RatioRule,
    Reminders,
    Tier,
    read_projects,
)
from models.rules.refusal import Refused


class EnrolmentType(StrEnum):
    """参保类型: in the yearly window, or during the year."""

    CENTRAL = "central"
    INSTANT = "instant"

    @property
    def text(self) -> str:
        """集中参保, 即时参保."""
        return ENROLMENT_TEXTS[self]


ENROLMENT_TEXTS = {EnrolmentType.CENTRAL: "集中参保", EnrolmentType.INSTANT: "即时参保"}


@dataclass(frozen=True)
class PlanYear:
    """保障年度. A batch carries its plan year; two of them may be open at the same time (DOMAIN 3.2)."""

    plan_year: str
    name: str
    coverage_start: date
    coverage_end: date
    central_open_at: datetime
    central_close_at: datetime
    instant_open_at: datetime
    central_payment_close_on: date
    payment_days: int
    upload_grace_days: int
    resubmit_days: int
    fee_confirm_days_instant: int
    half_price_months: int
    waiting_days: Mapping[EnrolmentType, Mapping[str, int]]
    """Days without cover at the beginning, by the letter of the group."""
    waiting_accident_exempt_groups: frozenset[str]
    """Such as A_enhanced: group and tier whose waiting period spares accidents."""
    age_rule: AgeRule
    ratio_rule: RatioRule
    combo: Combo
    si_only: frozenset[str]
    """Projects for people with social insurance only."""
    roster_import_max_rows: int
    expired_retention_days: int
    import_retention_days: int
    reminders: Reminders
    bank_account: BankAccount
    groups: Mapping[str, str]
    """Letter and name: A is 在职住院."""
    projects: Mapping[str, Project]
    """By code, in the order of 保费一览表."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> PlanYear:
        """A plan year from the form of DOMAIN 3.2. Raises PlanInvalid, also for a price that cannot be halved."""
        fields = Fields(data)
        if fields.text("time_zone") != SHANGHAI.key:
            raise PlanInvalid(f"time_zone must be {SHANGHAI.key}", field="time_zone", reason="choice")
        projects = read_projects(fields)
        letters = dict.fromkeys(project.group for project in projects.values())
        waiting = fields.table("waiting_days")
        plan = cls(
            plan_year=fields.text("plan_year"),
            name=fields.text("name"),
            coverage_start=fields.day("coverage_start"),
            coverage_end=fields.day("coverage_end"),
            central_open_at=fields.moment("central_open_at"),
            central_close_at=fields.moment("central_close_at"),
            instant_open_at=fields.moment("instant_open_at"),
            central_payment_close_on=fields.day("central_payment_close_on"),
            payment_days=fields.whole("payment_days"),
            upload_grace_days=fields.whole("upload_grace_days"),
            resubmit_days=fields.whole("resubmit_days"),
            fee_confirm_days_instant=fields.whole("fee_confirm_days_instant"),
            half_price_months=fields.whole("half_price_months"),
            waiting_days={
                enrolment_type: {letter: waiting.table(enrolment_type).whole(letter) for letter in letters}
                for enrolment_type in EnrolmentType
            },
            waiting_accident_exempt_groups=frozenset(fields.texts("waiting_accident_exempt_groups")),
            age_rule=AgeRule.read(fields.table("age_rule")),
            ratio_rule=RatioRule.read(fields.table("ratio_rule")),
            combo=Combo.read(fields.table("combo")),
            si_only=frozenset(fields.texts("si_only")),
            roster_import_max_rows=fields.whole("roster_import_max_rows"),
            expired_retention_days=fields.whole("expired_retention_days"),
            import_retention_days=fields.whole("import_retention_days"),
            reminders=Reminders.read(fields.table("reminders")),
            bank_account=BankAccount.read(fields.table("bank_account")),
            groups={
                letter: fields.table("groups").text(letter) if fields.has("groups") else letter for letter in letters
            },
            projects=projects,
        )
        plan._refuse_contradictions()
        return plan

    def as_offered_to(self, enrolment_codes: Collection[str]) -> PlanYear:
        """The plan with 个性化保障层 of these units alone: to everybody else it does not exist (DOMAIN 4.1)."""
        seen = {
            code: project
            for code, project in self.projects.items()
            if project.tier is not Tier.CUSTOM or not project.only_for.isdisjoint(enrolment_codes)
        }
        return replace(self, projects=seen)

    def _refuse_contradictions(self) -> None:
        if self.coverage_end < self.coverage_start:
            raise _contradiction("coverage_end", "is before coverage_start")
        if self.central_close_at <= self.central_open_at:
            raise _contradiction("central_close_at", "is not after central_open_at")
        if self.instant_close_at <= self.instant_open_at:
            raise _contradiction("instant_open_at", "is not before the last day of cover")
        for field, codes in (("si_only", sorted(self.si_only)), ("combo.items", self.combo.items)):
            unknown = [code for code in codes if code not in self.projects]
            if unknown:
                raise _contradiction(field, f"has no price for {', '.join(unknown)}")
        if self.combo.price_fen > sum(self.projects[code].price_fen for code in self.combo.items):
            raise _contradiction("combo.price_fen", "is more than its items cost one by one")

    @cached_property
    def half_price_from(self) -> date:
        """The first start of cover at half price: so many calendar months are left, not days (DOMAIN 5.4)."""
        return months_before(self.coverage_end + timedelta(days=1), self.half_price_months)

    @cached_property
    def instant_close_at(self) -> datetime:
        """The last day of cover at 00:00: a roster submitted on it would be covered from the day after the end."""
        return datetime.combine(self.coverage_end, time(), tzinfo=SHANGHAI)

    @cached_property
    def prices_fen(self) -> Mapping[str, int]:
        """Code and price of one person for a full year."""
        return {code: project.price_fen for code, project in self.projects.items()}

    @cached_property
    def basics(self) -> frozenset[str]:
        """Codes of 基本保障层."""
        return frozenset(code for code, project in self.projects.items() if project.tier is Tier.BASIC)


def window_refusal(
    plan: PlanYear, enrolment_type: EnrolmentType, now: datetime, central_close_at: datetime | None = None
) -> Refused | None:
    """Why nobody may enrol at `now`, the time of receipt; None while the window is open (DOMAIN 3.3).

    Windows are half-open: 17:00:00 is too late when the window ends at 17:00. `central_close_at` is a unit's own
    extension (DOMAIN 5.6); one before the plan's close changes nothing.
    """
    if enrolment_type is EnrolmentType.CENTRAL:
        close_at = max(plan.central_close_at, central_close_at or plan.central_close_at)
        if now < plan.central_open_at:
            return Refused("WIN-001", open=local_text(plan.central_open_at), close=local_text(close_at))
        return Refused("WIN-002", close=local_text(close_at)) if now >= close_at else None
    if now < plan.instant_open_at:
        return Refused("WIN-003", open=local_text(plan.instant_open_at))
    return Refused("WIN-004", year=plan.plan_year) if now >= plan.instant_close_at else None


def _contradiction(field: str, message: str) -> PlanInvalid:
    return PlanInvalid(f"{field} {message}", field=field, reason=f"contradiction:{field}")
