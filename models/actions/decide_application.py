"""参保编码申请 reviewed by the association (DOMAIN 12.2, 12.3)."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.queries.code_applications import find_application
from models.records.account import Account
from models.records.audit import record_act
from models.records.code_application import CodeApplication
from models.records.notice import tell
from models.records.unit import EnrolmentCode, Unit
from models.records.viewer import Viewer
from models.rules.code_application import REASON_LENGTH, ApplicationStatus, new_code
from models.rules.enrolment_code import check_enrolment_code
from models.rules.permissions import Action, Role
from models.rules.reason import read_reason
from models.rules.refusal import Refused

_TRIES = 50


def approve_application(
    session: Session, viewer: Viewer, application_id: int, now: datetime, *, code: str = "", seen: str | None = None
) -> CodeApplication:
    """审核通过: a code is issued, or the one given is taken, and bound to the account that applied.

    Who applied for a visitor at the counter gets nothing bound: the unit's own account binds the code by its first
    batch. `seen`: the `seen_as` of what the reviewer has before them.
    Refused BAT-005, BAT-002 decided already, BAT-004 submitted again since, COD-003 and APP-013 of a code that was
    given.
    """
    application = _to_decide(session, viewer, application_id, seen)
    wanted = check_enrolment_code(code) if code.strip() else ""
    unit = Unit(
        name=application.unit_name,
        uscc=application.uscc or None,
        district_union=application.district_union,
        nature=application.nature,
        address=application.address,
        postcode=application.postcode,
    )
    session.add(unit)
    session.flush()
    enrolment_code = _taken(session, unit, wanted) if wanted else _issued(session, unit)
    account = session.get_one(Account, application.account_id)
    if account.role == Role.HANDLER:
        enrolment_code.account_id, enrolment_code.bound_by, enrolment_code.bound_at = account.id, "application", now
    application.code = enrolment_code
    _decide(session, viewer, application, ApplicationStatus.APPROVED, now)
    _tell(session, application, f"参保编码为{enrolment_code.code}", now)
    return application


def reject_application(
    session: Session, viewer: Viewer, application_id: int, reason: str, now: datetime, *, seen: str | None = None
) -> CodeApplication:
    """审核不通过, with a reason for the unit; `seen` as above.

    Refused BAT-005, BAT-002, BAT-004; APP-012 without a reason, SYS-003 too long.
    """
    application = _to_decide(session, viewer, application_id, seen)
    application.reason = read_reason(reason, "原因", REASON_LENGTH, Refused("APP-012"))
    _decide(session, viewer, application, ApplicationStatus.REJECTED, now)
    _tell(session, application, application.reason.rstrip("。"), now)
    return application


def seen_as(application: CodeApplication) -> str:
    """What tells this submission from an earlier one of the same application: the unit may have changed everything."""
    return application.submitted_at.isoformat()


def refuse_decided(application: CodeApplication) -> None:
    """Refused BAT-002: somebody has decided it already."""
    if application.status != ApplicationStatus.PENDING:
        status = ApplicationStatus(application.status).text
        raise Refused("BAT-002", status=f"参保编码申请{status}", action="审核")


def _to_decide(session: Session, viewer: Viewer, application_id: int, seen: str | None) -> CodeApplication:
    """The application, locked until the end of the transaction: of two reviewers one is first."""
    find_application(session, viewer, application_id, Action.DECIDE_CODE_APPLICATION)
    latest = select(CodeApplication).where(CodeApplication.id == application_id).with_for_update()
    application = session.scalars(latest.execution_options(populate_existing=True)).one()
    refuse_decided(application)
    if seen is not None and seen != seen_as(application):
        raise Refused("BAT-004")
    return application


def _issued(session: Session, unit: Unit) -> EnrolmentCode:
    for _ in range(_TRIES):
        found = _given_out(session, unit, new_code(secrets.choice))
        if found is not None:
            return found
    raise RuntimeError(f"{_TRIES} random codes were all taken")


def _taken(session: Session, unit: Unit, code: str) -> EnrolmentCode:
    found = _given_out(session, unit, code)
    if found is None:
        raise Refused("APP-013", code=code)
    return found


def _given_out(session: Session, unit: Unit, code: str) -> EnrolmentCode | None:
    """The code as a new row; None if it is some unit's already: the unique index says so."""
    fresh = EnrolmentCode(code=code, unit_id=unit.id)
    try:
        with session.begin_nested():
            session.add(fresh)
    except IntegrityError:
        return None
    return fresh


def _decide(
    session: Session, viewer: Viewer, application: CodeApplication, status: ApplicationStatus, now: datetime
) -> None:
    application.status, application.updated_at = status, now
    application.decided_at, application.decided_by = now, viewer.account_id
    record_act(
        session,
        viewer,
        now,
        "approve_code_application" if status is ApplicationStatus.APPROVED else "reject_code_application",
        application=application.id,
        unit=application.unit_name,
        code=application.code.code if application.code else "",
        reason=application.reason,
    )


def _tell(session: Session, application: CodeApplication, detail: str, now: datetime) -> None:
    occasion = f"code application {application.id} {now.isoformat(timespec='seconds')}"
    tell(
        session,
        application.account_id,
        "NTF-10",
        occasion,
        at=now,
        result=ApplicationStatus(application.status).text,
        detail=detail,
    )
