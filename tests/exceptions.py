"""Exceptions that are asked for and granted, for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.actions.ask_exception import read_asked
from models.actions.exceptions import grant, grant_directly, propose
from models.actions.keep_accounts import add_account
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.exception import ExceptionProposal
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.exceptions import ExceptionKind
from models.rules.permissions import Role
from tests.records import BatchOf
from tests.vouchers import staff

REASON = "外省市调入人员较多"
CODE = "0088D2"


def proposed(now: datetime, kind: ExceptionKind, reason: str = REASON, code: str = CODE, **typed: str) -> int:
    """A reviewer's proposal, committed."""
    return _asked(propose, staff(Role.REVIEWER, now), now, kind, reason, code, typed)


def granted(now: datetime, kind: ExceptionKind, reason: str = REASON, code: str = CODE, **typed: str) -> int:
    """An administrator's own grant, committed."""
    return _asked(grant_directly, staff(Role.ADMIN, now), now, kind, reason, code, typed)


def special_channel(now: datetime, *, exempt: bool = False, until: str = "", code: str = CODE) -> int:
    """特殊通道 of 2020; `until` in Shanghai."""
    typed = {"plan_year": "2020", "central_extension_until": until} | ({"ratio_exempt": "1"} if exempt else {})
    return granted(now, ExceptionKind.SPECIAL_CHANNEL, code=code, **typed)


def grant_it(exception_id: int, now: datetime) -> None:
    """批准, committed."""
    admin = staff(Role.ADMIN, now)
    with writing() as session:
        grant(session, admin, exception_id, now)


def the_exception(exception_id: int) -> ExceptionProposal:
    with reading() as session:
        return session.get_one(ExceptionProposal, exception_id)


def the_code(code: str = CODE) -> EnrolmentCode:
    with reading() as session:
        return session.scalars(select(EnrolmentCode).where(EnrolmentCode.code == code)).one()


def an_account(now: datetime, email: str = "zhou@unit.example", role: Role = Role.HANDLER) -> Viewer:
    """Somebody who has no code yet, with a profile whose phone is confirmed."""
    profile = {"name": "周谷雨", "phone": "14200000009", "unit_name": "上海豆苗仪表有限公司", "headcount": 40}
    with writing() as session:
        account, _ = add_account(session, email, role, now=now, profile=profile)
        return Viewer(account.id, role, email, "周谷雨")


def written_of(batch: BatchOf) -> list[AuditEntry]:
    """What the audit log says of this batch, in its order."""
    with reading() as session:
        of_batch = select(AuditEntry).where(AuditEntry.batch_id == batch.batch_id)
        return list(session.scalars(of_batch.order_by(AuditEntry.id)))


def _asked(  # noqa: PLR0917 - as the actions take them
    act: Any, who: Viewer, now: datetime, kind: ExceptionKind, reason: str, code: str, typed: Any
) -> int:
    with writing() as session:
        subject, values = read_asked(session, kind, {"code": code, **typed})
        return int(act(session, who, kind, subject, values, reason, now).id)
