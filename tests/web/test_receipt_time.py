"""A request is judged by when it was received, however long it waits for its turn to write (DOMAIN 3.3)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from config.clock import SHANGHAI
from models.records.business_clock import business_now
from models.records.database import reading, writing
from tests.faults.processes import wait_for
from tests.web.clock import at
from tests.web.conftest import Browser

CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)
PAGE = "/batches/open/central"


def closed() -> bool:
    with reading() as session:
        return business_now(session) >= CLOSES


@contextmanager
def somebody_writes_until_the_close() -> Iterator[None]:
    """In a thread of its own, which has the turn to write from here on."""
    has_it = threading.Event()

    def write() -> None:
        with writing():
            has_it.set()
            wait_for(closed, "the close")

    thread = threading.Thread(target=write)
    thread.start()
    assert has_it.wait(10)
    yield
    thread.join()


def test_who_came_before_the_close_and_waits_past_it_is_in_time(li: Browser) -> None:
    li.get(PAGE)
    at(CLOSES - timedelta(seconds=2))
    with somebody_writes_until_the_close():
        answer = li.post(PAGE, PAGE, code="0088D2", confirmed="1")
    assert closed()
    assert answer.status_code == 303


def test_who_came_at_the_close_is_late(li: Browser) -> None:
    at(CLOSES - timedelta(seconds=1))
    wait_for(closed, "the close")
    assert li.post(PAGE, PAGE, code="0088D2", confirmed="1").status_code == 409
