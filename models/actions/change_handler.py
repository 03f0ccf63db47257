"""A unit's 经办人 is replaced in its 经办人填报 by the association (DOMAIN 12.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.exception_rule import ExceptionRule, Touched
from models.records.account import Account, HandlerProfile
from models.records.batch import Batch
from models.records.exception import ExceptionProposal
from models.records.viewer import Viewer
from models.rules.exceptions import HANDLER_FIELDS, Change, ExceptionKind, does_not_fit
from models.rules.lifecycle import LIVE, BatchState

_KIND = ExceptionKind.CHANGE_HANDLER


def _changes(session: Session, proposal: ExceptionProposal, now: datetime) -> list[Change]:  # noqa: ARG001 - a rule's signature
    """Refused where there is no 经办人填报 yet, or nothing would change."""
    profile = session.get(HandlerProfile, proposal.account_id)
    if profile is None:
        raise does_not_fit(_KIND, "该账号还没有经办人填报")
    changes = [
        Change(field.label, str(getattr(profile, field.name)), str(proposal.values[field.name]))
        for field in HANDLER_FIELDS
        if getattr(profile, field.name) != proposal.values[field.name]
    ]
    if not changes:
        raise does_not_fit(_KIND, "与现有经办人信息相同")
    if profile.phone != proposal.values["phone"] and profile.phone_verified_at is not None:
        changes.append(Change("手机验证", "已验证", "待新经办人验证"))
    return changes


def _apply(session: Session, viewer: Viewer, proposal: ExceptionProposal, now: datetime) -> Sequence[Touched]:  # noqa: ARG001 - a rule's signature
    """A new phone has to be confirmed by whoever has it, as any new one (DOMAIN 12.5): until then HDL-001.

    The log-in stays as it is: whoever left still knows the password, which is reset apart from this.
    """
    account = session.get_one(Account, proposal.account_id)
    profile = session.get_one(HandlerProfile, account.id)
    if profile.phone != proposal.values["phone"]:
        profile.phone_verified_at = None
    for field in HANDLER_FIELDS:
        setattr(profile, field.name, proposal.values[field.name])
    profile.updated_at = now
    account.name = profile.name
    at_work = LIVE - {BatchState.ENROLLED}
    of_account = select(Batch).where(Batch.account_id == account.id, Batch.state.in_(at_work)).order_by(Batch.id)
    return [Touched(batch, "经办人变更", [account.id]) for batch in session.scalars(of_account)]


def _lock(session: Session, proposal: ExceptionProposal) -> None:
    """The account, as 保存 of the profile locks it; then what is on record."""
    session.scalars(select(Account).where(Account.id == proposal.account_id).with_for_update()).one()
    profile = session.get(HandlerProfile, proposal.account_id)
    if profile is not None:
        session.refresh(profile)


CHANGE_HANDLER = ExceptionRule(_lock, _changes, _apply)
