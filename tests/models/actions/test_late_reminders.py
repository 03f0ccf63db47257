"""After days without a mail server: reminders of what is over, or done, are void; deadlines and decisions arrive."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import writing
from models.records.notice import MessageState, OutgoingMessage, Telling, tell_all
from models.rules.lifecycle import BatchState
from models.rules.notices import OF_THE_MOMENT, TOPIC_OF
from tests.conftest import use_environment
from tests.mail_server import Temper, a_mail_server
from tests.mailing import port
from tests.records import a_batch_to_fill
from tests.told import VALUES, a_handler, days_pass, deliver, messages, sent_by, states, tell_one, time_passes

__all__ = ["port"]

SENT, WAITING, VOID, OUTBOX = MessageState.SENT, MessageState.WAITING, MessageState.VOID, MessageState.OUTBOX
LASTING = sorted(set(TOPIC_OF) - OF_THE_MOMENT)


def letters_taken(port: int) -> int:
    """The server is back: how many letters it takes."""
    with a_mail_server(Temper(), port) as server:
        deliver()
    return len(server.taken)


@pytest.fixture
def reminded(port: int) -> None:
    """A handler was reminded of everything there is, and told everything else, while the server was away."""
    handler = a_handler()
    for code in sorted(TOPIC_OF):
        tell_one(handler, code)


@pytest.mark.parametrize("passed_on_before", [True, False])
def test_after_days_reminders_are_void_and_all_else_arrives(
    reminded: None, port: int, *, passed_on_before: bool
) -> None:
    if passed_on_before:
        deliver()
        assert set(states()) == {WAITING, OUTBOX}  # SMS have no way out
    days_pass(2)
    assert letters_taken(port) == len(LASTING)
    outcome = {code: message.state for (code, *_), message in zip(sent_by(), messages(), strict=True)
               if message.channel == "email"}  # fmt: skip
    assert outcome == {code: VOID if code in OF_THE_MOMENT else SENT for code in TOPIC_OF}


def test_after_some_hours_all_of_it_arrives(reminded: None, port: int) -> None:
    deliver()
    days_pass(0.9)
    assert letters_taken(port) == len(TOPIC_OF)


def called(code: str, *, hours: float) -> None:
    """A handler is told of what ends in so many hours."""
    who = a_handler().account_id
    with writing() as session:
        now = business_now(session)
        until = now + timedelta(hours=hours)
        tell_all(session, [Telling(who, code, "once", VALUES[code], until=until)], at=now)


@pytest.mark.parametrize("passed_on_before", [True, False])
@pytest.mark.parametrize(("code", "hours", "taken"), [("NTF-03", 11, 0), ("NTF-03", 13, 1), ("NTF-05", 11, 1)])
def test_half_a_day_later_nobody_is_called_to_what_has_ended(
    port: int, code: str, hours: float, taken: int, *, passed_on_before: bool
) -> None:
    called(code, hours=hours)
    if passed_on_before:
        deliver()
    days_pass(0.5)
    assert letters_taken(port) == taken
    assert [(message.state, message.last_error) for message in messages() if message.channel == "email"] == [
        (SENT, "") if taken else (VOID, "outdated")
    ]


def test_what_is_void_says_so_and_one_that_was_refused_says_why(port: int) -> None:
    tell_one(a_handler(), "NTF-04")
    tell_one(a_handler("zhou@unit.example", "14200000002"), "NTF-04")
    deliver()
    with writing() as session:
        refused = OutgoingMessage.recipient == "zhou@unit.example"
        session.execute(update(OutgoingMessage).where(refused).values(refusals=3, last_error="RCPT 550"))
    days_pass(2)
    deliver()
    assert [(message.state, message.last_error) for message in messages()] == [(VOID, "outdated"), (VOID, "RCPT 550")]


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNCERTAIN])
def test_an_outdated_reminder_is_nobodys_concern(port: int, state: MessageState) -> None:
    tell_one(a_handler(), "NTF-04")
    deliver()
    with writing() as session:
        session.execute(update(OutgoingMessage).values(state=state))
    days_pass(2)
    deliver()
    assert states() == {VOID: 1}


def test_what_was_sent_stays_so(port: int) -> None:
    tell_one(a_handler(), "NTF-04")
    letters_taken(port)
    days_pass(2)
    deliver()
    assert states() == {SENT: 1}


def test_in_a_demonstration_without_a_way_out_all_of_it_can_be_read(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch)
    tell_one(a_handler(), "NTF-03")
    days_pass(2)
    deliver()
    assert states() == {OUTBOX: 2}


UNCONFIRMED = {BatchState.ROSTER_DRAFT, BatchState.ROSTER_FAILED, BatchState.ROSTER_SUBMITTED}


@pytest.mark.parametrize("passed_on_before", [True, False])
@pytest.mark.parametrize(
    "state",
    [BatchState.ROSTER_SUBMITTED, BatchState.AWAITING_PAYMENT, BatchState.PAYMENT_REVIEW, BatchState.EXPIRED],
)
@pytest.mark.parametrize(
    ("code", "still_to_do"),
    [("NTF-03", {BatchState.AWAITING_PAYMENT}), ("NTF-04", UNCONFIRMED), ("NTF-07", UNCONFIRMED)],
)
def test_whoever_has_done_it_meanwhile_is_not_reminded(
    port: int, code: str, still_to_do: set[BatchState], state: BatchState, *, passed_on_before: bool
) -> None:
    batch = a_batch_to_fill()
    _move(batch.batch_id, min(still_to_do))
    tell_one(batch.viewer, code, batch_id=batch.batch_id)
    if passed_on_before:
        deliver()
        time_passes()
    _move(batch.batch_id, state)
    assert letters_taken(port) == (state in still_to_do)
    assert [message.state for message in messages() if message.channel == "email"] == [
        SENT if state in still_to_do else VOID
    ]


def _move(batch_id: int, state: BatchState) -> None:
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == batch_id).values(state=state))


def test_a_decision_about_a_batch_is_told_whatever_became_of_it(port: int) -> None:
    batch = a_batch_to_fill()
    tell_one(batch.viewer, "NTF-12", batch_id=batch.batch_id)
    _move(batch.batch_id, BatchState.ENROLLED)
    assert letters_taken(port) == 1
