"""计费: what the roster would cost after this import (预估保费, DOMAIN 7.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.queries.admission import Entry
from models.queries.estimate import basis_of, people_counted
from models.records.database import reading
from models.rules.eligibility import latest_births_over_age
from models.rules.estimate import Headcount, counts_as, form_estimate
from models.rules.findings import Outcome
from models.rules.plan import EnrolmentType
from tasks.jobs import Lease
from tasks.roster_import.read import Work

_CHANGING = frozenset({Outcome.ADDED, Outcome.UPDATED})
"""Outcomes that put somebody on the roster or change what they are counted as."""


def price(entries: Sequence[Entry], work: Work, lease: Lease) -> dict[str, Any]:
    """The estimate over everybody on the roster after this import except 退休, with its basis.

    A check-only run counts the people it would add. Without a premium that can be formed: `{code, values, …}`.
    """
    lease.begin_stage("price", len(entries))
    plan, oldest = work.plan, latest_births_over_age(work.reference, work.plan)
    with reading() as session:
        basis = basis_of(session, work.batch, work.upload.projects, plan)
        counted = people_counted(session, work.batch.id, plan, work.reference)
    for entry in entries:
        person = entry.checked.person
        if person is None or entry.outcome not in _CHANGING:
            continue
        old = person.birth <= oldest[person.sex]
        counted[counts_as(entry.employment_status, old)] += 1
        if entry.seen is not None:
            counted[counts_as(entry.seen.employment_status, old)] -= 1
    kind = EnrolmentType(work.batch.enrolment_type)
    estimate = form_estimate(basis, Headcount.of(counted), kind, plan, work.today)
    lease.report(len(entries))
    return estimate
