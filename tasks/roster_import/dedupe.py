"""查重: every good row against the roster, the annual register and the social-insurance register."""

from __future__ import annotations

from collections import Counter

from models.queries.admission import Entry, admit, has_people
from models.records.bulk import CHUNK
from models.records.database import reading
from models.rules.findings import Outcome
from models.rules.roster import CheckedRow
from tasks.jobs import Lease
from tasks.roster_import.read import Work


def dedupe(checked: list[CheckedRow], work: Work, lease: Lease) -> list[Entry]:
    """Decide the outcome of every row; what the registers say is added to its findings."""
    lease.begin_stage("dedupe", len(checked))
    with reading() as session:
        people_before = has_people(session, work.batch.id)
    entries: list[Entry] = []
    counted: Counter[Outcome] = Counter()
    for start in range(0, len(checked), CHUNK):
        with reading() as session:
            entries += admit(session, work.batch, checked[start : start + CHUNK], people_before=people_before)
        counted.update(entry.outcome for entry in entries[start:])
        found = {outcome: counted[outcome] for outcome in Outcome if counted[outcome]}
        lease.found = lease.found | {str(outcome): number for outcome, number in found.items()}
        lease.report(len(entries))
    return entries
