"""The doorbell: tells the workers that a job may be due. It never fails a request; the sweeper rings again."""

from __future__ import annotations

import threading
import time

import structlog
from kombu.connection import Connection
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from config.settings import settings
from models.records.database import is_away, reading
from models.records.job import Job, JobState
from models.rules.notices import Channel
from tasks.app import app
from tasks.job_names import name_in_flower
from tasks.queues import CALENDAR, MESSAGES

log = structlog.get_logger()

PATIENCE_SECONDS = 0.3
"""How long one ring may take: a frozen broker would otherwise hold a request for many seconds."""

SILENCE_SECONDS = 10
"""How long nobody rings after a failure, so that an outage costs each request nothing."""

CALENDAR_RING = "calendar.ring"
"""The task that begins what is due in the calendar."""

DELIVERY_RING = "notices.deliver"
"""The task that sends what is due by one channel."""

_lock = threading.Lock()
_silent_until = 0.0


def ring(job_id: int) -> bool:
    """Publish a job's message, once and quickly. False: the broker did not take it, or late; nothing is lost."""
    if time.monotonic() < _silent_until:
        return False
    try:
        with reading() as session:
            found = session.execute(select(Job.kind, Job.queue).where(Job.id == job_id)).one_or_none()
    except DBAPIError as failure:  # the sweeper will know it again
        _tell_why(failure, job=job_id)
        return False
    return found is not None and _publish(found.kind, [job_id], found.queue)


def ring_calendar() -> bool:
    """Have what is due in the calendar begun, as beat does again and again."""
    return _publish(CALENDAR_RING, [], CALENDAR)


def ring_delivery(*channels: Channel) -> bool:
    """Have what is due by these channels sent, or by all, as beat does again and again; False: nobody was rung for."""
    sends = {Channel.EMAIL: settings().sends_email, Channel.SMS: settings().sends_sms}
    rung = [_publish(DELIVERY_RING, [one.value], MESSAGES) for one in channels or Channel if sends[one]]
    return any(rung)


def _publish(task: str, args: list[int] | list[str], queue: str) -> bool:
    global _silent_until  # noqa: PLW0603 -- the circuit breaker of this process
    try:
        with _lock, _connection() as connection:
            if time.monotonic() < _silent_until:  # somebody ahead in the queue found the broker away
                return False
            shown = name_in_flower(task)
            app.send_task(task, args=args, queue=queue, connection=connection, retry=False, shadow=shown)
    except connection_errors() as failure:
        _silent_until = time.monotonic() + SILENCE_SECONDS
        log.warning("doorbell_silent", task=task, jobs=args, reason=type(failure).__name__)
        return False
    return True


def ring_next(batch_id: int) -> None:
    """A batch's next roster job waits for the one before it: ring for it when that has ended, however it did."""
    waiting = (
        select(Job.id)
        .where(Job.batch_id == batch_id, Job.writes_roster, Job.state == JobState.QUEUED)
        .order_by(Job.id)
        .limit(1)
    )
    try:
        with reading() as session:
            next_id = session.execute(waiting).scalar_one_or_none()
    except DBAPIError as failure:
        _tell_why(failure, batch=batch_id)
        return
    if next_id is not None:
        ring(next_id)


def connection_errors() -> tuple[type[BaseException], ...]:
    """Every way in which the broker may be away."""
    from kombu.exceptions import OperationalError
    from redis.exceptions import RedisError

    return (OperationalError, RedisError, OSError)


def _tell_why(failure: DBAPIError, **about: int) -> None:
    """Nobody was rung for: the database is away, or would not be asked so, which is a bug."""
    if is_away(failure):
        log.warning("database_away", reason=type(failure).__name__, **about)
    else:
        log.error("doorbell_failed", exc_info=failure, **about)


def _connection() -> Connection:
    options = {
        "socket_timeout": PATIENCE_SECONDS,
        "socket_connect_timeout": PATIENCE_SECONDS,
        "retry_on_timeout": False,
        "max_connections": 4,
        "global_keyprefix": settings().broker_prefix,
        "max_retries": 0,  # without it kombu waits two seconds and tries again
    }
    return Connection(app.conf.broker_url, transport_options=options, connect_timeout=PATIENCE_SECONDS)
