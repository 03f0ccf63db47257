"""PostgreSQL dies and comes back in the middle of a transaction, or after a commit that nobody was told of."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy.exc import DBAPIError

from models.actions.check_roster import Checked, submit_at_once
from models.records.database import is_away, reading, writing
from models.records.job import JobState
from models.records.roster_import import RosterImport
from models.rules.lifecycle import BatchState
from models.rules.refusal import Refused
from tasks.doorbell import ring
from tasks.sample_people import fictitious_people
from tests.claims import broken_claims, claims_of
from tests.faults.clerk import Clerk
from tests.faults.conftest import Webs, Workers
from tests.faults.outcome import assert_everything_in_order, imports, job_of, wait_until_all_ended
from tests.faults.processes import wait_for
from tests.imports import the_batch
from tests.postgresql import Cluster
from tests.records import BatchOf, a_batch_to_fill, a_roster, an_upload, people_on

pytestmark = [
    pytest.mark.faults,
    pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True),
]

PEOPLE = 500


def restart_at_the_commit(cluster: Cluster, go_on: Callable[[], object]) -> None:
    """Let somebody commit, and restart the server when that is written and before they hear of it."""
    with cluster.unanswered_commits():
        others = cluster.waiting_commits()
        go_on()
        wait_for(lambda: cluster.waiting_commits() > others, "a commit that nobody is told of")
        cluster.execute("ALTER SYSTEM RESET synchronous_standby_names")
        cluster.restart()


def test_a_database_restarted_in_the_middle_of_storing_costs_an_attempt(workers: Workers, cluster: Cluster) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at="before_commit:1")
    worker.wait_until_stopped()
    cluster.restart()
    wait_until_all_ended(worker)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert_everything_in_order()


def test_a_result_whose_commit_nobody_was_told_of_is_there_once(workers: Workers, cluster: Cluster) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at="before_commit:1")
    worker.wait_until_stopped()
    restart_at_the_commit(cluster, worker.thaw)
    worker.wait_until_it_says("database_away", "hearing that the database is away")
    wait_until_all_ended(worker)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 1)
    assert_everything_in_order()


def test_an_upload_during_which_the_database_restarts_is_answered_and_its_repeat_counts(
    webs: Webs, workers: Workers, cluster: Cluster
) -> None:
    batch, content = a_batch_to_fill(), a_roster()
    web, worker = webs(stop_at="upload_before_commit"), workers()
    clerk = Clerk(web, batch)
    with ThreadPoolExecutor() as browsers:
        answer = browsers.submit(clerk.upload_to_one_that_freezes, content)
        web.wait_until_frozen()
        cluster.restart()
        os.kill(web.pid, signal.SIGCONT)
        assert (answer.result().status, "SYS-001" in answer.result().body) == (503, True)
    assert imports() == []
    assert Clerk(webs("another"), batch).upload(content).status == 303
    wait_until_all_ended(worker)
    assert imports() == [JobState.DONE]
    assert_everything_in_order()


def test_an_upload_whose_commit_the_web_was_not_told_of_is_there_and_the_repeat_says_so(
    webs: Webs, workers: Workers, cluster: Cluster
) -> None:
    batch, content = a_batch_to_fill(), a_roster()
    web, worker = webs(stop_at="upload_before_commit"), workers()
    clerk = Clerk(web, batch)
    with ThreadPoolExecutor() as browsers:
        answer = browsers.submit(clerk.upload_to_one_that_freezes, content)
        web.wait_until_frozen()
        restart_at_the_commit(cluster, lambda: os.kill(web.pid, signal.SIGCONT))
        assert (answer.result().status, "SYS-001" in answer.result().body) == (503, True)
    with reading() as session:
        assert session.query(RosterImport).count() == 1
    again = Clerk(webs("another"), batch).upload(content)
    assert (again.status, "seen" in again.location) == (303, True)
    wait_until_all_ended(worker)
    assert imports() == [JobState.DONE]
    assert_everything_in_order()


def a_roster_to_submit() -> BatchOf:
    batch = a_batch_to_fill()
    people_on(batch, fictitious_people(PEOPLE, seed=8))
    return batch


def submitted(batch: BatchOf, before_commit: Callable[[], object] = lambda: None) -> Checked:
    with writing() as session:
        answer = submit_at_once(session, batch.viewer, batch.batch_no, batch.now)
        before_commit()
    return answer


def test_a_submission_during_which_the_database_restarts_claims_nobody(database: str, cluster: Cluster) -> None:
    batch = a_roster_to_submit()
    with pytest.raises(DBAPIError) as away:
        submitted(batch, cluster.restart)
    assert is_away(away.value)
    assert (claims_of(batch), the_batch(batch).state) == (set(), BatchState.ROSTER_DRAFT)
    assert submitted(batch).passed
    assert broken_claims() == []


def test_a_submission_whose_commit_nobody_was_told_of_holds(database: str, cluster: Cluster) -> None:
    batch = a_roster_to_submit()
    with ThreadPoolExecutor() as others:
        answers: list[Future[Checked]] = []
        restart_at_the_commit(cluster, lambda: answers.append(others.submit(submitted, batch)))
        away = answers[0].exception()
    assert isinstance(away, DBAPIError)
    assert is_away(away)
    assert len(claims_of(batch)) == PEOPLE
    with pytest.raises(Refused, match="BAT-002"):
        submitted(batch)
    assert broken_claims() == []
