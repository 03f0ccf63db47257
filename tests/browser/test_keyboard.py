"""By the keyboard alone, from the log-in to a mended import and back: no mouse is needed (WCAG 2.1.1, 2.4.7)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models.rules.person import IdType
from tasks.sample_people import fictitious_person
from tests.browser.conftest import PASSWORD, Site, on_one_database, with_password
from tests.browser.keyboard import Keyboard
from tests.browser.uploads import tallies
from tests.builders import a_person, resident_id
from tests.faults.processes import Worker
from tests.imports import an_import, roster_of, typed
from tests.people import a_passport, stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.workbooks import a_workbook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

RIGHT = [typed(fictitious_person(81, number, id_type=IdType.RESIDENT_ID)) for number in range(40)]
HABIT, MOBILE, SEX = (2, 9, 16), (4, 25, 31, 38), (6, 28)
"""People whose row says 有, has half a mobile number, or says M for the sex."""
SIZES = [(1366, 768), (800, 600), (683, 384)]
"""The clerks' screen, a small one on which the bar below takes two lines, and the clerks' at a zoom of 200 %."""
TABS = 150
"""What the whole way may cost, six rows mended one by one included; as measured it is 115."""


def spoilt(number: int) -> tuple[str, ...]:
    *start, sex, mobile, has_si = RIGHT[number]
    return (
        *start,
        "M" if number in SEX else sex,
        "1380000" if number in MOBILE else mobile,
        "有" if number in HABIT else has_si,
    )


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    page.emulate_media(reduced_motion="reduce")  # else every stop waits until the page has glided there
    return Keyboard(page)


def test_from_the_log_in_to_a_mended_import_and_its_undoing(
    keyboard: Keyboard, site: Site, database: str, tmp_path: Path
) -> None:
    batch = a_batch_to_fill()
    worker = site.start_worker(stop_at="store")
    keyboard.page.goto(f"{site.url}/log-in")

    get_in(keyboard, with_password(batch.viewer))
    upload(keyboard, batch, tmp_path / "清册.xlsx")
    wait_and_go_to_the_result(keyboard, worker)
    assert tallies(keyboard.page) == [31, 0, 0, 0, 0, 0, 9]
    mend(keyboard)
    assert {person.id_no for person in roster_of(batch)} == {row[2] for row in RIGHT}
    take_back(keyboard)
    assert roster_of(batch) == []
    assert keyboard.tabs < TABS


def get_in(keyboard: Keyboard, email: str) -> None:
    keyboard.expect_at("textbox", "账号（电子邮箱）")
    keyboard.type(email)
    keyboard.tab_to("textbox", "密码", at_most=2)
    keyboard.type(PASSWORD)
    keyboard.tab_to("button", "显示密码", at_most=1)
    keyboard.press("Space")
    expect(keyboard.page.locator("#password")).to_have_attribute("type", "text")
    keyboard.press("Space")
    keyboard.tab_to("textbox", "密码", at_most=1, back=True)
    keyboard.press("Enter")
    expect(keyboard.page.get_by_role("heading", name="参保批次管理")).to_be_visible()


def upload(keyboard: Keyboard, batch: BatchOf, file: Path) -> None:
    file.write_bytes(a_workbook([spoilt(number) for number in range(len(RIGHT))]))
    keyboard.skip_to("跳到正文")
    keyboard.go_to("link", batch.batch_no + " 添加参保人员", at_most=12)
    expect(keyboard.page.get_by_role("heading", name="参保清册")).to_be_visible()
    keyboard.skip_to("跳到正文")
    keyboard.go_to("link", "导入参保人员")
    keyboard.expect_at("button", "选择清册文件")
    keyboard.choose_file(file, "Enter")
    keyboard.choose_file(file, "Space")
    expect(keyboard.page.locator(".dropzone")).to_contain_text("清册.xlsx")
    keyboard.go_to("button", "上传并导入", at_most=5)


def wait_and_go_to_the_result(keyboard: Keyboard, worker: Worker) -> None:
    """The button that has the focus goes away when the import is done; the way on is the next stop."""
    worker.wait_until_stopped()
    keyboard.skip_to("跳到正文")
    keyboard.go_to("link", "取消导入")
    keyboard.expect_at("link", "继续导入")
    keyboard.press("Escape")
    keyboard.expect_at("link", "取消导入")
    worker.thaw()
    expect(keyboard.page.locator("#job-live")).to_contain_text("导入完成", timeout=60_000)
    keyboard.go_to("link", "查看结果", at_most=1)
    expect(keyboard.page.locator(".tally")).to_be_visible()


def mend(keyboard: Keyboard) -> None:
    keyboard.skip_to("跳到正文")
    keyboard.go_to("link", "在线修改")
    keyboard.page.wait_for_url("**/corrections*")
    keyboard.tab_to("combobox", "是否有社保“有”全部改为", at_most=10)
    keyboard.go_to("button", "是否有社保“有”全部改为（3 行）", at_most=1)
    keyboard.expect_at("combobox", "是否有社保“有”全部改为")  # nothing is chosen yet
    keyboard.press("ArrowDown", "Enter")
    expect(keyboard.page.locator("[data-says]")).to_contain_text("已全部改为“是”")

    for number in sorted(MOBILE + SEX):
        column = "性别" if number in SEX else "手机号"
        place = ("combobox" if number in SEX else "textbox", f"第{number + 2}行 {column}")
        if number == min(MOBILE + SEX):
            keyboard.expect_at(*place)
        keyboard.tab_to(*place, at_most=12)
        if number in SEX:
            keyboard.press("Home", "ArrowDown")  # from M to nothing: the number says which
        else:
            keyboard.type(f"142000000{number:02}")
    keyboard.press("Enter")
    expect(keyboard.page.locator("#findings")).to_contain_text("没有需要修改的行了")
    assert tallies(keyboard.page) == [40, 0, 0, 0, 0, 0, 0]
    keyboard.expect_at("link", "查看参保清册")
    keyboard.press("Enter")
    expect(keyboard.page.get_by_role("heading", name="参保人员 40 人")).to_be_visible()


def take_back(keyboard: Keyboard) -> None:
    keyboard.skip_to("跳到导入")
    keyboard.go_to("link", "清册.xlsx")
    expect(keyboard.page.locator(".tally")).to_be_visible()
    keyboard.skip_to("跳到正文")
    keyboard.go_to("link", "撤销本次导入…")
    keyboard.expect_at("link", "不撤销")
    keyboard.press("Escape")
    expect(keyboard.page.get_by_role("dialog")).to_be_hidden()
    keyboard.expect_at("link", "撤销本次导入…")
    keyboard.press("Enter")
    keyboard.expect_at("link", "不撤销")
    keyboard.go_to("button", "撤销本次导入", at_most=1)
    expect(keyboard.page.locator("main")).to_contain_text("已移除 40 人", timeout=60_000)
    keyboard.page.reload()  # whether it was watched to its end, or was over before the page came
    expect(keyboard.page.locator("#findings")).to_contain_text("撤销清单")


@pytest.fixture
def roster(keyboard: Keyboard, site: Site, database: str) -> BatchOf:
    """王豆 (护照, “-”) and thirty others, every second one “-”, on the page of their clerk."""
    batch = a_batch_to_fill()
    others = [
        a_person(name=f"第{number}人", id_no=resident_id(sequence=number), has_si=number % 2 == 0)
        for number in range(30)
    ]
    people_on(batch, [a_passport(), *others])
    keyboard.page.goto(f"{site.url}/log-in")
    get_in(keyboard, with_password(batch.viewer))
    keyboard.page.goto(f"{site.url}/batches/{batch.batch_no}/roster")
    return batch


@on_one_database
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_that_has_the_focus_on_a_long_roster_is_covered(
    width: int, height: int, keyboard: Keyboard, roster: BatchOf
) -> None:
    keyboard.page.set_viewport_size({"width": width, "height": height})
    there = keyboard.walk(at_most=130)
    assert [keyboard.step(back=True) for _ in there] == there[::-1]
    assert len(there) > 60


@on_one_database
@pytest.mark.parametrize(("width", "height"), SIZES[1:])
def test_in_the_grid_nothing_is_covered_and_a_save_that_fails_leaves_the_focus_where_it_was(
    width: int, height: int, keyboard: Keyboard, site: Site, database: str
) -> None:
    batch = a_batch_to_fill()
    done = an_import(batch, [spoilt(number) for number in range(len(RIGHT))])
    keyboard.page.goto(f"{site.url}/log-in")
    get_in(keyboard, with_password(batch.viewer))
    keyboard.page.set_viewport_size({"width": width, "height": height})
    keyboard.page.goto(f"{site.url}/imports/{done.upload.id}/corrections")
    there = keyboard.walk(at_most=110)
    assert [keyboard.step(back=True) for _ in there] == there[::-1]
    assert len(there) > 70

    for place in (("button", "保存第4行"), ("button", "保存本页修改")):
        keyboard.tab_to(*place, at_most=80)
        keyboard.page.context.set_offline(True)
        with keyboard.page.expect_event("requestfailed"):
            keyboard.press("Enter")
        expect(keyboard.page.locator("#offline")).to_be_visible()
        expect_no_button_waits(keyboard)
        keyboard.expect_at(*place)
        keyboard.page.context.set_offline(False)

    keyboard.page.context.clear_cookies()
    keyboard.press("Enter")
    expect(keyboard.page.get_by_role("dialog")).to_contain_text("AUTH-005")
    keyboard.press("Escape")
    keyboard.expect_at("button", "保存本页修改")


def expect_no_button_waits(keyboard: Keyboard) -> None:
    """A pressed button is put to sleep by a timer of its own; after that it is awake again once the answer is there."""
    keyboard.page.evaluate("new Promise((done) => setTimeout(done))")
    expect(keyboard.page.locator("button[data-words]")).to_have_count(0)


@on_one_database
def test_every_dialog_of_the_roster_gives_the_focus_back_to_its_opener(keyboard: Keyboard, roster: BatchOf) -> None:
    for opener, first in {
        ("link", "新增人员…"): ("textbox", "姓名 （必填）"),
        ("link", "查看 王豆"): ("link", "关闭"),
        ("link", "编辑 王豆"): ("textbox", "姓名 （必填）"),
        ("link", "设置在职 王豆"): ("link", "取消"),
        ("button", "移除 王豆"): ("link", "不移除"),
        ("link", "移除全部…"): ("link", "不移除"),
    }.items():
        keyboard.go_to(*opener, at_most=70)
        keyboard.expect_at(*first)
        inside = keyboard.page.get_by_role("dialog")
        for _ in range(12):
            keyboard.press("Tab")
            assert not keyboard.look() or inside.locator(":focus").count(), "the focus stays in the dialog"
        keyboard.press("Escape")
        expect(inside).to_be_hidden()
        keyboard.expect_at(*opener)


@on_one_database
def test_a_person_is_added_and_edited(keyboard: Keyboard, roster: BatchOf) -> None:
    opener = ("link", "新增人员…")
    keyboard.go_to(*opener)
    keyboard.expect_at("textbox", "姓名 （必填）")
    keyboard.type("丁")
    keyboard.press("Enter")
    keyboard.expect_at("combobox", "证件类型 （必填）")
    keyboard.press("Escape")
    keyboard.expect_at(*opener)

    keyboard.press("Enter")
    keyboard.expect_at("textbox", "姓名 （必填）")
    keyboard.type("丁")
    keyboard.tab_to("combobox", "证件类型 （必填）", at_most=1)
    keyboard.press("ArrowDown")
    keyboard.tab_to("textbox", "证件号码 （必填）", at_most=1)
    keyboard.type(resident_id(sequence=77))
    keyboard.tab_to("combobox", "是否有社保 （必填）", at_most=4)
    keyboard.press("ArrowDown")
    keyboard.go_to("button", "新增", at_most=3)
    expect(keyboard.page.get_by_role("status").first).to_contain_text("丁")

    keyboard.go_to("link", "编辑 王豆", at_most=40)
    keyboard.expect_at("textbox", "姓名 （必填）")
    keyboard.type("王豆芽")
    keyboard.press("Enter")
    expect(keyboard.page.get_by_text("已保存 王豆芽 的信息。")).to_be_visible()
    people = stored_people(roster)
    assert (people[0].name, people[-1].name, people[-1].has_si) == ("王豆芽", "丁", True)


@on_one_database
def test_ticks_are_set_by_space_and_enter_in_a_tick_opens_nothing(keyboard: Keyboard, roster: BatchOf) -> None:
    keyboard.tab_to("checkbox", "选择 第1人", at_most=40)
    keyboard.press("Space", "Enter")
    keyboard.tab_to("checkbox", "选择 第3人")
    keyboard.press("Space")
    expect(keyboard.page.get_by_text("已选 2 人")).to_be_visible()
    expect(keyboard.page.get_by_role("dialog")).to_be_hidden()
    keyboard.tab_to("button", "批量移除", at_most=70)
    keyboard.press("Enter")
    keyboard.expect_at("link", "不移除")
    keyboard.press("Escape")
    keyboard.expect_at("button", "批量移除")
    keyboard.press("Enter")
    keyboard.expect_at("link", "不移除")
    keyboard.go_to("button", "移除 2 人", at_most=1)
    expect(keyboard.page.get_by_text("已移除 2 人。")).to_be_visible()
    assert {"第1人", "第3人"}.isdisjoint(person.name for person in stored_people(roster))
