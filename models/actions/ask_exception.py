"""A form for an exception as it was filled in, made a subject and values: what a reviewer or an administrator means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import settings
from models.actions.exceptions import Subject
from models.actions.keep_accounts import find_account
from models.queries.plan_years import published_plans
from models.records.unit import EnrolmentCode
from models.rules.enrolment_code import check_enrolment_code
from models.rules.exceptions import ExceptionKind, does_not_fit, read_values
from models.rules.form_fields import FormRefused
from models.rules.refusal import Refused


def read_asked(session: Session, kind: ExceptionKind, typed: Mapping[str, str]) -> tuple[Subject, dict[str, Any]]:
    """What the form is about and what it wants; all five kinds begin with an enrolment code.

    Raises FormRefused: COD-001, COD-003, SYS-002, SYS-003, SMS-001, APP-007; BAT-002 where the code is nobody's, or
    there is no account to give it to.
    """
    code = _code(session, typed.get("code", ""))
    if kind is ExceptionKind.SPECIAL_CHANNEL:
        values = read_values(kind, typed)
        return Subject(code_id=code.id, plan_year=_plan_year(session, typed.get("plan_year", ""))), values
    if code.account_id is None:
        raise does_not_fit(kind, f"参保编码{code.code}没有绑定账号")
    values = read_values(kind, typed)
    if kind is not ExceptionKind.TRANSFER_BINDING:
        return Subject(code_id=code.id, account_id=code.account_id), values
    target = find_account(session, values["account_email"])
    if target is None:
        raise does_not_fit(kind, f"没有账号{values['account_email']}")
    return Subject(code_id=code.id, account_id=target.id), {"from": code.account_id}


def _code(session: Session, typed: str) -> EnrolmentCode:
    try:
        code = check_enrolment_code(typed)
    except Refused as malformed:
        raise FormRefused({"code": malformed}) from None
    found = session.scalars(select(EnrolmentCode).where(EnrolmentCode.code == code)).one_or_none()
    if found is None:
        raise FormRefused({"code": Refused("COD-001", hotline=settings().hotline)})
    return found


def _plan_year(session: Session, typed: str) -> str:
    if typed not in {plan.plan_year for plan in published_plans(session)}:
        raise FormRefused({"plan_year": Refused("SYS-002", field="保障年度")})
    return typed
