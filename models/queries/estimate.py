"""预估保费 of a batch: what its rule asks of the records (DOMAIN 7.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.queries.roster import is_over_age, reference_of
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.rules.estimate import Basis, CountedAs, Headcount, choose_basis, counts_as, form_estimate
from models.rules.lifecycle import TOOK_PART
from models.rules.person import EmploymentStatus
from models.rules.plan import EnrolmentType, PlanYear


def basis_of(session: Session, batch: Batch, chosen: Sequence[str] | None, plan: PlanYear) -> Basis:
    """The projects of the batch's estimate; `chosen` are those ticked in the upload form. At most one statement."""
    return choose_basis(locked_projects(session, batch), chosen, plan)


def locked_projects(session: Session, batch: Batch) -> Sequence[str] | None:
    """What an instant batch must take: its unit's choice in the central enrolment of the year (DOMAIN 5.5).

    None: it chooses freely, as a central batch does and a unit that took no part in the central enrolment.
    """
    if batch.enrolment_type != EnrolmentType.INSTANT:
        return None
    return session.scalars(
        select(Batch.projects).where(
            Batch.code_id == batch.code_id,
            Batch.plan_year == batch.plan_year,
            Batch.enrolment_type == EnrolmentType.CENTRAL,
            Batch.state.in_(TOOK_PART),
        )
    ).first()


def people_counted(session: Session, batch_id: int, plan: PlanYear, reference: date) -> Counter[CountedAs]:
    """The people on the roster now; `reference` is the day on which ages are judged. One statement.

    The database counts every case apart and the rule says what each is. GROUP BY would do the same, but SQLite sorts
    the whole roster for it, which takes several times as long.
    """
    old = is_over_age(plan, reference)
    cases = list(product(EmploymentStatus, (True, False)))
    numbers = session.execute(
        select(
            *(
                func.count().filter(BatchPerson.employment_status == status, old if over_age else ~old)
                for status, over_age in cases
            )
        ).where(BatchPerson.batch_id == batch_id)
    ).one()
    counted: Counter[CountedAs] = Counter()
    for case, number in zip(cases, numbers, strict=True):
        counted[counts_as(*case)] += number
    return counted


def estimate_now(
    session: Session, batch: Batch, chosen: Sequence[str] | None, plan: PlanYear, today: date
) -> dict[str, Any]:
    """The estimate over everybody who is on the roster now; `chosen` are the projects ticked in the upload form."""
    basis = basis_of(session, batch, chosen, plan)
    counted = people_counted(session, batch.id, plan, reference_of(batch, plan, today))
    return form_estimate(basis, Headcount.of(counted), EnrolmentType(batch.enrolment_type), plan, today)
