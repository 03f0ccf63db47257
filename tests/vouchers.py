"""Vouchers in every state, for tests: batches that wait for payment, and the steps of their way."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from PIL import Image
from sqlalchemy import select

from models.actions.check_roster import submit_at_once
from models.actions.decide_voucher import approve_voucher, reject_voucher
from models.actions.draft_voucher import Typed, change_voucher, create_voucher
from models.actions.keep_accounts import add_account
from models.actions.price_batch import confirm_premium, generate_premium
from models.actions.receipts import set_receipts
from models.actions.submit_voucher import submit_voucher
from models.queries.vouchers import VoucherSeen, voucher_seen
from models.records.account import Account
from models.records.database import reading, writing
from models.records.notice import Notice
from models.records.viewer import Viewer
from models.records.voucher import RefundTask, Voucher
from models.rules.attachment import Attachment, FileKind
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from models.rules.receipt import ReceiptLine
from models.rules.voucher import AccountKind, PaymentMethod, RefundAccountKind
from tests.begun import begun
from tests.builders import a_person, resident_id
from tests.imports import another_batch
from tests.records import BatchOf, a_batch_to_fill, people_on

PROJECTS = ("A0", "B0", "C0")
ONE_PERSON_FEN = 18_000
"""What one person with social insurance pays for the three basic projects in a whole year."""
PAYER = "上海豆豆精密机械有限公司"
NOTHING = Typed()
FORM = Typed(PAYER, PaymentMethod.ONLINE, 2 * ONE_PERSON_FEN, AccountKind.IN_SERVICE)
REFUND: dict[str, Any] = {
    "refund_account_kind": RefundAccountKind.UNIT,
    "refund_account_no": "3160 2300 0080 2215",
    "refund_account_name": PAYER,
    "refund_bank": "上海银行人民广场支行",
}


@dataclass(frozen=True)
class Paying:
    """A batch of two people that waits for payment, its voucher, and who decides."""

    batch: BatchOf
    voucher_id: int
    reviewer: Viewer
    admin: Viewer

    @property
    def viewer(self) -> Viewer:
        return self.batch.viewer

    @property
    def now(self) -> datetime:
        return self.batch.now


def staff(role: Role, now: datetime) -> Viewer:
    """Somebody of the association."""
    email = f"{role}@union.example"
    with writing() as session:
        account = session.scalars(select(Account).where(Account.email == email)).one_or_none()
        if account is None:
            account, _ = add_account(session, email, role, now=now, name=role.text)
        return Viewer(account.id, role, email)


def awaiting_payment(batch: BatchOf, first: int = 0, people: int = 2) -> BatchOf:
    """Bring an empty batch to 缴费凭证待上传."""
    people_on(batch, [a_person(id_no=resident_id(sequence=first + number)) for number in range(people)])
    with writing() as session:
        assert submit_at_once(session, batch.viewer, batch.batch_no, batch.now).passed
        preview = generate_premium(session, batch.viewer, batch.batch_no, list(PROJECTS), batch.now)
        confirm_premium(session, batch.viewer, batch.batch_no, preview.token, [], batch.now)
    return batch


def a_batch_to_pay(**where: Any) -> BatchOf:
    """Window, clerk and a batch of two people in 缴费凭证待上传."""
    return begun(_a_batch_to_pay, **where)


def _a_batch_to_pay(**where: Any) -> BatchOf:
    return awaiting_payment(a_batch_to_fill(**where))


def another_to_pay(batch: BatchOf, code: str = "0088D4", people: int = 1, first: int = 100) -> BatchOf:
    """A central batch of the same account under another code, also to be paid."""
    return awaiting_payment(another_batch(batch.viewer, code, EnrolmentType.CENTRAL, now=batch.now), first, people)


@cache
def a_photo(width: int = 60, height: int = 40) -> bytes:
    """A small JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(stream, "JPEG")
    return stream.getvalue()


A_FILE = Attachment("回单.jpg", FileKind.JPEG, a_photo())


def drafted(batch: BatchOf, *more: BatchOf, files: Sequence[Attachment] = (A_FILE,), **typed: Any) -> int:
    """新增缴费信息 for these batches; the amount is what is due, if nothing else is said."""
    batches = [batch, *more]
    with writing() as session:
        voucher = create_voucher(
            session, batch.viewer, replace(FORM, **typed), [one.batch_no for one in batches], files, batch.now
        )
        if "amount_fen" not in typed:
            voucher.amount_fen = voucher_seen(session, voucher).due_fen
        return voucher.id


def a_paying_unit(*, receipts: Sequence[int] | None = None, **typed: Any) -> Paying:
    """A draft with one receipt for all that is due, and a photo: ready to be submitted."""
    return begun(_a_paying_unit, receipts, **typed)


def _a_paying_unit(receipts: Sequence[int] | None, **typed: Any) -> Paying:
    batch = a_batch_to_pay()
    paying = Paying(batch, drafted(batch, **typed), staff(Role.REVIEWER, batch.now), staff(Role.ADMIN, batch.now))
    with_receipts(paying, [2 * ONE_PERSON_FEN] if receipts is None else receipts)
    return paying


def with_receipts(paying: Paying, amounts: Sequence[int]) -> None:
    with writing() as session:
        lines = [ReceiptLine(f"{PAYER}{number}", amount) for number, amount in enumerate(amounts, start=1)]
        set_receipts(session, paying.viewer, paying.voucher_id, lines, paying.now)


def submit(paying: Paying, now: datetime | None = None) -> None:
    with writing() as session:
        submit_voucher(session, paying.viewer, paying.voucher_id, now or paying.now)


def approve(paying: Paying, now: datetime | None = None) -> None:
    with writing() as session:
        approve_voucher(session, paying.reviewer, paying.voucher_id, now or paying.now)


def reject(paying: Paying, reason: str = "图片不清晰", now: datetime | None = None) -> None:
    with writing() as session:
        reject_voucher(session, paying.reviewer, paying.voucher_id, reason, now or paying.now)


def the_voucher(voucher_id: int) -> VoucherSeen:
    """The voucher as it is now, with its batches, receipts and files."""
    with reading() as session:
        seen = voucher_seen(session, session.get_one(Voucher, voucher_id))
        assert seen.voucher.receipts is not None
        assert seen.voucher.files is not None
        return seen


def refunds_of(voucher_id: int) -> list[RefundTask]:
    with reading() as session:
        return list(session.scalars(select(RefundTask).where(RefundTask.voucher_id == voucher_id)))


def told(code: str) -> list[dict[str, Any]]:
    """The values of every notice of this code."""
    with reading() as session:
        return [notice.values for notice in session.scalars(select(Notice).where(Notice.code == code))]


def change(paying: Paying, now: datetime | None = None, typed: Typed = NOTHING, **more: Any) -> None:
    """Change the voucher, committed."""
    with writing() as session:
        change_voucher(session, paying.viewer, paying.voucher_id, typed, now or paying.now, **more)


def two_batches(*, rejected: bool = False) -> tuple[Paying, BatchOf]:
    """A voucher for two batches, of which the second is returned too."""
    return begun(_two_batches, rejected)


def _two_batches(rejected: bool) -> tuple[Paying, BatchOf]:
    batch = a_batch_to_pay()
    other = another_to_pay(batch)
    paying = Paying(batch, drafted(batch, other), staff(Role.REVIEWER, batch.now), staff(Role.ADMIN, batch.now))
    if rejected:
        with_receipts(paying, [3 * ONE_PERSON_FEN])
        submit(paying)
        reject(paying)
    return paying, other
