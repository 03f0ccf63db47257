"""单位名称变更: what a desk registered, and what an administrator decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from config.settings import settings
from models.records.rename import NameChangeFile, PendingNameChange
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.attachment import Attachment
from models.rules.enrolment_code import check_enrolment_code
from models.rules.permissions import Action, Scope, scope
from models.rules.refusal import Refused
from models.rules.rename import RenameStatus


@dataclass(frozen=True, slots=True)
class RenameFilters:
    """What the list is narrowed to; empty text means everything."""

    code: str = ""
    unit_name: str = ""
    """Part of the former or of the new name."""
    status: str = ""


@dataclass(frozen=True, slots=True)
class RenamePage:
    """One page of the list, `total` over all pages."""

    changes: Sequence[PendingNameChange]
    total: int


def code_to_rename(session: Session, code: str) -> EnrolmentCode:
    """The code with its unit, whoever uses it. Refused COD-001 unknown, COD-003 malformed, COD-004 out of use."""
    normalised = check_enrolment_code(code)
    named = select(EnrolmentCode).where(EnrolmentCode.code == normalised)
    found = session.scalars(named.options(joinedload(EnrolmentCode.unit))).one_or_none()
    if found is None:
        raise Refused("COD-001", hotline=settings().hotline)
    if not found.active:
        raise Refused("COD-004", code=normalised)
    return found


def list_renames(  # noqa: PLR0917 - as other lists
    session: Session, viewer: Viewer, action: Action, filters: RenameFilters, page: int = 1, size: int = 20
) -> RenamePage:
    """Changes within the reach of the action; 2 statements. What waits comes oldest first, else the latest first."""
    statement = _within_reach(viewer, action)
    if filters.code:
        codes = select(EnrolmentCode.id).where(EnrolmentCode.code == filters.code.strip().upper())
        statement = statement.where(PendingNameChange.code_id.in_(codes))
    if filters.unit_name:
        part = filters.unit_name.strip()
        names = (PendingNameChange.former_name, PendingNameChange.new_name)
        statement = statement.where(or_(*(name.contains(part, autoescape=True) for name in names)))
    if filters.status:
        statement = statement.where(PendingNameChange.status == filters.status)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    waits = filters.status == RenameStatus.PENDING
    order = PendingNameChange.id if waits else PendingNameChange.id.desc()
    found = statement.options(joinedload(PendingNameChange.code), joinedload(PendingNameChange.registrar))
    return RenamePage(session.scalars(found.order_by(order).limit(size).offset((page - 1) * size)).all(), total)


def find_rename(session: Session, viewer: Viewer, change_id: int, action: Action) -> PendingNameChange:
    """One change within the reach of the action, with its code, unit and registrar. Refused BAT-005: there is none."""
    statement = _within_reach(viewer, action).where(PendingNameChange.id == change_id)
    found = session.scalars(
        statement.options(
            joinedload(PendingNameChange.code),
            joinedload(PendingNameChange.unit),
            joinedload(PendingNameChange.registrar),
        )
    ).one_or_none()
    if found is None:
        raise Refused("BAT-005")
    return found


def rename_file(session: Session, viewer: Viewer, change_id: int, number: int) -> Attachment:
    """One of a change's files. Refused BAT-005: there is no such change, or file, for this viewer."""
    find_rename(session, viewer, change_id, Action.APPLY_UNIT_RENAME)
    found = session.get(NameChangeFile, (change_id, number))
    if found is None:
        raise Refused("BAT-005")
    return found.attachment()


def _within_reach(viewer: Viewer, action: Action) -> Select[PendingNameChange]:
    """Who applies sees all; who registers, what came from the same desk."""
    if scope(viewer.role, action) is not Scope.ALL:
        raise Refused("AUTH-006")
    statement = select(PendingNameChange)
    if action is Action.REGISTER_UNIT_RENAME:
        return statement.where(PendingNameChange.registered_by == viewer.account_id)
    return statement
