"""The database, and what its rows say of jobs, of beat and of the keys."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from web.commands.health.broker import NOTHING_RUNS, nothing_runs
from web.commands.health.machine import LOST_KEYS
from web.commands.health.probe import Finding

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from config.settings import Settings

OLDEST_POSTGRESQL = 15
WAITING_SECONDS = 300
"""A job that has waited longer than this waits for a worker that is not there."""
_SERVERS = {"email": "CANBAO_SMTP_URL", "sms": "the CANBAO_SMS_… settings"}
"""Channel -> where it is set who takes its messages."""
CLOCK_SECONDS = 5
"""How far this machine's clock and the database's may be apart: receipts are stamped by one, leases by the other."""


def look_at_database(settings: Settings) -> Iterator[Finding]:
    """Whether it answers, is new enough and up to date, and what it knows of the others."""
    from models.records.database import reading
    from models.records.schema import is_current

    if not settings.database_url and not (file := settings.var.resolve() / "canbao.db").exists():
        yield Finding(
            "database", False, f"there is no {file}", "run `canbao db upgrade`, or `canbao up`, which does it"
        )
        return
    with reading() as session:
        connection = session.connection()
        version = connection.dialect.server_version_info or ()
        name = "PostgreSQL" if connection.dialect.name == "postgresql" else "SQLite"
        old = name == "PostgreSQL" and version < (OLDEST_POSTGRESQL,)
        remedy = f"use PostgreSQL {OLDEST_POSTGRESQL} or newer" if old else ""
        yield Finding("database", not old, f"{name} {'.'.join(map(str, version))}", remedy)
        current = is_current(connection)
        remedy = "" if current else "run `canbao db upgrade`"
        yield Finding("migrations", current, "all have run" if current else "some have not run", remedy)
        yield _clock(session)
        if current:
            yield _oldest_waiting(session)
            yield _beat(session, settings)
            yield _messages(session, settings)
            yield _numbers(session)


def _clock(session: Session) -> Finding:
    from sqlalchemy import select

    from models.records.database import database_seconds

    asked = time.time()
    seconds = session.execute(select(database_seconds())).scalar_one()
    apart = seconds - (asked + time.time()) / 2
    ok = abs(apart) < CLOCK_SECONDS
    remedy = "" if ok else "let both machines follow a time server (NTP)"
    return Finding("clock", ok, f"the database's is {apart:+.1f} s from this machine's", remedy)


def _oldest_waiting(session: Session) -> Finding:
    from sqlalchemy import func, select

    from models.records.job import Job, JobState

    queued = select(func.count(), func.min(Job.created_at)).where(Job.state == JobState.QUEUED)
    waiting, oldest = session.execute(queued).one()
    if not waiting:
        return Finding("oldest waiting job", True, "none waits")
    seconds = (datetime.now(UTC) - oldest).total_seconds()
    ok = seconds < WAITING_SECONDS
    remedy = "" if ok else "see `canbao jobs list --state queued`, and whether its queue has a consumer"
    return Finding("oldest waiting job", ok, f"waits for {seconds:.0f} s; {waiting} in all", remedy)


def _beat(session: Session, settings: Settings) -> Finding:
    from models.records.heartbeat import BEAT, seconds_since_heartbeat
    from models.rules.alarms import beat_is_silent

    seconds = seconds_since_heartbeat(session, BEAT)
    ticked = "never ticked" if seconds is None else f"ticked {seconds:.0f} s ago"
    if nothing_runs(settings):
        return Finding("beat", False, f"not running; {ticked}", NOTHING_RUNS)
    ok = not beat_is_silent(seconds, settings.sweep_seconds)
    ours = not settings.redis_url.get_secret_value()  # the broker is, and so is beat
    start = "see log/beat.log and log/large.log" if ours else "start beat, and a worker that takes the queue `upkeep`"
    remedy = "" if ok else start
    if seconds is None:
        remedy = f"wait {settings.sweep_seconds:g} s after a start for its first tick; else {remedy}"
    return Finding("beat", ok, ticked, remedy)


def _messages(session: Session, settings: Settings) -> Finding:
    """Whether letters have a way out of the house, and arrive."""
    from models.queries.outbox import look_at_messages

    if not settings.smtp_url.get_secret_value() and not settings.demonstration:
        remedy = "set CANBAO_SMTP_URL and CANBAO_MAIL_FROM: nobody is reminded, and no code can be read"
        return Finding("messages", False, "there is no mail server", remedy)
    found = look_at_messages(session)
    states = found.by_state
    said = f"{states['waiting']} wait, {states['failed']} failed, {states['uncertain']} of uncertain end"
    for oldest in found.late:
        said += f"; {oldest.channel} has waited for {oldest.seconds:.0f} s{oldest.away and f': {oldest.away}'}"
    remedies = [f"is the server away, or its password wrong? see {_SERVERS[one.channel]}" for one in found.late]
    if states["failed"] or states["uncertain"]:
        remedies.append("see 发送情况 on the administrator's pages")
    return Finding("messages", not remedies, said, "; ".join(remedies))


def _numbers(session: Session) -> Finding:
    """Whether the keys are those of this database."""
    opened = keys_open_numbers(session)
    if opened is None:
        return Finding("numbers", True, "none is stored yet")
    if opened:
        return Finding("numbers", True, "the keys open them")
    return Finding("numbers", False, "the keys are not those of this database", LOST_KEYS)


def keys_open_numbers(session: Session) -> bool | None:
    """Whether the database's latest number is opened by the keys and found again; None: none is stored yet."""
    from cryptography.exceptions import InvalidTag
    from sqlalchemy import select

    from models.records.person import BatchPerson
    from models.records.sealing import id_digest, unseal_id_no

    latest = select(BatchPerson.id_sealed, BatchPerson.id_digest).order_by(BatchPerson.id.desc()).limit(1)
    person = session.execute(latest).one_or_none()
    if person is None:
        return None
    try:
        return bool(id_digest(unseal_id_no(person.id_sealed, person.id_digest)) == person.id_digest)
    except (InvalidTag, KeyError, OSError, ValueError):
        return False
