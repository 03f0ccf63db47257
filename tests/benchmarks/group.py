"""A group of 50,000 people in ten files, from its files to its confirmed premium, each step by its job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.records.database import reading
from models.records.job import Job
from tasks.demonstration import BEGINS_AT
from tasks.roster_check import submit, validate
from tasks.roster_import.job import import_roster
from tasks.workbook.parser_process import keep_a_nursery
from tests.benchmarks.place import Place
from tests.benchmarks.register import settle
from tests.load.group import assert_done, enrol, files_of, known_to_the_register, right_total, the_group

FILES = 10


def group(place: Place, people: int) -> dict[str, Any]:
    """Seconds of each step, jobs done one after the other in this process."""
    crowd = the_group(people, 4712)
    known_to_the_register(crowd)
    settle()
    _, batch_no = place.next_batch()
    keep_a_nursery()  # like a worker's pool process
    done = enrol(place.viewer, batch_no, files_of(crowd, FILES), BEGINS_AT, _work)
    assert_done(done.job_ids)
    assert done.total_fen == right_total(crowd), done.total_fen
    return {"people": people, "files": FILES, **done.seconds}


def _work(job_ids: Sequence[int]) -> None:
    tasks = {"roster.validate": validate, "roster.submit": submit}
    for job_id in job_ids:
        with reading() as session:
            kind = session.get_one(Job, job_id).kind
        tasks.get(kind, import_roster)(job_id)
