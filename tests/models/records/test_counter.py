"""Numbers counted anew each day."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from models.records.counter import next_number
from models.records.database import writing

MONDAY, TUESDAY = date(2020, 4, 20), date(2020, 4, 21)

COUNT = """
from datetime import date
from models.records.counter import next_number
from models.records.database import writing
for _ in range(20):
    with writing() as session:
        print(next_number(session, "receipt", date(2020, 4, 20)))
"""


def number(kind: str = "receipt", day: date = MONDAY) -> int:
    with writing() as session:
        return next_number(session, kind, day)


def test_numbers_begin_at_one_and_go_on(database: str) -> None:
    assert [number(), number(), number()] == [1, 2, 3]


def test_each_day_and_each_kind_counts_for_itself(database: str) -> None:
    number()
    assert (number(day=TUESDAY), number("batch"), number()) == (1, 1, 2)


def test_numbers_never_repeat_in_threads_and_processes(database: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", COUNT], stdout=subprocess.PIPE)
    with ThreadPoolExecutor(6) as threads:
        here = list(threads.map(lambda _: number(), range(60)))
    printed, _ = process.communicate(timeout=60)
    assert sorted([*here, *map(int, printed.split())]) == list(range(1, 81))


def test_the_number_of_a_transaction_that_failed_is_given_again(database: str) -> None:
    try:
        with writing() as session:
            next_number(session, "receipt", MONDAY)
            raise RuntimeError
    except RuntimeError:
        pass
    assert number() == 1
