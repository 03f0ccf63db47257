"""预估保费: who is counted how, by which projects, and what it comes to (DOMAIN 7.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from models.rules.coverage import coverage
from models.rules.person import EmploymentStatus
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.pricing import quote
from models.rules.refusal import Refused


class CountedAs(StrEnum):
    """What somebody on a roster is to a premium; everybody is exactly one of these."""

    INSURED = "insured"
    """With social insurance."""
    OTHER = "other"
    """Without it."""
    WAITING = "waiting"
    """Without it and over age: priced like the others, since they may be set in service, and counted in a note."""
    RETIRED = "retired"
    """退休, not priced."""


_COUNTED_AS = {
    EmploymentStatus.IN_SERVICE: CountedAs.INSURED,
    EmploymentStatus.UNKNOWN: CountedAs.OTHER,
    EmploymentStatus.RETIRED: CountedAs.RETIRED,
}
_OVER_AGE_COUNTED_AS = _COUNTED_AS | {EmploymentStatus.UNKNOWN: CountedAs.WAITING}


def counts_as(status: EmploymentStatus, over_age: bool) -> CountedAs:
    """How somebody is counted. Social insurance is not asked for: who is 在职 has it, nobody else (DOMAIN 7.6)."""
    return (_OVER_AGE_COUNTED_AS if over_age else _COUNTED_AS)[status]


class Headcount(NamedTuple):
    """The people of a roster as a premium and its notes name them."""

    insured: int
    others: int
    """Without social insurance and not 退休, those over age among them."""
    waiting: int
    """Of the others those over age."""
    retired: int

    @classmethod
    def of(cls, counted: Counter[CountedAs]) -> Headcount:
        """From how many people are counted as what."""
        return cls(
            insured=counted[CountedAs.INSURED],
            others=counted[CountedAs.OTHER] + counted[CountedAs.WAITING],
            waiting=counted[CountedAs.WAITING],
            retired=counted[CountedAs.RETIRED],
        )


class Basis(NamedTuple):
    """The projects of an estimate and where they come from: `locked`, `chosen` or `default`."""

    projects: list[str]
    origin: str


def choose_basis(central: Sequence[str] | None, chosen: Sequence[str] | None, plan: PlanYear) -> Basis:
    """The projects of the estimate: locked by the central batch, ticked in the form, or the three basics.

    `central` is, for an instant batch, what its unit took in the central enrolment of the same year (DOMAIN 5.5).
    """
    if central:
        return Basis(list(central), "locked")
    if chosen:
        return Basis(list(chosen), "chosen")
    return Basis(sorted(plan.basics), "default")


def form_estimate(
    basis: Basis, heads: Headcount, enrolment_type: EnrolmentType, plan: PlanYear, today: date
) -> dict[str, Any]:
    """The estimate as it is stored. Without a premium that can be formed: `code` and `values` instead of a total.

    `today` is the business date of receipt: on it half price depends.
    """
    estimate: dict[str, Any] = {"projects": basis.projects, "basis": basis.origin}
    estimate |= {"si_people": heads.insured, "other_people": heads.others}
    estimate |= {"over_age_without_si": heads.waiting, "retired": heads.retired}
    try:
        cover = coverage(plan, enrolment_type, today)
        locked = basis.origin == "locked"
        premium = quote(basis.projects, heads.insured, heads.others, plan, cover.half_price, locked=locked)
    except Refused as refused:
        estimate |= {"code": refused.code, "values": refused.values}
    else:
        estimate["total_fen"] = premium.total_fen
        estimate["half_price"] = cover.half_price
    return estimate
