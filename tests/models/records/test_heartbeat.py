"""Signs of life."""

from __future__ import annotations

from sqlalchemy import update

from models.records.database import database_seconds, reading, writing
from models.records.heartbeat import BEAT, Heartbeat, note_heartbeat, seconds_since_heartbeat


def since() -> float | None:
    with reading() as session:
        return seconds_since_heartbeat(session, BEAT)


def note() -> None:
    with writing() as session:
        note_heartbeat(session, BEAT)


def test_what_was_never_seen_alive_has_no_heartbeat(database: str) -> None:
    assert since() is None


def test_the_age_of_a_heartbeat_is_told_by_the_databases_clock(database: str) -> None:
    note()
    with writing() as session:
        session.execute(update(Heartbeat).values(at=database_seconds() - 100))
    seconds = since()
    assert seconds is not None
    assert 100 <= seconds < 110


def test_a_second_heartbeat_takes_the_place_of_the_first(database: str) -> None:
    note()
    with writing() as session:
        session.execute(update(Heartbeat).values(at=0))
    note()
    seconds = since()
    assert seconds is not None
    assert seconds < 10
