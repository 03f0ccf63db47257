"""入册: everything that the import found and changes, in one fenced transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from models.actions.batch_change import ROW_LOCK, mark_roster_changed, refuse_unless_possible
from models.actions.marked_workbook import queue_report
from models.actions.put_entries import (
    RosterEffect,
    before_update,
    effect_of,
    finding_rows,
    put_effect,
    put_findings,
    shown_name,
    sums,
)
from models.actions.slow_look_ups import register_answers
from models.queries.admission import Entry
from models.records.audit import record_audit
from models.records.batch import Batch
from models.records.bulk import bulk_insert
from models.records.database import writing
from models.records.job import JobState
from models.records.roster_import import ImportRow, RosterImport, seal_typed
from models.rules.findings import TO_MEND, Outcome, all_outcomes
from models.rules.lifecycle import BatchAction
from tasks.jobs import JobFailedError, Lease
from tasks.queues import roster_queue
from tasks.roster_import.read import Work

ROW_COLUMNS = ("import_id", "sheet_row", "outcome", "name", "person_id", "typed_sealed", "before")


def store(entries: Sequence[Entry], estimate: dict[str, Any], work: Work, lease: Lease) -> int | None:
    """Write people, rows, findings and the end of the job, or nothing. Returns the job that makes the marked workbook.

    Sealing comes before the transaction, which asks for the lease first and last and has no ticks inside: on SQLite
    they would wait for it.
    """
    lease.begin_stage("store", len(entries))
    counts = all_outcomes(Counter(entry.outcome for entry in entries))
    effect = effect_of([] if work.upload.check_only else entries, work.batch.id, work.upload.id)
    rows, findings = _rows(entries, work), finding_rows(entries, work.upload.id)
    lease.report(len(entries) - 1)
    with writing() as session:
        lease.fence(session)
        lease.refuse_if_cancelled(session)
        upload = session.get_one(RosterImport, work.upload.id)
        batch = session.get_one(Batch, work.batch.id, with_for_update=None if work.upload.check_only else ROW_LOCK)
        if not work.upload.check_only:
            _change_roster(session, batch, effect, work)
        bulk_insert(session, ImportRow, ROW_COLUMNS, rows)
        put_findings(session, findings)
        report_job_id = None
        if any(counts[outcome] for outcome in TO_MEND):
            report_job_id = queue_report(session, upload, roster_queue(upload.size), upload.received_at).id
        # All changes of the row at once: it holds the file, and SQLite writes it anew with each change.
        upload.rows_total = len(entries)
        upload.counts = counts
        upload.register_answers = register_answers(found for entry in entries for found in entry.checked.findings)
        upload.notes_ignored = work.notes_ignored
        upload.estimate = estimate
        upload.stored_version = None if work.upload.check_only else batch.roster_version
        session.flush()
        if work.upload.check_only:  # IMP-007 says that people were added
            lease.finish(session, JobState.DONE)
        else:
            lease.finish(session, JobState.DONE, "IMP-007", **sums(len(entries), counts))
    return report_job_id


def _change_roster(session: Session, batch: Batch, effect: RosterEffect, work: Work) -> None:
    # A failed import may be tried again by an operator, after the roster was submitted.
    refuse_unless_possible(session, batch, BatchAction.IMPORT_PEOPLE, work.upload.received_at)
    if batch.roster_version != work.batch.roster_version:
        # Edits are refused while an import waits or runs (BAT-007), so nobody can have changed it: never write over it.
        raise JobFailedError("JOB-001", reason="清册在处理期间有变动")
    put_effect(session, effect)
    if effect:
        mark_roster_changed(batch, BatchAction.IMPORT_PEOPLE, work.upload.received_at)
    record_audit(
        session,
        at=work.upload.received_at,
        account_id=work.upload.account_id,
        action="import_roster",
        batch_id=batch.id,
        import_id=work.upload.id,
        added=len(effect.added),
        updated=len(effect.updated),
    )


def _rows(entries: Sequence[Entry], work: Work) -> list[tuple[Any, ...]]:
    """Every row that did not simply add somebody without a remark."""
    rows = []
    for entry in entries:
        checked = entry.checked
        if entry.outcome is Outcome.ADDED and not checked.findings:
            continue
        before = before_update(entry)
        rows.append(
            (
                work.upload.id,
                checked.row,
                str(entry.outcome),
                shown_name(checked.typed.cells[0]),
                entry.seen.person_id if entry.seen else None,
                seal_typed(work.upload.id, checked.row, checked.typed.cells),
                None if before is None else json.dumps(before),
            )
        )
    return rows
