"""A file with a hundred wrong rows: all of them mended in the browser in one sitting, and the import taken back."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.actions.set_in_service import set_in_service
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.roster_import import RosterImport
from models.rules.findings import Outcome
from tests.browser.conftest import Site, log_in, with_password
from tests.browser.uploads import tallies, upload
from tests.browser.wrong_rows import (
    BY_HAND,
    COLUMNS,
    MET,
    NEW,
    RIGHT,
    ROWS,
    STRANGERS,
    WRONG,
    spoilt,
    the_file,
    the_second_file,
)
from tests.imports import a_rival_with, an_import
from tests.records import BatchOf, a_batch_to_fill


@pytest.fixture
def batch(database: str) -> BatchOf:
    """The clerk's empty batch; another unit has enrolled the strangers."""
    empty = a_batch_to_fill()
    a_rival_with(STRANGERS)
    return empty


def numbers_on(batch: BatchOf) -> set[str]:
    """Everybody's number on the roster, by the database."""
    with reading() as session:
        people = session.scalars(select(BatchPerson).where(BatchPerson.batch_id == batch.batch_id))
        return {person.id_no for person in people}


def counts_of(import_id: int) -> list[int]:
    """The seven counts by the database."""
    with reading() as session:
        counts = session.get_one(RosterImport, import_id).counts
    assert counts is not None
    return [counts[outcome] for outcome in Outcome]


def expect_counts(page: Page, batch: BatchOf, import_id: int, *, added: int, occupied: int, invalid: int) -> None:
    """The page says so, the sum is the file's, and the database holds just so many people."""
    expected = [added, 0, 0, 0, occupied, 0, invalid]
    expect(page.locator(".tally dd").first).to_have_text(re.compile(f"^{added:,}"))
    assert tallies(page) == expected == counts_of(import_id)
    assert sum(expected) == ROWS
    expect(page.locator("#mending")).to_contain_text("= 5,000 行，与文件行数一致")
    assert len(numbers_on(batch)) == added


def rows_shown(page: Page) -> list[int]:
    """The people whose rows the grid shows; the sheet's row 2 is number 0."""
    rows = page.locator(".fixgrid tbody tr").evaluate_all("all => all.map(row => row.id)")
    return [int(row.removeprefix("row-")) - 2 for row in rows]


def mend(page: Page, number: int) -> None:
    """Type what belongs into the row's marked cells."""
    row = page.locator(f"#row-{number + 2}")
    for column in COLUMNS:
        field = row.locator(f'[name="r{number + 2}-{column}"]')
        if field.get_attribute("aria-invalid") == "true":
            right = RIGHT[number][COLUMNS.index(column)]
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(right)
            else:
                field.fill(right)
    if WRONG[number] == "occupied":
        row.get_by_label(re.compile("姓名")).fill(RIGHT[number][0])


