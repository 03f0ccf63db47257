"""Reference data that are on their way when something breaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from models.actions.load_reference import Line
from models.records.database import reading, writing
from models.records.reference import SiUnit
from models.records.reference_tables import REFERENCE_TABLES
from tasks.reference_file import load_reference

UNITS = REFERENCE_TABLES["si-units"]
TODAY = date(2020, 4, 20)


def lines_and_then_the_server_goes_away() -> Iterator[Line]:
    for line in (2, 3):
        yield line, UNITS.read({"si_unit_code": f"SH000{line}", "in_service_total": "7", "as_of": "2020-04-01"}, TODAY)
    with writing() as other:
        mine = text("pid <> pg_backend_pid() AND datname = current_database()")
        other.execute(select(text("pg_terminate_backend(pid)")).select_from(text("pg_stat_activity")).where(mine))
    yield from ((line, (f"SH{line}", 7, "2020-04-01")) for line in range(10_000, 60_000))


@pytest.mark.postgresql
@pytest.mark.usefixtures("postgresql")
def test_a_connection_that_is_lost_within_the_copy_is_an_error_of_the_database() -> None:
    with pytest.raises(OperationalError):
        load_reference(UNITS, lines_and_then_the_server_goes_away(), lambda _stored: None, replace_all=True)
    with reading() as session:
        assert session.scalars(select(SiUnit)).all() == []
