"""入册: everything that the import found and changes, in one fenced transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from models.actions.marked_workbook import queue_report
from models.actions.roster_change import ROW_LOCK, mark_roster_changed, refuse_unless_editable
from models.records.audit import record_audit
from models.records.batch import Batch
from models.records.bulk import bulk_insert
from models.records.database import writing
from models.records.job import JobState
from models.records.person import BatchPerson, put_on_roster, roster_entry
from models.records.roster_import import ImportFinding, ImportRow, RosterImport, seal_typed
from models.rules.findings import TO_MEND, Column, Outcome
from models.rules.lifecycle import BatchAction
from models.rules.person import mask_typed
from models.rules.roster import Cell
from tasks.jobs import JobFailedError, Lease
from tasks.queues import roster_queue
from tasks.roster_import.dedupe import Entry
from tasks.roster_import.read import Work

ROW_COLUMNS = ("import_id", "sheet_row", "outcome", "name", "person_id", "typed_sealed", "before")
FINDING_COLUMNS = ("import_id", "sheet_row", "outcome", "column", "code", "values")


def store(entries: Sequence[Entry], estimate: dict[str, Any], work: Work, lease: Lease) -> int | None:
    """Write people, rows, findings and the end of the job, or nothing. Returns the job that makes the marked workbook.

    Sealing comes before the transaction, which asks for the lease first and last and has no ticks inside: on SQLite
    they would wait for it.
    """
    lease.begin_stage("store", len(entries))
    counts = Counter(entry.outcome for entry in entries)
    people = [] if work.upload.check_only else _people(entries, work)
    rows, findings = _rows(entries, work), _findings(entries, work)
    lease.report(len(entries) - 1)
    with writing() as session:
        lease.fence(session)
        lease.refuse_if_cancelled(session)
        upload = session.get_one(RosterImport, work.upload.id)
        batch = session.get_one(Batch, work.batch.id, with_for_update=None if work.upload.check_only else ROW_LOCK)
        if not work.upload.check_only:
            _change_roster(session, batch, entries, people, work)
        bulk_insert(session, ImportRow, ROW_COLUMNS, rows)
        bulk_insert(session, ImportFinding, FINDING_COLUMNS, findings)
        report_job_id = None
        if any(counts[outcome] for outcome in TO_MEND):
            report_job_id = queue_report(session, upload, roster_queue(upload.size), upload.received_at).id
        # All changes of the row at once: it holds the file, and SQLite writes it anew with each change.
        upload.rows_total = len(entries)
        upload.counts = {outcome: counts[outcome] for outcome in Outcome}
        upload.notes_ignored = work.notes_ignored
        upload.estimate = estimate
        session.flush()
        lease.finish(session, JobState.DONE, "IMP-007")
    return report_job_id


def _change_roster(
    session: Session, batch: Batch, entries: Sequence[Entry], people: list[tuple[Any, ...]], work: Work
) -> None:
    # A failed import may be tried again by an operator, after the roster was submitted.
    refuse_unless_editable(session, batch, BatchAction.IMPORT_PEOPLE, work.upload.received_at)
    if batch.roster_version != work.batch.roster_version:
        # Edits are refused while an import waits or runs (BAT-007), so nobody can have changed it: never write over it.
        raise JobFailedError("JOB-001", reason="清册在处理期间有变动")
    put_on_roster(session, people)
    updated = _updates(entries)
    if updated:
        session.connection().execute(
            update(BatchPerson)
            .where(BatchPerson.id == bindparam("person"))
            .values(
                mobile=bindparam("new_mobile"), has_si=bindparam("new_si"), employment_status=bindparam("new_status")
            ),
            updated,
        )
    if people or updated:
        mark_roster_changed(batch, BatchAction.IMPORT_PEOPLE, work.upload.received_at)
    record_audit(
        session,
        at=work.upload.received_at,
        account_id=work.upload.account_id,
        action="import_roster",
        batch_id=batch.id,
        import_id=work.upload.id,
        added=len(people),
        updated=len(updated),
    )


def _people(entries: Sequence[Entry], work: Work) -> list[tuple[Any, ...]]:
    return [
        roster_entry(
            work.batch.id,
            entry.checked.person,
            entry.employment_status,
            digest=entry.digest,
            si_unit_code=entry.si_unit_code,
            personal_si_no=entry.personal_si_no,
            import_id=work.upload.id,
            sheet_row=entry.checked.row,
        )
        for entry in entries
        if entry.outcome is Outcome.ADDED and entry.checked.person is not None
    ]


def _updates(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "person": entry.seen.person_id,
            "new_mobile": entry.merged.mobile,
            "new_si": entry.merged.has_si,
            "new_status": str(entry.merged.employment_status),
        }
        for entry in entries
        if entry.outcome is Outcome.UPDATED and entry.seen is not None and entry.merged is not None
    ]


def _rows(entries: Sequence[Entry], work: Work) -> list[tuple[Any, ...]]:
    """Every row that did not simply add somebody without a remark."""
    rows = []
    for entry in entries:
        checked = entry.checked
        if entry.outcome is Outcome.ADDED and not checked.findings:
            continue
        before = None
        if entry.outcome is Outcome.UPDATED and entry.seen is not None:
            before = json.dumps(
                {
                    "mobile": entry.seen.mobile,
                    "has_si": entry.seen.has_si,
                    "employment_status": str(entry.seen.employment_status),
                }
            )
        rows.append(
            (
                work.upload.id,
                checked.row,
                str(entry.outcome),
                _shown_name(checked.typed.cells[0]),
                entry.seen.person_id if entry.seen else None,
                seal_typed(work.upload.id, checked.row, checked.typed.cells),
                before,
            )
        )
    return rows


def _findings(entries: Sequence[Entry], work: Work) -> list[tuple[Any, ...]]:
    return [
        (
            work.upload.id,
            finding.row,
            str(entry.outcome),
            str(finding.column) if finding.column else None,
            finding.code,
            json.dumps(dict(finding.values), ensure_ascii=False),
        )
        for entry in entries
        for finding in entry.checked.findings
    ]


def _shown_name(cell: Cell) -> str:
    """The typed name for lists, without what a database can't hold, and with a number that slipped in masked."""
    text = cell if isinstance(cell, str) else cell.text
    return mask_typed(Column.NAME, text.replace("\x00", ""))[:50]
