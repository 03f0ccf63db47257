"""缴费凭证 with its batches, files, receipts and refunds (DOMAIN 11)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.records.attached_file import AttachedFile
from models.records.base import Base, Id, UtcDateTime
from models.records.sealing import seal, unseal
from models.rules.receipt import NUMBER_LENGTH, REMARK_LENGTH, TITLE_LENGTH
from models.rules.voucher import (
    NAME_LENGTH,
    PAYER_LENGTH,
    REASON_LENGTH,
    REFERENCE_LENGTH,
    RefundAccountKind,
    RefundData,
    RefundMethod,
)

_LIVE = text("live")


class Voucher(Base):
    """A transfer, or several, with the proofs of it. Times follow the business clock."""

    __tablename__ = "voucher"
    __table_args__ = (
        Index("ix_voucher_account_id_id", "account_id", "id"),
        Index("ix_voucher_state_submitted_at", "state", "submitted_at"),
        # The id of a voucher that was cancelled is nobody else's: the audit log and open pages still name it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    plan_year: Mapped[str] = mapped_column(ForeignKey("plan_year.year"))
    state: Mapped[str] = mapped_column(String(10))
    """A `VoucherState` of models.rules.voucher."""
    payer: Mapped[str] = mapped_column(String(PAYER_LENGTH))
    """付款单位; may be another than the insured unit."""
    method: Mapped[str] = mapped_column(String(10))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    account_kind: Mapped[str] = mapped_column(String(10))
    refund_account_kind: Mapped[str | None] = mapped_column(String(10))
    refund_account_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """退款账号, encrypted: it may be somebody's own."""
    refund_account_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    refund_bank: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    refund_method: Mapped[str] = mapped_column(String(10))
    files_numbered: Mapped[int] = mapped_column(default=0)
    """The number of the last file that was added: none is ever given twice."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The last 提交审核."""
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The last decision of the association, like the two next ones; None while it is awaited."""
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    """Why it was rejected or made void; shown to the unit."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts changes of the voucher; a stale one gets BAT-004."""

    receipts: Mapped[list[Receipt]] = relationship(order_by="Receipt.place", cascade="all, delete-orphan")
    files: Mapped[list[VoucherFile]] = relationship(order_by="VoucherFile.number", cascade="all, delete-orphan")

    def set_refund(self, data: RefundData) -> None:
        """Keep where a refund goes to; the number is sealed for this voucher, which so must have its id."""
        self.refund_account_kind = data.account_kind
        sealed = seal(data.account_no.encode(), place_of_refund_account(self.id)) if data.account_no else None
        self.refund_account_sealed = sealed
        self.refund_account_name, self.refund_bank, self.refund_method = data.account_name, data.bank, data.method

    def refund(self) -> RefundData:
        """Where a refund goes to, as far as it is known."""
        sealed = self.refund_account_sealed
        return RefundData(
            RefundAccountKind(self.refund_account_kind) if self.refund_account_kind else None,
            unseal(sealed, place_of_refund_account(self.id)).decode() if sealed else "",
            self.refund_account_name,
            self.refund_bank,
            RefundMethod(self.refund_method),
        )


class VoucherBatch(Base):
    """What a voucher pays. A batch is in one live voucher at most: the index decides, not a look before the leap."""

    __tablename__ = "voucher_batch"
    __table_args__ = (
        Index("uq_voucher_batch_live", "batch_id", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE),
        Index("ix_voucher_batch_batch_id", "batch_id"),
    )

    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    live: Mapped[bool] = mapped_column(default=True)
    """Until the voucher is void; of a batch that leaves it nothing is kept here."""


class VoucherFile(AttachedFile):
    """缴费凭证附件: an image, encoded anew, or a PDF without anything that runs."""

    __tablename__ = "voucher_file"
    OWNER = "voucher_id"
    PLACE = b"voucher:%d:%d"

    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"), primary_key=True)


class Receipt(Base):
    """专用收据: what the association issues; the electronic one is made outside, its number comes later."""

    __tablename__ = "receipt"
    __table_args__ = ({"sqlite_autoincrement": True},)  # as for vouchers

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"), index=True)
    place: Mapped[int]
    """Among the receipts of its voucher, from 1."""
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    remark: Mapped[str] = mapped_column(String(REMARK_LENGTH), default="")
    e_receipt_no: Mapped[str | None] = mapped_column(String(NUMBER_LENGTH))
    """电子收据号."""
    issued_on: Mapped[date | None]


class RefundTask(Base):
    """What the association has to pay back; paying is outside of the system."""

    __tablename__ = "refund_task"
    __table_args__ = (Index("ix_refund_task_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    """A `RefundState` of models.rules.voucher."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock."""
    paid_on: Mapped[date | None]
    reference: Mapped[str | None] = mapped_column(String(REFERENCE_LENGTH))
    """Of the transfer back."""

    voucher: Mapped[Voucher] = relationship()


def place_of_refund_account(voucher_id: int) -> bytes:
    """What 退款账号 is bound to: its voucher."""
    return b"refund:%d" % voucher_id
