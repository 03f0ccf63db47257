"""Kill -9 of the web under an upload: before its commit nothing was received, after it the file is safe."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from models.records.database import reading
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from tests.faults.clerk import Clerk
from tests.faults.conftest import Webs, Workers
from tests.faults.outcome import assert_everything_in_order, imports, wait_until_all_ended
from tests.faults.processes import Web
from tests.records import BatchOf, a_batch_to_fill, a_roster

pytestmark = pytest.mark.faults


def killed_under_an_upload(web: Web, batch: BatchOf, content: bytes) -> None:
    """A clerk sends a file to a web that freezes on the way and is killed: there is no answer."""
    clerk = Clerk(web, batch)
    with ThreadPoolExecutor() as browsers:
        answer = browsers.submit(clerk.upload_to_one_that_freezes, content)
        web.wait_until_frozen()
        web.kill()
        assert isinstance(answer.exception(), OSError)


def received() -> int:
    """How many files are in the database, with a job each."""
    with reading() as session:
        jobs = session.execute(select(func.count()).select_from(Job)).scalar_one()
        assert jobs == session.execute(select(func.count()).select_from(RosterImport)).scalar_one()
        return jobs


def test_a_web_killed_before_its_commit_has_received_nothing_and_the_repeat_counts(
    webs: Webs, workers: Workers
) -> None:
    batch, content = a_batch_to_fill(), a_roster()
    killed_under_an_upload(webs("doomed", stop_at="upload_before_commit"), batch, content)
    assert received() == 0
    worker = workers()
    again = Clerk(webs(), batch).upload(content)
    assert (again.status, "seen" in again.location) == (303, False)
    wait_until_all_ended(worker)
    assert imports() == [JobState.DONE]
    assert_everything_in_order()


def test_a_web_killed_after_its_commit_has_received_the_file_and_the_repeat_is_told_so(
    webs: Webs, workers: Workers
) -> None:
    batch, content = a_batch_to_fill(), a_roster()
    killed_under_an_upload(webs("doomed", stop_at="upload_after_commit"), batch, content)
    assert received() == 1
    worker = workers()
    clerk = Clerk(webs(), batch)
    again = clerk.upload(content)
    assert again.status == 303
    assert "IMP-009" in clerk.open(again.location).body
    wait_until_all_ended(worker)
    assert imports() == [JobState.DONE]
    assert_everything_in_order()
