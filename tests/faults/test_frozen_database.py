"""PostgreSQL freezes: it takes connections and says nothing. The web answers all the same, workers wait for it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.records.database import reading
from models.records.job import JobState
from models.records.patience import patience_left, patient_for
from tasks.doorbell import ring
from tests.faults.clerk import REQUEST_SECONDS, Answer, Clerk
from tests.faults.conftest import Webs, Workers
from tests.faults.outcome import assert_everything_in_order, imports, job_of, wait_until_all_ended
from tests.faults.processes import children_of, state_of, wait_for
from tests.postgresql import Cluster
from tests.records import a_batch_to_fill, a_roster, an_upload

pytestmark = [
    pytest.mark.faults,
    pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True),
]

CLERKS = 24
"""Three times the web's threads: nobody's answer may wait for those of others."""


@contextmanager
def frozen(cluster: Cluster) -> Iterator[None]:
    """Every process of the server stopped, so that only the kernel answers for it."""
    server = int((cluster.data / "postmaster.pid").read_text().split()[0])
    os.kill(server, signal.SIGSTOP)
    wait_for(lambda: state_of(server) == "T", "the server is stopped")
    everybody = [server, *children_of(server)]
    for pid in everybody[1:]:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(everybody):
            os.kill(pid, signal.SIGCONT)


def timed(clerk: Clerk, path: str) -> tuple[float, Answer]:
    began = time.monotonic()
    answer = clerk.open(path)  # it has a time-out of REQUEST_SECONDS for each step
    return time.monotonic() - began, answer


def test_every_page_answers_in_time_and_everything_goes_on_afterwards(
    webs: Webs, workers: Workers, cluster: Cluster
) -> None:
    batch = a_batch_to_fill()
    web = webs()
    clerk = Clerk(web, batch)
    pages = [f"/batches/{batch.batch_no}/roster", "/batches", "/log-in", "/readyz"] * (CLERKS // 4)
    with frozen(cluster), ThreadPoolExecutor(CLERKS) as browsers:
        answers = list(browsers.map(lambda path: timed(clerk, path), pages))
        upload = clerk.upload(a_roster())
        alive = clerk.open("/healthz")
    assert [answer.status for _, answer in answers] == [503] * CLERKS
    assert max(seconds for seconds, _ in answers) < REQUEST_SECONDS
    assert all("SYS-001" in answer.body for (_, answer), path in zip(answers, pages, strict=True) if path != "/readyz")
    assert all("</html>" in answer.body for (_, answer), path in zip(answers, pages, strict=True) if path == "/batches")
    assert (upload.status, alive.status) == (503, 200)
    worker = workers()
    web.wait_for(lambda: clerk.open("/batches").status == 200, "answering again")
    assert clerk.upload(a_roster()).status == 303
    wait_until_all_ended(worker)
    assert imports() == [JobState.DONE]
    assert_everything_in_order()


def test_a_worker_waits_for_the_server_and_goes_on_where_it_was(workers: Workers, cluster: Cluster) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at="dedupe:1")
    worker.wait_until_stopped()
    with frozen(cluster):
        worker.thaw()
        began = time.monotonic()
        wait_for(lambda: time.monotonic() - began > REQUEST_SECONDS + 1, "longer than a request would wait")
    wait_until_all_ended(worker)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 1)
    assert_everything_in_order()


def test_a_slow_statement_costs_its_own_request_and_nobody_elses(database: str) -> None:
    with patient_for(0.3), pytest.raises(OperationalError, match="in time"), reading() as session:
        session.execute(text("SELECT pg_sleep(60)"))
    with patient_for(0.3), reading() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    wait_for(lambda: not statements_running(), "the server has stopped it, as it was asked to", 5)


def statements_running() -> int:
    with reading() as session:
        running = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'")
        return session.execute(running).scalar_one()


def test_what_a_request_has_waited_for_one_statement_is_missing_for_the_next(database: str) -> None:
    with patient_for(1.0):
        with reading() as session:
            session.execute(text("SELECT pg_sleep(0.7)"))
        assert patience_left(5.0) < 0.35
        with pytest.raises(OperationalError), reading() as session:
            session.execute(text("SELECT pg_sleep(0.7)"))
