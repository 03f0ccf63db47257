"""获取上年度建议名单 as a job: everybody is read first, and put on the roster in one transaction."""

from __future__ import annotations

from typing import Any

from models.actions.batch_change import ROW_LOCK, refuse_unless_possible
from models.actions.copy_suggested import SUGGEST_KIND, put_suggested, suggested_entries
from models.queries.suggestion import former_people
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.rules.lifecycle import BatchAction
from tasks.app import app
from tasks.jobs import Lease, run


@app.task(name=SUGGEST_KIND)
def suggest(job_id: int) -> None:
    """May be delivered any number of times: the lease decides."""
    run(job_id, copy_suggested)


def copy_suggested(lease: Lease) -> None:
    """The job itself, as far as it is still this worker's. Its `found` says how many people were added."""
    entries: list[tuple[Any, ...]] = []
    lease.begin_stage("read")
    with reading() as session:
        batch = session.get_one(Batch, lease.batch_id)
        for people in former_people(session, batch):
            entries += suggested_entries(session, batch, people)
            lease.report(len(entries))
    lease.begin_stage("store", len(entries))
    lease.found = {"added": len(entries)}
    with writing() as session:
        lease.fence(session)
        lease.refuse_if_cancelled(session)
        batch = session.get_one(Batch, lease.batch_id, with_for_update=ROW_LOCK)
        refuse_unless_possible(session, batch, BatchAction.COPY_SUGGESTED, lease.received_at)
        put_suggested(session, batch, entries, session.get_one(Job, lease.job_id))
        session.flush()
        lease.finish(session, JobState.DONE)
