"""Whose a 参保编码 is: confirmed, released or moved to another account by the association (DOMAIN 12.3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, aliased

from models.actions.exception_rule import ExceptionRule, Touched
from models.actions.lock_code import CODE_LOCK, lock_code
from models.queries.suggestion import VERIFIED
from models.records.account import Account
from models.records.batch import Batch
from models.records.exception import ExceptionProposal
from models.records.job import UNFINISHED, Job
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.records.voucher import Voucher, VoucherBatch
from models.rules.exceptions import Change, ExceptionKind, does_not_fit
from models.rules.lifecycle import LIVE, BatchState
from models.rules.permissions import Role
from models.rules.voucher import VoucherState

BY_STAFF = "staff"
_LABEL = "参保编码归属"
_FREE = "未绑定账号"


def in_words(account: Account) -> str:
    """An account as staff know it: name and e-mail."""
    return f"{account.name}（{account.email}）" if account.name else account.email


def _confirm_changes(session: Session, proposal: ExceptionProposal, now: datetime) -> list[Change]:  # noqa: ARG001 - a rule's signature
    """Refused where the binding is another's meanwhile, or was seen to already."""
    code = _code_of(session, proposal, _holder(proposal))
    if code.bound_by in VERIFIED:
        raise does_not_fit(ExceptionKind.CONFIRM_BINDING, f"参保编码{code.code}的归属已核实")
    who = in_words(session.get_one(Account, code.account_id))
    return [Change(_LABEL, f"{who}，未核实", f"{who}，已核实")]


def _confirm(session: Session, viewer: Viewer, proposal: ExceptionProposal, now: datetime) -> Sequence[Touched]:
    """From now on the binding also stays when the account deletes its last batch under the code."""
    code = _code(session, proposal)
    code.bound_by, code.binding_confirmed_by, code.binding_confirmed_at = BY_STAFF, viewer.account_id, now
    return []


def _release_changes(session: Session, proposal: ExceptionProposal, now: datetime) -> list[Change]:  # noqa: ARG001 - a rule's signature
    """Refused while there is a batch under it that has neither expired nor been deleted: nobody would own it."""
    code = _code_of(session, proposal, _holder(proposal))
    for batch in _batches(session, code, _holder(proposal)):
        if batch.state in LIVE:
            state = BatchState(batch.state).text
            raise does_not_fit(ExceptionKind.RELEASE_BINDING, f"该编码下还有批次{batch.batch_no}（{state}）")
    return [Change(_LABEL, in_words(session.get_one(Account, code.account_id)), _FREE)]


def _release(session: Session, viewer: Viewer, proposal: ExceptionProposal, now: datetime) -> Sequence[Touched]:  # noqa: ARG001 - a rule's signature
    """Free for whoever opens the next batch under it, unverified. Expired batches stay with their account."""
    code = _code(session, proposal)
    code.account_id = code.bound_by = code.bound_at = None
    code.binding_confirmed_by = code.binding_confirmed_at = None
    return []


def _transfer_changes(session: Session, proposal: ExceptionProposal, now: datetime) -> list[Change]:  # noqa: ARG001 - a rule's signature
    """Refused where the code is another's meanwhile, for an account that can't have it, while something is under way (a
    file of a batch that is worked on, or a voucher that is not decided), and where an approved voucher is also for
    another code: vouchers are an account's, so one of two accounts could not see what its batches were paid by.
    """
    kind, code = ExceptionKind.TRANSFER_BINDING, _code_of(session, proposal, int(proposal.values["from"]))
    target = session.get_one(Account, proposal.account_id)
    if target.role != Role.HANDLER or target.disabled_at is not None:
        raise does_not_fit(kind, f"{in_words(target)}不是可用的经办人账号")
    if target.id == code.account_id:
        raise does_not_fit(kind, f"参保编码{code.code}已在该账号中")
    batches = _batches(session, code, code.account_id)
    numbers = {batch.id: batch.batch_no for batch in batches}
    busy = select(Job.batch_id).where(Job.batch_id.in_(numbers), Job.state.in_(UNFINISHED))
    if (at_work := session.scalars(busy.limit(1)).first()) is not None:
        raise does_not_fit(kind, f"批次{numbers[at_work]}正在处理清册")
    in_vouchers = (
        select(VoucherBatch.batch_id)
        .join(Voucher, Voucher.id == VoucherBatch.voucher_id)
        .where(VoucherBatch.batch_id.in_(numbers), VoucherBatch.live)
        .order_by(VoucherBatch.batch_id)
        .limit(1)
    )
    if (paid_for := session.scalars(in_vouchers.where(Voucher.state != VoucherState.APPROVED)).first()) is not None:
        raise does_not_fit(kind, f"批次{numbers[paid_for]}的缴费凭证尚未办结")
    if (paid_for := session.scalars(in_vouchers.where(_also_for_others(numbers))).first()) is not None:
        raise does_not_fit(kind, f"批次{numbers[paid_for]}的缴费凭证还包含其他参保编码的批次")
    holder = session.get_one(Account, code.account_id)
    return [Change(_LABEL, in_words(holder), f"{in_words(target)}，已核实")]


