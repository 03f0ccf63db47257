"""From a roster with people over age to 清册校验通过, by a real worker (AC10)."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from models.rules.lifecycle import BatchState
from models.rules.person import Sex
from tests.browser.conftest import Site, log_in, on_one_database, with_password
from tests.builders import a_person, resident_id
from tests.claims import broken_claims, claims_of
from tests.imports import the_batch
from tests.people import stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on

pytestmark = pytest.mark.browser

SIXTY = date(1960, 4, 1)


@pytest.fixture
def roster(page: Page, site: Site) -> BatchOf:
    """甲, and 老乙 and 老丙 who are over age, on the page of their clerk; a worker is there."""
    batch = a_batch_to_fill()
    old = [
        a_person(name=name, birth=SIXTY, sex=Sex.MALE, id_no=resident_id(SIXTY, Sex.MALE, number))
        for number, name in enumerate(("老乙", "老丙"), start=1)
    ]
    people_on(batch, [a_person(name="甲", id_no=resident_id(sequence=1)), *old])
    site.start_worker()
    log_in(page, site, with_password(batch.viewer))
    page.goto(f"{site.url}/batches/{batch.batch_no}/roster")
    return batch


@on_one_database
def test_one_over_age_has_promised_the_other_is_removed_and_the_roster_is_submitted(
    page: Page, roster: BatchOf
) -> None:
    page.get_by_role("button", name="清册校验").click()
    expect(page.get_by_role("heading", name="还有 1 项需要处理")).to_be_visible()
    expect(page.get_by_text("清册校验不通过")).to_be_visible()

    tick = page.get_by_role("checkbox", name="老乙 医保享受在职待遇")
    tick.click()
    expect(page.get_by_role("dialog").get_by_text("本单位承诺：此超龄人员为本单位在职职工")).to_be_visible()
    page.get_by_role("link", name="取消").press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(tick).not_to_be_checked()
    tick.press("Space")
    page.get_by_role("button", name="确定").click()
    expect(tick).to_be_checked()
    assert [person.promised_at is not None for person in stored_people(roster)] == [False, True, False]

    page.get_by_role("button", name="移除 老丙").click()
    page.get_by_role("button", name="移除 1 人").click()
    expect(page.get_by_text("已移除 1 人。")).to_be_visible()
    expect(page.get_by_role("heading", name="清册已变更，上次校验结果已过期。")).to_be_visible()
    page.get_by_role("button", name="重新校验").click()
    expect(page.get_by_role("heading", name="校验通过，可以提交")).to_be_visible()

    page.get_by_role("link", name="清册提交…").click()
    submit = page.get_by_role("button", name="确认提交")
    submit.click()
    expect(page.get_by_text("请阅读承诺书并勾选“我已阅读并同意”。")).to_be_visible()
    page.get_by_role("button", name="关闭").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert the_batch(roster).state == BatchState.ROSTER_DRAFT
    page.get_by_role("link", name="清册提交…").click()
    page.get_by_label("我已阅读并同意").check()
    submit.click()
    expect(page.get_by_role("heading", name="清册已提交，2 人已登记为 2020 年度参保人员")).to_be_visible()
    expect(page.get_by_text("清册校验通过")).to_be_visible()
    assert len(claims_of(roster)) == 2
    assert broken_claims() == []


@on_one_database
def test_a_second_press_while_the_next_page_is_on_its_way_is_not_sent(page: Page, roster: BatchOf) -> None:
    page.get_by_role("button", name="清册校验").click()
    tick = page.get_by_role("checkbox", name="老乙 医保享受在职待遇")
    tick.click()
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.route("**/validation?*after=*", lambda route: route.fulfill(status=204))  # the old page stays for now
    sure = page.get_by_role("dialog").locator("[type=submit]")
    with page.expect_response("**/validation?*after=*"):
        sure.evaluate("button => { button.click(); button.click(); }")
    expect(sure).to_be_disabled()
    page.reload()
    expect(tick).to_be_checked()
    expect(page.get_by_text("BAT-004")).to_have_count(0)
    assert len(sent) == 1


@on_one_database
def test_several_people_promise_one_after_the_other_and_the_page_stays_with_them(page: Page, roster: BatchOf) -> None:
    page.get_by_role("button", name="清册校验").click()
    for name in ("老乙", "老丙"):
        tick = page.get_by_role("checkbox", name=f"{name} 医保享受在职待遇")
        tick.click()
        page.get_by_role("button", name="确定").click()
        expect(tick).to_be_checked()
        page.keyboard.press("Tab")
        expect(tick).to_be_focused()
    expect(page.get_by_role("heading", name="需要处理的都已处理，可以提交")).to_be_visible()
