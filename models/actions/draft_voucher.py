"""新增缴费信息, its change and 取消上传; a batch that leaves a voucher (DOMAIN 11.3: T14, T15, T27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, exists, func, literal, select, update
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import lock_batch, refuse_unless_possible
from models.actions.permit import permit, refuse_unready_handler
from models.actions.voucher_change import (
    allow_until,
    locked_voucher,
    move,
    not_in_this_state,
    refuse_if_stale,
    voucher_to_change,
    write_down,
)
from models.queries.batches import find_batch
from models.queries.deadlines import deadlines_of
from models.queries.vouchers import PAYABLE, VoucherSeen, live_voucher_of, voucher_seen
from models.records.batch import Batch
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.records.voucher import Voucher, VoucherBatch, VoucherFile
from models.rules.attachment import MAX_FILES, Attachment
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.permissions import Action
from models.rules.refusal import Refused
from models.rules.voucher import (
    EDITABLE,
    MAX_FEN,
    NAME_LENGTH,
    PAYER_LENGTH,
    REASON_LENGTH,
    AccountKind,
    PaymentMethod,
    RefundAccountKind,
    RefundData,
    RefundMethod,
    VoucherState,
    normal_account,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the form; None leaves a field as it is, empty text empties it."""

    payer: str | None = None
    method: PaymentMethod | None = None
    amount_fen: int | None = None
    account_kind: AccountKind | None = None
    refund_account_kind: RefundAccountKind | Literal[""] | None = None
    refund_account_no: str | None = None
    refund_account_name: str | None = None
    refund_bank: str | None = None
    refund_method: RefundMethod | None = None


def create_voucher(  # noqa: PLR0917 - who, what, for which, with what, when: the order of every action
    session: Session,
    viewer: Viewer,
    typed: Typed,
    batch_nos: Sequence[str],
    files: Sequence[Attachment],
    now: datetime,
) -> Voucher:
    """A draft that pays these batches. Refund data, receipts and files may still come.

    Refused: AUTH-006, HDL-001; PAY-004 without a batch, BAT-005, PAY-005, PAY-006, PAY-009, PAY-012 for the batches;
    SYS-002, SYS-003, PAY-008, PAY-011 for what was typed.
    """
    permit(viewer, Action.WORK_ON_VOUCHER)
    refuse_unready_handler(session, viewer)
    batches = _named(session, viewer, batch_nos)
    for batch in batches:
        lock_batch(session, batch)
        _refuse_unless_payable(session, batch, None, now)
    _refuse_mixed_years(batches)
    if typed.payer is None:
        raise Refused("SYS-002", field="付款单位")
    if typed.method is None:
        raise Refused("SYS-002", field="缴费方式")
    if typed.amount_fen is None:
        raise Refused("SYS-002", field="缴费金额")
    voucher = Voucher(
        account_id=viewer.account_id,
        plan_year=batches[0].plan_year,
        state=VoucherState.DRAFT,
        payer="",
        method=typed.method,
        amount_fen=0,
        account_kind=AccountKind.IN_SERVICE,
        refund_method=RefundMethod.TRANSFER,
        created_at=now,
    )
    session.add(voucher)
    session.flush()
    _write(voucher, typed)
    _add_files(voucher, files)
    session.add_all(VoucherBatch(voucher_id=voucher.id, batch_id=batch.id) for batch in batches)
    session.flush()
    seen = VoucherSeen(voucher, batches)
    write_down(session, viewer, "create_voucher", now, seen, **_told(seen))
    return voucher


