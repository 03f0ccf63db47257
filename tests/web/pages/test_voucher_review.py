"""What the association does with vouchers on pages: queue, decisions and refunds (DOMAIN 10: T17 to T26)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.records.database import writing
from models.records.voucher import Voucher
from tests.records import BatchOf
from tests.vouchers import PAYER, refunds_of, the_voucher
from tests.web.audited_vouchers import a_batch_of, a_voucher_of
from tests.web.conftest import MORNING, Browser, Town, text_of
from tests.web.forms import field, input_of


@pytest.fixture
def submitted(town: Town) -> str:
    """The page of a voucher of 李小满's over 361.00 元, of which 1.00 is too much, under review."""
    return f"/vouchers/{a_voucher_of(town, 'submitted', a_batch_of(town.li)).voucher_id}"


@pytest.fixture
def approved(town: Town) -> str:
    """The page of the same once it is approved."""
    return f"/vouchers/{a_voucher_of(town, 'approved', a_batch_of(town.li)).voucher_id}"


def id_of(page: str) -> int:
    return int(page.rpartition("/")[2])


def decide(browser: Browser, page: str, how: str, **fields: str) -> str:
    """Press a button of the voucher's page; what is read then."""
    answer = browser.post(f"{page}/{how}", version=field(browser.get(page), "version"), **fields)
    return text_of(browser.get(answer.location) if answer.status_code == 303 else answer)


def state_of_batch(browser: Browser, page: str) -> str:
    batch = the_voucher(id_of(page)).batches[0]
    return str(batch.state)


def test_the_queue_begins_with_what_has_waited_longest(reviewer: Browser, town: Town, submitted: str) -> None:
    later: BatchOf = a_batch_of(town.li, "0088E8", 1, 450)
    a_voucher_of(town, "draft", later)
    second = a_voucher_of(town, "submitted", a_batch_of(town.li, "0088E7", 2, 460), payer="上海后来有限公司")
    with writing() as records:
        records.get_one(Voucher, id_of(submitted)).submitted_at = MORNING - timedelta(days=3, hours=2)
    page = text_of(reviewer.get("/vouchers/queue"))
    assert "2 份缴费凭证等候审核" in page
    assert page.index(PAYER) < page.index("上海后来有限公司")
    assert "3 天 2 小时" in page
    assert second.voucher_id


def test_an_empty_queue_says_so(reviewer: Browser) -> None:
    assert "没有等候审核的缴费凭证" in text_of(reviewer.get("/vouchers/queue"))


def test_staff_begin_at_the_queue_and_find_everything_beside_it(reviewer: Browser, submitted: str) -> None:
    assert 'href="/vouchers/queue"' in reviewer.get("/batches").get_data(as_text=True)
    page = text_of(reviewer.get("/vouchers"))
    assert "待审核 全部凭证 退款" in page
    assert "新增缴费信息" not in page


def test_an_approval_enrols_and_lists_the_refund(reviewer: Browser, submitted: str) -> None:
    assert "通过后 1 个批次参保成功，1.00 元列入退款。" in text_of(reviewer.get(submitted))
    assert "审核通过，凭证中的批次已参保成功。" in decide(reviewer, submitted, "approve")
    assert state_of_batch(reviewer, submitted) == "enrolled"
    assert f"{PAYER}" in text_of(reviewer.get("/vouchers/refunds"))


def test_a_rejection_needs_its_reason_and_the_unit_reads_it(li: Browser, reviewer: Browser, submitted: str) -> None:
    assert "请填写审核不通过的原因。 APP-012" in decide(reviewer, submitted, "reject", reason=" ")
    assert "已退回，单位可以看到原因并修改后重新提交。" in decide(reviewer, submitted, "reject", reason="图片不清晰")
    assert "缴费凭证审核不通过：图片不清晰。请修改后重新提交。 PAY-010" in text_of(li.get(submitted))


def test_a_reason_that_is_too_long_is_not_lost(reviewer: Browser, submitted: str) -> None:
    page = decide(reviewer, submitted, "reject", reason="因" * 201)
    assert "SYS-003" in page
    assert "因" * 201 in page


@pytest.mark.parametrize("how", ["approve", "reject"])
def test_what_was_decided_meanwhile_is_not_decided_again(
    reviewer: Browser, admin: Browser, submitted: str, how: str
) -> None:
    version = field(reviewer.get(submitted), "version")
    decide(admin, submitted, "reject", reason="图片不清晰")
    answer = reviewer.post(f"{submitted}/{how}", version=version, reason="因")
    assert (answer.status_code, "BAT-002" in text_of(answer)) == (409, True)
    assert "审核通过</button>" not in answer.get_data(as_text=True)


