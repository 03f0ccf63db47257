"""清册校验, the promise for people over age, and 清册提交."""

from __future__ import annotations

from flask import Response

from config.clock import local_date
from models.actions.promise import promise
from models.actions.queue_check import queue_submission, queue_validation
from models.queries.batches import find_batch
from models.queries.jobs import last_job
from models.queries.people import person_seen
from models.queries.validation_findings import everything_found, last_report
from models.queries.validation_report import CHECK_KINDS
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.job import UNFINISHED
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring
from tasks.queues import people_queue
from web.access import asks
from web.api.calls import Family, address, answer
from web.api.fields import id_in_address
from web.api.incoming import body, version_asked
from web.api.jobs import JobShape, job_shape
from web.api.order import roster_can_change
from web.api.people import EDITABLE
from web.api.person import PersonShape, person_shape
from web.api.problems import problem
from web.api.validation import PledgeAccepted, Promised, ValidationShape, validation_shape
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("checks", "清册校验与提交")

_OPEN = (*(code for code in EDITABLE if code != "RST-010"), "BAT-006")
_RETRY_SECONDS = 2


@family.post("/batches/{batch_no}/validate", "清册校验", {202: JobShape}, refuses=_OPEN, asks_register=True)
@asks(Action.WORK_ON_BATCH)
def validate_batch(batch_no: str) -> Response:
    """Every check of the roster by a job; its result is `GET …/validation`. Nobody is claimed."""
    roster_can_change(batch_no, BatchAction.VALIDATE_ROSTER)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        job = queue_validation(records, viewer(), batch_no, now, people_queue, version=version_asked())
        shape = job_shape(records, job)
    ring(shape.id)
    return answer(shape, 202, location=address("get_job", job_id=shape.id))


@family.get(
    "/batches/{batch_no}/validation",
    "校验结果",
    {200: ValidationShape},
    refuses=("BAT-005", "BAT-002", "BAT-007"),
)
@asks(Action.READ_PEOPLE)
def get_validation(batch_no: str) -> Response:
    """The last report, of 清册校验 or 清册提交; three statements.

    409 while there is none: BAT-007 with `Retry-After` while it is being made, else BAT-002.
    """
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.READ_PEOPLE)
        report = last_report(records, batch)
        if report is not None:
            return answer(validation_shape(batch, report, everything_found(records, batch)))
        job = last_job(records, batch, *CHECK_KINDS)
    if job is None or job.state not in UNFINISHED:
        raise Refused("BAT-002", status="尚未校验", action="查看校验结果")
    coming = problem(409, Refused("BAT-007", job="清册校验"))
    coming.headers["Retry-After"] = str(_RETRY_SECONDS)
    return coming


@family.post(
    "/batches/{batch_no}/submit",
    "清册提交",
    {202: JobShape},
    body=PledgeAccepted,
    refuses=(*_OPEN, "VAL-001", "VAL-007"),
    asks_register=True,
)
@asks(Action.WORK_ON_BATCH)
def submit_batch(batch_no: str) -> Response:
    """Everybody is claimed for the plan year, or nobody: then the batch is `roster_failed` and the report says why."""
    roster_can_change(batch_no, BatchAction.SUBMIT_ROSTER)
    version = body(PledgeAccepted).pledge_version
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        job = queue_submission(records, viewer(), batch_no, version, now, people_queue, version=version_asked())
        shape = job_shape(records, job)
    ring(shape.id)
    return answer(shape, 202, location=address("get_job", job_id=shape.id))


@family.put(
    "/batches/{batch_no}/people/{person_id}/promise",
    "承诺医保享受在职待遇",
    {200: PersonShape},
    body=Promised,
    refuses=(*_OPEN, "RST-005", "VAL-005", "SYS-003"),
    changes_batch=True,
)
@asks(Action.WORK_ON_BATCH)
def promise_for_person(batch_no: str, person_id: str) -> Response:
    """For somebody over age who is in service, or taken back; what it says is VAL-008."""
    number = id_in_address(person_id)
    roster_can_change(batch_no, BatchAction.PROMISE, person_id=number)
    promised = body(Promised).promised
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        person = promise(records, viewer(), batch_no, number, promised, now, version=version_asked())
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        shape = person_shape(person_seen(records, batch, person, local_date(now)).line)
    return answer(shape, version=batch.version)
