"""Every task has a name that staff understand, on pages and in Flower."""

from __future__ import annotations

from models.actions.calendar.schedule import SCHEDULE
from tasks.app import app
from tasks.job_names import JOB_NAMES, OTHER_TASKS, job_name, name_in_flower


def test_every_task_of_the_application_has_a_name() -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == set(JOB_NAMES) | set(OTHER_TASKS)


def test_jobs_of_the_calendar_are_called_as_the_calendar_calls_them() -> None:
    assert all(job_name(scheduled.kind) == scheduled.text for scheduled in SCHEDULE)


def test_flower_shows_the_name_beside_the_one_of_the_logs() -> None:
    assert name_in_flower("roster.import") == "清册导入（roster.import）"
    assert name_in_flower("not.ours") == "not.ours"


def test_what_beat_sends_has_its_name_too() -> None:
    shown = {entry["task"]: entry["options"]["shadow"] for entry in app.conf.beat_schedule.values()}
    assert shown == {task: name_in_flower(task) for task in shown}