def change_voucher(
    session: Session,
    viewer: Viewer,
    voucher_id: int,
    typed: Typed,
    now: datetime,
    *,
    batch_nos: Sequence[str] | None = None,
    files: Sequence[Attachment] = (),
    keep_files: Sequence[int] | None = None,
    version: int | None = None,
) -> Voucher:
    """Change what is given of a draft, or of a voucher that was rejected.

    `keep_files` None keeps all files; `files` are added. A batch that is not named any more leaves; out of a rejected
    voucher it goes back to 缴费凭证待上传, with more time (T27), if another one stays.
    Refused: AUTH-006, BAT-005; BAT-002 once it is submitted; BAT-004 for a stale `version`; else as `create_voucher`.
    """
    permit(viewer, Action.WORK_ON_VOUCHER)
    find_first = None if batch_nos is None else _named(session, viewer, batch_nos)
    seen = locked_voucher(session, viewer, voucher_id, Action.WORK_ON_VOUCHER, find_first or ())
    voucher = seen.voucher
    refuse_uneditable(voucher)
    refuse_if_stale(voucher, version)
    before = _told(seen)
    if find_first is not None:
        _replace_batches(session, viewer, seen, find_first, now)
    _write(voucher, typed)
    if keep_files is not None:
        voucher.files[:] = [file for file in voucher.files if file.number in keep_files]
    _add_files(voucher, files)
    voucher.version += 1
    session.flush()
    after = voucher_seen(session, voucher)
    write_down(session, viewer, "change_voucher", now, after, before=before, after=_told(after))
    return voucher


def refuse_uneditable(voucher: Voucher) -> None:
    """Refused BAT-002: it is submitted, and was not rejected."""
    if VoucherState(voucher.state) not in EDITABLE:
        raise not_in_this_state(voucher, "修改缴费信息")


def cancel_voucher(
    session: Session, viewer: Viewer, voucher_id: int, now: datetime, *, version: int | None = None
) -> None:
    """取消上传: a draft and its files are gone. Refused as `voucher_to_change`."""
    seen = voucher_to_change(session, viewer, voucher_id, BatchAction.CANCEL_VOUCHER, now, version)
    write_down(session, viewer, "cancel_voucher", now, seen, **_told(seen))
    session.execute(delete(VoucherBatch).where(VoucherBatch.voucher_id == voucher_id))
    session.delete(seen.voucher)
    session.flush()


def leave_draft_voucher(session: Session, batch: Batch, expired: str = "") -> None:
    """A batch that is locked leaves the voucher that may still be changed, if it is in one (T12, T13, T23, T24).

    A draft stays, maybe without batches, with its files; a rejected voucher that is left by its last batch is void,
    and says of which batch it was and why that has `expired`.
    """
    changeable = select(Voucher.id).where(Voucher.state.in_(EDITABLE))
    left = delete(VoucherBatch).where(
        VoucherBatch.batch_id == batch.id, VoucherBatch.live, VoucherBatch.voucher_id.in_(changeable)
    )
    for voucher_id in session.scalars(left.returning(VoucherBatch.voucher_id)).all():
        this = update(Voucher).where(Voucher.id == voucher_id)
        session.execute(this.values(version=Voucher.version + 1))
        still = exists().where(VoucherBatch.voucher_id == voucher_id)
        why = literal(f"批次{batch.batch_no}已失效：{expired}。原审核意见：") + func.coalesce(Voucher.reason, "")
        void = {"state": VoucherState.VOID, "reason": func.substr(why, 1, REASON_LENGTH)}
        session.execute(this.where(Voucher.state == VoucherState.REJECTED, ~still).values(void))


def _named(session: Session, viewer: Viewer, batch_nos: Sequence[str]) -> list[Batch]:
    found = {number: find_batch(session, viewer, number, Action.WORK_ON_VOUCHER) for number in batch_nos}
    if not found:
        raise Refused("PAY-004")
    return sorted(found.values(), key=lambda batch: batch.id)


def _refuse_unless_payable(session: Session, batch: Batch, voucher_id: int | None, now: datetime) -> None:
    state = BatchState(batch.state)
    if state is BatchState.EXPIRED:
        refuse_unless_possible(session, batch, BatchAction.CREATE_VOUCHER, now)
    if state not in PAYABLE:
        raise Refused("PAY-005", batch=batch.batch_no, status=state.text)
    if live_voucher_of(session, batch.id) not in {None, voucher_id}:
        raise Refused("PAY-006", batch=batch.batch_no)
    refusal = deadlines_of(batch, plan_of(session, batch.plan_year)).refusal(PAYABLE[state], now)
    if refusal is not None:
        raise refusal


