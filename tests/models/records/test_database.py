"""The two doors of the database, and SQLite's one writer."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.records.database import DatabaseBusyError, database_seconds, forget_connections, reading, writing
from models.records.unit import EnrolmentCode, Unit

WRITE_UNITS = """
import sys
from sqlalchemy import insert
from models.records.database import writing
from models.records.unit import Unit
for number in range(int(sys.argv[1])):
    with writing() as session:
        session.execute(insert(Unit).values(name="x" * 2000, district_union=""))
"""


def units() -> int:
    with reading() as session:
        return session.execute(select(func.count()).select_from(Unit)).scalar_one()


def write_a_unit() -> None:
    with writing() as session:
        session.add(Unit(name="上海豆豆有限公司"))


def test_a_reader_cannot_write(database: str) -> None:
    with reading() as session, pytest.raises(DBAPIError):
        session.execute(insert(Unit).values(name="上海豆豆有限公司", district_union=""))


def test_a_writer_may_write_after_a_reader_was_refused(database: str) -> None:
    with reading() as session, pytest.raises(DBAPIError):
        session.execute(insert(Unit).values(name="上海豆豆有限公司", district_union=""))
    write_a_unit()
    assert units() == 1


def test_a_block_that_raises_leaves_nothing(database: str) -> None:
    def write_and_fail() -> None:
        with writing() as session:
            session.add(Unit(name="上海豆豆有限公司"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert units() == 0


def test_a_row_that_points_to_nobody_is_refused(database: str) -> None:
    with pytest.raises(IntegrityError), writing() as session:
        session.add(EnrolmentCode(code="0088D2", unit_id=4711))


def test_the_database_has_a_clock_of_its_own(database: str) -> None:
    with reading() as session:
        assert session.execute(select(database_seconds())).scalar_one() == pytest.approx(time.time(), abs=2)


def test_connections_can_be_forgotten_and_made_anew(database: str) -> None:
    write_a_unit()
    forget_connections()
    assert units() == 1


@pytest.mark.usefixtures("sqlite")
def test_writers_in_threads_and_processes_never_find_sqlite_locked() -> None:
    processes = [subprocess.Popen([sys.executable, "-c", WRITE_UNITS, "30"], stderr=subprocess.PIPE) for _ in range(2)]
    with ThreadPoolExecutor(6) as threads:
        for wrote in [threads.submit(write_a_unit) for _ in range(60)]:
            wrote.result()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    assert units() == 60 + 2 * 30


@pytest.mark.usefixtures("sqlite")
def test_a_reader_does_not_wait_for_a_writer() -> None:
    with writing() as session:
        session.add(Unit(name="上海豆豆有限公司"))
        session.flush()
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(units).result(timeout=5) == 0


@pytest.mark.usefixtures("sqlite")
def test_a_writer_whose_turn_does_not_come_says_so_and_writes_nothing() -> None:
    in_hand, done = threading.Event(), threading.Event()

    def hold() -> None:
        with writing():
            in_hand.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    in_hand.wait(30)
    with pytest.raises(DatabaseBusyError), writing(wait_seconds=0.05) as session:
        session.add(Unit(name="上海豆豆有限公司"))
    done.set()
    holder.join()
    assert units() == 0


@pytest.mark.usefixtures("sqlite")
def test_another_processs_turn_is_waited_for() -> None:
    holding = "import sys\nfrom models.records.database import writing\nwith writing():\n print(flush=True)\n input()"
    process = subprocess.Popen([sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(DatabaseBusyError), writing(wait_seconds=0.05):
        pass
    process.communicate(b"\n", timeout=30)
    write_a_unit()
    assert units() == 1
