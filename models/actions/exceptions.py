"""特殊事项: a reviewer proposes, an administrator grants, at once too, or refuses (DOMAIN 2).

A new kind is a word of `ExceptionKind` and a line of `RULES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.change_handler import CHANGE_HANDLER
from models.actions.exception_rule import ExceptionRule, Touched
from models.actions.grant_special_channel import SPECIAL_CHANNEL
from models.actions.keep_bindings import CONFIRM_BINDING, RELEASE_BINDING, TRANSFER_BINDING
from models.actions.passport_rule import PASSPORT_DECISION
from models.actions.permit import permit
from models.actions.reinstating_rule import REINSTATE_BATCH
from models.actions.tell_exception import tell_exception
from models.records.audit import record_act
from models.records.exception import ExceptionProposal
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.exceptions import Change, ExceptionKind, ExceptionState, does_not_fit, required_reason
from models.rules.permissions import Action
from models.rules.refusal import Refused

RULES: Mapping[ExceptionKind, ExceptionRule] = {
    ExceptionKind.SPECIAL_CHANNEL: SPECIAL_CHANNEL,
    ExceptionKind.CONFIRM_BINDING: CONFIRM_BINDING,
    ExceptionKind.RELEASE_BINDING: RELEASE_BINDING,
    ExceptionKind.TRANSFER_BINDING: TRANSFER_BINDING,
    ExceptionKind.CHANGE_HANDLER: CHANGE_HANDLER,
    ExceptionKind.REINSTATE_BATCH: REINSTATE_BATCH,
    ExceptionKind.PASSPORT_DECISION: PASSPORT_DECISION,
}
"""How each kind is granted."""


class Subject(NamedTuple):
    """What an exception is about: as many references as its kind needs."""

    code_id: int | None = None
    account_id: int | None = None
    batch_id: int | None = None
    plan_year: str | None = None


def propose(  # noqa: PLR0917 - who asks for what, about whom, how, why, when
    session: Session,
    viewer: Viewer,
    kind: ExceptionKind,
    subject: Subject,
    values: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> ExceptionProposal:
    """Ask for an exception; nothing is changed yet. The same asked twice is one proposal.

    Refused: AUTH-006; SYS-002 without a reason, SYS-003 too long; BAT-002 what could not be granted as things are.
    """
    permit(viewer, Action.PROPOSE_EXCEPTION)
    proposal = _proposal(session, viewer, kind, subject, values, reason, now)
    for other in session.scalars(
        select(ExceptionProposal).where(ExceptionProposal.kind == kind, ExceptionProposal.state == ExceptionState.OPEN)
    ):
        if _subject(other) == subject and other.values == proposal.values and other.changes == proposal.changes:
            return other
    session.add(proposal)
    session.flush()
    _write_down(session, viewer, "propose_exception", proposal, now, reason=proposal.reason)
    return proposal


def grant(
    session: Session, viewer: Viewer, exception_id: int, now: datetime, *, reason: str = "", version: int | None = None
) -> ExceptionProposal:
    """批准: what was asked for is done in this transaction. `reason` adds to the proposal's own.

    Refused: AUTH-006, BAT-005, BAT-004 a stale `version`; BAT-002 decided already, or no longer as it was proposed: the
    proposal stays open then, since nothing of this transaction is kept.
    """
    proposal = _to_decide(session, viewer, exception_id, version, "批准")
    reason = required_reason(reason) if reason.strip() else ""
    RULES[ExceptionKind(proposal.kind)].lock(session, proposal)
    if _as_stored(changes_of(session, proposal, now)) != proposal.changes:
        raise does_not_fit(ExceptionKind(proposal.kind), "提出申请后情况已有变化")
    return _granted(session, viewer, proposal, reason, now)


def grant_directly(  # noqa: PLR0917 - as `propose`
    session: Session,
    viewer: Viewer,
    kind: ExceptionKind,
    subject: Subject,
    values: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> ExceptionProposal:
    """Grant what nobody has proposed; it stands in the list like all others. Refused as `propose`."""
    permit(viewer, Action.GRANT_EXCEPTION)
    wanted = ExceptionProposal(kind=kind, values=dict(values), **subject._asdict())
    RULES[kind].lock(session, wanted)
    proposal = _proposal(session, viewer, kind, subject, values, reason, now)
    session.add(proposal)
    session.flush()
    return _granted(session, viewer, proposal, "", now)


def refuse(
    session: Session, viewer: Viewer, exception_id: int, reason: str, now: datetime, *, version: int | None = None
) -> ExceptionProposal:
    """不予批准, with a reason that the reviewer reads. Refused as `grant`; SYS-002 without a reason."""
    proposal = _to_decide(session, viewer, exception_id, version, "不予批准")
    _decide(proposal, viewer, ExceptionState.REFUSED, required_reason(reason, "不予批准的原因"), now)
    _write_down(session, viewer, "refuse_exception", proposal, now, reason=proposal.decision_reason)
    return proposal


def changes_of(session: Session, proposal: ExceptionProposal, now: datetime) -> list[Change]:
    """What it would change if it were granted now. Refused BAT-002 where it could not be."""
    return RULES[ExceptionKind(proposal.kind)].changes(session, proposal, now)


def _proposal(  # noqa: PLR0917 - as `propose`
    session: Session,
    viewer: Viewer,
    kind: ExceptionKind,
    subject: Subject,
    values: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> ExceptionProposal:
    proposal = ExceptionProposal(
        kind=kind,
        state=ExceptionState.OPEN,
        **subject._asdict(),
        values=dict(values),
        reason=required_reason(reason),
        proposed_by=viewer.account_id,
        proposed_at=now,
    )
    proposal.changes = _as_stored(changes_of(session, proposal, now))
    return proposal


def _to_decide(
    session: Session, viewer: Viewer, exception_id: int, version: int | None, action: str
) -> ExceptionProposal:
    """The proposal, locked: of two administrators one is first."""
    permit(viewer, Action.GRANT_EXCEPTION)
    latest = select(ExceptionProposal).where(ExceptionProposal.id == exception_id)
    locked = latest.with_for_update(of=ExceptionProposal).execution_options(populate_existing=True)
    proposal = session.scalars(locked).one_or_none()
    if proposal is None:
        raise Refused("BAT-005")
    if proposal.state != ExceptionState.OPEN:
        raise Refused("BAT-002", status=f"该事项{ExceptionState(proposal.state).text}", action=action)
    if version is not None and version != proposal.version:
        raise Refused("BAT-004")
    return proposal


def _granted(
    session: Session, viewer: Viewer, proposal: ExceptionProposal, reason: str, now: datetime
) -> ExceptionProposal:
    kind = ExceptionKind(proposal.kind)
    touched = RULES[kind].apply(session, viewer, proposal, now)
    _decide(proposal, viewer, ExceptionState.GRANTED, reason, now)
    _write_down(session, viewer, "grant_exception", proposal, now, reason=proposal.reason, decision_reason=reason)
    _tell(session, viewer, proposal, touched, now)
    return proposal


def _decide(proposal: ExceptionProposal, viewer: Viewer, state: ExceptionState, reason: str, now: datetime) -> None:
    proposal.state, proposal.decision_reason = state, reason
    proposal.decided_at, proposal.decided_by = now, viewer.account_id
    proposal.version += 1


def _tell(
    session: Session, viewer: Viewer, proposal: ExceptionProposal, touched: Iterable[Touched], now: datetime
) -> None:
    """Each batch has an entry of its own in the audit log, so that its history is whole; its handler is told."""
    for batch, what, told in touched:
        record_act(
            session,
            viewer,
            now,
            "apply_exception",
            batch_id=batch.id,
            exception=proposal.id,
            exception_kind=proposal.kind,
            what=what,
            reason=proposal.reason,
        )
        for account_id in told:
            tell_exception(
                session, batch, what, proposal.reason, f"exception {proposal.id}", now, account_id=account_id
            )


def _write_down(
    session: Session, viewer: Viewer, action: str, proposal: ExceptionProposal, now: datetime, **details: Any
) -> None:
    record_act(
        session,
        viewer,
        now,
        action,
        batch_id=proposal.batch_id,
        exception=proposal.id,
        exception_kind=proposal.kind,
        code=session.get_one(EnrolmentCode, proposal.code_id).code if proposal.code_id else "",
        of=proposal.account_id,
        plan_year=proposal.plan_year,
        before={change.label: change.before for change in proposal.in_words()},
        after={change.label: change.after for change in proposal.in_words()},
        **details,
    )


def _subject(proposal: ExceptionProposal) -> Subject:
    return Subject(proposal.code_id, proposal.account_id, proposal.batch_id, proposal.plan_year)


def _as_stored(changes: Iterable[Change]) -> list[list[str]]:
    return [list(change) for change in changes]
