"""A group under one code: its people come in ten files, with several 社保编码, and go all the way to their premium."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from config.pledge import pledge
from models.actions.price_batch import confirm_premium, generate_premium
from models.actions.queue_check import queue_submission, queue_validation
from models.actions.queue_import import queue_import
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.reference import SiPerson, SiUnit
from models.records.sealing import id_digest
from models.records.viewer import Viewer
from models.rules.person import EmploymentStatus, Person
from tasks.queues import people_queue, roster_queue
from tasks.sample_people import fictitious_people
from tests.imports import typed
from tests.workbooks import a_workbook

SI_CODES = 10
PROJECTS = ("A0", "B0", "C0", "A1")


@dataclass(slots=True)
class Enrolled:
    """Seconds of each step, and what it came to."""

    seconds: dict[str, float] = field(default_factory=dict)
    job_ids: list[int] = field(default_factory=list)
    total_fen: int = 0


def the_group(people: int, seed: int) -> list[Person]:
    """Everybody of it, told apart by number; nobody is over age."""
    return list(fictitious_people(people, seed))


def known_to_the_register(people: Sequence[Person]) -> None:
    """Those with social insurance are in service under one of ten 社保编码, whose totals they are."""
    insured = [person for person in people if person.has_si]
    as_of = date(2020, 3, 31)
    with writing() as session:
        session.add_all(
            SiPerson(
                id_digest=id_digest(person.id_no),
                name=person.name,
                personal_si_no=f"3101{number:011d}",
                si_unit_code=f"GROUP{number % SI_CODES:03d}",
                status=EmploymentStatus.IN_SERVICE,
                as_of=as_of,
            )
            for number, person in enumerate(insured)
        )
        for code in range(SI_CODES):
            total = len(insured[code::SI_CODES])
            session.add(SiUnit(si_unit_code=f"GROUP{code:03d}", in_service_total=total, as_of=as_of))


def enrol(
    viewer: Viewer, batch_no: str, files: Sequence[bytes], now: datetime, work: Callable[[Sequence[int]], None]
) -> Enrolled:
    """Every file imported, the roster checked and submitted, priced and confirmed; `work` brings jobs to their end."""
    done = Enrolled()

    def job(asked: Callable[[], int]) -> None:
        done.job_ids.append(asked())
        work(done.job_ids[-1:])

    def upload(content: bytes) -> int:
        with writing() as session:
            return queue_import(
                session,
                viewer,
                batch_no,
                file_name="集团清册.xlsx",
                content=content,
                queue=roster_queue(len(content)),
                now=now,
            ).job_id

    def ask_to_validate() -> int:
        with writing() as session:
            return queue_validation(session, viewer, batch_no, now, people_queue).id

    def ask_to_submit() -> int:
        with writing() as session:
            return queue_submission(session, viewer, batch_no, pledge().version, now, people_queue).id

    with timed(done, "imports"):
        done.job_ids += [upload(content) for content in files]
        work(done.job_ids)
    with timed(done, "validation"):
        job(ask_to_validate)
    with timed(done, "submission"):
        job(ask_to_submit)
    with timed(done, "premium"), writing() as session:
        preview = generate_premium(session, viewer, batch_no, list(PROJECTS), now)
        done.total_fen, token, warnings = preview.total_fen, preview.token, preview.warnings
    with timed(done, "confirmation"), writing() as session:
        confirm_premium(session, viewer, batch_no, token, warnings, now)
    return done


def files_of(people: Sequence[Person], files: int) -> list[bytes]:
    """Cut into so many workbooks, as a clerk would send them."""
    size = -(-len(people) // files)
    return [a_workbook(map(typed, people[first : first + size])) for first in range(0, len(people), size)]


def right_total(people: Sequence[Person]) -> int:
    """What they pay together for PROJECTS in a whole year, by the prices of 2020."""
    return sum(18_000 + 13_500 if person.has_si else 5_500 + 1_500 + 13_500 for person in people)


def assert_done(job_ids: Sequence[int]) -> None:
    """Every job has ended well, and has said how far it had come."""
    with reading() as session:
        for job in [session.get_one(Job, job_id) for job_id in job_ids]:
            assert job.state == JobState.DONE, (job.kind, job.code, job.values)
            assert (job.progress or {}).get("stages"), job.kind


@contextmanager
def timed(done: Enrolled, step: str) -> Iterator[None]:
    """Seconds of the step on the wall."""
    began = time.perf_counter()
    yield
    done.seconds[step] = round(time.perf_counter() - began, 3)