def save_page(page: Page) -> None:
    page.get_by_role("button", name="保存本页修改").click()
    expect(page.locator("[data-says]")).to_contain_text("行")


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_a_hundred_wrong_rows_are_mended_in_one_sitting_and_the_import_is_taken_back(
    page: Page, site: Site, batch: BatchOf, tmp_path: Path
) -> None:
    site.start_worker().wait_until_ready()
    log_in(page, site, with_password(batch.viewer))
    first = uploaded(page, site, batch, the_file(), tmp_path / "清册_总装.xlsx")
    mend_everything(page, batch, first)
    take_back(page, site, batch, first, tmp_path)


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_log_in_that_ends_and_a_line_that_breaks_cost_nothing_that_was_typed(
    page: Page, site: Site, database: str
) -> None:
    batch = a_batch_to_fill()
    rows = [spoilt(number) for number in range(26)]  # the last one says 有
    done = an_import(batch, [(*row[:5], "1380000", row[6]) if at < 2 else row for at, row in enumerate(rows)])
    email = with_password(batch.viewer)
    log_in(page, site, email)
    page.goto(f"{site.url}/imports/{done.upload.id}/corrections")
    mobile = page.locator('[name="r2-mobile"]')
    mobile.fill("14200000002")
    expect(page.locator("#changed-says")).to_have_text("已改 1 行，未保存")

    page.context.set_offline(True)
    page.get_by_role("button", name="保存本页修改").click()
    expect(page.locator("#offline")).to_contain_text("您填写的内容都还在")
    page.context.set_offline(False)

    page.context.clear_cookies()
    page.get_by_role("button", name="保存本页修改").click()
    sheet = page.locator("dialog[open]")
    expect(sheet).to_contain_text("AUTH-005")
    with page.expect_popup() as opened:
        sheet.get_by_role("link", name="在新窗口重新登录").click()
    log_in(opened.value, site, email)
    opened.value.close()
    sheet.get_by_role("button", name="关闭").click()
    expect(mobile).to_have_value("14200000002")

    page.get_by_role("button", name="保存本页修改").click()
    expect(page.locator("[data-says]")).to_contain_text("登录已更新，没有执行任何操作")
    expect(mobile).to_have_value("14200000002")
    assert len(numbers_on(batch)) == 23
    page.get_by_role("button", name="保存本页修改").click()
    expect(page.locator("[data-says]")).to_contain_text("第 2 行已入册")
    expect(page.locator("#mend-says")).to_contain_text("第 2 行已入册")
    assert len(numbers_on(batch)) == 24


def mend_everything(page: Page, batch: BatchOf, import_id: int) -> None:
    """One mistake everywhere, the second page, one row alone, the first page with a slip, and the slip."""
    page.get_by_role("link", name="在线修改").first.click()
    page.wait_for_url("**/corrections*")
    assert Counter(WRONG.values()) == {"有": 40, "number": 20, "mobile": 15, "name": 10, "sex": 10, "occupied": 5}
    expect_counts(page, batch, import_id, added=4_900, occupied=5, invalid=95)
    expect(page.locator(".pagination .active")).to_have_text("1")
    assert rows_shown(page) == list(WRONG)[:50]

    habit = page.locator(".mistake").filter(has_text="填了“有” — 40 行")
    habit.get_by_role("combobox").select_option("是")
    habit.get_by_role("button", name=re.compile("全部改为")).click()
    expect(page.locator("[data-says]")).to_contain_text("“是否有社保”的“有”已全部改为“是”")
    expect_counts(page, batch, import_id, added=4_940, occupied=5, invalid=55)

    page.get_by_role("link", name="下一页").click()
    page.wait_for_url("**page=2*")
    second = rows_shown(page)
    assert second == BY_HAND[50:]
    for number in second:
        mend(page, number)
    save_page(page)
    occupied = sum(WRONG[number] == "occupied" for number in second)
    expect_counts(page, batch, import_id, added=4_950, occupied=5 - occupied, invalid=45 + occupied)

    first = rows_shown(page)
    assert first == BY_HAND[:50]
    alone, slip, *others = first
    mend(page, slip)
    mend(page, alone)
    page.get_by_role("button", name=f"保存第{alone + 2:,}行").click()
    expect(page.locator("[data-says]")).to_contain_text(f"第 {alone + 2:,} 行已入册")
    expect_counts(page, batch, import_id, added=4_951, occupied=5 - occupied, invalid=44 + occupied)
    assert rows_shown(page) == first[1:]

    field = page.locator(f'[name="r{slip + 2}-{slipped(slip)}"]')
    expect(field).to_have_value(RIGHT[slip][COLUMNS.index(slipped(slip))])
    field.fill("12345")
    for number in others:
        mend(page, number)
    save_page(page)
    expect(page.locator("[data-says]")).to_contain_text(f"第 {slip + 2:,} 行仍需修改")
    expect_counts(page, batch, import_id, added=4_999, occupied=0, invalid=1)
    field = page.locator(f'[name="r{slip + 2}-{slipped(slip)}"]')
    expect(field).to_have_value("12345")
    expect(field).to_be_focused()

    field.fill(RIGHT[slip][COLUMNS.index(slipped(slip))])
    field.press("Enter")
    expect(page.locator("#findings")).to_contain_text("没有需要修改的行了")
    expect_counts(page, batch, import_id, added=5_000, occupied=0, invalid=0)
    assert numbers_on(batch) == {row[2] for row in RIGHT}


