"""The points at which workers stop themselves (CANBAO_STOP_AT), one after the other."""

from sqlalchemy import select

from config.settings import STOP_POINTS
from models.records.database import reading
from models.records.job import Job, JobState

STAGES = STOP_POINTS[:5]
IN_EVERY_STAGE = ",".join(f"{stage}:1" for stage in STAGES)
"""A job's first attempt stops in each stage; later attempts go through."""


def first_attempts_in(stage: str) -> list[int]:
    """The jobs that are in this stage for the first time and not asked to end."""
    with reading() as session:
        here = select(Job.id).where(Job.state == JobState.RUNNING, Job.stage == stage, Job.attempt == 1)
        return list(session.scalars(here.where(Job.cancel_requested.is_(False)).order_by(Job.id)))
