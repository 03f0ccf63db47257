"""`canbao doctor`: whether everything that the service needs is configured, reachable and healthy."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from web.commands.output import answer, json_option

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from config.settings import Settings

PATIENCE_SECONDS = 3.5
"""How long the slowest probe is waited for; with the imports an answer comes within 5 s, whatever is away."""

CONSUMERS_SECONDS = 1.5
"""How long workers may take to say which queues they take; they answer beside their work."""

OLDEST_POSTGRESQL = 15
FREE_BYTES = 500 * 2**20
"""Free disk below which something must be done: uploads and their results are a few megabytes each."""
WAITING_SECONDS = 600
"""A job that has waited longer than this waits for a worker that is not there."""
CLOCK_SECONDS = 5
"""How far this machine's clock and the database's may be apart: receipts are stamped by one, leases by the other."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe found of one thing; `remedy` says what to do where it is not ok."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A look at one part of the service, which may find several things; `remedy` is for one that fails as a whole."""

    name: str
    look: Callable[[Settings], Iterator[Finding]]
    remedy: str


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look at database, broker, workers, beat, disk, keys and clocks; exit 1 if anything is not ok."""
    from config.settings import settings

    try:
        given = settings()
    except ValueError as wrong:  # pydantic's, with every setting that is wrong
        raise click.UsageError(f"the settings can't be used: {wrong}") from wrong
    findings = examine(given)
    healthy = all(finding.ok for finding in findings)
    lines = "\n".join(_line(finding) for finding in findings)
    answer({"ok": healthy, "checks": [asdict(finding) for finding in findings]}, lines, as_json=as_json)
    if not healthy:
        raise SystemExit(1)


def examine(settings: Settings) -> list[Finding]:
    """What all probes find, in their order. Each has a thread of its own and is not ok if it says nothing in time."""
    looks = [_Look(probe, settings) for probe in PROBES]
    for look in looks:
        look.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for look in looks:
        look.join(max(0.0, deadline - time.monotonic()))
    return [finding for look in looks for finding in look.heard()]


class _Look(threading.Thread):
    """A daemon: a probe that hangs on a frozen server must not keep the command from ending."""

    def __init__(self, probe: Probe, settings: Settings) -> None:
        super().__init__(daemon=True, name=probe.name)
        self._probe, self._settings = probe, settings
        self._findings: list[Finding] = []
        self._ended = False

    def run(self) -> None:
        """Collect what the probe finds, and why it ended early."""
        try:
            for finding in self._probe.look(self._settings):
                self._findings.append(finding)
        except Exception as failure:  # noqa: BLE001 -- whatever went wrong is what the operator must see
            self._findings.append(Finding(self._probe.name, False, _one_line(failure), self._probe.remedy))
        self._ended = True

    def heard(self) -> list[Finding]:
        """What was found so far."""
        if self._ended:
            return list(self._findings)
        silence = f"no answer within {PATIENCE_SECONDS} s"
        return [*self._findings, Finding(self._probe.name, False, silence, self._probe.remedy)]


def _configuration(settings: Settings) -> Iterator[Finding]:
    database = "PostgreSQL" if settings.database_url else "SQLite"
    broker = "REDIS_URL" if settings.redis_url.get_secret_value() else "embedded Valkey"
    yield Finding("configuration", True, f"{settings.env}; {database}; {broker}; data in {settings.var.resolve()}")


def _database(settings: Settings) -> Iterator[Finding]:
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

    seconds = seconds_since_heartbeat(session, BEAT)
    # Its first tick comes a period after the start, and one may get lost with the broker.
    ok = seconds is not None and seconds < 3 * settings.sweep_seconds + 10
    remedy = "" if ok else "start `celery -A tasks.app beat`, and a worker that takes the queue `upkeep`"
    return Finding("beat", ok, "never ticked" if seconds is None else f"ticked {seconds:.0f} s ago", remedy)


