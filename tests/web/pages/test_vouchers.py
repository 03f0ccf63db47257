"""缴费凭证 as a clerk sees them: the list, one voucher, 取消上传 and 移出缴费凭证 (DOMAIN 10: T15, T27)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from models.actions.keep_accounts import add_account
from models.records.database import writing
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from tests.records import BatchOf
from tests.stages import put_into
from tests.statements import statements
from tests.vouchers import A_FILE, PAYER, a_photo, approve, drafted, reject, submit, the_voucher
from tests.web.audited_voucher_pages import rejected_with_two
from tests.web.audited_vouchers import a_batch_of, a_voucher_of
from tests.web.conftest import MORNING, Browser, Person, Town, text_of
from tests.web.forms import field, input_of
from tests.web.withdrawals import withdraw_by_form


@pytest.fixture
def batch(town: Town) -> BatchOf:
    """A batch of 李小满's that waits for 360.00 元."""
    return a_batch_of(town.li)


def test_before_anything_is_to_be_paid_the_list_says_where_it_begins(li: Browser) -> None:
    page = text_of(li.get("/vouchers"))
    assert "还没有缴费凭证 批次【提交确认保费】并汇款之后，在这里上传缴费凭证。" in page
    assert "新增缴费信息" not in page


def test_what_waits_for_payment_is_told_on_the_empty_list(li: Browser, batch: BatchOf) -> None:
    assert "有 1 个批次等待缴费。" in text_of(li.get("/vouchers"))


def test_each_voucher_is_a_line_with_what_was_paid_and_what_was_due(li: Browser, town: Town, batch: BatchOf) -> None:
    a_voucher_of(town, "submitted", batch)
    page = text_of(li.get("/vouchers"))
    assert f"{PAYER} 网上银行转账 {batch.batch_no} 上海第0088E9号机械有限公司 361.00 退款 1.00 360.00 审核中" in page


def test_the_list_is_narrowed_by_day_and_by_payer_and_keeps_what_was_asked(li: Browser, batch: BatchOf) -> None:
    drafted(batch)
    assert PAYER in text_of(li.get("/vouchers?payer=豆豆精密"))
    asked = li.get("/vouchers?payer=豆苗&from=2020-04-01&to=2020-04-30")
    assert "没有符合条件的缴费凭证" in text_of(asked)
    assert [input_of(asked, name) for name in ("from", "to", "payer")] == ["2020-04-01", "2020-04-30", "豆苗"]


@pytest.mark.parametrize(
    ("to", "found"), [("2020-04-20", True), ("2020-04-19", False), ("9999-12-31", True), ("x", True)]
)
def test_the_day_of_submission_counts_to_its_end(li: Browser, town: Town, batch: BatchOf, to: str, found: bool) -> None:
    a_voucher_of(town, "submitted", batch)
    assert (PAYER in text_of(li.get(f"/vouchers?to={to}"))) is found


def test_a_page_of_the_list_asks_the_same_number_of_times(li: Browser, town: Town, batch: BatchOf) -> None:
    drafted(batch)
    with statements() as one:
        li.get("/vouchers")
    drafted(a_batch_of(town.li, "0088E8", 1, 450))
    with statements() as two:
        li.get("/vouchers")
    assert len(one) == len(two)


def test_a_voucher_is_read_with_everything_that_is_in_it(li: Browser, town: Town, batch: BatchOf) -> None:
    paying = a_voucher_of(town, "submitted", batch)
    page = text_of(li.get(f"/vouchers/{paying.voucher_id}"))
    for words in (
        "付款单位 上海豆豆精密机械有限公司 缴费方式 网上银行转账 收款账户类别 在职",
        "缴费金额 361.00 元 应缴保费合计 360.00 元 超出 1.00 元",
        "退款账户类别 单位账户 退款账号 3160230000802215",
        f"{batch.batch_no} 上海第0088E9号机械有限公司 2020 缴费凭证审核中",
        "专用收据合计 360.00 元",
        "回单.jpg",
        "专用收据已提交，如信息录入错误，请在收到电子发票后到职保会现场进行更改。",
    ):
        assert words in page, words
    assert "提交审核</button>" not in li.get(f"/vouchers/{paying.voucher_id}").get_data(as_text=True)


def test_a_file_is_taken_away_as_it_is_stored(li: Browser, batch: BatchOf) -> None:
    answer = li.get(f"/vouchers/{drafted(batch)}/files/1")
    assert (answer.status_code, answer.data) == (200, a_photo())
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert A_FILE.name == "回单.jpg"


def test_cancelling_names_what_goes_and_then_it_is_gone(li: Browser, batch: BatchOf) -> None:
    address = f"/vouchers/{drafted(batch)}/cancel"
    asked = li.get(address)
    assert "本次填写的缴费信息、1 个附件和 0 张专用收据将删除，不能恢复。" in text_of(asked)
    assert f"{batch.batch_no} 没有变化，仍为“缴费凭证待上传”，缴费期限不变。" in text_of(asked)
    done = li.post(address, version=field(asked, "version"))
    assert (done.status_code, done.location) == (303, "/vouchers")
    assert "已取消上传，缴费信息和附件已删除。批次没有变化。" in text_of(li.get("/vouchers"))


def test_a_draft_that_has_changed_is_not_cancelled_from_an_old_page(li: Browser, batch: BatchOf) -> None:
    address = f"/vouchers/{drafted(batch)}/cancel"
    answer = li.post(address, address, version="99")
    assert (answer.status_code, "BAT-004" in text_of(answer)) == (409, True)
    assert field(answer, "version") == "1"


