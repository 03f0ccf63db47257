"""Many clerks at once, over HTTP: each uploads a large file, somebody sends a small one last, others look at pages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import func, select

from models.records.database import reading
from models.records.job import UNFINISHED, Job
from models.records.roster_import import RosterImport
from tests.faults.processes import wait_for
from web.commands.visitor import Visitor

ANSWER_SECONDS = 20.0
"""A time-out for each answer; how long they took is measured."""
DONE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who uploads what to where."""

    email: str
    password: str
    batch_no: str
    content: bytes


@dataclass(slots=True)
class Load:
    """What was measured, in seconds."""

    upload_answers: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    """Answers to somebody who looks at lists, rosters and progress meanwhile."""
    small_done: float = 0.0
    """From the small file's receipt to its end."""
    large_unfinished: int = 0
    """Large files that were not done when the small one was."""
    last_done: float = 0.0
    """From the first upload to the end of the last."""


def many_clerks(site: str, large: Sequence[Clerk], small: Clerk, looking: Clerk) -> Load:
    """Everybody logs in; then all upload at once, the small file last; until everything is done.

    AssertionError: an upload was not answered by its import's page, or did not end.
    """
    load = Load()
    forms = {clerk.batch_no: _at_the_form(site, clerk) for clerk in (*large, small)}
    onlooker = _logged_in(site, looking)
    over = threading.Event()
    looks = threading.Thread(target=_look_around, args=(onlooker, looking.batch_no, load.pages, over))
    looks.start()
    try:
        began = time.monotonic()
        with ThreadPoolExecutor(len(large)) as crowd:
            load.upload_answers += crowd.map(lambda clerk: _timed(forms[clerk.batch_no]), large)
        sent = time.monotonic()
        load.upload_answers.append(_timed(forms[small.batch_no]))
        wait_for(lambda: not _unfinished(small.batch_no), "the small file is done", DONE_SECONDS)
        load.small_done, load.large_unfinished = time.monotonic() - sent, _unfinished(*(c.batch_no for c in large))
        wait_for(lambda: not _unfinished(*(clerk.batch_no for clerk in large)), "all are done", DONE_SECONDS)
        load.last_done = time.monotonic() - began
    finally:
        over.set()
        looks.join()
    return load


def p95(seconds: Sequence[float]) -> float:
    """The time within which 95 of 100 answers came."""
    return sorted(seconds)[max(0, -(-len(seconds) * 95 // 100) - 1)]


def _logged_in(site: str, clerk: Clerk) -> Visitor:
    visitor = Visitor(site, ANSWER_SECONDS)
    page = visitor.open("/log-in")
    visitor.submit(page, page.form_with("password"), {"email": clerk.email, "password": clerk.password})
    return visitor


def _at_the_form(site: str, clerk: Clerk) -> Callable[[], None]:
    """The clerk has chosen a file; what is returned presses the button."""
    visitor = _logged_in(site, clerk)
    page = visitor.open(f"/batches/{clerk.batch_no}/roster")
    form = page.form_with("file")

    def upload() -> None:
        answer = visitor.submit(page, form, {}, ("file", "清册.xlsx", clerk.content))
        assert "/imports/" in answer.url, answer.url

    return upload


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _look_around(visitor: Visitor, batch_no: str, seconds: list[float], over: threading.Event) -> None:
    paths = ("/batches", f"/batches/{batch_no}/roster", f"/batches/{batch_no}/imports", "/log-in")
    while not over.is_set():
        seconds.extend(_timed(partial(visitor.open, path)) for path in paths)


def _unfinished(*batch_nos: str) -> int:
    from models.records.batch import Batch

    waiting = (
        select(func.count())
        .select_from(RosterImport)
        .join(Job, Job.id == RosterImport.job_id)
        .join(Batch, Batch.id == RosterImport.batch_id)
        .where(Batch.batch_no.in_(batch_nos), Job.state.in_(UNFINISHED))
    )
    with reading() as session:
        return session.execute(waiting).scalar_one()
