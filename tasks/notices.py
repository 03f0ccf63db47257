"""Notices and codes leave the house. Beat rings, and whoever has written a code; what is due stands in the database."""

from __future__ import annotations

import time

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy import select

from models.actions.deliver_messages import (
    LineLostError,
    Parcel,
    is_untidy,
    leave_line,
    mark_refused,
    mark_sending,
    mark_sent,
    mark_uncertain,
    next_due,
    put_back,
    take_line,
    tidy,
)
from models.actions.pass_on_notices import pass_on
from models.records.database import is_away, reading, writing
from models.records.notice import NOT_PASSED_ON, Notice
from models.rules.notices import Channel
from tasks import doorbell
from tasks.app import app
from tasks.delivery.carrier import AwayError, Carrier, HungUpError, RefusedError, UnansweredError, carrier_for

log = structlog.get_logger()

RUN_SECONDS = 15.0
"""How long one run goes on with what is due; then it rings for the next. A worker that is told to stop waits longer."""
PASS_ON_SECONDS = 5.0
"""How much of it goes into making messages of notices: a night's reminders must not keep codes waiting."""
HUNG_UP_IN_A_ROW = 5
"""Over so many messages one after the other the server may hang up; then notices wait for the next ring.

The line stays open: it may be these addresses, and codes are sent at once.
"""


@app.task(name=doorbell.DELIVERY_RING)
def deliver(channel: str) -> None:
    """Whatever has not left the house yet by one channel. May be begun any number of times, also at once.

    Each channel has runs of its own, so that neither waits for what the other one's server, or its settings, do.
    """
    until = time.monotonic() + RUN_SECONDS
    try:
        more = _pass_on(time.monotonic() + PASS_ON_SECONDS)
        more |= _deliver_by(Channel(channel), until)
    except Exception as failure:
        if not is_away(failure):
            raise
        log.warning("database_away", reason=type(failure).__name__)
        return
    if more:
        doorbell.ring_delivery(Channel(channel))


def _pass_on(until: float) -> bool:
    """Make messages of notices; whether there are more than there was time for."""
    with reading() as session:
        untidy = is_untidy(session)
    if untidy:
        with writing() as session:
            tidy(session)
    while time.monotonic() < until:
        with reading() as session:
            if session.execute(select(Notice.id).where(NOT_PASSED_ON).limit(1)).scalar() is None:
                return False
        with writing() as session:
            if not pass_on(session):  # others have them under way
                return False
    return True


def _deliver_by(channel: Channel, until: float) -> bool:
    """Send what is due by one channel; whether there is more than there was time for.

    It looks once more after it has left the line: whoever rang meanwhile found the line taken, and went.
    """
    fine = True
    while (carrier := carrier_for(channel)) is not None and (parcel := _due(channel)) is not None:
        if not fine and not parcel.letter:
            return False
        if time.monotonic() >= until:
            return True
        with writing() as session:
            token = take_line(session, channel)
        if token is None:
            return False
        fine = _use_line(channel, token, carrier, until)
    return False


def _use_line(channel: Channel, token: str, carrier: Carrier, until: float) -> bool:
    """Send what is due; False: the server hung up so often that notices are better left alone for a while."""
    away, sent, hung_up, last, weary = None, 0, 0, "", False
    try:
        while time.monotonic() < until and (parcel := _due(channel)) is not None:
            if hung_up >= HUNG_UP_IN_A_ROW and not parcel.letter:
                away, weary = last, True
                break
            try:
                sent += _send(channel, token, carrier, parcel)
            except HungUpError as failure:
                hung_up, last = hung_up + 1, str(failure)
            else:
                hung_up = 0
    except AwayError as failure:
        away = str(failure)
    except LineLostError:
        log.warning("line_lost", channel=channel.value)
    finally:
        carrier.close()
        with writing() as session:
            leave_line(session, channel, token, away=away, shut_now=not weary)
        log.info("messages_sent", channel=channel.value, sent=sent, away=away)
    return not weary


def _due(channel: Channel) -> Parcel | None:
    with reading() as session:
        return next_due(session, channel)


def _send(channel: Channel, token: str, carrier: Carrier, parcel: Parcel) -> bool:
    """Whether it was taken. HungUpError: it was not, and perhaps no other would be; AwayError: surely no other would.

    LineLostError: it is in other hands.
    """
    marked = False

    def ready() -> None:
        nonlocal marked
        with writing() as session:
            mark_sending(session, channel, token, parcel.message_id)
        marked = True

    try:
        carrier.send(parcel, ready)
    except (LineLostError, SoftTimeLimitExceeded):
        raise
    except AwayError as failure:
        with writing() as session:
            put_back(session, token, parcel.message_id, str(failure))
        raise
    except UnansweredError as failure:
        with writing() as session:
            mark_uncertain(session, token, parcel.message_id, str(failure))
        raise AwayError(str(failure)) from failure
    except RefusedError as failure:
        with writing() as session:
            mark_refused(session, token, parcel.message_id, str(failure))
        if isinstance(failure, HungUpError):
            raise
        return False
    except Exception as failure:
        if is_away(failure):
            raise
        log.exception("message_not_sent", message=parcel.message_id)  # a bug of one must not keep all others
        with writing() as session:
            (mark_uncertain if marked else mark_refused)(session, token, parcel.message_id, "bug")
        return False
    with writing() as session:
        mark_sent(session, token, parcel.message_id)
    return True
