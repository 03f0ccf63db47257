"""A clerk's day in a real browser: upload, watch, mend, upload again."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from models.records.database import reading
from models.records.person import BatchPerson
from models.rules.findings import Outcome
from tasks.sample_people import fictitious_person
from tests.browser.conftest import Site, log_in, with_password
from tests.browser.uploads import tallies, upload
from tests.imports import a_rival_with, another_batch, submitted, typed
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.workbooks import a_workbook

PEOPLE = [fictitious_person(77, number) for number in range(4_950)]
OCCUPIED, ENROLLED = PEOPLE[1::50], PEOPLE[2:4_000:100]
WRONG, COPIED = range(3, 4_950, 50), range(10, 60)
"""Numbers of people: 2 % with a wrong ID number, 1 % written twice, 2 % another unit's, 40 enrolled by the clerk."""

COUNTS = {
    Outcome.ADDED: 4_950 - 99 - 99 - 40,
    Outcome.UPDATED: 0,
    Outcome.UNCHANGED: 0,
    Outcome.ALREADY_ENROLLED: 40,
    Outcome.OCCUPIED: 99,
    Outcome.DUPLICATE: 50,
    Outcome.INVALID: 99,
}
STAGES = {"read": "读取", "validate": "校验", "dedupe": "查重", "price": "计费", "store": "入册"}
FIGURES = re.compile("[1-9][0-9]*(,[0-9]{3})? / 5,000 行")
"""What a stage shows that is held in its middle; while the file is read, nobody knows how many rows it has."""


@cache
def the_file() -> bytes:
    """5000 rows: everybody, the spoilt ones with a letter too many, and 50 people once more at the end."""
    rows = [list(typed(person)) for person in PEOPLE]
    copies = [list(row) for row in (rows[number] for number in COPIED if number not in WRONG)]
    for number in WRONG:
        rows[number][2] = spoilt(rows[number][2])
    while len(copies) < 50:
        copies.append(list(copies[0]))
    return a_workbook([*rows, *copies])


def spoilt(number: str) -> str:
    """A number that is none, from which the right one can be read again."""
    return number + "#"


def people_of(batch: BatchOf) -> int:
    """How many are on the roster by the database."""
    with reading() as session:
        return session.execute(
            select(func.count()).select_from(BatchPerson).where(BatchPerson.batch_id == batch.batch_id)
        ).scalar_one()


@pytest.fixture
def batch(database: str) -> BatchOf:
    """The clerk's empty batch, in a year in which some of the file's people are enrolled already."""
    empty = a_batch_to_fill()
    a_rival_with(OCCUPIED)
    own = another_batch(empty.viewer, "0088D9", now=empty.now)
    people_on(own, ENROLLED)
    submitted(own)
    return empty


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_a_clerk_uploads_watches_every_stage_mends_and_gets_everybody_in(
    page: Page, site: Site, batch: BatchOf, tmp_path: Path
) -> None:
    worker = site.start_worker(stop_at=",".join(STAGES))
    log_in(page, site, with_password(batch.viewer))
    upload(page, site, batch, the_file(), tmp_path / "清册_总装.xlsx")

    for stage, name in STAGES.items():
        worker.wait_until_stopped()
        expect(page.locator("#job-live")).to_contain_text(f"正在{name}")
        if stage != "read":
            expect(page.locator("#job-live")).to_contain_text(FIGURES)
        worker.thaw()

    expect(page.locator("#job-live")).to_contain_text("导入完成")
    page.get_by_role("link", name="查看结果").click()
    expect(page.locator("main")).to_contain_text("4,712 人已在清册中")
    assert tallies(page) == list(COUNTS.values())
    assert sum(COUNTS.values()) == 5_000
    expect(page.locator("main")).to_contain_text("= 5,000 行，与文件行数一致")
    assert people_of(batch) == COUNTS[Outcome.ADDED]

    mended = download_and_mend(page, tmp_path)
    plain = site.start_worker("two")
    worker.kill()
    plain.wait_until_ready()
    upload(page, site, batch, mended, tmp_path / "清册_已改.xlsx")
    expect(page.locator("#job-live")).to_contain_text("导入完成", timeout=60_000)
    page.get_by_role("link", name="查看结果").click()
    assert tallies(page) == [99, 0, 0, 0, 99, 0, 0]
    assert people_of(batch) == 4_950 - len(OCCUPIED) - len(ENROLLED)

    upload(page, site, batch, the_file(), tmp_path / "清册_总装.xlsx")
    expect(page.locator("main")).to_contain_text("IMP-009")
    assert tallies(page) == list(COUNTS.values())
    page.get_by_role("button", name=re.compile("再次导入")).click()
    page.wait_for_url(lambda url: "/imports/" in url)
    expect(page.locator("#job-live")).to_contain_text("导入完成", timeout=60_000)
    page.get_by_role("link", name="查看结果").click()
    assert tallies(page) == [0, 0, COUNTS[Outcome.ADDED], 40, 99, 50, 99]
    assert people_of(batch) == 4_950 - len(OCCUPIED) - len(ENROLLED)


def download_and_mend(page: Page, folder: Path) -> bytes:
    """Fetch the marked workbook once it is made, and mend what can be mended: the spoilt numbers."""
    button = page.get_by_role("link", name=re.compile("下载标注文件"))
    expect(button).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        button.click()
    download.value.save_as(folder / "标注文件.xlsx")
    workbook = openpyxl.load_workbook(folder / "标注文件.xlsx")
    sheet = workbook.worksheets[0]
    mended = 0
    for row in sheet.iter_rows(min_row=2):
        number = row[2]
        assert isinstance(number.value, str)
        if number.value.endswith("#"):
            assert number.fill.fill_type == "solid", "the wrong cell is coloured"
            number.value = number.value.removesuffix("#")
            mended += 1
    assert mended == len(WRONG)
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()