def slipped(number: int) -> str:
    """The column that is wrong in a row with a wrong number or mobile."""
    return {"number": "id_no", "mobile": "mobile"}[WRONG[number]]


def take_back(page: Page, site: Site, batch: BatchOf, import_id: int, folder: Path) -> None:
    """After a second file and a change by hand the first import is undone: exactly what only it brought goes."""
    second = uploaded(page, site, batch, the_second_file(), folder / "清册_补充.xlsx")
    assert tallies(page) == [20, 5, 25, 0, 0, 0, 0]
    changed = changed_by_hand(batch)
    kept = {RIGHT[number][2] for number in MET} | {changed.id_no}

    page.goto(f"{site.url}/imports/{import_id}")
    page.get_by_role("link", name="撤销本次导入…").click()
    sheet = page.locator("dialog[open]")
    expect(sheet).to_contain_text("清册将从 5,020 人变为 51 人")
    expect(sheet).to_contain_text("4,969 人")
    expect(sheet.get_by_role("link", name="不撤销")).to_be_focused()
    page.keyboard.press("Escape")
    assert len(numbers_on(batch)) == 5_020

    page.get_by_role("link", name="撤销本次导入…").click()
    sheet.get_by_role("button", name="撤销本次导入").click()
    expect(page.locator("#job-live")).to_contain_text("已移除 4,969 人，恢复 0 人，保留 31 人", timeout=60_000)
    page.get_by_role("link", name="查看撤销清单").click()
    expect(page.locator("main")).to_contain_text("已撤销")
    assert numbers_on(batch) == kept | {row[2] for row in NEW}

    reasons = {
        line.locator("th").inner_text(): line.locator("td").last.inner_text()
        for line in page.locator("#findings tbody tr").all()
    }
    with reading() as session:
        receipt = session.get_one(RosterImport, second).receipt_no
    expected = {RIGHT[number][0]: f"之后的导入也包含此人（回执 {receipt}）" for number in MET}
    assert reasons == expected | {changed.name: "导入后被编辑过"}
    expect(page.get_by_role("link", name=re.compile("移除"))).to_contain_text("4,969")
    expect(page.get_by_role("link", name="在线修改")).to_have_count(0)


def changed_by_hand(batch: BatchOf) -> BatchPerson:
    """设置在职 of somebody whom the second file does not hold."""
    met = {RIGHT[number][2] for number in MET}
    with writing() as session:
        people = session.scalars(
            select(BatchPerson)
            .where(BatchPerson.batch_id == batch.batch_id, BatchPerson.has_si.is_(False))
            .order_by(BatchPerson.id)
        )
        person = next(one for one in people if one.id_no not in met)
        set_in_service(session, batch.viewer, batch.batch_no, [person.id], batch.now)
        return person


def uploaded(page: Page, site: Site, batch: BatchOf, content: bytes, path: Path) -> int:
    """Upload the file and go to its result; returns the import."""
    upload(page, site, batch, content, path)
    expect(page.locator("#job-live")).to_contain_text("导入完成", timeout=60_000)
    page.get_by_role("link", name="查看结果").click()
    expect(page.locator(".tally")).to_be_visible()
    with reading() as session:
        imports = select(RosterImport.id).join(Batch).where(Batch.batch_no == batch.batch_no)
        return max(session.scalars(imports))
