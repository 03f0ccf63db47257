"""A file that destroys its parser fails alone: with a reason, in bounded time, and the next job is done at once."""

import os
import signal

import pytest

from models.records.job import JobState
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, has_ended, job_of, wait_until_all_ended
from tests.faults.processes import Worker, children_of, is_alive, kill_process
from tests.hostile.files import swollen, with_part
from tests.raw_workbooks import HEADER_ROW, MAIN, PERSON_ROW, SHEET, parts_of_a_workbook, sheet_of
from tests.records import a_batch_to_fill, a_roster, an_upload

pytestmark = pytest.mark.faults

ENDED_SECONDS = 60
"""QUALITY 2: a poison file has failed within a minute, and the next job is not held up by it."""

HEAD = f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER_ROW}<row r="2">'.encode()
TAIL = b"</row></sheetData></worksheet>"
A_NAME_OF_250_MEGABYTES = swollen(SHEET, b"<", b"y" * 2**20, 250, b"/>")
SECONDS_OF_CELLS = swollen(SHEET, HEAD, b'<c r="A2" s="1"/>' * 10_000, 1400, TAIL)
GOOD = parts_of_a_workbook(sheet_of(HEADER_ROW + PERSON_ROW))


def test_a_file_that_swells_its_parser_fails_alone(workers: Workers) -> None:
    poison = an_upload(a_batch_to_fill(), with_part(GOOD, A_NAME_OF_250_MEGABYTES))
    worker = workers()
    pool_process = worker.pool_process()
    ring(poison.job_id)
    assert_fails_alone(poison.job_id, worker, pool_process)


def test_a_file_whose_parser_dies_fails_alone(workers: Workers) -> None:
    poison = an_upload(a_batch_to_fill(), with_part(GOOD, SECONDS_OF_CELLS))
    worker = workers()
    pool_process = worker.pool_process()
    ring(poison.job_id)
    [parser] = worker.wait_for(lambda: parsers_of(pool_process), "a parser's process")
    kill_process(parser)
    assert_fails_alone(poison.job_id, worker, pool_process)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the parser knows no database, and it takes its time
def test_a_file_whose_parser_never_ends_fails_alone(workers: Workers) -> None:
    poison = an_upload(a_batch_to_fill(), with_part(GOOD, SECONDS_OF_CELLS))
    worker = workers()
    pool_process = worker.pool_process()
    ring(poison.job_id)
    [parser] = worker.wait_for(lambda: parsers_of(pool_process), "a parser's process")
    os.kill(parser, signal.SIGSTOP)
    assert_fails_alone(poison.job_id, worker, pool_process)
    worker.wait_for(lambda: not is_alive(parser), "the end of the parser's process")


def test_a_file_under_which_every_nursery_dies_fails_alone(workers: Workers) -> None:
    poison = an_upload(a_batch_to_fill(), with_part(GOOD, SECONDS_OF_CELLS))
    worker = workers()
    pool_process = worker.pool_process()
    ring(poison.job_id)
    for _ in range(2):
        worker.wait_for(lambda: parsers_of(pool_process), "a parser's process")
        [nursery] = children_of(pool_process)
        kill_process(nursery)
    assert_fails_alone(poison.job_id, worker, pool_process)


def test_an_innocent_file_whose_nursery_dies_is_read_by_a_fresh_one(workers: Workers) -> None:
    batch = a_batch_to_fill()
    first, second = an_upload(batch, a_roster(seed=1)), an_upload(batch, a_roster(seed=2))
    worker = workers()
    pool_process = worker.pool_process()
    ring(first.job_id)
    [nursery] = worker.wait_for(lambda: has_ended(first.job_id) and children_of(pool_process), "a nursery")
    os.kill(nursery, signal.SIGSTOP)
    ring(second.job_id)
    worker.wait_for(lambda: job_of(second.job_id).stage == "read", "a file that waits for its parser")
    kill_process(nursery)
    wait_until_all_ended(worker)
    assert (job_of(second.job_id).state, job_of(second.job_id).attempt) == (JobState.DONE, 1)
    assert_everything_in_order()


def parsers_of(pool_process: int) -> list[int]:
    """The parsers that a pool process has forked by its nursery."""
    return [parser for nursery in children_of(pool_process) for parser in children_of(nursery)]


def assert_fails_alone(job_id: int, worker: Worker, pool_process: int) -> None:
    """The poison file has ended with a reason, and the same pool process does the next job."""
    worker.wait_for(lambda: has_ended(job_id), "the end of the poison file", ENDED_SECONDS)
    assert (job_of(job_id).state, job_of(job_id).code) == (JobState.FAILED, "IMP-012")
    healthy = an_upload(a_batch_to_fill("3019BJ"))
    ring(healthy.job_id)
    worker.wait_for(lambda: has_ended(healthy.job_id), "the end of the next job", ENDED_SECONDS)
    assert job_of(healthy.job_id).state == JobState.DONE
    assert worker.pool_process() == pool_process
    wait_until_all_ended(worker)
    assert_everything_in_order()
