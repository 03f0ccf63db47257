"""Kill -9 of whoever checks or submits a roster: the job is done again, and has one effect."""

import pytest

from models.records.job import JobState
from models.rules.lifecycle import BatchState
from tasks.doorbell import ring
from tasks.sample_people import fictitious_people
from tests.checks import asked_to_submit, asked_to_validate, report_exists, the_report
from tests.claims import broken_claims, claims_of
from tests.faults.conftest import Workers
from tests.faults.outcome import job_of, wait_until_all_ended
from tests.faults.processes import kill_process
from tests.imports import the_batch
from tests.people import audited
from tests.records import BatchOf, a_batch_to_fill, people_on

pytestmark = pytest.mark.faults

PEOPLE = 300
BETWEEN, AT_THE_END = "store", "before_commit"
"""After everybody was looked at and before anything is stored; when everything is stored and not yet committed."""


def a_roster() -> BatchOf:
    batch = a_batch_to_fill()
    people_on(batch, fictitious_people(PEOPLE, seed=8))
    return batch


def killed_once(workers: Workers, job_id: int, point: str) -> None:
    """A worker takes the job and its pool process is killed at this point; the job is done by another."""
    ring(job_id)
    worker = workers(stop_at=f"{point}:1")
    [frozen] = worker.wait_until_stopped()
    kill_process(frozen)
    wait_until_all_ended(worker)
    assert (job_of(job_id).state, job_of(job_id).attempt) == (JobState.DONE, 2)


@pytest.mark.parametrize("point", [BETWEEN, AT_THE_END])
def test_a_submission_that_is_killed_is_made_again_and_claims_everybody_once(workers: Workers, point: str) -> None:
    batch = a_roster()
    killed_once(workers, asked_to_submit(batch), point)
    assert the_batch(batch).state == BatchState.ROSTER_SUBMITTED
    assert len(claims_of(batch)) == PEOPLE
    assert broken_claims() == []
    assert len(audited("submit_roster")) == 1


def test_a_check_that_is_killed_is_made_again_and_leaves_one_report(workers: Workers) -> None:
    batch = a_roster()
    killed_once(workers, asked_to_validate(batch), BETWEEN)
    assert (the_report(batch).passed, the_batch(batch).state) == (True, BatchState.ROSTER_DRAFT)
    assert len(audited("validate_roster")) == 1


def test_while_a_submission_is_frozen_before_its_store_nothing_of_it_is_to_be_seen(workers: Workers) -> None:
    batch = a_roster()
    job_id = asked_to_submit(batch)
    ring(job_id)
    worker = workers(stop_at=f"{BETWEEN}:1")
    worker.wait_until_stopped()
    assert (the_batch(batch).state, claims_of(batch), report_exists(batch)) == (BatchState.ROSTER_DRAFT, set(), False)
    wait_until_all_ended(worker)
    assert (job_of(job_id).attempt, len(claims_of(batch))) == (1, PEOPLE)
