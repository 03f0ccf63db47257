"""What a scrape of the figures costs: whole tables are counted once a minute, and nobody waits for the counting."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from models.records.database import reading
from models.records.job import JobState
from tests.jobs import a_job
from tests.quick_passwords import quick_passwords
from tests.statements import statements
from tests.web.conftest import Browser, imported
from tests.web.figures import figures
from tests.workbooks import a_workbook, some_people

__all__ = ["quick_passwords"]

QUEUED = 'canbao_jobs{kind="roster.import",state="queued"}'
DONE = 'canbao_jobs{kind="roster.import",state="done"}'
SCHEDULED = 'canbao_scheduled_job_failed{code="J01"}'


def test_a_scrape_a_moment_later_reads_no_whole_table(metrics: FlaskClient) -> None:
    figures(metrics)
    with statements() as asked:
        figures(metrics)
    jobs, scheduled, reports, messages, beat = asked
    assert "heartbeat" in beat
    with reading() as session:
        for statement in (jobs, scheduled, messages):
            asks = f"EXPLAIN QUERY PLAN {statement}"
            steps = session.connection().exec_driver_sql(asks, ("?",) * asks.count("?"))
            plan = [step.detail for step in steps]
            assert any("USING INDEX" in step or "USING COVERING INDEX" in step for step in plan)
            assert not [step for step in plan if step.startswith(("SCAN job", "SCAN outgoing_message"))]
    assert "reconciliation" in reports


def test_a_job_that_waits_is_told_at_once(metrics: FlaskClient, li: Browser, batch_no: str) -> None:
    assert QUEUED not in figures(metrics)
    li.upload(batch_no, a_workbook(some_people(5)))
    assert figures(metrics)[QUEUED] == 1


def test_a_job_that_has_ended_is_told_when_the_count_is_made_anew(
    metrics: FlaskClient, li: Browser, batch_no: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.metrics.SECONDS_KEPT", 0.0)
    assert DONE not in figures(metrics)
    imported(li, batch_no, some_people(3))
    assert figures(metrics)[DONE] == 1


def test_the_first_failure_of_a_kind_is_a_rise_from_nought(metrics: FlaskClient) -> None:
    assert figures(metrics)['canbao_jobs{kind="roster.import",state="failed"}'] == 0


def test_a_scheduled_job_that_failed_is_told_at_once(metrics: FlaskClient) -> None:
    assert figures(metrics)[SCHEDULED] == 0
    a_job("calendar.window_close", JobState.FAILED)
    assert figures(metrics)[SCHEDULED] == 1


def test_a_scrape_does_not_wait_for_another_ones_counting(app: Any, metrics: FlaskClient) -> None:
    counting, go_on = threading.Event(), threading.Event()

    def hold(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.current_thread() is slow and "FROM claim" in statement:
            counting.set()
            go_on.wait(30)

    slow = threading.Thread(target=figures, args=(app.test_client(),))
    quick = threading.Thread(target=figures, args=(metrics,))
    event.listen(Engine, "before_cursor_execute", hold)
    try:
        slow.start()
        assert counting.wait(30)
        quick.start()
        quick.join(10)
        assert not quick.is_alive()
    finally:
        go_on.set()
        slow.join()
        event.remove(Engine, "before_cursor_execute", hold)
