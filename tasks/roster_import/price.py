"""计费: what the roster would cost after this import (预估保费, DOMAIN 7.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.queries.admission import Entry
from models.queries.estimate import Headcount, basis_of, form_estimate, headcount
from models.records.database import reading
from models.rules.eligibility import over_age
from models.rules.findings import Outcome
from models.rules.person import EmploymentStatus
from tasks.jobs import Lease
from tasks.roster_import.read import Work


def price(entries: Sequence[Entry], work: Work, lease: Lease) -> dict[str, Any]:
    """The estimate over everybody on the roster after this import except 退休, with its basis.

    A check-only run counts the people it would add. Without a premium that can be formed: `{code, values, …}`.
    """
    lease.begin_stage("price", len(entries))
    reference, plan = work.reference, work.plan
    with reading() as session:
        basis = basis_of(session, work.batch, work.upload.projects, plan)
        insured, others, waiting, retired = headcount(session, work.batch.id, plan, reference)
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
    estimate = form_estimate(basis, Headcount(insured, others, waiting, retired), work.batch, plan, work.today)
    lease.report(len(entries))
    return estimate
