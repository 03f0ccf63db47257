"""恢复: one expired batch by its page, or all that a moved date would have spared; a reviewer asks for it instead."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from config.messages import text
from models.actions.batch_change import refuse_unless_possible
from models.actions.exceptions import Subject, propose
from models.actions.reinstate_batch import (
    REASON_LENGTH,
    ClaimedElsewhere,
    refuse_unless_reinstatable,
    reinstate_batch,
    required_reason,
)
from models.queries.batches import find_batch
from models.queries.plan_years import published_plans
from models.queries.reinstatement import list_reinstatable, state_before
from models.queries.roster import people_on
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.rules.deadlines import end_of
from models.rules.exceptions import ExceptionKind
from models.rules.lifecycle import CLAIMING, BatchAction, BatchState
from models.rules.permissions import Action
from models.rules.plan import PlanYear
from models.rules.refusal import Refused
from models.rules.reinstatement import UNTIL_LABEL
from web.access import asks, may
from web.error_pages import has_its_own_page, refused_with
from web.formats import for_input, people
from web.moments import required_moment
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say, version_in_form
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer

pages = Blueprint("reinstating", __name__)

_NAMED = 50
"""So many of those whom others have enrolled a page names."""

_SECONDS = 3.0
"""After so long no further batch is begun: every request is answered within 5 seconds."""


@dataclass(frozen=True, slots=True)
class NotDone:
    """A batch that was ticked and is not reinstated, and why."""

    batch_no: str
    message: str
    code: str


@pages.get("/batches/<batch_no>/reinstate")
@asks(Action.READ_EXCEPTION)
def ask_to_reinstate(batch_no: str) -> ResponseReturnValue:
    """Until when, and why. What can't be reinstated is refused here already."""
    with reading() as records:
        now = business_now(records)
        batch = find_batch(records, viewer(), batch_no, Action.READ_EXCEPTION)
        refuse_unless_possible(records, batch, BatchAction.REINSTATE, now)
        refuse_unless_reinstatable(records, batch, now)
        return _sheet(records, batch, now)


@pages.post("/batches/<batch_no>/reinstate")
@asks(Action.GRANT_EXCEPTION)
def reinstate(batch_no: str) -> ResponseReturnValue:
    """恢复批次: done, or refused with everybody whom others have enrolled meanwhile."""
    try:
        until, reason = required_moment(request.form.get("until", ""), UNTIL_LABEL), request.form.get("reason", "")
        with writing(REQUEST_WAIT_SECONDS) as records:
            now, version = business_now(records), version_in_form()
            done = reinstate_batch(records, viewer(), batch_no, until, reason, now, version=version)
    except Refused as refused:
        return _again(batch_no, refused)
    if isinstance(done, ClaimedElsewhere):  # after the commit: what the register told is audited
        return _again(batch_no, done)
    say(f"批次 {batch_no} 已恢复，状态为“{BatchState(done.state).text}”，已通知经办人。", tone="good")
    return go_to(url_for("batch.show_batch", batch_no=batch_no))


@pages.post("/batches/<batch_no>/reinstate/proposal")
@asks(Action.PROPOSE_EXCEPTION)
def propose_to_reinstate(batch_no: str) -> ResponseReturnValue:
    """申请恢复: nothing changes before an administrator grants it."""
    try:
        with reading() as records:
            batch = find_batch(records, viewer(), batch_no, Action.PROPOSE_EXCEPTION)
            subject = Subject(code_id=batch.code_id, batch_id=batch.id, plan_year=batch.plan_year)
        until, reason = required_moment(request.form.get("until", ""), UNTIL_LABEL), request.form.get("reason", "")
        values = {"until": until.isoformat()}
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            asked = propose(records, viewer(), ExceptionKind.REINSTATE_BATCH, subject, values, reason, now)
            exception_id = asked.id
    except Refused as refused:
        return _again(batch_no, refused)
    say("恢复申请已提交，等待管理员批准；目前没有任何变更。", tone="good")
    return go_to(url_for("exceptions.show_exception", exception_id=exception_id))


@pages.get("/deadlines/<year>/expired")
@asks(Action.GRANT_EXCEPTION)
def show_expired(year: str) -> ResponseReturnValue:
    """批量恢复: the batches that expired because of a date that has moved since."""
    return _expired_page(year)


