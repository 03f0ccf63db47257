"""参保编码申请: within whose reach they are, the handler's list and the association's queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.records.code_application import CodeApplication, CodeApplicationFile
from models.records.unit import EnrolmentCode, Unit
from models.records.viewer import Viewer
from models.rules.attachment import Attachment
from models.rules.code_application import ApplicationStatus
from models.rules.permissions import Action, Scope, scope
from models.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class ApplicationFilters:
    """What the list is narrowed to; empty text means everything."""

    unit_name: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """One page of the list, `total` over all pages."""

    applications: Sequence[CodeApplication]
    total: int


def find_application(
    session: Session, viewer: Viewer, application_id: int, action: Action = Action.READ_CODE_APPLICATION
) -> CodeApplication:
    """One application within the reach of the action. Refused BAT-005: unknown or another's; they look alike."""
    statement = _within_reach(viewer, action).where(CodeApplication.id == application_id)
    application = session.scalars(statement.options(joinedload(CodeApplication.code))).one_or_none()
    if application is None:
        raise Refused("BAT-005")
    return application


def list_applications(
    session: Session, viewer: Viewer, filters: ApplicationFilters, page: int = 1, size: int = 20
) -> ApplicationPage:
    """Applications that the viewer may see; 2 statements. What waits for a decision comes oldest first (DOMAIN 12.2),
    everything else by its latest change.
    """
    statement = _filtered(viewer, filters)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    found = statement.options(joinedload(CodeApplication.code)).limit(size).offset((page - 1) * size)
    if filters.status == ApplicationStatus.PENDING:
        found = found.order_by(CodeApplication.submitted_at, CodeApplication.id)
    else:
        found = found.order_by(CodeApplication.updated_at.desc(), CodeApplication.id.desc())
    return ApplicationPage(session.scalars(found).all(), total)


def applications_after(
    session: Session, viewer: Viewer, filters: ApplicationFilters, after: int | None, limit: int
) -> Sequence[CodeApplication]:
    """The latest first, from behind the one of this id: one more than `limit`, if there is a next page.
    2 statements.
    """
    statement = _filtered(viewer, filters).options(
        joinedload(CodeApplication.code), selectinload(CodeApplication.files)
    )
    if after is not None:
        statement = statement.where(CodeApplication.id < after)
    return session.scalars(statement.order_by(CodeApplication.id.desc()).limit(limit + 1)).all()


def application_file(session: Session, viewer: Viewer, application_id: int, number: int) -> Attachment:
    """One of an application's files. Refused BAT-005: there is no such application, or file, for this viewer."""
    find_application(session, viewer, application_id)
    found = session.get(CodeApplicationFile, (application_id, number))
    if found is None:
        raise Refused("BAT-005")
    return found.attachment()


def has_code(session: Session, name: str, key: str, uscc: str) -> bool:
    """Whether a unit of this name or credit code was approved before, or is on record with a code in use (APP-010)."""
    same = [CodeApplication.unit_key == key] + ([CodeApplication.uscc == uscc] if uscc else [])
    approved = select(CodeApplication.id).where(CodeApplication.status == ApplicationStatus.APPROVED, or_(*same))
    if session.scalars(approved.limit(1)).first() is not None:
        return True
    known = [Unit.name == name] + ([Unit.uscc == uscc] if uscc else [])
    in_use = select(EnrolmentCode.id).join(Unit, Unit.id == EnrolmentCode.unit_id).where(EnrolmentCode.active)
    return session.scalars(in_use.where(or_(*known)).limit(1)).first() is not None


def _filtered(viewer: Viewer, filters: ApplicationFilters) -> Select[CodeApplication]:
    statement = _within_reach(viewer, Action.READ_CODE_APPLICATION)
    if filters.unit_name:
        statement = statement.where(CodeApplication.unit_name.contains(filters.unit_name.strip(), autoescape=True))
    if filters.status:
        statement = statement.where(CodeApplication.status == filters.status)
    return statement


def _within_reach(viewer: Viewer, action: Action) -> Select[CodeApplication]:
    match scope(viewer.role, action):
        case Scope.ALL:
            return select(CodeApplication)
        case Scope.OWN:
            return select(CodeApplication).where(CodeApplication.account_id == viewer.account_id)
        case _:
            raise Refused("AUTH-006")
