"""What an administrator does to jobs, for the test of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from werkzeug.test import TestResponse

from models.records.job import JobState
from tests.jobs import a_job

if TYPE_CHECKING:
    from tests.web.test_audit import Act, Stage


def _retry(stage: Stage) -> TestResponse:
    return stage.form(f"/jobs/{a_job('roster.submit', JobState.FAILED, code='JOB-001', values={'reason': '-'})}/retry")


def _cancel(stage: Stage) -> TestResponse:
    return stage.form(f"/jobs/{a_job('roster.submit', JobState.QUEUED)}/cancel")


JOB_ACTS: Mapping[str, tuple[str, Act]] = {
    "work_jobs.retry": ("retry_job", _retry),
    "work_jobs.cancel": ("cancel_job", _cancel),
}
"""Endpoint -> what it writes down, and how it is done."""
