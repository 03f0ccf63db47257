"""专用收据 in the association's hands, on pages (DOMAIN 11.5)."""

from __future__ import annotations

import pytest

from tests.records import BatchOf
from tests.vouchers import the_voucher
from tests.web.audited_vouchers import a_batch_of, a_voucher_of
from tests.web.conftest import Browser, Town, text_of
from tests.web.forms import field, input_of

TITLE = "上海豆豆精密机械有限公司1"


@pytest.fixture
def batch(town: Town) -> BatchOf:
    """A batch of 李小满's that waits for 360.00 元."""
    return a_batch_of(town.li)


@pytest.fixture
def voucher_id(town: Town, batch: BatchOf) -> int:
    """Its voucher, approved, with one receipt."""
    return a_voucher_of(town, "approved", batch).voucher_id


def lines(*rows: tuple[str, str, str]) -> dict[str, list[str]]:
    """Receipts as the form sends them: title, amount, id."""
    titles, amounts, ids = zip(*rows, strict=True)
    return {"receipt_title": list(titles), "receipt_amount": list(amounts), "receipt_remark": [""] * len(rows),
            "receipt_id": list(ids)}  # fmt: skip


def receipt_id(voucher_id: int) -> int:
    return the_voucher(voucher_id).voucher.receipts[0].id


def test_a_receipt_is_corrected_with_its_reason_and_stays_what_it_is(reviewer: Browser, voucher_id: int) -> None:
    address = f"/vouchers/{voucher_id}/receipts/correction"
    page, one = reviewer.get(address), receipt_id(voucher_id)
    done = reviewer.post(
        address, version=field(page, "version"), reason="抬头有误", **lines(("上海豆豆集团", "360", str(one)))
    )
    assert "专用收据已更正，更正原因已记录。" in text_of(reviewer.get(done.location))
    receipt = the_voucher(voucher_id).voucher.receipts[0]
    assert (receipt.id, receipt.title) == (one, "上海豆豆集团")


@pytest.mark.parametrize(
    ("reason", "amount", "code"), [("", "360", "SYS-002"), ("抬头有误", "359", "RCP-001"), ("抬头有误", "x", "RCP-002")]
)
def test_a_correction_that_is_refused_keeps_what_was_typed(
    reviewer: Browser, voucher_id: int, reason: str, amount: str, code: str
) -> None:
    address = f"/vouchers/{voucher_id}/receipts/correction"
    typed = lines(("上海豆豆集团", amount, str(receipt_id(voucher_id))))
    version = field(reviewer.get(address), "version")
    answer = reviewer.post(address, version=version, reason=reason, **typed)
    assert (answer.status_code, code in text_of(answer)) == (422, True)
    assert (input_of(answer, "receipt_title"), input_of(answer, "receipt_amount")) == ("上海豆豆集团", amount)
    assert the_voucher(voucher_id).voucher.receipts[0].title == TITLE


def test_a_line_more_is_no_correction_yet(reviewer: Browser, voucher_id: int) -> None:
    address = f"/vouchers/{voucher_id}/receipts/correction"
    typed = lines(("上海豆豆集团", "300", str(receipt_id(voucher_id))))
    answer = reviewer.post(address, address, add_receipt="1", reason="", **typed)
    assert answer.status_code == 200
    assert 'name="receipt_amount" value="60.00"' in answer.get_data(as_text=True)
    assert "专用收据合计 360.00 元，应缴保费合计 360.00 元，相等" in text_of(answer)
    assert len(the_voucher(voucher_id).voucher.receipts) == 1


def test_the_units_own_draft_is_not_corrected(reviewer: Browser, town: Town, batch: BatchOf) -> None:
    address = f"/vouchers/{a_voucher_of(town, 'draft', batch).voucher_id}/receipts"
    for page in ("correction", "numbers"):
        answer = reviewer.get(f"{address}/{page}")
        assert (answer.status_code, "BAT-002" in text_of(answer)) == (409, True)


def test_the_number_of_the_electronic_receipt_is_seen_by_the_unit(
    li: Browser, reviewer: Browser, voucher_id: int
) -> None:
    address, one = f"/vouchers/{voucher_id}/receipts/numbers", receipt_id(voucher_id)
    typed = {f"number-{one}": "03182005", f"issued_on-{one}": "2020-04-20"}
    done = reviewer.post(address, address, **typed)
    assert "电子收据号已保存。" in text_of(reviewer.get(done.location))
    assert f"{TITLE} 360.00 – 03182005 2020-04-20" in text_of(li.get(f"/vouchers/{voucher_id}"))
    assert input_of(reviewer.get(address), f"number-{one}") == "03182005"


@pytest.mark.parametrize(
    ("number", "day", "code"),
    [
        ("", "", "SYS-002"),
        ("03182005", "", "SYS-002"),
        ("", "2020-04-20", "SYS-002"),
        ("03182005", "2020-04-21", "SYS-003"),
    ],
)
def test_a_number_without_its_day_is_not_stored_and_stays_typed(
    reviewer: Browser, voucher_id: int, number: str, day: str, code: str
) -> None:
    address, one = f"/vouchers/{voucher_id}/receipts/numbers", receipt_id(voucher_id)
    answer = reviewer.post(address, address, **{f"number-{one}": number, f"issued_on-{one}": day})
    assert (answer.status_code, code in text_of(answer)) == (422, True)
    assert input_of(answer, f"number-{one}") == number
    assert the_voucher(voucher_id).voucher.receipts[0].e_receipt_no is None


def test_a_clerk_corrects_nothing_after_the_submission(li: Browser, voucher_id: int) -> None:
    page = text_of(li.get(f"/vouchers/{voucher_id}"))
    assert "更正专用收据" not in page
    assert li.get(f"/vouchers/{voucher_id}/receipts/correction").status_code == 403
