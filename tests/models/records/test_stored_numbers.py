"""No ID number stands in the database in any form that can be read without the keys."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.settings import settings
from models.actions.remove_people import remove_people
from models.records.database import forget_connections, reading, writing
from models.records.person import BatchPerson
from models.records.tables import Base
from models.rules.findings import Column
from tasks.demonstration import Sample, seed
from tasks.workbook.reader import read_roster
from tests.imports import an_import, marked_workbook_of
from tests.records import a_batch_to_fill, a_roster


def forms(number: str) -> Iterator[bytes]:
    """A number as bytes, hex of either case, and base64 wherever in a longer text it begins."""
    clear = number.encode()
    yield clear
    yield clear.hex().encode()
    yield clear.hex().upper().encode()
    yield number.encode("utf-16-le")
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + clear).decode()
        # the characters at both ends also depend on the neighbours
        yield encoded[(0, 2, 3)[before] : len(encoded) - 4].encode()


def everything_stored(database: str) -> bytes:
    forget_connections()
    if database == "sqlite":
        return b"".join(path.read_bytes() for path in Path(settings().var).glob("canbao.db*"))
    url = settings().database_url.replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        dump = b""
        for table in Base.metadata.tables:
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:  # type: ignore[arg-type]  # our own names
                dump += b"".join(bytes(block) for block in copy)
    return dump


def typed_numbers(content: bytes) -> set[str]:
    """Whatever looks like a number in the file, in whichever column it stands."""
    cells = (row.text(column).strip() for row in read_roster(content, 5000).rows for column in Column)
    return {cell for cell in cells if len(cell) >= 10 and any(map(str.isdigit, cell)) and not cell.startswith("14")}


def found_in(stored: bytes, numbers: set[str]) -> set[str]:
    return {number for number in numbers if any(form in stored for form in forms(number))}


def test_after_imports_reports_and_removals_no_number_can_be_read(database: str) -> None:
    batch, content = a_batch_to_fill(), a_roster(300, 1, "0.3")
    marked_workbook_of(an_import(batch, content))
    an_import(batch, content, repeat=True)
    with reading() as session:
        people = [person.id for person in session.query(BatchPerson).limit(20)]
    with writing() as session:
        remove_people(session, batch.viewer, batch.batch_no, people, batch.now)
    numbers = {cell for cell in typed_numbers(content) if not cell.startswith(("19", "20"))}
    assert len(numbers) > 280
    assert found_in(everything_stored(database), numbers) == set()


def test_a_seeded_demonstration_holds_no_number_that_can_be_read(database: str) -> None:
    sample = Sample(200)
    with writing() as session:
        seed(session, sample)
    numbers = {person.id_no for person in (*sample.occupied, *sample.enrolled, *(each for each, _ in sample.insured()))}
    assert numbers
    assert found_in(everything_stored(database), numbers) == set()


@pytest.mark.parametrize("before", ["", "x", "xx", "xxx"])
def test_the_search_finds_a_number_in_every_form(before: str) -> None:
    number = "110101199003079091"
    text = f"{before}{number} and more".encode()
    for stored in (text, text.hex().encode(), text.hex().upper().encode(), base64.b64encode(text)):
        assert found_in(stored, {number}) == {number}
