"""预估保费: what the roster would cost, over whom and by which projects (DOMAIN 7.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from models.queries.roster import is_over_age, reference_date
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.rules.coverage import coverage
from models.rules.lifecycle import CLAIMING, BatchState
from models.rules.person import EmploymentStatus
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.pricing import quote
from models.rules.refusal import Refused

TOOK_PART = CLAIMING - {BatchState.ROSTER_SUBMITTED}
"""States in which a central batch has taken part, so that instant ones use its projects (DOMAIN 5.5)."""


class Headcount(NamedTuple):
    """The people of a roster as an estimate counts them."""

    insured: int
    """With social insurance."""
    others: int
    """Without it, and not 退休."""
    waiting: int
    """Of the others those over age: they are priced, since they may be set in service, and counted in a note."""
    retired: int
    """退休, not priced."""


class Basis(NamedTuple):
    """The projects of an estimate and where they come from: `locked`, `chosen` or `default`."""

    projects: list[str]
    origin: str


def basis_of(session: Session, batch: Batch, chosen: Sequence[str] | None, plan: PlanYear) -> Basis:
    """The projects of the estimate: locked by the central batch, ticked in the form, or the three basics."""
    if batch.enrolment_type == EnrolmentType.INSTANT:
        central = session.scalars(
            select(Batch).where(
                Batch.code_id == batch.code_id,
                Batch.plan_year == batch.plan_year,
                Batch.enrolment_type == EnrolmentType.CENTRAL,
                Batch.state.in_(TOOK_PART),
            )
        ).first()
        if central is not None and central.projects:
            return Basis(list(central.projects), "locked")
    if chosen:
        return Basis(list(chosen), "chosen")
    return Basis(sorted(plan.basics), "default")


def headcount(session: Session, batch_id: int, plan: PlanYear, reference: date) -> Headcount:
    """The people on the roster now; `reference` is the day on which ages are judged. One statement."""
    is_retired = BatchPerson.employment_status == EmploymentStatus.RETIRED
    without = and_(BatchPerson.has_si.is_(False), ~is_retired)
    insured, others, waiting, retired = session.execute(
        select(
            func.count().filter(BatchPerson.has_si.is_(True)),
            func.count().filter(without),
            func.count().filter(without, is_over_age(plan, reference)),
            func.count().filter(is_retired),
        ).where(BatchPerson.batch_id == batch_id)
    ).one()
    return Headcount(insured, others, waiting, retired)


def form_estimate(basis: Basis, heads: Headcount, batch: Batch, plan: PlanYear, today: date) -> dict[str, Any]:
    """The estimate as it is stored. Without a premium that can be formed: `code` and `values` instead of a total.

    `today` is the business date of receipt: on it half price depends.
    """
    estimate: dict[str, Any] = {"projects": basis.projects, "basis": basis.origin}
    estimate |= {"si_people": heads.insured, "other_people": heads.others}
    estimate |= {"over_age_without_si": heads.waiting, "retired": heads.retired}
    try:
        cover = coverage(plan, EnrolmentType(batch.enrolment_type), today)
        locked = basis.origin == "locked"
        premium = quote(basis.projects, heads.insured, heads.others, plan, cover.half_price, locked=locked)
    except Refused as refused:
        estimate |= {"code": refused.code, "values": refused.values}
    else:
        estimate["total_fen"] = premium.total_fen
        estimate["half_price"] = cover.half_price
    return estimate


def estimate_now(
    session: Session, batch: Batch, chosen: Sequence[str] | None, plan: PlanYear, today: date
) -> dict[str, Any]:
    """The estimate over everybody who is on the roster now; `chosen` are the projects ticked in the upload form."""
    basis = basis_of(session, batch, chosen, plan)
    heads = headcount(session, batch.id, plan, reference_date(batch, plan, today))
    return form_estimate(basis, heads, batch, plan, today)
