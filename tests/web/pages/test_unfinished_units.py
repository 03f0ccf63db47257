"""尚未完成的单位: for staff all, for a 上级工会 those below it; as a page and as a workbook."""

from __future__ import annotations

import io

from flask import Flask
from openpyxl import load_workbook

from models.records.database import writing
from models.records.unit import Unit
from models.rules.permissions import Role
from tests.quick_passwords import quick_passwords
from tests.web.audit_entries import entries
from tests.web.conftest import Browser, Town, account_id, imported, text_of
from tests.web.scene import Scene
from tests.workbooks import some_people

__all__ = ["quick_passwords"]

LIST = "/units/unfinished"


def rows_of(browser: Browser, address: str = f"{LIST}/export") -> list[tuple[object, ...]]:
    sheet = load_workbook(io.BytesIO(browser.get(address).get_data())).active
    assert sheet is not None
    return [tuple(row) for row in sheet.values]


def test_the_list_keeps_its_filters_and_counts_each_stage(reviewer: Browser, batch_no: str) -> None:
    page = reviewer.get(f"{LIST}?stage=no_batch&search=上海")
    assert "2 家单位尚未完成参保" in text_of(page)
    assert "上海豆苗仪表有限公司" in text_of(page)
    assert "上海豆豆精密机械有限公司" not in text_of(page)
    assert 'value="no_batch" selected' in page.get_data(as_text=True)
    assert 'value="上海"' in page.get_data(as_text=True)
    assert "整理清册 1" in text_of(page)


def test_an_empty_answer_offers_to_clear_the_filters(reviewer: Browser) -> None:
    assert "没有符合条件的单位" in text_of(reviewer.get(f"{LIST}?search=无此单位"))


def test_nonsense_in_the_address_is_no_filter(reviewer: Browser) -> None:
    assert "2 家单位" in text_of(reviewer.get(f"{LIST}?stage=nowhere&group=x&year=1999&page=-1"))


def test_the_workbook_holds_the_filtered_list_and_is_written_down(reviewer: Browser, batch_no: str, town: Town) -> None:
    with writing() as records:
        for unit in records.query(Unit).filter(Unit.name == "上海豆苗仪表有限公司"):
            unit.district_union = "机电"
    heading, *rows = rows_of(reviewer, f"{LIST}/export?union=机电")
    assert heading[:4] == ("工委", "参保编码", "单位名称", "停在")
    assert [row[:4] for row in rows] == [("机电", "0088D3", "上海豆苗仪表有限公司", "未建批次")]
    entry = entries()[-1]
    assert (entry.action, entry.account_id) == ("export_unfinished_units", account_id(town.reviewer))
    assert (entry.details["units"], entry.details["district_union"]) == (1, "机电")


def test_the_workbook_holds_headcounts_that_can_be_added_up(reviewer: Browser, li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(3))
    heading, *rows = rows_of(reviewer)
    assert [row[heading.index("人数")] for row in rows if row[4] == batch_no] == [3]


def test_a_superior_union_reads_the_totals_of_its_units_and_no_handlers_name(app: Flask, scene: Scene) -> None:
    union = Browser(app.test_client()).log_in(scene.people[Role.SUPERIOR_UNION])
    page = text_of(union.get(LIST))
    assert "上海豆豆精密机械有限公司" in page
    assert "上海豆苗仪表有限公司" not in page
    assert "李小满" not in page
    heading, *rows = rows_of(union)
    assert "经办人" not in heading
    assert [row[1] for row in rows] == ["0088D2"]
