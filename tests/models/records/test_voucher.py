"""What of a voucher is stored sealed, and what is told once."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, update

from models.records.database import reading, writing
from models.records.notice import Notice, tell
from models.records.voucher import Voucher, VoucherFile
from tests.records import a_batch_to_fill
from tests.vouchers import REFUND, a_batch_to_pay, a_photo, another_to_pay, drafted

ACCOUNT = b"3160230000802215"


def test_files_and_account_numbers_are_not_stored_in_clear(database: str) -> None:
    drafted(a_batch_to_pay(), **REFUND)
    with reading() as session:
        sealed = session.scalars(select(Voucher.refund_account_sealed)).one()
        content = session.scalars(select(VoucherFile.content_sealed)).one()
    assert sealed
    assert ACCOUNT not in sealed
    assert a_photo()[:100] not in content


def test_a_file_copied_to_another_voucher_does_not_open(sqlite: None) -> None:
    batch = a_batch_to_pay()
    first, second = drafted(batch), drafted(another_to_pay(batch))
    with writing() as session:
        content = session.scalars(select(VoucherFile.content_sealed).where(VoucherFile.voucher_id == first)).one()
        session.execute(update(VoucherFile).where(VoucherFile.voucher_id == second).values(content_sealed=content))
    with pytest.raises(InvalidTag), reading() as session:
        session.get_one(VoucherFile, (second, 1)).attachment()


def test_an_account_is_told_once_an_occasion(database: str) -> None:
    batch = a_batch_to_fill()
    for occasion in ("one", "one", "two"):
        with writing() as session:
            tell(session, batch.viewer.account_id, "NTF-02", occasion, at=batch.now, year="2020")
    with reading() as session:
        told = [(notice.occasion, notice.values) for notice in session.scalars(select(Notice))]
    assert told == [("one", {"year": "2020"}), ("two", {"year": "2020"})]
