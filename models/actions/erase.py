"""What has been kept long enough is erased: people of expired batches, files of imports (DOMAIN 7.5, 10: T21, J13).

What stays says how many, when and what was decided, and names nobody: the batch, counts and receipts of its imports
with what the register answered them (DOMAIN 9.3), pledge, premium and vouchers, and the audit log.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from models.actions.batch_change import lock_batch
from models.actions.roster_report import drop_report
from models.queries.retention import ERASE_BATCH, ERASE_IMPORT
from models.records.audit import record_audit
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.job import UNFINISHED, Job
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.roster_import import ImportFinding, ImportRow, RosterImport, UndoLine
from models.records.validation import ValidationReport
from models.rules.lifecycle import BatchState
from models.rules.retention import erased_on


def erase_batch(session: Session, batch_id: int, today: date, now: datetime) -> bool:
    """Erase everybody on an expired batch, with the report about them, the evidence of their corrections, and its
    imports. It can't be reinstated afterwards (BAT-008).

    False: it is not to be erased, or not yet. It waits while a job of it is unfinished, and while it holds a claim,
    which an expired batch never should: that is for 对账 to tell, and nobody's claim is dropped in silence.
    """
    batch = session.get_one(Batch, batch_id)
    lock_batch(session, batch)
    if batch.state != BatchState.EXPIRED or batch.erased_at is not None or batch.expired_at is None:
        return False
    if erased_on(batch.expired_at, plan_of(session, batch.plan_year).expired_retention_days) > today:
        return False
    if _is_worked_on(session, batch.id) or _holds_claims(session, batch.id):
        return False
    uploads = select(RosterImport.id).where(RosterImport.batch_id == batch.id, RosterImport.erased_at.is_(None))
    erased = session.scalars(uploads).all()
    findings = sum(_erase_upload(session, upload_id, now) for upload_id in erased)
    had_report = session.get(ValidationReport, batch.id) is not None
    drop_report(session, batch.id)
    # Claims are gone, and corrections with their files go by their foreign keys.
    everybody = delete(BatchPerson).where(BatchPerson.batch_id == batch.id)
    gone = session.execute(everybody.execution_options(synchronize_session=False))
    people = int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it
    batch.erased_at = now
    batch.version += 1
    if people or erased or had_report:
        record_audit(
            session,
            at=now,
            account_id=None,
            action=ERASE_BATCH,
            batch_id=batch.id,
            people=people,
            uploads=len(erased),
            findings=findings,
        )
    return True


def erase_import(session: Session, import_id: int, today: date, now: datetime) -> bool:
    """Erase the file of an import, its rows as typed, findings, marked workbook and lines of its undo; counts stay.

    False: it is not to be erased, or not yet, since a job of its batch is unfinished.
    """
    upload = session.get_one(RosterImport, import_id)
    batch = session.get_one(Batch, upload.batch_id)
    lock_batch(session, batch)
    session.refresh(upload, with_for_update={"of": RosterImport})
    if upload.erased_at is not None or _is_worked_on(session, batch.id):
        return False
    kept_until = erased_on(upload.received_at, plan_of(session, batch.plan_year).import_retention_days)
    if batch.state != BatchState.DELETED and kept_until > today:
        return False
    had_file = _has_something(session, upload.id)
    findings = _erase_upload(session, upload.id, now)
    if had_file:
        record_audit(
            session,
            at=now,
            account_id=None,
            action=ERASE_IMPORT,
            batch_id=batch.id,
            receipt_no=upload.receipt_no,
            findings=findings,
        )
    return True


def _erase_upload(session: Session, import_id: int, now: datetime) -> int:
    """Returns how many findings there were."""
    findings = session.scalar(select(func.count()).where(ImportFinding.import_id == import_id)) or 0
    for table in (ImportFinding, ImportRow, UndoLine):
        gone = delete(table).where(table.import_id == import_id)
        session.execute(gone.execution_options(synchronize_session=False))
    emptied = update(RosterImport).where(RosterImport.id == import_id)
    emptied = emptied.values(content_sealed=None, report_sealed=None, report_job_id=None, erased_at=now)
    session.execute(emptied.execution_options(synchronize_session=False))
    return findings


def _has_something(session: Session, import_id: int) -> bool:
    """Whether anything is left of it but counts; a deleted batch has taken all with it at once."""
    rows = [select(table.import_id).where(table.import_id == import_id).exists()
            for table in (ImportFinding, ImportRow, UndoLine)]  # fmt: skip
    content = or_(RosterImport.content_sealed.is_not(None), RosterImport.report_sealed.is_not(None), *rows)
    return session.scalar(select(RosterImport.id).where(RosterImport.id == import_id, content)) is not None


def _is_worked_on(session: Session, batch_id: int) -> bool:
    unfinished = select(Job.id).where(Job.batch_id == batch_id, Job.state.in_(UNFINISHED))
    return session.scalar(unfinished.limit(1)) is not None


def _holds_claims(session: Session, batch_id: int) -> bool:
    return session.scalar(select(Claim.id).where(Claim.batch_id == batch_id).limit(1)) is not None
