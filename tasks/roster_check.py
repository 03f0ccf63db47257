"""清册校验 and 清册提交 as jobs: each row is looked at first, all else is judged in the transaction that stores it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import ROW_LOCK, refuse_unless_possible
from models.actions.check_roster import SUBMIT_KIND, VALIDATE_KIND, Agreed, Asked, submit_roster, validate_roster
from models.actions.refresh_from_register import refresh_from_register
from models.queries.roster import people_on
from models.queries.validation import malformed_people
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.plan_year import plan_of
from models.rules.lifecycle import BatchAction
from models.rules.validation import CheckFinding
from tasks.app import app
from tasks.jobs import JobFailedError, Lease, run


@app.task(name=VALIDATE_KIND)
def validate(job_id: int) -> None:
    """May be delivered any number of times: the lease decides."""
    run(job_id, _validate)


@app.task(name=SUBMIT_KIND)
def submit(job_id: int) -> None:
    """May be delivered any number of times: the lease decides."""
    run(job_id, _submit)


def _validate(lease: Lease) -> None:
    malformed = _look_at_everybody(lease, BatchAction.VALIDATE_ROSTER)
    with writing() as session:
        batch, asked, _ = _begin(session, lease, BatchAction.VALIDATE_ROSTER)
        validate_roster(session, batch, asked, malformed)
        _finish(session, lease)


def _submit(lease: Lease) -> None:
    malformed = _look_at_everybody(lease, BatchAction.SUBMIT_ROSTER)
    with writing() as session:
        batch, asked, job = _begin(session, lease, BatchAction.SUBMIT_ROSTER)
        agreed = Agreed(job.params["pledge_version"], job.params["pledge_sha256"])
        submit_roster(session, batch, asked, malformed, agreed)
        _finish(session, lease)


def _look_at_everybody(lease: Lease, action: BatchAction) -> list[CheckFinding]:
    """V2, after the social-insurance register was read again. Until this job has ended, nobody changes the roster."""
    with writing() as session:
        batch, _, job = _begin(session, lease, action)
        refresh_from_register(session, batch)
        job.params = {**job.params, "roster_version": batch.roster_version}
        people = people_on(session, batch.id)
    lease.begin_stage("validate", people)
    with reading() as session:
        batch = session.get_one(Batch, lease.batch_id)
        plan = plan_of(session, batch.plan_year)
        malformed = malformed_people(session, batch, plan, local_date(lease.received_at), lease.report)
    lease.begin_stage("store")
    return malformed


def _begin(session: Session, lease: Lease, action: BatchAction) -> tuple[Batch, Asked, Job]:
    """The batch, locked and still to be checked, and who asked for it; the job as it was queued."""
    lease.fence(session)
    lease.refuse_if_cancelled(session)
    batch = session.get_one(Batch, lease.batch_id, with_for_update=ROW_LOCK)
    refuse_unless_possible(session, batch, action, lease.received_at)
    job = session.get_one(Job, lease.job_id)
    if batch.roster_version != job.params["roster_version"]:
        # A failed one may be tried again by an operator, after the clerk went on: nobody asked about this roster.
        raise JobFailedError("JOB-001", reason="清册在处理期间有变动")
    return batch, Asked(lease.account_id, job.params["ip"], lease.received_at, lease.job_id), job


def _finish(session: Session, lease: Lease) -> None:
    session.flush()
    lease.finish(session, JobState.DONE)
