"""退休核定: somebody whom the register calls 退休 may take part in one plan year all the same (DOMAIN 7.6)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.permit import permit
from models.records.audit import record_act
from models.records.plan_year import PlanYearRecord
from models.records.reference import RetiredOverride
from models.records.sealing import id_digest, seal_id_no, unseal_id_no
from models.records.viewer import Viewer
from models.rules.form_fields import FormRefused
from models.rules.identity import ResidentId, check_passport, check_resident_id
from models.rules.permissions import Action
from models.rules.person import IdType, mask_id_no
from models.rules.reason import read_reason
from models.rules.refusal import Refused
from models.rules.white_space import is_blank

MAX_REASON = 200


def override_retired(  # noqa: PLR0917 - who, which year, whom, why, when
    session: Session, viewer: Viewer, plan_year: str, id_type: str, id_no: str, reason: str, now: datetime
) -> RetiredOverride:
    """From the next import, check or submission of a roster on the person counts as “-” and not as 退休.

    FormRefused: SYS-002, SYS-003 or an IDN code for each wrong field. Refused SYS-004: it was decided already.
    """
    permit(viewer, Action.OVERRIDE)
    problems: dict[str, Refused] = {}
    record = session.get(PlanYearRecord, plan_year)
    if record is None or record.published_at is None:
        problems["plan_year"] = Refused("SYS-003" if plan_year else "SYS-002", field="保障年度")
    number = _number(id_type, id_no, now, problems)
    because = ""
    try:
        because = read_reason(reason, "原因", MAX_REASON)
    except Refused as refused:
        problems["reason"] = refused
    if problems:
        raise FormRefused(problems)
    digest = id_digest(number)
    override = RetiredOverride(
        plan_year=plan_year,
        id_type=id_type,
        id_digest=digest,
        id_sealed=seal_id_no(number, digest),
        reason=because,
        account_id=viewer.account_id,
        at=now,
    )
    try:
        with session.begin_nested():
            session.add(override)
    except IntegrityError as decided:
        raise Refused("SYS-004", year=plan_year) from decided
    _audit(session, viewer, now, "override_retired", override)
    return override


def withdraw_override(session: Session, viewer: Viewer, override_id: int, now: datetime) -> None:
    """The register's word counts again from the next check on; who was submitted meanwhile stays.

    Refused BAT-005: there is no such decision any more.
    """
    permit(viewer, Action.OVERRIDE)
    override = session.get(RetiredOverride, override_id, with_for_update=True)
    if override is None:
        raise Refused("BAT-005")
    _audit(session, viewer, now, "withdraw_retired_override", override)
    session.delete(override)


def _number(id_type: str, typed: str, now: datetime, problems: dict[str, Refused]) -> str:
    if id_type not in set(IdType):
        problems["id_type"] = Refused("SYS-002", field="证件类型")
        return ""
    if is_blank(typed):
        problems["id_no"] = Refused("SYS-002", field="证件号码")
        return ""
    if id_type == IdType.RESIDENT_ID:
        checked = check_resident_id(typed, local_date(now))
        if isinstance(checked, ResidentId):
            return checked.number
        refused = checked
    else:
        passport = check_passport(typed)
        if isinstance(passport, str):
            return passport
        refused = passport
    problems["id_no"] = Refused(refused.code, **refused.values)
    return ""


def _audit(session: Session, viewer: Viewer, now: datetime, action: str, override: RetiredOverride) -> None:
    record_act(
        session,
        viewer,
        now,
        action,
        plan_year=override.plan_year,
        id_no=mask_id_no(unseal_id_no(override.id_sealed, override.id_digest)),
        reason=override.reason,
    )
