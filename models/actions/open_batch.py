"""T01 and T02: a handler opens a central or an instant batch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from config.clock import local_date
from config.settings import settings
from models.actions.grant_special_channel import channel_of, take_channel
from models.actions.permit import permit, refuse_without_profile
from models.queries.batches import live_central_batch
from models.queries.plan_years import open_plan
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.counter import next_number
from models.records.exception import SpecialGrant, grant_of
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.batch_number import batch_no
from models.rules.enrolment_code import check_enrolment_code
from models.rules.identity import normalise
from models.rules.lifecycle import BatchAction, transition
from models.rules.permissions import Action
from models.rules.plan import EnrolmentType, window_refusal
from models.rules.refusal import Refused

_OPENING = {EnrolmentType.CENTRAL: BatchAction.OPEN_CENTRAL, EnrolmentType.INSTANT: BatchAction.OPEN_INSTANT}


def open_batch(
    session: Session,
    viewer: Viewer,
    *,
    code: str,
    enrolment_type: EnrolmentType,
    now: datetime,
    plan_year: str | None = None,
) -> Batch:
    """Open a batch under a code and bind a free code to the account. `now` is the time of receipt, business clock.

    Refused: HDL-001, WIN-001…004, COD-001…004, BAT-001.
    """
    permit(viewer, Action.WORK_ON_BATCH)
    refuse_without_profile(session, viewer)
    plan = open_plan(session, enrolment_type, now, plan_year, extensions_for(session, viewer, code))
    enrolment_code = own_code(session, viewer, code)
    bind_code(session, viewer.account_id, enrolment_code, now)
    channel = channel_of(grant_of(session, enrolment_code.id, plan.plan_year))
    if no := window_refusal(plan, enrolment_type, now, channel.until):  # the extension was taken away meanwhile
        raise no
    batch = Batch(
        batch_no=batch_no(local_date(now), next_number(session, "batch", local_date(now))),
        code=enrolment_code,
        account_id=viewer.account_id,
        plan_year=plan.plan_year,
        enrolment_type=enrolment_type,
        state=transition(_OPENING[enrolment_type], None).to,
        unit_name=enrolment_code.unit.name,
        created_at=now,
        updated_at=now,
    )
    take_channel(batch, channel)
    try:
        with session.begin_nested():
            session.add(batch)
    except IntegrityError as taken:
        if enrolment_type is not EnrolmentType.CENTRAL:
            raise
        first = live_central_batch(session, enrolment_code.code, plan.plan_year)
        raise Refused("BAT-001", code=enrolment_code.code, year=plan.plan_year, batch=first or "") from taken
    record_act(
        session,
        viewer,
        now,
        "open_batch",
        batch_id=batch.id,
        batch_no=batch.batch_no,
        type=enrolment_type,
        code=enrolment_code.code,
    )
    return batch


def extensions_for(session: Session, viewer: Viewer, code: str) -> dict[str, datetime]:
    """Until when this code may still enrol centrally, by plan year; nothing of a code that is another account's."""
    mine = EnrolmentCode.account_id.is_(None) | (EnrolmentCode.account_id == viewer.account_id)
    found = session.execute(
        select(SpecialGrant.plan_year, SpecialGrant.central_extension_until)
        .join(EnrolmentCode, EnrolmentCode.id == SpecialGrant.code_id)
        .where(EnrolmentCode.code == normalise(code), mine)
    )
    return {year: until for year, until in found if until is not None}


def own_code(session: Session, viewer: Viewer, code: str) -> EnrolmentCode:
    """The code as this account may use it, with its unit.

    Refused COD-001…004: unknown, another account's, malformed, out of use.
    """
    normalised = check_enrolment_code(code)
    named = select(EnrolmentCode).where(EnrolmentCode.code == normalised)
    found = session.scalars(named.options(joinedload(EnrolmentCode.unit))).one_or_none()
    if found is None:
        raise Refused("COD-001", hotline=settings().hotline)
    if not found.active:
        raise Refused("COD-004", code=normalised)
    if found.account_id not in (None, viewer.account_id):
        raise Refused("COD-002", code=normalised)
    return found


def bind_code(session: Session, account_id: int, code: EnrolmentCode, now: datetime) -> None:
    """Make a free code the account's, by its batch. Refused COD-002: it is another account's."""
    # Who deletes the account's last batch under the code frees it, and waits for this lock or is waited for.
    session.refresh(code, with_for_update={"of": EnrolmentCode, "key_share": True})
    if code.account_id == account_id:
        return
    free = update(EnrolmentCode).where(EnrolmentCode.id == code.id, EnrolmentCode.account_id.is_(None))
    session.execute(free.values(account_id=account_id, bound_by="first_batch", bound_at=now))
    session.refresh(code)
    if code.account_id != account_id:  # another account was quicker
        raise Refused("COD-002", code=code.code)
