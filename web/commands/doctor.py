"""`canbao doctor`: whether everything that the service needs is configured, reachable and healthy."""

from __future__ import annotations

import importlib
import threading
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from web.commands.health.broker import look_at_broker, look_at_queues
from web.commands.health.database import look_at_database
from web.commands.health.machine import LOST_KEYS, look_at_configuration, look_at_disk, look_at_https, look_at_keys
from web.commands.health.pages import look_at_pages
from web.commands.health.probe import Finding, Probe
from web.commands.output import answer, json_option

if TYPE_CHECKING:
    from config.settings import Settings

PATIENCE_SECONDS = 8.0
"""How long the slowest probe is waited for, once all is imported: only a frozen server needs it, and a machine that is
busy is not to be taken for one."""

LATE_MODULES = (
    "models.records.schema",
    "models.queries.outbox",
    "celery.app.control",
    "redis",
    "kombu.transport.redis",
)
"""What the probes need and no other command at its start."""


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look at HTTPS, database, broker, workers, beat, pages, disk, keys and clocks; exit 1 if anything is not ok."""
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
    for module in LATE_MODULES:  # a busy machine takes seconds for them: no probe's silence
        importlib.import_module(module)
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


def _one_line(failure: Exception) -> str:
    """The failure on one line, without what a database adds about its statement."""
    said = str(getattr(failure, "orig", None) or failure)
    return " ".join(said.split())[:200] or type(failure).__name__


def _line(finding: Finding) -> str:
    state = "ok" if finding.ok else "not ok"
    remedy = f": {finding.remedy}" if finding.remedy else ""
    return f"{state:6}  {finding.name:20}  {finding.found}{remedy}"


_START_BROKER = "see that Redis or Valkey runs and that REDIS_URL is right; accepted work waits meanwhile"
PROBES = (
    Probe("configuration", look_at_configuration, "see .env.example"),
    Probe("https", look_at_https, "see .env.example"),
    Probe("database", look_at_database, "see that the database runs and that DATABASE_URL is right"),
    Probe("keys", look_at_keys, LOST_KEYS),
    Probe("disk", look_at_disk, "see that CANBAO_VAR is right"),
    Probe("broker", look_at_broker, _START_BROKER),
    Probe("queues", look_at_queues, _START_BROKER),
    Probe("pages", look_at_pages, "see the logs of web and flower"),
)
"""In the order in which they are told."""
