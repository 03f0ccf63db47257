"""What is not settled of the messages, and which of them wait for their server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.queries.outbox import UnsettledMessages, look_at_messages
from models.records.database import reading, writing
from models.records.delivery_line import DeliveryLine
from models.records.notice import MessageState, OutgoingMessage
from tests.statements import statements


def a_message(state: MessageState, seconds: int = 0, channel: str = "email", refusals: int = 0) -> None:
    """One that was made so long ago."""
    made_at = datetime.now(UTC) - timedelta(seconds=seconds)
    with writing() as session:
        session.add(
            OutgoingMessage(
                channel=channel, recipient="x@unit.example", created_at=made_at, state=state, refusals=refusals
            )
        )


def server_said(channel: str, why: str, failures: int) -> None:
    with writing() as session:
        session.add(DeliveryLine(channel=channel, failures=failures, last_error=why))


def look() -> UnsettledMessages:
    with reading() as session, statements() as asked:
        found = look_at_messages(session)
    assert len(asked) == 1
    return found


def late() -> list[tuple[str, str]]:
    return [(oldest.channel, oldest.away) for oldest in look().late]


def test_what_is_settled_is_not_counted(database: str) -> None:
    for state in MessageState:
        a_message(state)
    a_message(MessageState.FAILED)
    a_message(MessageState.WAITING, channel="sms")
    assert look().by_state == {"waiting": 2, "sending": 1, "failed": 2, "uncertain": 1}


def test_the_oldest_of_each_channel_that_was_never_refused_waits_for_its_server(database: str) -> None:
    a_message(MessageState.WAITING, 100)
    a_message(MessageState.WAITING, 50)
    a_message(MessageState.WAITING, 9_000, refusals=1)  # a dead address: not the server's fault
    a_message(MessageState.FAILED, 9_000)
    a_message(MessageState.WAITING, 200, channel="sms")
    found = look()
    assert [(oldest.channel, oldest.seconds // 100) for oldest in found.oldest_due] == [("email", 1), ("sms", 2)]
    assert found.oldest_due_seconds == found.oldest_due[1].seconds


def test_without_any_that_waits_none_is_due(database: str) -> None:
    found = look()
    assert (found.oldest_due, found.oldest_due_seconds, found.late) == ([], 0.0, [])


def test_one_that_waits_for_over_an_hour_is_late(database: str) -> None:
    a_message(MessageState.WAITING, 3_500)
    assert late() == []
    a_message(MessageState.WAITING, 3_700)
    assert late() == [("email", "")]


def test_where_the_server_is_away_five_minutes_are_too_long_and_other_channels_are_not_late(database: str) -> None:
    server_said("email", "SMTPAuthenticationError 535", failures=2)
    a_message(MessageState.WAITING, 200)
    a_message(MessageState.WAITING, 400, channel="sms")
    assert late() == []
    a_message(MessageState.WAITING, 400)
    assert late() == [("email", "SMTPAuthenticationError 535")]


def test_a_server_that_works_again_is_not_away(database: str) -> None:
    server_said("email", "", failures=0)
    a_message(MessageState.WAITING, 400)
    assert late() == []
