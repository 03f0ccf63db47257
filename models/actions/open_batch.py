"""T01 and T02: a handler opens a central or an instant batch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from config.clock import local_date
from config.settings import settings
from models.actions.permit import permit
from models.queries.batches import live_central_batch
from models.queries.plan_years import open_plan
from models.records.account import HandlerProfile
from models.records.audit import record_audit
from models.records.batch import Batch
from models.records.counter import next_number
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.batch_number import batch_no
from models.rules.enrolment_code import check_enrolment_code
from models.rules.lifecycle import BatchAction, transition
from models.rules.permissions import Action
from models.rules.plan import EnrolmentType
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
    plan = open_plan(session, enrolment_type, now, plan_year)
    enrolment_code = own_code(session, viewer, code)
    _bind(session, viewer, enrolment_code, now)
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
    try:
        with session.begin_nested():
            session.add(batch)
    except IntegrityError as taken:
        if enrolment_type is not EnrolmentType.CENTRAL:
            raise
        first = live_central_batch(session, enrolment_code.code, plan.plan_year)
        raise Refused("BAT-001", code=enrolment_code.code, year=plan.plan_year, batch=first or "") from taken
    record_audit(
        session,
        at=now,
        account_id=viewer.account_id,
        ip=viewer.ip,
        action="open_batch",
        batch_id=batch.id,
        batch_no=batch.batch_no,
        type=enrolment_type,
        code=enrolment_code.code,
    )
    return batch


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


def refuse_without_profile(session: Session, viewer: Viewer) -> None:
    """Refused HDL-001: 经办人填报 is not there, or its phone not verified."""
    profile = session.get(HandlerProfile, viewer.account_id)
    if profile is None or profile.phone_verified_at is None:
        raise Refused("HDL-001")


def _bind(session: Session, viewer: Viewer, code: EnrolmentCode, now: datetime) -> None:
    # Who deletes the account's last batch under the code frees it, and waits for this lock or is waited for.
    session.refresh(code, with_for_update={"of": EnrolmentCode, "key_share": True})
    if code.account_id == viewer.account_id:
        return
    free = update(EnrolmentCode).where(EnrolmentCode.id == code.id, EnrolmentCode.account_id.is_(None))
    session.execute(free.values(account_id=viewer.account_id, bound_by="first_batch", bound_at=now))
    session.refresh(code)
    if code.account_id != viewer.account_id:  # another account was quicker
        raise Refused("COD-002", code=code.code)
