"""Two worker hosts and two webs, each with settings, data folder and wire of its own, one PostgreSQL, one Valkey.

A host is a process group: on other machines nothing is shared but the database, the broker and the keys.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from sqlalchemy import select

from models.actions.queue_import import IMPORT_KIND
from models.records.database import reading
from models.records.job import Job, JobState
from tests.conftest import Valkey
from tests.faults.clerk import Clerk
from tests.faults.conftest import Workers
from tests.faults.cut_wire import Wire
from tests.faults.outcome import assert_everything_in_order, imports, wait_until_all_ended
from tests.faults.processes import PATIENCE_SECONDS, Web, Worker, wait_for
from tests.records import BatchOf, a_batch_to_fill, a_roster

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(900),
    pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True),
]

CUT_SECONDS = 60
"""How long the connection of one host is cut (the issue's figure): longer than a lease and two sweeps."""
UPLOADS_WHILE_CUT = 6
UPLOADS = 50
WHOLE_DEPLOY_SECONDS = 5 * PATIENCE_SECONDS
"""A time-out: four programs end and begin one after the other."""


class Host:
    """One machine: a folder, a wire to the broker, and what its programs are told."""

    def __init__(self, name: str, folder: Path, valkey: Valkey) -> None:
        self.name, self.folder = name, folder / name
        self.folder.mkdir()
        self.wire = Wire(int(urlsplit(valkey.url).port or 0))
        parts = urlsplit(valkey.url)
        through = urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{self.wire.port}"))
        self.environment = {"REDIS_URL": through, "CANBAO_VAR": str(self.folder), "CANBAO_LEASE_SECONDS": "10"}

    def worker(self, **more: str) -> Worker:
        """Its worker, of all queues."""
        return Worker(self.name, self.folder, **self.environment, **more)

    def web(self) -> Web:
        """Its web."""
        return Web(f"web-{self.name}", self.folder, **self.environment)


@pytest.fixture
def hosts(workers: Workers, valkey: Valkey, tmp_path: Path) -> Iterator[tuple[Host, Host]]:
    """Two hosts; the environment of the tests itself has the database, the broker and the keys."""
    both = (Host("north", tmp_path, valkey), Host("south", tmp_path, valkey))
    yield both
    for host in both:
        host.wire.end()


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """Whatever a test starts ends with it."""
    with ExitStack() as stack:
        yield stack


def started(running: ExitStack, program: Worker | Web) -> Worker | Web:
    running.callback(program.kill)
    return program


def test_when_one_worker_host_is_killed_the_other_does_everything(hosts: tuple[Host, Host], running: ExitStack) -> None:
    workers = [host.worker(CANBAO_STOP_AT="dedupe:1") for host in hosts]
    for worker in workers:
        started(running, worker)
    batch = a_batch_to_fill()
    web = started(running, hosts[1].web())
    assert isinstance(web, Web)
    clerk = Clerk(web, batch)
    for worker in workers:
        worker.wait_until_ready()
    for seed in range(5):
        assert clerk.upload(_roster(seed)).status == 303
    doomed = wait_for(lambda: next((each for each in workers if each.stopped()), None), "one in the middle of a file")
    [other] = [each for each in workers if each is not doomed]
    assert [job.attempt for job in _jobs()] == [1, 0, 0, 0, 0]
    doomed.kill()
    wait_until_all_ended(other)
    assert imports() == [JobState.DONE] * 5
    assert [job.attempt for job in _jobs()] == [2, 1, 1, 1, 1]
    assert_everything_in_order()


def test_a_host_that_is_cut_off_from_the_broker_for_a_minute_costs_nobody_anything(
    hosts: tuple[Host, Host], running: ExitStack
) -> None:
    north, _ = hosts
    for host in hosts:
        program = started(running, host.worker())
        assert isinstance(program, Worker)
        program.wait_until_ready()
    batch = a_batch_to_fill()
    web = started(running, north.web())
    assert isinstance(web, Web)
    clerk = Clerk(web, batch)
    north.wire.cut()
    began = time.monotonic()
    for seed in range(UPLOADS_WHILE_CUT):  # the outage itself: clerks go on for as long as it lasts
        wait_for(lambda part=seed: _lasted(began) >= part / UPLOADS_WHILE_CUT, "the next part of the outage")
        assert clerk.upload(_roster(seed)).status == 303
        wait_for(lambda: imports()[-1] == JobState.DONE, "done while one host is cut off")
    wait_for(lambda: _lasted(began) >= 1, "the end of the outage")
    north.wire.mend()
    assert clerk.upload(_roster(UPLOADS_WHILE_CUT)).status == 303
    wait_until_all_ended()
    assert imports() == [JobState.DONE] * (UPLOADS_WHILE_CUT + 1)
    assert_everything_in_order()


def test_a_rolling_restart_of_everything_loses_none_of_fifty_uploads(
    hosts: tuple[Host, Host], running: ExitStack
) -> None:
    batches = [a_batch_to_fill(f"0088D{number}") for number in range(2)]
    programs: dict[str, Worker | Web] = {}
    for host in hosts:
        programs[f"worker {host.name}"] = started(running, host.worker())
        programs[f"web {host.name}"] = started(running, host.web())
    clerks = [_Persistent(batch, programs) for batch in batches]
    uploads = [threading.Thread(target=clerk.upload_all, args=[number]) for number, clerk in enumerate(clerks)]
    for each in programs.values():
        if isinstance(each, Worker):
            each.wait_until_ready()
    for upload in uploads:
        upload.start()
    restarts = [(host, f"{what} {host.name}") for host in hosts for what in ("worker", "web")]
    for host, name in restarts:  # one machine after the other, while the other serves: workers first, then the web
        assert all(clerk.unsent for clerk in clerks), f"nothing left to send before {name} is restarted"
        for clerk in clerks:
            clerk.go_on(UPLOADS // 2 // len(restarts))
        _restart(running, programs, name, host)
    for clerk in clerks:
        clerk.go_on(UPLOADS // 2)
    for upload in uploads:
        upload.join(WHOLE_DEPLOY_SECONDS)
    assert [clerk.failure for clerk in clerks] == [None, None]
    wait_until_all_ended()
    assert imports() == [JobState.DONE] * UPLOADS
    assert_everything_in_order()


def _roster(seed: int) -> bytes:
    """A small file without mistakes: no marked workbook is made of it."""
    return a_roster(10, seed, "0")


def _jobs() -> list[Job]:
    """The imports in the order of their receipt."""
    with reading() as session:
        return list(session.scalars(select(Job).where(Job.kind == IMPORT_KIND).order_by(Job.id)))


def _lasted(began: float) -> float:
    """How much of the outage is over; 1: all of it."""
    return (time.monotonic() - began) / CUT_SECONDS


def _restart(running: ExitStack, programs: dict[str, Worker | Web], name: str, host: Host) -> None:
    old = programs[name]
    os.kill(old.pid, signal.SIGINT if isinstance(old, Web) else signal.SIGTERM)
    old.wait_for(lambda: old.process.poll() is not None, "the end of the old one")
    new = started(running, host.web() if isinstance(old, Web) else host.worker())
    new.wait_until_ready()
    programs[name] = new


class _Persistent:
    """A clerk behind a proxy: sends each file once more to the other web if one went away before it answered.

    Files are sent as the test lets it go on, so that some are under way whenever something is restarted.
    """

    def __init__(self, batch: BatchOf, programs: dict[str, Worker | Web]) -> None:
        self._batch, self._programs = batch, programs
        self._at: dict[int, Clerk] = {}
        """The pages that it has open, by the port of the web."""
        self._may_send = threading.Semaphore(0)
        self.unsent = UPLOADS // 2
        self.failure: BaseException | None = None

    def go_on(self, files: int) -> None:
        """Send so many more."""
        self._may_send.release(files)

    def upload_all(self, number: int) -> None:
        try:
            while self.unsent:
                assert self._may_send.acquire(timeout=WHOLE_DEPLOY_SECONDS)
                self._upload(_roster(1000 * number + self.unsent))
                self.unsent -= 1
        except BaseException as failure:  # noqa: BLE001 - the test tells it
            self.failure = failure

    def _upload(self, content: bytes) -> None:
        wait_for(lambda: self._sent(content), "an answer from one of the webs")

    def _sent(self, content: bytes) -> bool:
        for web in [each for each in self._programs.values() if isinstance(each, Web)]:
            try:
                if web.port not in self._at:
                    self._at[web.port] = Clerk(web, self._batch)
                answer = self._at[web.port].upload(content)
            except (OSError, AssertionError):
                continue
            return answer.status == 303
        return False
