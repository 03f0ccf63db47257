"""What every change of a voucher has in common: it and its batches are locked, and it is as somebody saw it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.batch_change import lock_batch, refuse_unless_possible
from models.actions.permit import permit, refuse_unready_handler
from models.queries.deadlines import deadlines_of
from models.queries.vouchers import VoucherSeen, batches_in, find_voucher
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.viewer import Viewer
from models.records.voucher import Voucher, VoucherBatch
from models.rules.deadlines import end_of
from models.rules.lifecycle import TRANSITIONS, BatchAction, BatchState, permission_for, transition
from models.rules.permissions import Action, scope
from models.rules.plan import PlanYear
from models.rules.reason import read_reason
from models.rules.refusal import Refused
from models.rules.voucher import REASON_LENGTH, VoucherState

IN_STATES: dict[BatchAction, frozenset[VoucherState]] = {
    BatchAction.CANCEL_VOUCHER: frozenset({VoucherState.DRAFT}),
    BatchAction.SUBMIT_VOUCHER: frozenset({VoucherState.DRAFT, VoucherState.REJECTED}),
    BatchAction.APPROVE_VOUCHER: frozenset({VoucherState.SUBMITTED}),
    BatchAction.REJECT_VOUCHER: frozenset({VoucherState.SUBMITTED}),
    BatchAction.VOID_VOUCHER: frozenset({VoucherState.SUBMITTED, VoucherState.REJECTED}),
    BatchAction.REVERSE_APPROVAL: frozenset({VoucherState.APPROVED}),
}
"""What is done to a whole voucher, and in which of its states; its batches go by the table of theirs."""


def voucher_to_change(  # noqa: PLR0917 - who, which, what, when: the order of every action
    session: Session, viewer: Viewer, voucher_id: int, action: BatchAction, now: datetime, version: int | None = None
) -> VoucherSeen:
    """The voucher and its batches, locked, if this is possible at `now` (receipt, business clock) for all of them.

    Refused: AUTH-006, BAT-005 (unknown or another's), BAT-002 in another state, as `refuse_unless_possible` for a
    batch (PAY-009), BAT-004 for a stale `version`.
    """
    asks = permission_for(action)
    permit(viewer, asks)
    seen = locked_voucher(session, viewer, voucher_id, asks)
    refuse_in_other_state(session, seen, action, now)
    refuse_if_stale(seen.voucher, version)
    return seen


def locked_voucher(
    session: Session, viewer: Viewer, voucher_id: int, action: Action, more: Iterable[Batch] = ()
) -> VoucherSeen:
    """The voucher with its batches as they are once nobody else changes them, and `more` batches locked with them.

    Batches come before their voucher, as they do where a batch leaves it, and in the order of their ids.
    Refused BAT-005; HDL-001; BAT-004 where its batches have changed meanwhile.
    """
    voucher = find_voucher(session, viewer, voucher_id, action)
    refuse_unready_handler(session, viewer)
    before = batches_in(session, [voucher.id])[voucher.id]
    for batch in sorted({batch.id: batch for batch in [*before, *more]}.values(), key=lambda batch: batch.id):
        lock_batch(session, batch)
    found = session.scalars(
        select(Voucher).where(Voucher.id == voucher.id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:  # cancelled while this waited
        raise Refused("BAT-005")
    named = select(VoucherBatch.batch_id).where(VoucherBatch.voucher_id == voucher.id)
    if set(session.scalars(named)) != {batch.id for batch in before}:
        raise Refused("BAT-004")
    return VoucherSeen(found, before)


def refuse_in_other_state(session: Session, seen: VoucherSeen, action: BatchAction, now: datetime) -> None:
    """Refused BAT-002 for the voucher's state, then for each batch by its state or deadline."""
    if VoucherState(seen.voucher.state) not in IN_STATES[action]:
        raise not_in_this_state(seen.voucher, action.text)
    for batch in seen.batches:
        if _moves(batch, action):
            refuse_unless_possible(session, batch, action, now)


def voucher_actions(viewer: Viewer, seen: VoucherSeen, plan: PlanYear | None, now: datetime) -> list[BatchAction]:
    """What this account may do at `now` to a voucher within its reach, by its state and its batches' deadlines.

    `plan` is the voucher's, None while it is not published. Whether it is whole is for 提交审核 to say.
    """
    return [
        action
        for action, states in IN_STATES.items()
        if plan is not None
        and VoucherState(seen.voucher.state) in states
        and scope(viewer.role, permission_for(action)) is not None
        and all(_may_move(batch, action, plan, now) for batch in seen.batches)
    ]


def _may_move(batch: Batch, action: BatchAction, plan: PlanYear, now: datetime) -> bool:
    if not _moves(batch, action):
        return True
    rows = [row for row in TRANSITIONS if row.action is action and BatchState(batch.state) in row.from_states]
    return any(deadlines_of(batch, plan).refusal(row.until, now) is None for row in rows)


def _moves(batch: Batch, action: BatchAction) -> bool:
    """Cancelling moves no batch, and making void none that waits for payment: it had come to a rejected voucher."""
    if action is BatchAction.CANCEL_VOUCHER:
        return False
    return action is not BatchAction.VOID_VOUCHER or batch.state != BatchState.AWAITING_PAYMENT


def not_in_this_state(voucher: Voucher, action: str) -> Refused:
    """BAT-002 of the voucher, whose states are called as those of its batches."""
    return Refused("BAT-002", status=f"缴费凭证{VoucherState(voucher.state).text}", action=action)


def refuse_if_stale(voucher: Voucher, version: int | None) -> None:
    """Refused BAT-004: the caller has seen another version of the voucher; None: it does not say which."""
    if version is not None and version != voucher.version:
        raise Refused("BAT-004")


def required_reason(reason: str, missing: Refused) -> str:
    """The reason as it is stored. Refused by `missing` without one; SYS-003 for one too long."""
    return read_reason(reason, "原因", REASON_LENGTH, missing)


def move(batches: Iterable[Batch], action: BatchAction, now: datetime) -> None:
    """Each batch goes where the table leads it. One that awaits payment again does so since now."""
    for batch in batches:
        batch.state = str(transition(action, BatchState(batch.state)).to)
        if batch.state == BatchState.AWAITING_PAYMENT:
            batch.term_since = now
        batch.version += 1
        batch.updated_at = now


def allow_until(batch: Batch, day: date) -> None:
    """A deadline that the association sets anew counts also for a batch that was reinstated until earlier (T25)."""
    if batch.reinstated_until is not None and batch.reinstated_until < end_of(day):
        batch.reinstated_until = end_of(day)


def write_down(session: Session, viewer: Viewer, action: str, now: datetime, seen: VoucherSeen, **details: Any) -> None:
    """Append an audit entry for each batch of the voucher, so that the history of each is whole; one if it has none."""
    batch_ids: Sequence[int | None] = [batch.id for batch in seen.batches] or [None]
    for batch_id in batch_ids:
        record_act(
            session,
            viewer,
            now,
            action,
            batch_id=batch_id,
            voucher_id=seen.voucher.id,
            **details,
        )
