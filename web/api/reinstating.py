"""恢复: an administrator gives an expired batch time again (DOMAIN T25)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Response
from pydantic import AwareDatetime, Field

from config.messages import text
from models.actions.batch_change import refuse_if_stale, refuse_unless_possible
from models.actions.reinstate_batch import (
    REASON_LABEL,
    REASON_LENGTH,
    ClaimedElsewhere,
    refuse_unless_reinstatable,
    reinstate_batch,
)
from models.queries.batches import find_batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused
from models.rules.reinstatement import UNTIL_LABEL
from web.access import asks
from web.api.batches import BatchShape, shape_now
from web.api.calls import Family, answer
from web.api.fields import Asked, Text
from web.api.incoming import body, version_asked, wrong
from web.api.problems import FieldError, problem
from web.error_pages import status_of
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("reinstating", "恢复批次")

_NAMED = 1000
"""So many of those whom others have enrolled are named."""


_OF_ITS_CODE = ("COD-002", "COD-004")
"""Refusals of the state in which the batch's own code is: the caller has sent none."""


class Reinstatement(Asked):
    """Until when the batch has time, and why."""

    until: Annotated[AwareDatetime, Field(title=UNTIL_LABEL, examples=["2020-05-31T17:00:00+08:00"])]
    reason: Annotated[Text, Field(max_length=REASON_LENGTH, title=REASON_LABEL, examples=["截止时间已调整"])]


@family.post(
    "/batches/{batch_no}/reinstate",
    "恢复批次",
    {200: BatchShape},
    body=Reinstatement,
    refuses=("BAT-005", "BAT-002", "BAT-008", "BAT-001", "BAT-004", "WIN-004", "VAL-006"),
    of_state=_OF_ITS_CODE,
    changes_batch=True,
)
@asks(Action.GRANT_EXCEPTION)
def reinstate_one_batch(batch_no: str) -> Response:
    """The batch is as it was before it expired, and everybody is claimed again; or nothing changes, and `errors` names
    whom others have enrolled meanwhile.
    """
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.GRANT_EXCEPTION)
        now = business_now(records)
        refuse_unless_possible(records, batch, BatchAction.REINSTATE, now)
        refuse_if_stale(batch, version_asked())
        try:
            refuse_unless_reinstatable(records, batch, now)
        except Refused as refused:
            if refused.code in _OF_ITS_CODE:
                return problem(409, refused)
            raise
    asked = body(Reinstatement)
    until: datetime = asked.until
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            done = reinstate_batch(records, viewer(), batch_no, until, asked.reason, now, version=version_asked())
            outcome = done if isinstance(done, ClaimedElsewhere) else shape_now(records, done, now)
    except Refused as refused:
        if refused.code in {"SYS-002", "SYS-003"}:  # as for any other field that is wrong
            label = str(refused.values["field"])
            raise wrong("until" if label == UNTIL_LABEL else "reason", refused.code, label) from None
        raise
    if isinstance(outcome, ClaimedElsewhere):  # after the commit: what the register told is audited
        return problem(status_of(outcome.code), outcome, _errors(outcome))
    return answer(outcome, version=outcome.version)


def _errors(claimed: ClaimedElsewhere) -> list[FieldError]:
    findings = [conflict.finding for conflict in claimed.conflicts[:_NAMED]]
    return [
        FieldError(field="people", code=finding.code, message=text(finding.code, **finding.values))
        for finding in findings
    ]
