"""A long roster in a real browser: ticks over several pages, a search that can be come back to, everybody found."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, log_in, on_one_database, with_password
from tests.builders import a_person, resident_id
from tests.imports import roster_of
from tests.records import BatchOf, a_batch_to_fill, people_on

pytestmark = pytest.mark.browser

PEOPLE = [
    a_person(name=f"第{number}人", id_no=resident_id(sequence=number), has_si=number % 2 == 0) for number in range(50)
]


@pytest.fixture
def roster(page: Page, site: Site) -> BatchOf:
    """Fifty people on the page of their clerk, every second one “-”."""
    batch = a_batch_to_fill()
    people_on(batch, PEOPLE)
    log_in(page, site, with_password(batch.viewer))
    page.goto(f"{site.url}/batches/{batch.batch_no}/roster")
    return batch


def names(batch: BatchOf) -> list[str]:
    return [person.name for person in roster_of(batch)]


@on_one_database
def test_ticks_of_several_pages_are_removed_together_and_then_forgotten(page: Page, roster: BatchOf) -> None:
    page.get_by_label("选择 第3人", exact=True).check()
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_text("已选 1 人")).to_be_visible()
    page.get_by_label("选择 第25人", exact=True).check()
    page.go_back()
    expect(page.get_by_text("已选 2 人")).to_be_visible()
    expect(page.get_by_label("选择 第3人", exact=True)).to_be_checked()
    page.get_by_role("button", name="批量移除").click()
    expect(page.get_by_text("确认移除已选的2名人员？")).to_be_visible()
    expect(page.get_by_text("第3人、第25人")).to_be_visible()
    page.get_by_role("button", name="移除 2 人").click()
    expect(page.get_by_text("已移除 2 人。")).to_be_visible()
    expect(page.get_by_text("已选 0 人")).to_be_visible()
    assert names(roster) == [person.name for number, person in enumerate(PEOPLE) if number not in {3, 25}]


@on_one_database
def test_ticks_can_be_taken_back_on_another_page(page: Page, roster: BatchOf) -> None:
    page.get_by_label("选择本页全部人员").check()
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_text("已选 20 人")).to_be_visible()
    page.get_by_role("button", name="取消选择").click()
    expect(page.get_by_text("已选 0 人")).to_be_visible()
    page.get_by_role("link", name="上一页").click()
    expect(page.get_by_text("已选 0 人")).to_be_visible()
    expect(page.get_by_label("选择 第3人", exact=True)).not_to_be_checked()


@on_one_database
def test_a_search_by_number_is_still_there_after_a_look_elsewhere_and_a_reload(page: Page, roster: BatchOf) -> None:
    number = PEOPLE[7].id_no
    page.get_by_label("证件号").fill(number)
    page.get_by_role("button", name="搜索").click()
    expect(page.get_by_role("rowheader", name="第7人")).to_be_visible()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    page.get_by_role("link", name="清空").click()
    expect(page.get_by_role("rowheader")).to_have_count(20)
    page.go_back()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("rowheader", name="第7人")).to_be_visible()
    expect(page.get_by_label("证件号")).to_have_value(number)
    assert number not in page.url


def test_everybody_found_is_removed_after_they_were_named_and_counted(page: Page, roster: BatchOf) -> None:
    page.get_by_label("职退情况").select_option("unknown")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("button", name="移除全部筛选结果（25 人）").click()
    expect(page.get_by_text("第1人、第3人、第5人 等 25 人")).to_be_visible()
    expect(page.get_by_role("link", name="不移除")).to_be_focused()
    page.get_by_role("button", name="移除 25 人").click()
    expect(page.get_by_text("已移除 25 人。")).to_be_visible()
    assert names(roster) == [person.name for person in PEOPLE if person.has_si]


def test_the_roster_is_exported_with_full_numbers(page: Page, roster: BatchOf, tmp_path: Path) -> None:
    with page.expect_download() as begun:
        page.get_by_role("link", name="导出清册").click()
    begun.value.save_as(tmp_path / "out.xlsx")
    assert begun.value.suggested_filename == f"参保清册_{roster.batch_no}.xlsx"
    rows = load_workbook(tmp_path / "out.xlsx").worksheets[0].iter_rows(min_row=2, max_col=2, values_only=True)
    assert list(rows) == [(person.name, person.id_no) for person in PEOPLE]
