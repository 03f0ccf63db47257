"""Background work of any kind: how far it has come."""

from __future__ import annotations

from flask import Response
from pydantic import Field
from sqlalchemy.orm import Session

from config.messages import text
from models.queries.jobs import job_seen, progress
from models.records.database import reading
from models.records.job import Job, JobState
from models.rules.permissions import Action
from web.access import asks
from web.api.calls import Family, answer
from web.api.fields import Shape, id_in_address
from web.sign_in import viewer

family = Family("jobs", "后台处理")


class JobShape(Shape):
    """A piece of background work."""

    id: int = Field(title="编号")
    kind: str = Field(title="种类", examples=["roster.import"])
    state: JobState = Field(title="状态")
    stage: str | None = Field(title="步骤")
    done: int = Field(title="本步已处理")
    total: int | None = Field(title="本步总数")
    seconds_left: int | None = Field(title="约还需（秒）")
    ahead: int = Field(title="前面还有")
    code: str | None = Field(title="代码")
    message: str | None = Field(title="说明")


@family.get("/jobs/{job_id}", "一项后台处理", {200: JobShape}, refuses=("BAT-005",))
@asks(Action.USE_OWN_ACCOUNT)
def get_job(job_id: str) -> Response:
    """The account's own work, and that of batches whose people it may see."""
    with reading() as records:
        return answer(job_shape(records, job_seen(records, viewer(), id_in_address(job_id))))


def job_shape(records: Session, job: Job) -> JobShape:
    """How far a job has come; one statement."""
    seen = progress(records, job)
    return JobShape(
        id=job.id,
        kind=job.kind,
        state=JobState(job.state),
        stage=job.stage,
        done=job.done,
        total=job.total,
        seconds_left=seen.seconds_left,
        ahead=seen.ahead,
        code=job.code,
        message=text(job.code, **job.values) if job.code else None,
    )
