"""Patience with PostgreSQL rests on a private name of psycopg's; these fail where another version has it otherwise."""

from __future__ import annotations

import psycopg
import pytest

from config.settings import settings
from models.records import patience

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("postgresql")]


def test_psycopg_ends_a_wait_by_the_error_that_is_caught_here() -> None:
    connection = connected()
    connection.pgconn.send_query(b"SELECT pg_sleep(5)")
    with pytest.raises(patience._WaitTimeout):
        connection.wait(psycopg.generators.fetch_many(connection.pgconn), timeout=0.01)
    connection.close()


def test_a_statement_that_takes_too_long_fails_as_on_a_server_that_is_away_and_the_connection_is_closed() -> None:
    connection = connected()
    with patience.patient_for(0.2), pytest.raises(psycopg.OperationalError, match="did not answer in time"):
        connection.execute("SELECT pg_sleep(5)")
    assert connection.closed


def connected() -> patience.PatientConnection:
    return patience.PatientConnection.connect(settings().database_url.replace("+psycopg", ""))
