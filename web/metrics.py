"""The service's figures as Prometheus reads them, out of the database, so that every process says the same."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from models.queries.figures import (
    BUCKETS,
    EndedJobs,
    UnfinishedJobs,
    claims_by_year,
    ended_jobs,
    failed_scheduled_jobs,
    notices_by_code,
    seconds_since_beat,
    unfinished_jobs,
)
from models.queries.outbox import look_at_messages
from models.queries.reconciliation import open_disagreements
from models.records.job import JobState
from models.rules.notices import REMINDERS
from tasks.job_names import JOB_NAMES
from tasks.queues import QUEUES

SECONDS_KEPT = 60.0
"""How old the figures of whole tables may be: to count five million claims takes half a second."""


@dataclass(frozen=True, slots=True)
class _WholeTables:
    """What takes reading whole tables."""

    jobs: EndedJobs
    claims: Mapping[str, int]
    reminders: Mapping[str, int]


class Figures:
    """What one process tells, and the counts that it does not make anew each time."""

    def __init__(self) -> None:
        self._kept: tuple[float, _WholeTables] | None = None
        """Until when, and what: one value, so that threads need no lock."""

    def text(self, session: Session) -> bytes:
        """The figures in Prometheus' text format."""
        registry = CollectorRegistry()
        registry.register(_Told(session, self._whole_tables(session)))
        return generate_latest(registry)

    def _whole_tables(self, session: Session) -> _WholeTables:
        """Whoever finds them too old counts: nobody waits for somebody else's look into the database."""
        kept = self._kept
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        counted = _WholeTables(ended_jobs(session), claims_by_year(session), notices_by_code(session, REMINDERS))
        self._kept = (time.monotonic() + SECONDS_KEPT, counted)
        return counted


class _Told(Collector):
    """One look into the database."""

    def __init__(self, session: Session, whole: _WholeTables) -> None:
        self._session, self._whole = session, whole

    def describe(self) -> Iterator[Metric]:
        """Nothing to check for doubles: the registry holds this alone."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        yield from _of_jobs(unfinished_jobs(self._session), self._whole.jobs)
        failed = GaugeMetricFamily(
            "canbao_scheduled_job_failed",
            "1 where a scheduled job's latest run failed, or one within the last hour",
            labels=["code"],
        )
        for code, has_failed in failed_scheduled_jobs(self._session).items():
            failed.add_metric([code], has_failed)
        yield failed
        claims = GaugeMetricFamily("canbao_claims", "Numbers claimed in a plan year", labels=["plan_year"])
        for year, number in sorted(self._whole.claims.items()):
            claims.add_metric([year], number)
        yield claims
        reminders = GaugeMetricFamily("canbao_reminders_sent", "Reminders given in time so far", labels=["code"])
        for code, number in self._whole.reminders.items():
            reminders.add_metric([code], number)
        yield reminders
        yield GaugeMetricFamily(
            "canbao_reconcile_disagreements",
            "Disagreements that the latest nightly comparison found; 0 before the first",
            value=open_disagreements(self._session),
        )
        unsettled = look_at_messages(self._session)
        messages = GaugeMetricFamily("canbao_messages", "E-mail and SMS that are not settled", labels=["state"])
        for state, number in unsettled.by_state.items():
            messages.add_metric([state], number)
        yield messages
        yield GaugeMetricFamily(
            "canbao_messages_oldest_due_seconds",
            "Age of the oldest message that waits and was never refused; 0 where none does",
            value=unsettled.oldest_due_seconds,
        )
        beat = seconds_since_beat(self._session)
        yield GaugeMetricFamily(
            "canbao_beat_age_seconds",
            "Seconds since beat ticked last; NaN before its first tick",
            value=float("nan") if beat is None else beat,
        )


def _of_jobs(unfinished: UnfinishedJobs, ended: EndedJobs) -> Iterator[Metric]:
    states = GaugeMetricFamily("canbao_jobs", "Jobs by kind and state", labels=["kind", "state"])
    none_failed = {(kind, JobState.FAILED.value): 0 for kind in JOB_NAMES}  # so that the first failure is a rise
    for (kind, state), number in sorted({**none_failed, **unfinished.by_state, **ended.by_state}.items()):
        states.add_metric([kind, state], number)
    yield states
    oldest = GaugeMetricFamily(
        "canbao_oldest_waiting_seconds", "Age of the oldest waiting job; 0 where none waits", labels=["queue"]
    )
    for queue in QUEUES:
        oldest.add_metric([queue], unfinished.oldest_waiting.get(queue, 0.0))
    yield oldest
    took = HistogramMetricFamily("canbao_job_seconds", "Seconds from a done job's last start", labels=["kind"])
    for kind, seconds in sorted(ended.seconds.items()):
        buckets = [(str(bound), number) for bound, number in zip(BUCKETS, seconds.at_most, strict=True)]
        took.add_metric([kind], [*buckets, ("+Inf", seconds.jobs)], seconds.seconds)
    yield took
