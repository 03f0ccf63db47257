"""特殊事项: the list, one of them, and what a code has that an exception may be about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from models.queries.suggestion import is_verified
from models.records.account import Account, HandlerProfile
from models.records.batch import Batch
from models.records.exception import ExceptionProposal, SpecialGrant
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.exceptions import ExceptionState
from models.rules.lifecycle import BatchState
from models.rules.permissions import Action, scope
from models.rules.refusal import Refused

_BATCHES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ExceptionFilters:
    """What the list is narrowed to; empty text means everything."""

    kind: str = ""
    state: str = ""
    code: str = ""
    """An enrolment code, whole."""


@dataclass(frozen=True, slots=True)
class ExceptionPage:
    """One page of the list, `total` over all pages."""

    proposals: Sequence[ExceptionProposal]
    total: int


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """A code as whoever asks for an exception has to know it."""

    code: EnrolmentCode
    account: Account | None
    """Whose it is."""
    profile: HandlerProfile | None
    verified: bool
    grants: Sequence[SpecialGrant]
    """特殊通道 by plan year, the latest first; also one that was taken away again."""
    batches: Sequence[Batch]
    """Of whatever account, the latest first, fifty at most."""


def list_exceptions(
    session: Session, viewer: Viewer, filters: ExceptionFilters, page: int = 1, size: int = 20
) -> ExceptionPage:
    """What waits for a decision comes oldest first (DOMAIN 12.2); everything else the latest first. 2 statements."""
    statement = _within_reach(viewer)
    if filters.kind:
        statement = statement.where(ExceptionProposal.kind == filters.kind)
    if filters.state:
        statement = statement.where(ExceptionProposal.state == filters.state)
    if filters.code:
        named = select(EnrolmentCode.id).where(EnrolmentCode.code == filters.code.strip().upper())
        statement = statement.where(ExceptionProposal.code_id.in_(named))
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    found = _whole(statement).limit(size).offset((page - 1) * size)
    if filters.state == ExceptionState.OPEN:
        found = found.order_by(ExceptionProposal.proposed_at, ExceptionProposal.id)
    else:
        found = found.order_by(ExceptionProposal.id.desc())
    return ExceptionPage(session.scalars(found).all(), total)


def find_exception(session: Session, viewer: Viewer, exception_id: int) -> ExceptionProposal:
    """One of them, with whom it is about. Refused BAT-005: there is none."""
    named = _whole(_within_reach(viewer)).where(ExceptionProposal.id == exception_id)
    proposal = session.scalars(named).one_or_none()
    if proposal is None:
        raise Refused("BAT-005")
    return proposal


def find_code(session: Session, viewer: Viewer, text: str) -> CodeSeen | None:
    """The code of this text, or of the batch whose number it is; None: there is neither. 6 statements at most."""
    _within_reach(viewer)
    wanted = text.strip().upper()
    of_batch = select(Batch.code_id).where(Batch.batch_no == wanted)
    named = select(EnrolmentCode).where((EnrolmentCode.code == wanted) | EnrolmentCode.id.in_(of_batch))
    code = session.scalars(named.options(joinedload(EnrolmentCode.unit))).first()
    if code is None:
        return None
    grants = select(SpecialGrant).where(SpecialGrant.code_id == code.id).order_by(SpecialGrant.plan_year.desc())
    batches = select(Batch).where(Batch.code_id == code.id, Batch.state != BatchState.DELETED)
    return CodeSeen(
        code,
        session.get(Account, code.account_id) if code.account_id else None,
        session.get(HandlerProfile, code.account_id) if code.account_id else None,
        code.account_id is not None and is_verified(session, code, code.account_id),
        session.scalars(grants).all(),
        session.scalars(batches.order_by(Batch.id.desc()).limit(_BATCHES_SHOWN)).all(),
    )


def extensions_of(session: Session, account_id: int) -> dict[str, datetime]:
    """Until when some code of the account may still enrol centrally, by plan year; one statement."""
    latest = (
        select(SpecialGrant.plan_year, func.max(SpecialGrant.central_extension_until))
        .join(EnrolmentCode, EnrolmentCode.id == SpecialGrant.code_id)
        .where(EnrolmentCode.account_id == account_id)
        .group_by(SpecialGrant.plan_year)
    )
    return {year: until for year, until in session.execute(latest) if until is not None}


def _within_reach(viewer: Viewer) -> Select[ExceptionProposal]:
    if scope(viewer.role, Action.READ_EXCEPTION) is None:
        raise Refused("AUTH-006")
    return select(ExceptionProposal)


def _whole(statement: Select[ExceptionProposal]) -> Select[ExceptionProposal]:
    """With whom it is about and who has asked and decided, in the same statement."""
    return statement.options(
        joinedload(ExceptionProposal.code).joinedload(EnrolmentCode.unit),
        joinedload(ExceptionProposal.account),
        joinedload(ExceptionProposal.batch),
        joinedload(ExceptionProposal.proposer),
        joinedload(ExceptionProposal.decider),
    )
