"""新增缴费信息 and its change as a clerk without scripts does it (DOMAIN 11.3 to 11.5)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.actions.draft_voucher import change_voucher
from models.records.database import writing
from models.rules.voucher import VoucherState
from tests.records import BatchOf
from tests.vouchers import NOTHING, ONE_PERSON_FEN, PAYER, drafted, reject, the_voucher
from tests.web.audited_voucher_pages import FORM, RECEIPT, a_slip, rejected_with_two
from tests.web.audited_vouchers import a_batch_of, a_voucher_of
from tests.web.clock import at
from tests.web.conftest import MORNING, Browser, Town, text_of
from tests.web.forms import field, input_of

DUE = 2 * ONE_PERSON_FEN
NEW = "/vouchers/new"
TO_REFUND = {
    "refund_account_kind": "单位账户",
    "refund_account_no": "3160 2300 0080 2215",
    "refund_account_name": PAYER,
    "refund_bank": "上海银行人民广场支行",
}


@pytest.fixture
def batch(town: Town) -> BatchOf:
    """A batch of 李小满's that waits for 360.00 元."""
    return a_batch_of(town.li)


def press(browser: Browser, button: str, *batches: BatchOf, to: str = NEW, **changes: Any) -> TestResponse:
    """The form as a clerk fills it in, and one of its buttons."""
    page = browser.get(to)
    version = {} if to == NEW else {"version": field(page, "version")}
    typed = {**FORM, **RECEIPT, "batches": [batch.batch_no for batch in batches], button: "1", **version, **changes}
    return browser.post(to, **{name: value for name, value in typed.items() if value is not None})


def stored(answer: TestResponse) -> int:
    """The voucher that a button led to."""
    assert answer.status_code == 303, text_of(answer)
    found = re.search(r"/vouchers/(\d+)", answer.location)
    assert found
    return int(found[1])


def cells(page: TestResponse, name: str) -> list[str]:
    """What stands in the receipts' fields of this name."""
    return re.findall(rf'name="receipt_{name}" value="([^"]*)"', page.get_data(as_text=True))


def test_from_the_transfer_to_the_review(li: Browser, batch: BatchOf) -> None:
    done = press(li, "submit", batch, file=a_slip())
    voucher = the_voucher(stored(done)).voucher
    assert (voucher.state, voucher.amount_fen, voucher.payer) == (VoucherState.SUBMITTED, DUE, PAYER)
    assert [(one.title, one.amount_fen) for one in voucher.receipts] == [(PAYER, DUE)]
    page = text_of(li.get(done.location))
    assert "已提交审核，请等待市职保会审核。审核通过后参保成功。" in page
    assert "审核中 等市职保会审核 等待审核，无需操作。" in page.replace("  ", " ")


def test_the_form_shows_what_is_to_be_paid_and_where(li: Browser, batch: BatchOf) -> None:
    page = text_of(li.get(f"{NEW}?batch={batch.batch_no}"))
    assert "户名 演示收款单位 账号 0000000000000000 开户行 演示银行" in page
    assert f"{batch.batch_no} 上海第0088E9号机械有限公司 2020 05-26 24:00 前汇款" in page
    assert "应缴保费合计 360.00 元" in page
    assert input_of(li.get(f"{NEW}?batch={batch.batch_no}"), "payer") == "上海第0088E9号机械有限公司"


def test_what_is_saved_is_not_yet_submitted(li: Browser, batch: BatchOf) -> None:
    done = press(li, "save", batch, file=a_slip(), receipt_title=[""], receipt_amount=[""])
    voucher = the_voucher(stored(done)).voucher
    assert (voucher.state, voucher.receipts, [one.name for one in voucher.files]) == ("draft", [], ["回单.jpg"])
    page = text_of(li.get(done.location))
    assert "缴费信息已保存，尚未提交审核。" in page
    assert "等您提交审核" in page


def test_what_was_typed_survives_and_each_field_says_what_is_wrong(li: Browser, batch: BatchOf) -> None:
    answer = press(
        li, "save", batch, payer="", amount="9450.001", refund_account_no="12", receipt_title=["", "乙公司"],
        receipt_amount=["200", "0"], receipt_remark=["备注一", ""],
    )  # fmt: skip
    assert answer.status_code == 422
    page = text_of(answer)
    assert "有 5 处需要修改，尚未保存。" in page
    for code in ("SYS-002", "PAY-008", "PAY-011", "RCP-003", "RCP-002"):
        assert code in page, code
    assert (input_of(answer, "amount"), input_of(answer, "refund_account_no")) == ("9450.001", "12")
    assert (cells(answer, "amount"), cells(answer, "remark")) == (["200", "0"], ["备注一", ""])
    assert f'value="{batch.batch_no}"' in re.findall(r"<input[^>]* checked", answer.get_data(as_text=True))[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "359.99"}, "缴费金额359.99元小于应缴保费合计360.00元，还差0.01元，不能提交。 PAY-002"),
        ({"amount": "400"}, "缴费金额超出应缴保费合计，退款金额40.00元，请填写退款信息。 PAY-003"),
        ({"receipt_amount": ["100"]}, "专用收据金额合计100.00元，必须等于应缴纳保费360.00元。 RCP-001"),
        ({"file": None}, "请上传缴费凭证。 PAY-007"),
    ],
)
def test_what_is_not_whole_is_kept_with_its_files_and_says_what_is_missing(
    li: Browser, batch: BatchOf, changes: dict[str, Any], sentence: str
) -> None:
    done = press(li, "submit", batch, **{"file": a_slip(), **changes})
    voucher = the_voucher(stored(done)).voucher
    assert voucher.state == VoucherState.DRAFT
    assert len(voucher.files) == (0 if "file" in changes else 1)
    page = text_of(li.get(done.location))
    assert sentence in page
    assert "缴费信息已保存，尚未提交审核。" in page


