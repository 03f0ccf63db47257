"""The service's figures as Prometheus reads them, out of the database, so that every process says the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from models.queries.figures import (
    BUCKETS,
    JobFigures,
    claims_by_year,
    job_figures,
    notices_by_code,
    seconds_since_beat,
)
from tasks.queues import QUEUES

REMINDERS = ("NTF-03", "NTF-04", "NTF-07", "NTF-08", "NTF-14")
"""The notices that remind somebody of something, rather than tell what happened (DOMAIN 13)."""

CLAIMS_SECONDS = 60.0
"""How old the number of claims may be: to count five million takes half a second."""


class Figures:
    """What one process tells, and the count that it does not make anew each time."""

    def __init__(self) -> None:
        self._claims: Mapping[str, int] = {}
        self._claims_until = 0.0
        self._lock = threading.Lock()

    def text(self, session: Session) -> bytes:
        """The figures in Prometheus' text format."""
        registry = CollectorRegistry()
        registry.register(_Told(session, self._claims_seen(session)))
        return generate_latest(registry)

    def _claims_seen(self, session: Session) -> Mapping[str, int]:
        with self._lock:
            if time.monotonic() >= self._claims_until:
                self._claims = claims_by_year(session)
                self._claims_until = time.monotonic() + CLAIMS_SECONDS
            return self._claims


class _Told(Collector):
    """One look into the database."""

    def __init__(self, session: Session, claims: Mapping[str, int]) -> None:
        self._session, self._claims = session, claims

    def describe(self) -> Iterator[Metric]:
        """Nothing to check for doubles: the registry holds this alone."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        jobs = job_figures(self._session)
        yield from _of_jobs(jobs)
        claims = GaugeMetricFamily("canbao_claims", "Numbers claimed in a plan year", labels=["plan_year"])
        for year, number in sorted(self._claims.items()):
            claims.add_metric([year], number)
        yield claims
        reminders = GaugeMetricFamily("canbao_reminders_sent", "Reminders given so far", labels=["code"])
        for code, number in notices_by_code(self._session, REMINDERS).items():
            reminders.add_metric([code], number)
        yield reminders
        beat = seconds_since_beat(self._session)
        yield GaugeMetricFamily(
            "canbao_beat_age_seconds",
            "Seconds since beat ticked last; NaN before its first tick",
            value=float("nan") if beat is None else beat,
        )


def _of_jobs(jobs: JobFigures) -> Iterator[Metric]:
    states = GaugeMetricFamily("canbao_jobs", "Jobs by kind and state", labels=["kind", "state"])
    for (kind, state), number in sorted(jobs.by_state.items()):
        states.add_metric([kind, state], number)
    yield states
    oldest = GaugeMetricFamily(
        "canbao_oldest_waiting_seconds", "Age of the oldest waiting job; 0 where none waits", labels=["queue"]
    )
    for queue in QUEUES:
        oldest.add_metric([queue], jobs.oldest_waiting.get(queue, 0.0))
    yield oldest
    took = HistogramMetricFamily("canbao_job_seconds", "Seconds from a done job's last start", labels=["kind"])
    for kind, seconds in sorted(jobs.seconds.items()):
        buckets = [(str(bound), number) for bound, number in zip(BUCKETS, seconds.at_most, strict=True)]
        took.add_metric([kind], [*buckets, ("+Inf", seconds.jobs)], seconds.seconds)
    yield took
