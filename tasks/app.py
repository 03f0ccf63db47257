"""The Celery app: `celery -A tasks.app worker`. A message carries a job's id, or a channel's name, and nothing else."""

from __future__ import annotations

import signal
from typing import Any

from celery import Celery, signals
from kombu.entity import Queue

from config.settings import settings
from models.records.database import forget_connections
from models.rules.notices import Channel
from tasks import queues
from tasks.job_names import name_in_flower

STOP_SECONDS = 25
"""How long a worker's job may go on after SIGTERM; whoever waits for the worker waits a little longer."""

app = Celery(
    "canbao",
    include=[
        "tasks.roster_import.job",
        "tasks.roster_import.undo",
        "tasks.roster_check",
        "tasks.suggested_roster",
        "tasks.import_report",
        "tasks.reference_load",
        "tasks.calendar",
        "tasks.notices",
        "tasks.upkeep",
    ],
)
app.conf.update(
    broker_url=settings().effective_redis_url() or "redis://127.0.0.1:6379/0",
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # however long the broker is away
    broker_transport_options={
        "visibility_timeout": 3600,  # longer than any job; a killed worker's job comes back by its lease, not by this
        "socket_connect_timeout": 2,
        # No socket_timeout: a worker whose acknowledgement times out takes no message ever again (kombu 5.7). It waits.
        "health_check_interval": 20,
        "socket_keepalive": True,
        "global_keyprefix": settings().broker_prefix,
    },
    task_queues=[Queue(name, routing_key=name) for name in queues.QUEUES],
    task_default_queue=queues.UPKEEP,
    task_routes={"calendar.*": {"queue": queues.CALENDAR}, "notices.*": {"queue": queues.MESSAGES}},
    task_create_missing_queues=False,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,  # no result backend: a job's state is its row
    task_acks_late=True,
    task_reject_on_worker_lost=False,  # on, a job that kills its process would come back for ever (celery#9082)
    task_publish_retry=False,
    task_soft_time_limit=300,
    task_time_limit=330,
    worker_prefetch_multiplier=1,
    worker_concurrency=1,
    worker_max_tasks_per_child=500,
    worker_soft_shutdown_timeout=20.0,
    worker_enable_soft_shutdown_on_idle=False,
    worker_hijack_root_logger=False,
    worker_send_task_events=True,
    task_send_sent_event=False,
    timezone="Asia/Shanghai",
    beat_schedule={
        name: {
            "task": task,
            "args": args,
            "schedule": settings().sweep_seconds,
            "options": {"shadow": name_in_flower(task)},
        }
        for name, task, args in (
            ("sweep", "upkeep.sweep", ()),
            ("calendar", "calendar.ring", ()),
            *((f"deliver-{channel}", "notices.deliver", (channel.value,)) for channel in Channel),
        )
    },
    beat_schedule_filename=str(settings().var / "beat-schedule"),
)


@signals.worker_process_init.connect
def _own_connections(**_: Any) -> None:
    """A pool process opens connections of its own; those it inherited belong to its parent."""
    forget_connections()


@signals.setup_logging.connect
def _log_as_json(**_: Any) -> None:
    from config.logging import log_as_json

    log_as_json()


@signals.worker_ready.connect
def _start_sweeper(**_: Any) -> None:
    """Every worker looks for due jobs by its own timer, at once and then again and again: never only beat."""
    from tasks.sweeper import start_timer

    start_timer()


@signals.task_failure.connect
def _hand_back(
    exception: BaseException | None = None, args: tuple[Any, ...] | None = None, task_id: str | None = None, **_: Any
) -> None:
    """A pool process died under a job: its lease need not run out first. A channel's run has none."""
    from billiard.exceptions import TimeLimitExceeded, WorkerLostError

    from tasks.sweeper import hand_back

    if isinstance(exception, WorkerLostError | TimeLimitExceeded) and task_id and args and isinstance(args[0], int):
        hand_back(args[0], task_id)


@signals.worker_shutting_down.connect
def _go_in_time(**_: Any) -> None:
    """A worker that is told to stop lets its job end first, but not for ever.

    The kernel ends it then, whatever it waits for, and its pool with it; the job's lease runs out and others do it.
    """
    signal.alarm(STOP_SECONDS)
