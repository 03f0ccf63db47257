"""J13: where messages went is forgotten 90 days after they were made, once nobody sends them again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from config.clock import SHANGHAI
from models.actions.calendar.retention import RETENTION
from models.actions.move_clock import move_clock
from models.queries import retention
from models.queries.retention import addresses_to_erase
from models.records.database import reading, writing
from models.records.job import Job
from models.records.notice import MessageState, OutgoingMessage
from tests.records import BatchOf, a_batch_to_fill
from tests.scheduled import calendar_at, calendar_begins_at

NIGHT = datetime(2020, 4, 21, 3, 0, tzinfo=SHANGHAI)
NOW = datetime(2026, 3, 5, 3, 0, tzinfo=SHANGHAI)
"""The same moment by the machine's clock, at which messages are made."""
MADE = datetime(2025, 12, 5, 3, 0, tzinfo=SHANGHAI)
"""Ninety days before."""
SECOND = timedelta(seconds=1)
PHONE = "13912345678"


@pytest.fixture
def batch(database: str) -> Iterator[BatchOf]:
    """The calendar has begun on the day before NIGHT."""
    found = a_batch_to_fill()
    with time_machine.travel(NOW, tick=False):
        calendar_begins_at(found.now)
        yield found


def a_message(made: datetime, state: MessageState = MessageState.SENT) -> int:
    with writing() as session:
        message = OutgoingMessage(channel="sms", recipient=PHONE, created_at=made, state=state)
        session.add(message)
        session.flush()
        return message.id


def nights(moment: datetime) -> list[Job]:
    """What J13 does until then."""
    return [job for job in calendar_at(moment) if job.kind == RETENTION.kind]


def addresses() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(OutgoingMessage.recipient).order_by(OutgoingMessage.id)))


@pytest.mark.parametrize("state", list(MessageState))
def test_after_90_days_and_not_before_it_is_forgotten_where_a_settled_one_went(
    batch: BatchOf, state: MessageState
) -> None:
    for made in (MADE, MADE - SECOND):
        a_message(made, state)
    nights(NIGHT)
    settled = state in {MessageState.SENT, MessageState.VOID, MessageState.OUTBOX}
    assert addresses() == [PHONE, "" if settled else PHONE]


def test_a_night_to_come_and_a_late_run_are_judged_as_of_the_night(batch: BatchOf) -> None:
    for made in (MADE + timedelta(hours=6), MADE + timedelta(hours=6) - SECOND):  # the machine still shows NOW
        a_message(made)
    with writing() as session:
        move_clock(session, NIGHT - timedelta(hours=6))
    with reading() as session:
        [piece] = RETENTION.units(session, NIGHT)
        assert piece.messages == (2, 2)
    assert nights(NIGHT + timedelta(hours=9)) == []  # three in the night was nine hours ago: both are younger


def test_that_is_done_at_night_and_once(batch: BatchOf) -> None:
    a_message(MADE - SECOND)
    assert nights(NIGHT - SECOND) == []
    [job] = nights(NIGHT)
    assert (job.params["period"], nights(NIGHT + timedelta(days=1))) == (NIGHT.isoformat(), [])


def test_it_is_done_in_pieces_and_told_how_many(batch: BatchOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ADDRESSES", 2)
    for _ in range(5):
        a_message(MADE - SECOND)
    with reading() as session:
        assert addresses_to_erase(session, MADE) == [(1, 2), (3, 4), (5, 5)]
    [job] = nights(NIGHT)
    assert (job.progress["found"], addresses()) == ({"done": 5, "failed": 0}, [""] * 5)


def test_of_a_message_that_is_sent_again_in_that_night_the_address_stays(batch: BatchOf) -> None:
    message_id = a_message(MADE - SECOND)
    with writing() as session:
        move_clock(session, NIGHT)
    with reading() as session:
        [unit] = RETENTION.units(session, NIGHT)
    with writing() as session:
        session.get_one(OutgoingMessage, message_id).state = MessageState.WAITING
    with writing() as session:
        assert RETENTION.do(session, unit, NIGHT, NIGHT) == 0
    assert addresses() == [PHONE]


def test_every_question_walks_along_the_index_of_those_that_say_where_they_went(batch: BatchOf) -> None:
    a_message(MADE - SECOND)
    with writing() as session:
        move_clock(session, NIGHT)
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if "FROM outgoing_message" in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with reading() as session:
            RETENTION.next_at(session, batch.now, NIGHT)
            RETENTION.units(session, NIGHT)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with reading() as session:
        connection = session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # of a few rows it reads them all
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        plans = [str(connection.exec_driver_sql(f"{explain} {sql}", values).all()) for sql, values in asked]
    assert ["ix_outgoing_message_addressed" in plan for plan in plans] == [True, True]
    assert all("recipient <> ''" in sql for sql, _ in asked)  # a prepared statement knows no value in its place
