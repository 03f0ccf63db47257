"""Single people of a roster in a real browser: sheets over the roster, by keyboard and by mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, log_in, on_one_database, with_password
from tests.builders import a_person, resident_id
from tests.people import a_passport, audited, stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on

pytestmark = pytest.mark.browser


@pytest.fixture
def roster(page: Page, site: Site) -> BatchOf:
    """王豆 (护照, “-”), 甲 (“-”) and 乙 (在职) on the page of their clerk."""
    batch = a_batch_to_fill()
    jia = a_person(name="甲", id_no=resident_id(sequence=1), has_si=False)
    people_on(batch, [a_passport(), jia, a_person(name="乙", id_no=resident_id(sequence=2))])
    log_in(page, site, with_password(batch.viewer))
    page.goto(f"{site.url}/batches/{batch.batch_no}/roster?name=&size=20")
    return batch


@on_one_database
def test_a_passport_is_edited_by_keyboard_alone(page: Page, roster: BatchOf) -> None:
    page.get_by_role("link", name="编辑 王豆").press("Enter")
    expect(page.get_by_label("姓名").last).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("王豆芽")
    page.get_by_label("手机号").press_sequentially("12")
    page.keyboard.press("Enter")
    expect(page.get_by_label("手机号")).to_be_focused()
    expect(page.get_by_label("手机号")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("手机号").fill("13800000001")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已保存 王豆芽 的信息。")).to_be_visible()
    assert "size=20" in page.url
    assert (stored_people(roster)[0].name, stored_people(roster)[0].mobile) == ("王豆芽", "13800000001")


@on_one_database
def test_ticked_people_are_set_in_service_and_cancelling_sets_nobody(page: Page, roster: BatchOf) -> None:
    for name in ("王豆", "甲", "乙"):
        page.get_by_label(f"选择 {name}", exact=True).check()
    page.get_by_role("button", name="批量设置在职").click()
    expect(page.get_by_role("link", name="取消")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert {person.employment_status for person in stored_people(roster)} == {"unknown", "in_service"}
    page.get_by_role("button", name="批量设置在职").click()
    expect(page.get_by_text("确认所选2名职工在职且正常缴纳社保？")).to_be_visible()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("已将 2 人设置为在职。")).to_be_visible()
    assert {person.employment_status for person in stored_people(roster)} == {"in_service"}


@on_one_database
def test_a_view_is_closed_by_escape_and_written_down(page: Page, roster: BatchOf) -> None:
    view = page.get_by_role("link", name="查看 甲", exact=True)
    view.press("Enter")
    expect(page.get_by_role("dialog").get_by_text(stored_people(roster)[1].id_no)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(view).to_be_focused()
    assert [entry.details["name"] for entry in audited("view_person")] == ["甲"]
