"""保费详情 by the pages: everybody with what they pay, and the export."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from models.records.audit import AuditEntry
from models.records.database import reading
from tests.premiums import confirmed, priced, took_part
from tests.web.conftest import Browser, Town, text_of
from tests.web.premiums import batch_of, ready


@pytest.fixture
def eight(town: Town, batch_no: str) -> str:
    """李小满's batch with the eight people of the handbook's first screenshot, its roster submitted."""
    return ready(town.li, batch_no, 7, 1)


def test_the_detail_lists_everybody_with_masked_numbers(li: Browser, town: Town, eight: str) -> None:
    priced(batch_of(town.li, eight))
    shown = text_of(li.get(f"/batches/{eight}/premium"))
    assert "8 人，合计 1,330.00 元" in shown
    assert "A0 B0 C0；预览，【提交确认保费】后确定" in shown
    assert "第零 3100*****0010 是 A0 B0 C0 190.00 10.00 100% 180.00" in shown
    assert "第七 3100*****0019 否 B0 C0 70.00 – 100% 70.00" in shown


def test_after_the_confirmation_the_detail_is_no_preview(li: Browser, town: Town, eight: str) -> None:
    took_part(batch_of(town.li, eight))
    assert "A0 B0 C0；已提交确认" in text_of(li.get(f"/batches/{eight}/premium"))


def test_the_detail_has_pages(li: Browser, town: Town, batch_no: str) -> None:
    priced(batch_of(town.li, ready(town.li, batch_no, 25, 0)))
    detail = f"/batches/{batch_no}/premium"
    assert "第 21–25 条，共 25 条" in text_of(li.get(f"{detail}?page=2"))
    assert li.get(f"{detail}?page=9").location == f"{detail}?page=2"
    assert "第 1–25 条" in text_of(li.get(f"{detail}?size=50"))


def test_before_the_preview_the_detail_says_what_to_do(li: Browser, eight: str) -> None:
    answer = li.get(f"/batches/{eight}/premium")
    assert (answer.status_code, "请重新点击【生成保费信息】" in text_of(answer)) == (409, True)


def test_the_export_is_a_workbook_with_full_numbers_that_is_written_down(li: Browser, town: Town, eight: str) -> None:
    batch = batch_of(town.li, eight)
    confirmed(batch, priced(batch).token)
    answer = li.get(f"/batches/{eight}/premium.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert (len(rows), rows[0][1], rows[0][-1]) == (8, "310000199001010010", 180)
    with reading() as records:
        assert records.query(AuditEntry).filter_by(action="export_premium").count() == 1