@pages.post("/deadlines/<year>/expired")
@asks(Action.GRANT_EXCEPTION)
def reinstate_ticked(year: str) -> ResponseReturnValue:
    """恢复 of the ticked ones, each by itself: what stands in the way of one is in the way of no other."""
    ticked = list(dict.fromkeys(request.form.getlist("pick")))[: SIZES[0]]
    if not ticked:
        return _expired_page(year, said="请先勾选需要恢复的批次。")
    try:
        until = required_moment(request.form.get("until", ""), UNTIL_LABEL)
        reason = required_reason(request.form.get("reason", ""))
    except Refused as refused:
        return refused_with(_expired_page(year, refused=refused), refused)
    begun, done, failed = time.monotonic(), 0, []
    for batch_no in ticked:
        if time.monotonic() - begun > _SECONDS:
            failed.append(NotDone(batch_no, "尚未处理，请再次勾选。", ""))
            continue
        try:
            with writing(REQUEST_WAIT_SECONDS) as records:
                outcome = reinstate_batch(records, viewer(), batch_no, until, reason, business_now(records))
            if isinstance(outcome, ClaimedElsewhere):  # after the commit: what the register told is audited
                raise outcome
            done += 1
        except Refused as refused:
            failed.append(NotDone(batch_no, text(refused.code, **refused.values), refused.code))
    return _expired_page(year, done=done, failed=failed)


def _again(batch_no: str, refused: Refused) -> ResponseReturnValue:
    if has_its_own_page(refused):
        raise refused
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.READ_EXCEPTION)
        return refused_with(_sheet(records, batch, business_now(records), refused), refused)


def _sheet(records: Session, batch: Batch, now: datetime, refused: Refused | None = None) -> str:
    plan, before = plan_of(records, batch.plan_year), state_before(batch)
    grants = may(Action.GRANT_EXCEPTION)
    action = "reinstating.reinstate" if grants else "reinstating.propose_to_reinstate"
    return render(
        "reinstating/reinstate.html",
        now=now,
        plan=plan,
        batch=batch,
        action=url_for(action, batch_no=batch.batch_no),
        grants=grants,
        before=before.text if before else "",
        claims=before in CLAIMING,
        people=people_on(records, batch.id),
        until=request.form.get("until", ""),
        reason=request.form.get("reason", ""),
        longest=REASON_LENGTH,
        refused=refused,
        message=text(refused.code, **refused.values) if refused else "",
        conflicts=list(_conflicts(refused)),
    )


def _conflicts(refused: Refused | None) -> Iterator[tuple[str, str]]:
    """Sentence and code of each person who is in the way, as the handler would read it."""
    if isinstance(refused, ClaimedElsewhere):
        for conflict in refused.conflicts[:_NAMED]:
            yield text(conflict.finding.code, **conflict.finding.values), conflict.finding.code


def _expired_page(
    year: str, *, said: str = "", refused: Refused | None = None, done: int = 0, failed: Sequence[NotDone] = ()
) -> str:
    page, unit = page_number(request.values.get("page")), request.values.get("unit", "").strip()[:100]
    with reading() as records:
        now = business_now(records)
        plan = next((plan for plan in published_plans(records) if plan.plan_year == year), None)
        if plan is None:
            raise Refused("BAT-005")
        found = list_reinstatable(records, plan, now, unit=unit, page=page, size=SIZES[0])
        return render(
            "reinstating/expired.html",
            now=now,
            plan=plan,
            batches=found.batches,
            pages=Pages(page, SIZES[0], found.total),
            unit=unit,
            until=request.form.get("until", "") or _proposed(plan, now),
            reason=request.form.get("reason", ""),
            longest=REASON_LENGTH,
            said=text(refused.code, **refused.values) if refused else said,
            message_code=refused.code if refused else "",
            done=people(done) if done else "",
            failed=failed,
        )


def _proposed(plan: PlanYear, now: datetime) -> str:
    """The end of the payment, by which a batch can be brought to its own end; nothing where that is past."""
    ends = end_of(plan.central_payment_close_on)
    return for_input(ends.astimezone(SHANGHAI)) if ends > now else ""
