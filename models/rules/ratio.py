"""单位社保比例校验: the share of a 社保编码's in-service people that takes part (DOMAIN 8.4)."""

from __future__ import annotations

from dataclasses import dataclass

from models.rules.plan_fields import RatioRule


@dataclass(frozen=True, slots=True)
class Ratio:
    """One 社保编码 of a roster. What was not checked has `ok` None: 免校验, or its total is not known (VAL-010)."""

    si_unit_code: str
    people: int
    """社保在职人员拟参保数: of this roster, and of others that were claimed this year."""
    total: int | None
    """社保在职人员总数; None where nobody has told us."""
    min_percent: int
    need: int | None
    """The least number of people; None without a total."""
    ok: bool | None

    @property
    def percent(self) -> str:
        """The share in per cent, cut off after two decimals, so that 74.999 never reads 75. Empty without a total."""
        if not self.total:
            return ""
        hundredths = self.people * 10_000 // self.total
        return f"{hundredths // 100}.{hundredths % 100:02}"


def ratio(si_unit_code: str, people: int, total: int | None, rule: RatioRule, *, exempt: bool = False) -> Ratio:
    """Judge one 社保编码: people × 100 ≥ total × per cent, in integers. More people than the total pass."""
    percent = min_percent(total, rule)
    if not total:
        return Ratio(si_unit_code, people, None, percent, None, None)
    need = -(-total * percent // 100)
    return Ratio(si_unit_code, people, total, percent, need, None if exempt else people >= need)


def min_percent(total: int | None, rule: RatioRule) -> int:
    """The share asked of a unit of this size: small ones may have a share of their own (DOMAIN 16, 2024)."""
    small = rule.small_unit_max_headcount
    if total and small is not None and rule.small_unit_percent is not None and total <= small:
        return rule.small_unit_percent
    return rule.min_percent
