"""获取上年度建议名单 from the roster page, without scripts (AC08)."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.job import Job
from models.records.unit import EnrolmentCode
from tasks.suggested_roster import suggest
from tests.web.conftest import Browser, Town, text_of
from tests.web.suggestions import remember_last_year

ASK = "获取上年度建议名单"


@pytest.fixture
def former(town: Town, batch_no: str) -> str:
    """Somebody of the year before, whose code staff confirmed; the name."""
    with writing() as records:
        records.execute(update(EnrolmentCode).values(bound_by="staff"))
    return remember_last_year(town.li.code)


def pressed(browser: Browser, batch_no: str) -> str:
    """The button pressed; where that leads to."""
    roster = f"/batches/{batch_no}/roster"
    assert ASK in text_of(browser.get(roster))
    answer = browser.post(f"/batches/{batch_no}/suggested-roster")
    assert answer.status_code == 303
    return answer.location


def copied(browser: Browser, batch_no: str) -> str:
    """Pressed, worked on, and the page that follows."""
    waiting = pressed(browser, batch_no)
    with reading() as records:
        job_id = records.scalars(select(Job.id).order_by(Job.id.desc())).first()
    assert job_id is not None
    suggest(job_id)
    return text_of(browser.get(browser.get(waiting).location))


def test_the_people_are_on_the_roster_without_another_press(li: Browser, batch_no: str, former: str) -> None:
    page = copied(li, batch_no)
    assert "已加入上年度参保人员 1 人，清册共 1 人。" in page
    assert former in page


def test_pressed_again_nothing_changes_and_nothing_is_to_be_removed(li: Browser, batch_no: str, former: str) -> None:
    copied(li, batch_no)
    page = copied(li, batch_no)
    assert "上年度参保人员都已在清册中，清册没有变化，仍为 1 人。" in page
    assert "是否要移除全部名单" not in page


def test_while_it_waits_its_page_asks_again(li: Browser, batch_no: str, former: str) -> None:
    page = li.get(pressed(li, batch_no))
    assert "正在获取上年度建议名单 马上开始" in text_of(page)
    assert f'hx-get="/batches/{batch_no}/suggested-roster/progress"' in page.get_data(as_text=True)
    part = li.get(f"/batches/{batch_no}/suggested-roster/progress", **{"HX-Request": "true"})
    assert "正在获取上年度建议名单" in text_of(part)
    assert "<html" not in part.get_data(as_text=True)


def test_the_polled_part_ends_with_the_way_to_the_roster(li: Browser, batch_no: str, former: str) -> None:
    copied(li, batch_no)
    part = li.get(f"/batches/{batch_no}/suggested-roster/progress", **{"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == f"/batches/{batch_no}/suggested-roster"


def test_nobody_of_the_year_before_is_said_on_the_roster(li: Browser, batch_no: str) -> None:
    with writing() as records:
        records.execute(update(EnrolmentCode).values(bound_by="staff"))
    assert "未找到上年度参保名单，请使用【导入参保人员】。 RST-009" in text_of(li.get(pressed(li, batch_no)))


def test_a_code_that_nobody_confirmed_tells_nothing(li: Browser, batch_no: str, town: Town) -> None:
    name = remember_last_year(town.li.code)
    with writing() as records:
        records.execute(update(EnrolmentCode).values(bound_by="first_batch"))
    page = text_of(li.get(pressed(li, batch_no)))
    assert "尚未核实归属，不能获取上年度建议名单；请联系市职保会核实。 COD-006" in page
    assert name not in page


def test_whoever_only_reads_has_no_such_button(reviewer: Browser, batch_no: str) -> None:
    assert ASK not in text_of(reviewer.get(f"/batches/{batch_no}/roster"))


def test_the_asking_is_in_the_audit_log(li: Browser, batch_no: str, former: str) -> None:
    pressed(li, batch_no)
    with reading() as records:
        entry = records.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.action == "ask_to_copy_suggested"