def test_too_much_goes_back_to_the_account_that_is_named(li: Browser, batch: BatchOf) -> None:
    done = press(li, "submit", batch, amount="400.00", file=a_slip(), **TO_REFUND)
    seen = the_voucher(stored(done))
    assert (seen.voucher.state, seen.refund_fen) == ("submitted", 4000)
    page = text_of(li.get(done.location))
    assert "退款账号 3160230000802215 退款账户名称" in page
    assert "退款方式 银行转账 退款金额 40.00 元" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": "400"}, "比应缴保费合计多 40.00 元，请填写退款信息"),
        ({"amount": "300"}, "比应缴保费合计少 60.00 元，补足后才能提交审核"),
        ({"amount": "360"}, "与应缴保费合计一致"),
        ({"receipt_amount": ["100"]}, "专用收据合计 100.00 元，应缴保费合计 360.00 元， 还差 260.00 元"),
        ({"receipt_amount": ["400"]}, "专用收据合计 400.00 元，应缴保费合计 360.00 元， 多 40.00 元"),
    ],
)
def test_sums_are_told_without_storing_anything(
    li: Browser, batch: BatchOf, fields: dict[str, Any], words: str
) -> None:
    answer = press(li, "recount", batch, **fields)
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert "还没有缴费凭证" in text_of(li.get("/vouchers"))


def test_the_fields_of_the_refund_are_there_once_the_amount_is_over(li: Browser, batch: BatchOf) -> None:
    hidden = 'class="refund-says none"'
    assert hidden in press(li, "recount", batch).get_data(as_text=True)
    assert hidden not in press(li, "recount", batch, amount="400").get_data(as_text=True)


def test_several_batches_are_added_up(li: Browser, town: Town, batch: BatchOf) -> None:
    other = a_batch_of(town.li, "0088E8", 1, 450)
    assert "应缴保费合计 540.00 元" in text_of(press(li, "recount", batch, other))


def test_one_more_receipt_is_of_what_is_missing(li: Browser, batch: BatchOf) -> None:
    more = press(li, "add_receipt", batch, receipt_amount=["100"])
    assert (cells(more, "title"), cells(more, "amount")) == ([PAYER, ""], ["100", "260.00"])
    assert 'id="title-2"' in re.findall(r"<input[^>]* autofocus", more.get_data(as_text=True))[0]
    two = {"receipt_title": ["甲", "乙"], "receipt_amount": ["100", "260"], "receipt_remark": ["", ""]}
    less = press(li, "drop_receipt", batch, **two)
    assert (cells(less, "title"), cells(less, "amount")) == (["乙"], ["260"])


def test_several_receipts_are_stored_in_their_order(li: Browser, batch: BatchOf) -> None:
    two = {"receipt_title": ["上海YYYY公司", "", "上海XXX公司"], "receipt_amount": ["10", "", "350.00"],
           "receipt_remark": ["", "", "工会经费"]}  # fmt: skip
    voucher = the_voucher(stored(press(li, "submit", batch, file=a_slip(), **two))).voucher
    assert [(one.title, one.amount_fen, one.remark) for one in voucher.receipts] == [
        ("上海YYYY公司", 1000, ""),
        ("上海XXX公司", 35000, "工会经费"),
    ]


def test_no_batch_no_voucher(li: Browser, batch: BatchOf) -> None:
    answer = press(li, "save")
    assert (answer.status_code, "请选择缴费的参保批次。 PAY-004" in text_of(answer)) == (422, True)
    assert input_of(answer, "payer") == PAYER


def test_a_batch_is_in_one_voucher(li: Browser, batch: BatchOf) -> None:
    drafted(batch)
    answer = press(li, "save", batch)
    assert f"批次{batch.batch_no}已在其他缴费凭证中。 PAY-006" in text_of(answer)


def test_a_file_that_is_no_proof_is_refused_and_the_rest_stays(li: Browser, batch: BatchOf) -> None:
    answer = press(li, "save", batch, file=a_slip("回单.jpg", b"PK\x03\x04"))
    assert (answer.status_code, "附件格式不支持，仅支持JPG、PNG、PDF。 APP-003" in text_of(answer)) == (422, True)
    assert cells(answer, "amount") == ["360.00"]