def _transfer(session: Session, viewer: Viewer, proposal: ExceptionProposal, now: datetime) -> Sequence[Touched]:
    """The batches follow the code, since a handler sees those of the own codes (DOMAIN 2): all that are not deleted,
    and with them the vouchers that are for no others. Both accounts are told of each that still counts.
    """
    code, target = _code(session, proposal), int(proposal.account_id or 0)
    giver = int(proposal.values["from"])
    batches = _batches(session, code, giver)
    code.account_id, code.bound_by, code.bound_at = target, BY_STAFF, now
    code.binding_confirmed_by, code.binding_confirmed_at = viewer.account_id, now
    for batch in batches:
        batch.account_id = target
        batch.version += 1
        batch.updated_at = now
    session.flush()
    _move_vouchers(session, [batch.id for batch in batches], giver, target)
    return [Touched(batch, "参保编码转移", [giver, target] if batch.state in LIVE else []) for batch in batches]


def _move_vouchers(session: Session, batch_ids: Sequence[int], giver: int, target: int) -> None:
    of_these = exists().where(VoucherBatch.voucher_id == Voucher.id, VoucherBatch.batch_id.in_(batch_ids))
    moved = update(Voucher).where(Voucher.account_id == giver, of_these, ~_also_for_others(batch_ids))
    session.execute(moved.values(account_id=target).execution_options(synchronize_session=False))


def _also_for_others(batch_ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a voucher is for other batches too. A void one keeps those that it was for, and may be."""
    beside = aliased(VoucherBatch)
    return exists().where(beside.voucher_id == Voucher.id, beside.batch_id.not_in(batch_ids))


def _lock_code(session: Session, proposal: ExceptionProposal) -> None:
    session.refresh(_code(session, proposal), with_for_update=CODE_LOCK)


def _lock_all(session: Session, proposal: ExceptionProposal) -> None:
    lock_code(session, _code(session, proposal))


CONFIRM_BINDING = ExceptionRule(_lock_code, _confirm_changes, _confirm)
RELEASE_BINDING = ExceptionRule(_lock_all, _release_changes, _release)
TRANSFER_BINDING = ExceptionRule(_lock_all, _transfer_changes, _transfer)


def _code(session: Session, proposal: ExceptionProposal) -> EnrolmentCode:
    return session.get_one(EnrolmentCode, proposal.code_id)


def _code_of(session: Session, proposal: ExceptionProposal, account_id: int) -> EnrolmentCode:
    """The code, if it is still this account's."""
    code = _code(session, proposal)
    if code.account_id != account_id:
        raise does_not_fit(ExceptionKind(proposal.kind), f"参保编码{code.code}的归属已变更")
    return code


def _holder(proposal: ExceptionProposal) -> int:
    """Whose the code was when this was asked for."""
    return int(proposal.account_id or 0)


def _batches(session: Session, code: EnrolmentCode, account_id: int | None) -> Sequence[Batch]:
    of_code = select(Batch).where(Batch.code_id == code.id, Batch.account_id == account_id)
    return session.scalars(of_code.where(Batch.state != BatchState.DELETED).order_by(Batch.id)).all()