def _refuse_mixed_years(batches: Sequence[Batch]) -> None:
    if len({batch.plan_year for batch in batches}) > 1:
        raise Refused("PAY-012")


def _replace_batches(
    session: Session, viewer: Viewer, seen: VoucherSeen, wanted: Sequence[Batch], now: datetime
) -> None:
    voucher = seen.voucher
    kept = {batch.id for batch in wanted} & {batch.id for batch in seen.batches}
    leaving = [batch for batch in seen.batches if batch.id not in kept]
    coming = [batch for batch in wanted if batch.id not in kept]
    for batch in coming:
        _refuse_unless_payable(session, batch, voucher.id, now)
    _refuse_mixed_years(wanted)
    of_rejected = leaving if voucher.state == VoucherState.REJECTED else []
    rejected = [batch for batch in of_rejected if batch.state == BatchState.PAYMENT_REJECTED]
    for batch in rejected:
        if not kept:  # it would be another payment: 作废凭证 is the association's
            raise not_in_this_state(voucher, BatchAction.LEAVE_VOUCHER.text)
        refuse_unless_possible(session, batch, BatchAction.LEAVE_VOUCHER, now)
        resubmit_by = local_date(now) + timedelta(days=plan_of(session, batch.plan_year).resubmit_days)
        batch.payment_cutoff_on = max(batch.payment_cutoff_on or resubmit_by, resubmit_by)
        batch.resubmit_by = None
        allow_until(batch, batch.payment_cutoff_on)
    move(rejected, BatchAction.LEAVE_VOUCHER, now)
    if rejected:
        write_down(session, viewer, "leave_voucher", now, VoucherSeen(voucher, rejected))
    gone = [batch.id for batch in leaving]
    session.execute(delete(VoucherBatch).where(VoucherBatch.voucher_id == voucher.id, VoucherBatch.batch_id.in_(gone)))
    session.add_all(VoucherBatch(voucher_id=voucher.id, batch_id=batch.id) for batch in coming)
    voucher.plan_year = wanted[0].plan_year


def _write(voucher: Voucher, typed: Typed) -> None:
    """Put what was typed into the voucher. Refused SYS-002, SYS-003, PAY-008, PAY-011."""
    if typed.payer is not None:
        voucher.payer = _text(typed.payer, "付款单位", PAYER_LENGTH)
        if not voucher.payer:
            raise Refused("SYS-002", field="付款单位")
    if typed.method is not None:
        voucher.method = typed.method
    if typed.amount_fen is not None:
        if not 0 < typed.amount_fen <= MAX_FEN:
            raise Refused("PAY-008")
        voucher.amount_fen = typed.amount_fen
    if typed.account_kind is not None:
        voucher.account_kind = typed.account_kind
    now = voucher.refund()
    voucher.set_refund(
        RefundData(
            now.account_kind if typed.refund_account_kind is None else typed.refund_account_kind or None,
            now.account_no if typed.refund_account_no is None else normal_account(typed.refund_account_no),
            _or(typed.refund_account_name, now.account_name, "退款账户名称"),
            _or(typed.refund_bank, now.bank, "退款银行"),
            typed.refund_method or now.method,
        )
    )


def _or(typed: str | None, before: str, field: str) -> str:
    return before if typed is None else _text(typed, field, NAME_LENGTH)


def _text(typed: str, field: str, longest: int) -> str:
    typed = typed.strip()
    if len(typed) > longest:
        raise Refused("SYS-003", field=field)
    return typed


def _add_files(voucher: Voucher, files: Sequence[Attachment]) -> None:
    if len(voucher.files) + len(files) > MAX_FILES:
        raise Refused("SYS-003", field="缴费凭证")
    for file in files:
        voucher.files_numbered += 1
        voucher.files.append(VoucherFile.of(voucher.id, voucher.files_numbered, file))


def _told(seen: VoucherSeen) -> dict[str, object]:
    """What the audit log keeps of a voucher: no account number."""
    voucher = seen.voucher
    return {
        "batches": [batch.batch_no for batch in seen.batches],
        "payer": voucher.payer,
        "method": voucher.method,
        "amount_fen": voucher.amount_fen,
        "files": [file.number for file in voucher.files],
    }
