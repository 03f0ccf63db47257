"""获取上年度建议名单."""

from __future__ import annotations

from flask import Response

from models.actions.copy_suggested import queue_suggestion
from models.records.business_clock import business_now
from models.records.database import writing
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from tasks.doorbell import ring
from tasks.queues import ROSTER_SMALL
from web.access import asks
from web.api.calls import Family, address, answer
from web.api.incoming import version_asked
from web.api.jobs import JobShape, job_shape
from web.api.order import roster_can_change
from web.api.people import EDITABLE
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("suggested", "上年度建议名单")


@family.post(
    "/batches/{batch_no}/suggested-roster",
    "获取上年度建议名单",
    {202: JobShape},
    refuses=(*EDITABLE, "BAT-006", "COD-006", "RST-009"),
)
@asks(Action.WORK_ON_BATCH)
def copy_suggested_roster(batch_no: str) -> Response:
    """Copies the people of the year before by a job. Whoever is on the roster stays; asking twice is harmless."""
    roster_can_change(batch_no, BatchAction.COPY_SUGGESTED)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        job = queue_suggestion(records, viewer(), batch_no, now, ROSTER_SMALL, version=version_asked())
        shape = job_shape(records, job)
    ring(shape.id)
    return answer(shape, 202, location=address("get_job", job_id=shape.id))