def _numbers(session: Session) -> Finding:
    """Whether the keys are those of this database: its latest number is opened and looked up again."""
    from cryptography.exceptions import InvalidTag
    from sqlalchemy import select

    from models.records.person import BatchPerson
    from models.records.sealing import id_digest

    name, found = "numbers", "the keys open them"
    person = session.scalars(select(BatchPerson).order_by(BatchPerson.id.desc()).limit(1)).one_or_none()
    if person is None:
        return Finding(name, True, "none is stored yet")
    try:
        ok = id_digest(person.id_no) == person.id_digest
    except (InvalidTag, KeyError, OSError, ValueError):
        ok = False
    return Finding(name, ok, found if ok else "the keys are not those of this database", "" if ok else _LOST_KEYS)


def _keys(settings: Settings) -> Iterator[Finding]:
    ring = settings.keyring()
    file = settings.keys_file or settings.var / "keys.json"
    if settings.keys is None and file.stat().st_mode & 0o077:
        yield Finding("keys", False, f"others than their owner can read {file}", f"run `chmod 600 {file}`")
        return
    yield Finding("keys", True, f"{len(ring.sealing)} to seal with, of which number {ring.current} is in use")


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.var.resolve()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    ok = free >= FREE_BYTES
    yield Finding("disk", ok, f"{free / 2**30:.1f} GiB free in {folder}", "" if ok else "make room on this disk")


def _broker(settings: Settings) -> Iterator[Finding]:
    server = _asked(_broker_url(settings))
    name = server.get("server_name", "redis")
    yield Finding("broker", True, f"{name} {server.get('valkey_version', server.get('redis_version'))}")


def _queues(settings: Settings) -> Iterator[Finding]:
    from celery import Celery

    from tasks import queues

    url = _broker_url(settings)
    _asked(url)  # Celery takes two seconds to find out that nobody is there
    # Not the workers' own app: that one is patient with a broker that is away.
    asking = Celery("doctor", broker=url, set_as_current=False)
    asking.conf.broker_transport_options = {
        "socket_timeout": CONSUMERS_SECONDS,
        "socket_connect_timeout": 1,
        "global_keyprefix": settings.broker_prefix,
    }
    told = asking.control.inspect(timeout=CONSUMERS_SECONDS).active_queues() or {}
    for queue in queues.QUEUES:
        takers = sorted(worker for worker, taken in told.items() if queue in {each["name"] for each in taken})
        remedy = "" if takers else f"start `celery -A tasks.app worker -Q {queue}`"
        yield Finding(f"queue {queue}", bool(takers), ", ".join(takers) or "no consumer", remedy)


def _asked(url: str) -> dict[str, Any]:
    """What the broker says of itself. RedisError: it is not there, or does not take the password."""
    from redis import Redis

    with Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
        said: dict[str, Any] = client.info("server")
    return said


def _broker_url(settings: Settings) -> str:
    if url := settings.effective_redis_url():
        return url
    raise LookupError("REDIS_URL is not set, and no embedded Valkey runs here")


def _one_line(failure: Exception) -> str:
    """The failure on one line, without what a database adds about its statement."""
    said = str(getattr(failure, "orig", None) or failure)
    return " ".join(said.split())[:200] or type(failure).__name__


def _line(finding: Finding) -> str:
    state = "ok" if finding.ok else "not ok"
    remedy = f": {finding.remedy}" if finding.remedy else ""
    return f"{state:6}  {finding.name:20}  {finding.found}{remedy}"


_LOST_KEYS = "put the keys of this database back (CANBAO_KEYS, or keys.json): without them its numbers are lost"
_START_BROKER = "see that Redis or Valkey runs and that REDIS_URL is right; accepted work waits meanwhile"
PROBES = (
    Probe("configuration", _configuration, "see .env.example"),
    Probe("database", _database, "see that the database runs and that DATABASE_URL is right"),
    Probe("keys", _keys, _LOST_KEYS),
    Probe("disk", _disk, "see that CANBAO_VAR is right"),
    Probe("broker", _broker, _START_BROKER),
    Probe("queues", _queues, _START_BROKER),
)
"""In the order in which they are told."""