def test_only_administrators_make_void_and_reverse(reviewer: Browser, submitted: str, admin: Browser) -> None:
    assert "作废凭证" not in text_of(reviewer.get(submitted))
    assert "作废凭证…" in text_of(admin.get(submitted))
    assert "撤销审核通过" not in text_of(admin.get(submitted))


def test_a_void_voucher_gives_its_batches_back(li: Browser, admin: Browser, submitted: str) -> None:
    address = f"{submitted}/void"
    page = admin.get(address)
    assert "凭证中的批次变回“缴费凭证待上传”" in text_of(page)
    refused = admin.post(address, version=field(page, "version"), reason="")
    assert (refused.status_code, "SYS-002" in text_of(refused)) == (422, True)
    done = admin.post(address, version=field(page, "version"), reason="重复提交")
    assert "缴费凭证已作废，单位已收到通知。" in text_of(admin.get(done.location))
    assert state_of_batch(admin, submitted) == "awaiting_payment"


def test_what_was_typed_survives_a_stale_page(admin: Browser, submitted: str) -> None:
    address = f"{submitted}/void"
    answer = admin.post(address, address, version="99", reason="重复提交")
    assert (answer.status_code, "BAT-004" in text_of(answer)) == (409, True)
    assert ">重复提交</textarea>" in answer.get_data(as_text=True)


def test_an_approval_is_reversed_with_its_refund(admin: Browser, approved: str) -> None:
    address = f"{approved}/reverse"
    page = admin.get(address)
    assert "凭证中的批次变回“缴费凭证审核中”" in text_of(page)
    refused = admin.post(address, version=field(page, "version"), reason=" ")
    assert (refused.status_code, "SYS-002" in text_of(refused)) == (422, True)
    done = admin.post(address, version=field(page, "version"), reason="款项未到账")
    assert "已撤销审核通过，凭证重新等候审核。" in text_of(admin.get(done.location))
    assert state_of_batch(admin, approved) == "payment_review"
    assert [task.state for task in refunds_of(id_of(approved))] == ["cancelled"]


def test_what_was_paid_back_before_a_reversal_is_not_announced_again(
    reviewer: Browser, admin: Browser, submitted: str
) -> None:
    assert "1.00 元列入退款" in text_of(reviewer.get(submitted))
    decide(reviewer, submitted, "approve")
    reviewer.post(f"{submitted}/refund", submitted, paid_on="2020-04-20", reference="FT20200420001")
    page = admin.get(f"{submitted}/reverse")
    admin.post(f"{submitted}/reverse", version=field(page, "version"), reason="款项未到账")
    page_again = text_of(reviewer.get(submitted))
    assert "多缴的 1.00 元已经退款" in page_again
    assert "列入退款" not in page_again


def test_a_reversal_from_an_old_page_is_not_done(admin: Browser, approved: str) -> None:
    address = f"{approved}/reverse"
    answer = admin.post(address, address, version="1", reason="款项未到账")
    assert (answer.status_code, "BAT-004" in text_of(answer)) == (409, True)
    assert state_of_batch(admin, approved) == "enrolled"


def test_a_refund_is_settled_with_its_day_and_reference(reviewer: Browser, approved: str) -> None:
    assert "待退款" in text_of(reviewer.get("/vouchers/refunds"))
    reviewer.get(approved)
    done = reviewer.post(f"{approved}/refund", paid_on="2020-04-20", reference="FT20200420001")
    assert done.location == approved
    page = text_of(reviewer.get(approved))
    assert "退款已登记为已退款。" in page
    assert "退款金额 1.00 元 退款日期 2020-04-20 退款流水号 FT20200420001" in page
    assert "没有待退款的退款" in text_of(reviewer.get("/vouchers/refunds"))
    assert "FT20200420001" in text_of(reviewer.get("/vouchers/refunds?status=all"))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"paid_on": "", "reference": "FT1"}, "SYS-002"),
        ({"paid_on": "2020-04-21", "reference": "FT1"}, "SYS-003"),
        ({"paid_on": "2020-04-20", "reference": ""}, "SYS-002"),
    ],
)
def test_a_refund_is_not_settled_by_halves_and_keeps_what_was_typed(
    reviewer: Browser, approved: str, typed: dict[str, str], code: str
) -> None:
    answer = reviewer.post(f"{approved}/refund", approved, **typed)
    assert (answer.status_code, code in text_of(answer)) == (422, True)
    assert (input_of(answer, "paid_on"), input_of(answer, "reference")) == (typed["paid_on"], typed["reference"])
    assert [task.state for task in refunds_of(id_of(approved))] == ["open"]


def test_clerks_see_their_refund_and_cannot_settle_it(li: Browser, approved: str) -> None:
    page = li.get(approved)
    assert "退款 待退款 退款金额 1.00 元" in text_of(page)
    assert "登记为已退款" not in text_of(page)
