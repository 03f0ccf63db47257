"""The figures of 工作台: what is asked each time, and what is counted once a minute by each process."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from config.settings import settings
from models.queries.dashboard import Waiting, special_channels, waiting_for_staff
from models.queries.dashboard_jobs import EndedToday, JobsPage, ended_today, failed_since, under_way
from models.queries.dashboard_money import Money, money_of
from models.queries.dashboard_reminders import sent_by_day
from models.queries.dashboard_schedule import ScheduledLine, scheduled_lines
from models.queries.dashboard_units import UnionProgress, progress_by_union
from models.queries.figures import UnfinishedJobs, failing_jobs, seconds_since_beat, unfinished_jobs
from models.queries.jobs import JobOf
from models.queries.outbox import UnsettledMessages, look_at_messages
from models.queries.reconciliation import old_registers, open_disagreements
from models.records.job import Job
from models.rules.alarms import beat_is_silent

SECONDS_KEPT = 60.0
"""How old what reads whole tables may be."""

LATE_SECONDS = 60
"""A job that has waited longer is told to staff; after five minutes the operator is called (deploy/alerts.yml)."""

DAYS_OF_REMINDERS = 7
_SHOWN_UNDER_WAY, _SHOWN_FAILED = 8, 5
_KEPT = "canbao.workbench"


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """Asked each time, all from indexes."""

    at: datetime
    """The machine's clock, like all of jobs."""
    unfinished: UnfinishedJobs
    under_way: Sequence[JobOf]
    failed: JobsPage
    """Today's, but for those of which the clerk's file is the cause."""
    failing: Sequence[Job]
    """Runs of scheduled jobs that failed, whenever, and after which none went well."""
    waiting: Waiting
    messages: UnsettledMessages
    disagreements: int
    """Of the latest reconciliation (J14), without the next."""
    old_registers: int
    """Social-insurance registers that it found too old."""
    beat_seconds: float | None

    @property
    def queued(self) -> int:
        """Jobs that wait."""
        return self._in("queued")

    @property
    def running(self) -> int:
        """Jobs that are worked on."""
        return self._in("running")

    @property
    def oldest_seconds(self) -> float:
        """How long the oldest waiting job has waited; 0 where none waits."""
        return max(self.unfinished.oldest_waiting.values(), default=0.0)

    @property
    def late(self) -> bool:
        """Whether a job waits too long."""
        return self.oldest_seconds > LATE_SECONDS

    @property
    def beat_silent(self) -> bool:
        """As `canbao doctor` judges it."""
        return beat_is_silent(self.beat_seconds, settings().sweep_seconds)

    def _in(self, state: str) -> int:
        return sum(jobs for (_, found), jobs in self.unfinished.by_state.items() if found == state)


@dataclass(frozen=True, slots=True)
class CountedFigures:
    """What reads whole tables, as it was `at`."""

    at: datetime
    unions: Sequence[UnionProgress]
    money: Money
    today: EndedToday
    days: Sequence[datetime]
    """Midnights of the days of `reminders`, by the business clock, the oldest first."""
    reminders: Mapping[str, Sequence[int]]
    schedule: Sequence[ScheduledLine]
    special_channels: int

    @property
    def unfinished(self) -> int:
        """Units that have not come to 参保成功."""
        return sum(line.unfinished for line in self.unions)

    @property
    def units(self) -> int:
        """All units."""
        return sum(line.units for line in self.unions)


def midnight(moment: datetime) -> datetime:
    """When this moment's day began in Shanghai."""
    return moment.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


def machine_midnight() -> datetime:
    """When the day began by the machine's clock."""
    return midnight(datetime.now(UTC))


def live_figures(session: Session) -> LiveFigures:
    """Twelve statements, and one more where books do not agree."""
    disagreements = open_disagreements(session)
    registers = old_registers(session) if disagreements else 0
    return LiveFigures(
        at=datetime.now(UTC),
        unfinished=unfinished_jobs(session),
        under_way=under_way(session, _SHOWN_UNDER_WAY),
        failed=failed_since(session, machine_midnight(), _SHOWN_FAILED),
        failing=failing_jobs(session),
        waiting=waiting_for_staff(session),
        messages=look_at_messages(session),
        disagreements=disagreements - registers,
        old_registers=registers,
        beat_seconds=seconds_since_beat(session),
    )


def counted_figures(session: Session, year: str, now: datetime) -> CountedFigures:
    """Of this plan year, up to a minute old; whoever finds them older counts, and nobody waits for another's counting.

    `now`: business clock.
    """
    kept: dict[str, tuple[float, datetime, CountedFigures]] = current_app.extensions.setdefault(_KEPT, {})
    found = kept.get(year)
    # A demonstration's clock that was moved makes other figures of the same rows.
    if found is not None and time.monotonic() < found[0] and abs(now - found[1]) < timedelta(minutes=2):
        return found[2]
    counted = _count(session, year, now)
    kept[year] = (time.monotonic() + SECONDS_KEPT, now, counted)
    return counted


def _count(session: Session, year: str, now: datetime) -> CountedFigures:
    today = midnight(now)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS_OF_REMINDERS))]
    return CountedFigures(
        at=datetime.now(UTC),
        unions=progress_by_union(session, year),
        money=money_of(session, year),
        today=ended_today(session, machine_midnight()),
        days=days,
        reminders=sent_by_day(session, days, today + timedelta(days=1)),
        schedule=scheduled_lines(session, now),
        special_channels=special_channels(session, year),
    )
