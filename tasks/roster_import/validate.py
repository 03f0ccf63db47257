"""校验: every row against the rules, and the rows against each other."""

from __future__ import annotations

from models.rules.findings import Outcome
from models.rules.roster import CheckedRow, TypedRow, check_row, mark_duplicates
from tasks.jobs import Lease
from tasks.roster_import.read import Work

REPORT_EVERY = 250
"""Rows between two looks at the clock."""


def validate(rows: list[TypedRow], work: Work, lease: Lease) -> list[CheckedRow]:
    """All findings of all rows in one pass; wrong rows and duplicates have their outcome afterwards."""
    lease.begin_stage("validate", len(rows))
    plan, today, reference = work.plan, work.today, work.reference
    checked = []
    for done, row in enumerate(rows, start=1):
        checked.append(check_row(row, plan, today, reference))
        if done % REPORT_EVERY == 0:
            lease.report(done)
    mark_duplicates(checked)
    lease.found = {
        outcome: number
        for outcome in (Outcome.DUPLICATE, Outcome.INVALID)
        if (number := sum(row.outcome is outcome for row in checked))
    }
    lease.report(len(rows))
    return checked
