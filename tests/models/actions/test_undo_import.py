"""撤销本次导入 asked for: by whom, of which import, and once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select, update

from config.clock import SHANGHAI
from models.actions.remove_people import remove_everybody
from models.actions.undo_import import UNDO_KIND, queue_undo
from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from tests.builders import a_person
from tests.imports import Imported, an_import, imported, submitted, the_batch, typed, undone
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.refusals import refused
from tests.workbooks import a_workbook

JIA = a_person(name="甲")


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


@pytest.fixture
def done(batch: BatchOf) -> Imported:
    """An import that added 甲."""
    return an_import(batch, [typed(JIA)])


def ask(batch: BatchOf, import_id: int) -> int:
    with writing() as session:
        return queue_undo(session, batch.viewer, import_id, "roster.small", batch.now)


def undo_jobs() -> list[Job]:
    with reading() as session:
        return list(session.scalars(select(Job).where(Job.kind == UNDO_KIND)))


def test_asking_makes_a_job_that_takes_its_turn_on_the_roster(batch: BatchOf, done: Imported) -> None:
    job_id = ask(batch, done.upload.id)
    (job,) = undo_jobs()
    assert (job.id, job.state, job.queue, job.writes_roster) == (job_id, JobState.QUEUED, "roster.small", True)
    assert (job.batch_id, job.received_at) == (batch.batch_id, batch.now)
    assert imported(done.upload.id).upload.undo_job_id == job_id


def test_asking_is_audited(batch: BatchOf, done: Imported) -> None:
    ask(batch, done.upload.id)
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="ask_to_undo_import").one()
    assert (entry.account_id, entry.details) == (batch.viewer.account_id, {"receipt_no": done.upload.receipt_no})


def test_eight_clicks_at_once_make_one_job(batch: BatchOf, done: Imported) -> None:
    with ThreadPoolExecutor(8) as threads:
        jobs = set(threads.map(lambda _: ask(batch, done.upload.id), range(8)))
    assert [job.id for job in undo_jobs()] == list(jobs)


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_an_undo_that_did_not_happen_may_be_asked_for_again(batch: BatchOf, done: Imported, state: JobState) -> None:
    first = ask(batch, done.upload.id)
    with writing() as session:
        session.execute(update(Job).where(Job.id == first).values(state=state))
    again = ask(batch, done.upload.id)
    assert again != first
    assert imported(done.upload.id).upload.undo_job_id == again


def test_while_an_undo_waits_the_roster_is_not_changed_and_the_clerk_is_told_why(
    batch: BatchOf, done: Imported
) -> None:
    ask(batch, done.upload.id)
    with refused("BAT-007", job="撤销导入"), writing() as session:
        remove_everybody(session, batch.viewer, batch.batch_no, batch.now)


def test_an_undo_waits_for_an_upload_instead_of_being_refused(batch: BatchOf, done: Imported) -> None:
    an_upload(batch)
    ask(batch, done.upload.id)
    assert len(undo_jobs()) == 1


def test_an_undone_import_is_not_undone_again(batch: BatchOf, done: Imported) -> None:
    undone(batch, done)
    with refused("BAT-002", status="导入已撤销", action="撤销导入"):
        ask(batch, done.upload.id)


def test_the_file_of_an_undone_import_is_a_new_one(batch: BatchOf, done: Imported) -> None:
    undone(batch, done)
    assert not an_upload(batch, a_workbook([typed(JIA)])).seen_before


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (JobState.QUEUED, "导入等待中"),
        (JobState.RUNNING, "导入处理中"),
        (JobState.FAILED, "导入失败"),
        (JobState.CANCELLED, "导入已取消"),
    ],
)
def test_an_import_that_stored_nobody_is_not_undone(batch: BatchOf, state: JobState, status: str) -> None:
    receipt = an_upload(batch)
    with writing() as session:
        session.execute(update(Job).where(Job.id == receipt.job_id).values(state=state))
    with refused("BAT-002", status=status):
        ask(batch, receipt.import_id)


def test_a_check_is_not_undone(batch: BatchOf) -> None:
    checked = an_import(batch, [typed(JIA)], check_only=True)
    with refused("BAT-002", status="仅校验"):
        ask(batch, checked.upload.id)


def test_once_the_roster_is_submitted_no_import_is_undone(batch: BatchOf, done: Imported) -> None:
    submitted(batch)
    with refused("IMP-010"):
        ask(batch, done.upload.id)


def test_a_batch_that_expired_is_past_undoing(batch: BatchOf, done: Imported) -> None:
    with writing() as session:
        session.execute(update(Batch).values(state=BatchState.EXPIRED))
    with refused("BAT-002", action="撤销导入"):
        ask(batch, done.upload.id)


def test_after_the_window_nothing_is_undone(batch: BatchOf, done: Imported) -> None:
    with refused("WIN-002"):
        ask(replace(batch, now=datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)), done.upload.id)


def test_another_account_s_import_does_not_exist(batch: BatchOf, done: Imported) -> None:
    stranger = a_batch_to_fill("3019BJ")
    with refused("BAT-005"):
        ask(stranger, done.upload.id)
    with reading() as session:
        assert session.get_one(RosterImport, done.upload.id).undo_job_id is None


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN, Role.SUPERIOR_UNION])
def test_only_the_unit_itself_undoes(batch: BatchOf, done: Imported, role: Role) -> None:
    with refused("AUTH-006"):
        ask(replace(batch, viewer=replace(batch.viewer, role=role)), done.upload.id)


def test_whoever_saw_another_version_of_the_batch_is_told(batch: BatchOf, done: Imported) -> None:
    seen = the_batch(batch).version
    with refused("BAT-004"), writing() as session:
        queue_undo(session, batch.viewer, done.upload.id, "roster.small", batch.now, version=seen - 1)
    with writing() as session:
        queue_undo(session, batch.viewer, done.upload.id, "roster.small", batch.now, version=seen)
    assert len(undo_jobs()) == 1
