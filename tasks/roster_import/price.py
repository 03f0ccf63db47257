"""计费: what the roster would cost after this import (预估保费, DOMAIN 7.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from models.queries.roster import is_over_age
from models.records.batch import Batch
from models.records.database import reading
from models.records.person import BatchPerson
from models.rules.coverage import coverage
from models.rules.eligibility import over_age
from models.rules.findings import Outcome
from models.rules.lifecycle import CLAIMING, BatchState
from models.rules.person import EmploymentStatus
from models.rules.plan import EnrolmentType
from models.rules.pricing import quote
from models.rules.refusal import Refused
from tasks.jobs import Lease
from tasks.roster_import.dedupe import Entry
from tasks.roster_import.read import Work

TOOK_PART = CLAIMING - {BatchState.ROSTER_SUBMITTED}
"""States in which a central batch has taken part, so that instant ones use its projects (DOMAIN 5.5)."""


def price(entries: Sequence[Entry], work: Work, lease: Lease) -> dict[str, Any]:
    """The estimate over everybody on the roster after this import except 退休, with its basis.

    A check-only run counts the people it would add. Without a premium that can be formed: `{code, values, …}`.
    """
    lease.begin_stage("price", len(entries))
    with reading() as session:
        projects, basis = _basis(session, work)
        insured, others, waiting, retired = _stored(session, work)
    reference, plan = work.reference, work.plan
    for entry in entries:
        person, seen = entry.checked.person, entry.seen
        if person is None or entry.outcome not in (Outcome.ADDED, Outcome.UPDATED):
            continue
        retired += entry.employment_status is EmploymentStatus.RETIRED
        retired -= seen is not None and seen.employment_status is EmploymentStatus.RETIRED
        if seen is not None and seen.employment_status is not EmploymentStatus.RETIRED:
            insured -= seen.has_si
            others -= not seen.has_si
            waiting -= not seen.has_si and over_age(person.birth, person.sex, reference, plan)
        if entry.employment_status is not EmploymentStatus.RETIRED:
            insured += entry.has_si
            others += not entry.has_si
            waiting += not entry.has_si and over_age(person.birth, person.sex, reference, plan)
    estimate: dict[str, Any] = {"projects": projects, "basis": basis, "si_people": insured, "other_people": others}
    estimate |= {"over_age_without_si": waiting, "retired": retired}
    try:
        cover = coverage(work.plan, EnrolmentType(work.batch.enrolment_type), work.today)
        premium = quote(projects, insured, others, work.plan, cover.half_price, locked=basis == "locked")
    except Refused as refused:
        estimate |= {"code": refused.code, "values": refused.values}
    else:
        estimate["total_fen"] = premium.total_fen
        estimate["half_price"] = cover.half_price
    lease.report(len(entries))
    return estimate


def _basis(session: Session, work: Work) -> tuple[list[str], str]:
    """The projects of the estimate: locked by the central batch, ticked in the form, or the three basics."""
    if work.batch.enrolment_type == EnrolmentType.INSTANT:
        central = session.scalars(
            select(Batch).where(
                Batch.code_id == work.batch.code_id,
                Batch.plan_year == work.batch.plan_year,
                Batch.enrolment_type == EnrolmentType.CENTRAL,
                Batch.state.in_(TOOK_PART),
            )
        ).first()
        if central is not None and central.projects:
            return list(central.projects), "locked"
    if work.upload.projects:
        return list(work.upload.projects), "chosen"
    return sorted(work.plan.basics), "default"


def _stored(session: Session, work: Work) -> tuple[int, int, int, int]:
    """People already on the roster: with social insurance, without, over age among the latter, and 退休."""
    is_retired = BatchPerson.employment_status == EmploymentStatus.RETIRED
    without = and_(BatchPerson.has_si.is_(False), ~is_retired)
    insured, others, waiting, retired = session.execute(
        select(
            func.count().filter(BatchPerson.has_si.is_(True)),
            func.count().filter(without),
            func.count().filter(without, is_over_age(work.plan, work.reference)),
            func.count().filter(is_retired),
        ).where(BatchPerson.batch_id == work.batch.id)
    ).one()
    return insured, others, waiting, retired
