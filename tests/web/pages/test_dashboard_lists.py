"""The lists behind 工作台's money and reminders."""

from __future__ import annotations

from models.records.database import writing
from models.records.notice import tell
from tests.quick_passwords import quick_passwords
from tests.web.audited_vouchers import TOO_MUCH, a_batch_of, a_voucher_of
from tests.web.conftest import MORNING, Browser, Town, account_id, text_of

__all__ = ["quick_passwords"]


def test_money_that_is_due_received_and_to_refund_opens_what_it_comes_to(reviewer: Browser, town: Town) -> None:
    paid, unpaid = a_batch_of(town.li), a_batch_of(town.li, "0088E8", people=1, first=450)
    a_voucher_of(town, "approved", paid)
    due = text_of(reviewer.get("/dashboard/due"))
    assert "应缴保费 540.00 元" in due
    assert paid.batch_no in due
    assert unpaid.batch_no in due
    assert "应缴保费 180.00 元" in text_of(reviewer.get("/dashboard/due?state=awaiting_payment"))
    assert f"已收 {TOO_MUCH // 100}.00 元" in text_of(reviewer.get("/dashboard/received"))
    assert "待退款 1.00 元" in text_of(reviewer.get("/dashboard/refunds"))


def test_vouchers_that_wait_are_found_beside_those_that_were_approved(reviewer: Browser, town: Town) -> None:
    a_voucher_of(town, "submitted", a_batch_of(town.li))
    assert "审核中 361.00 元" in text_of(reviewer.get("/dashboard/received?state=submitted"))
    assert "已收 0.00 元" in text_of(reviewer.get("/dashboard/received?state=nonsense"))


def test_reminders_are_listed_with_the_units_that_got_them(reviewer: Browser, town: Town, batch_no: str) -> None:
    account = account_id(town.li)
    with writing() as records:
        tell(records, account, "NTF-07", "x", at=MORNING, batch=batch_no, days=3, status="清册待校验")
    page = text_of(reviewer.get("/dashboard/reminders"))
    assert "上海豆豆精密机械有限公司" in page
    assert "已3天未处理" in page
    assert "这些天没有发出这种提醒" in text_of(reviewer.get("/dashboard/reminders?code=NTF-03"))
    assert "这些天没有发出这种提醒" in text_of(reviewer.get("/dashboard/reminders?from=2020-04-01&to=2020-04-02"))


def test_days_in_the_wrong_order_show_the_last_one(reviewer: Browser) -> None:
    assert "2020-04-02 发出 0 条" in text_of(reviewer.get("/dashboard/reminders?from=2020-04-09&to=2020-04-02"))