def test_several_files_may_be_more_together_than_a_roster_may(li: Browser, batch: BatchOf) -> None:
    half = b"PK" + bytes(6 * 1024 * 1024)
    answer = press(li, "save", batch, file=[a_slip("一.jpg", half), a_slip("二.jpg", half)])
    assert (answer.status_code, "APP-003" in text_of(answer)) == (422, True)


def test_more_than_ten_large_files_are_refused_as_attachments(li: Browser, batch: BatchOf) -> None:
    answer = press(li, "save", batch, file=a_slip("一.jpg", bytes(101 * 1024 * 1024)))
    assert answer.status_code == 413
    assert "单个附件不能超过10MB。 压缩图片，或分成几个文件后再上传 APP-004" in text_of(answer)


def test_a_file_is_taken_out_and_another_comes(li: Browser, town: Town, batch: BatchOf) -> None:
    paying = a_voucher_of(town, "draft", batch)
    done = press(li, "save", batch, to=f"/vouchers/{paying.voucher_id}/edit", remove="1", file=a_slip("重拍.jpg"))
    assert [file.name for file in the_voucher(stored(done)).voucher.files] == ["重拍.jpg"]


def test_a_voucher_that_was_changed_elsewhere_is_not_written_over(li: Browser, batch: BatchOf) -> None:
    voucher_id = drafted(batch)
    page = f"/vouchers/{voucher_id}/edit"
    version = field(li.get(page), "version")
    with writing() as records:
        change_voucher(records, batch.viewer, voucher_id, NOTHING, batch.now)
    answer = press(li, "save", batch, to=page, version=version, payer="上海豆豆集团")
    assert (answer.status_code, "BAT-004" in text_of(answer)) == (422, True)
    assert input_of(answer, "payer") == "上海豆豆集团"
    assert the_voucher(voucher_id).voucher.payer == PAYER


def test_saving_the_same_receipts_again_writes_no_other(li: Browser, town: Town, batch: BatchOf) -> None:
    paying = a_voucher_of(town, "draft", batch, amount_fen=DUE)
    before = the_voucher(paying.voucher_id).voucher.receipts[0]
    press(li, "save", batch, to=f"/vouchers/{paying.voucher_id}/edit", receipt_title=[before.title])
    assert [one.id for one in the_voucher(paying.voucher_id).voucher.receipts] == [before.id]


def test_after_the_cut_off_a_draft_is_not_submitted(li: Browser, town: Town, batch: BatchOf) -> None:
    paying = a_voucher_of(town, "draft", batch)
    version = field(li.get(f"/vouchers/{paying.voucher_id}"), "version")
    at(MORNING + timedelta(days=40))
    done = li.post(f"/vouchers/{paying.voucher_id}/submit", version=version)
    page = text_of(li.get(done.location))
    assert f"尚未提交审核。批次{batch.batch_no}缴费期限（2020-05-26）已过，请联系市职保会。 PAY-009" in page
    assert "提交审核</button>" not in li.get(done.location).get_data(as_text=True)


def test_once_submitted_the_form_is_closed(li: Browser, town: Town, batch: BatchOf) -> None:
    paying = a_voucher_of(town, "submitted", batch)
    for answer in (li.get(f"/vouchers/{paying.voucher_id}/edit"), li.post(f"/vouchers/{paying.voucher_id}/edit")):
        assert answer.status_code == 409
        assert "BAT-002" in text_of(answer)


def test_a_rejected_voucher_says_why_and_comes_again(li: Browser, town: Town, batch: BatchOf) -> None:
    paying = a_voucher_of(town, "submitted", batch, amount_fen=DUE)
    reject(paying, "图片不清晰")
    page = f"/vouchers/{paying.voucher_id}/edit"
    assert "缴费凭证审核不通过：图片不清晰。请修改后重新提交。 PAY-010" in text_of(li.get(page))
    done = press(li, "submit", batch, to=page, remove="1", file=a_slip("重拍.jpg"))
    voucher = the_voucher(stored(done)).voucher
    assert (voucher.state, [file.name for file in voucher.files]) == ("submitted", ["重拍.jpg"])


def test_a_batch_that_is_not_ticked_any_more_leaves_the_rejected_voucher(li: Browser, town: Town) -> None:
    paying, other = rejected_with_two(town)
    done = press(li, "save", paying.batch, to=f"/vouchers/{paying.voucher_id}/edit")
    assert [batch.batch_no for batch in the_voucher(stored(done)).batches] == [paying.batch.batch_no]
    assert "缴费凭证待上传" in text_of(li.get(f"/batches/{other.batch_no}"))


def test_no_refund_is_shown_where_none_is_due(li: Browser, batch: BatchOf) -> None:
    assert "退款信息" not in text_of(li.get(f"/vouchers/{drafted(batch)}"))


def test_submitting_twice_from_one_page_does_it_once(li: Browser, town: Town, batch: BatchOf) -> None:
    page = f"/vouchers/{a_voucher_of(town, 'draft', batch).voucher_id}"
    version = field(li.get(page), "version")
    assert li.post(f"{page}/submit", version=version).location == page
    again = li.post(f"{page}/submit", version=version)
    assert (again.status_code, "BAT-002" in text_of(again)) == (409, True)
