"""The points at which workers stop themselves (CANBAO_STOP_AT), one after the other."""

import os
import signal

from sqlalchemy import select

from config.settings import STOP_POINTS
from models.records.database import reading
from models.records.job import Job, JobState
from tests.faults.processes import Worker

STAGES = STOP_POINTS[:5]
IN_EVERY_STAGE = ",".join(f"{stage}:1" for stage in STAGES)
"""A job's first attempt stops in each stage; later attempts go through."""


def first_attempts_in(stage: str) -> list[int]:
    """The jobs that are in this stage for the first time and not asked to end."""
    with reading() as session:
        here = select(Job.id).where(Job.state == JobState.RUNNING, Job.stage == stage, Job.attempt == 1)
        return list(session.scalars(here.where(Job.cancel_requested.is_(False)).order_by(Job.id)))


def leave_one_in_each_stage(worker: Worker) -> None:
    """Of a worker that stops IN_EVERY_STAGE and has a job for each: afterwards one job is frozen in each of them."""
    left_behind: set[int] = set()
    for stage in STAGES:
        going_on = set(worker.wait_until_stopped(len(STAGES))) - left_behind
        assert len(first_attempts_in(stage)) == len(going_on)
        left_behind.add(going_on.pop())
        for pid in going_on:
            os.kill(pid, signal.SIGCONT)
    assert [len(first_attempts_in(stage)) for stage in STAGES] == [1] * len(STAGES)