def test_what_was_submitted_is_not_cancelled(li: Browser, town: Town, batch: BatchOf) -> None:
    address = f"/vouchers/{a_voucher_of(town, 'submitted', batch).voucher_id}/cancel"
    for answer in (li.get(address), li.post(address, "/vouchers/new")):
        assert (answer.status_code, "BAT-002" in text_of(answer)) == (409, True)


def test_a_batch_leaves_a_rejected_voucher_and_the_other_stays(li: Browser, town: Town) -> None:
    paying, other = rejected_with_two(town)
    page = li.get(f"/vouchers/{paying.voucher_id}")
    assert f"移出 {other.batch_no}" in page.get_data(as_text=True)
    address = f"/batches/{other.batch_no}/voucher/leave"
    asked = li.get(address)
    assert "应缴保费合计由 540.00 元变为 360.00 元" in text_of(asked)
    done = li.post(address, version=field(asked, "version"))
    assert done.location == f"/vouchers/{paying.voucher_id}/edit"
    assert [one.batch_no for one in the_voucher(paying.voucher_id).batches] == [paying.batch.batch_no]
    assert f"批次 {other.batch_no} 已移出，状态变回“缴费凭证待上传”，请在 2020-05-26 24:00 前另行缴费。" in text_of(
        li.get(done.location)
    )


def test_a_voucher_that_has_changed_is_not_left_from_an_old_page(li: Browser, town: Town) -> None:
    _, other = rejected_with_two(town)
    address = f"/batches/{other.batch_no}/voucher/leave"
    answer = li.post(address, address, version="1")
    assert (answer.status_code, "BAT-004" in text_of(answer)) == (409, True)


def test_the_only_batch_of_a_voucher_stays_in_it(li: Browser, town: Town, batch: BatchOf) -> None:
    paying = a_voucher_of(town, "submitted", batch)
    reject(paying)
    assert "移出" not in text_of(li.get(f"/vouchers/{paying.voucher_id}"))
    answer = li.get(f"/batches/{batch.batch_no}/voucher/leave")
    assert (answer.status_code, "BAT-002" in text_of(answer)) == (409, True)


def test_a_batch_leads_to_a_new_voucher_then_to_the_draft_and_then_to_what_was_submitted(
    li: Browser, town: Town, batch: BatchOf
) -> None:
    address = f"/batches/{batch.batch_no}/voucher"
    assert li.get(address).location == f"/vouchers/new?batch={batch.batch_no}"
    paying = a_voucher_of(town, "draft", batch)
    assert li.get(address).location == f"/vouchers/{paying.voucher_id}/edit"
    submit(paying)
    assert li.get(address).location == f"/vouchers/{paying.voucher_id}"


def test_a_draft_that_its_batch_has_left_promises_no_refund(li: Browser, batch: BatchOf) -> None:
    voucher_id = drafted(batch)
    withdraw_by_form(li, batch.batch_no, "withdraw_to_projects")
    page = text_of(li.get(f"/vouchers/{voucher_id}"))
    assert "本凭证没有批次" in page
    assert "退款" not in page


def test_the_last_day_to_submit_again_is_told_while_it_counts(li: Browser, town: Town, batch: BatchOf) -> None:
    paying = a_voucher_of(town, "submitted", batch)
    reject(paying)
    assert "重新提交期限 2020-05-26 24:00" in text_of(li.get(f"/batches/{batch.batch_no}"))
    submit(paying)
    assert "重新提交期限" not in text_of(li.get(f"/batches/{batch.batch_no}"))


def test_staff_are_told_where_a_batch_has_no_voucher(reviewer: Browser, batch: BatchOf) -> None:
    led = reviewer.get(f"/batches/{batch.batch_no}/voucher")
    assert f"批次 {batch.batch_no} 还没有缴费凭证。" in text_of(reviewer.get(led.location))


def test_a_batch_without_a_voucher_after_a_rejection_is_not_left(li: Browser, batch: BatchOf) -> None:
    put_into(batch, BatchState.PAYMENT_REJECTED, resubmit_by=date(2020, 5, 26))
    answer = li.get(f"/batches/{batch.batch_no}/voucher/leave")
    assert (answer.status_code, "BAT-002" in text_of(answer)) == (409, True)


def test_the_void_voucher_says_why(li: Browser, admin: Browser, town: Town, batch: BatchOf) -> None:
    paying = a_voucher_of(town, "submitted", batch)
    address = f"/vouchers/{paying.voucher_id}/void"
    admin.post(address, version=field(admin.get(address), "version"), reason="重复提交")
    assert "作废原因： 重复提交" in text_of(li.get(f"/vouchers/{paying.voucher_id}"))


def test_an_approved_voucher_leads_to_nothing_more(li: Browser, town: Town, batch: BatchOf) -> None:
    paying = a_voucher_of(town, "submitted", batch)
    approve(paying)
    page = text_of(li.get(f"/vouchers/{paying.voucher_id}"))
    assert "审核通过，参保成功" in page
    assert "修改缴费信息" not in page


def test_whoever_reads_no_vouchers_finds_none_in_the_menu(app: Flask, town: Town, li: Browser) -> None:
    with writing() as records:
        account, password = add_account(records, "desk@union.example", Role.SERVICE_DESK, now=MORNING, name="窗口")
        person = Person(account.email, password)
    desk = Browser(app.test_client()).log_in(person)
    assert 'href="/vouchers"' not in desk.get("/batches").get_data(as_text=True)
    assert 'href="/vouchers"' in li.get("/batches").get_data(as_text=True)
