import re

import pytest

from tests.conftest import use_environment
from tests.scheduled import run_calendar
from tests.web.conftest import Browser, text_of
from web.pages import clock


def test_an_administrator_moves_the_clock_and_the_window_closes(admin: Browser, li: Browser) -> None:
    answer = admin.post("/clock", "/clock", now="2020-05-11T17:00")
    assert answer.status_code == 303
    assert "业务时间已改为 2020-05-11 17:00。" in text_of(admin.get("/clock"))
    assert "集中参保已于2020-05-11 17:00截止" in text_of(li.get("/batches"))


@pytest.mark.parametrize("now", ["tomorrow", "2020-13-01T00:00", "1999-12-31T23:59", "0001-01-01T00:00"])
def test_a_moment_that_is_none_is_refused(admin: Browser, now: str) -> None:
    answer = admin.post("/clock", "/clock", now=now)
    assert answer.status_code == 422
    assert "“业务时间”格式不正确。 SYS-003" in text_of(answer)


def test_without_a_moment_one_is_asked_for(admin: Browser) -> None:
    assert "请填写“业务时间”。 SYS-002" in text_of(admin.post("/clock", "/clock", now=" "))


def test_nobody_else_sees_the_clock(li: Browser, reviewer: Browser) -> None:
    for browser in (li, reviewer):
        assert browser.get("/clock").status_code == 403
        assert "演示时钟" not in text_of(browser.get("/batches"))


def test_in_production_there_is_no_such_page(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    assert admin.get("/clock").status_code == 404


def test_it_shows_what_the_calendar_did_when_the_clock_was_moved(admin: Browser, li: Browser, batch_no: str) -> None:
    run_calendar()
    admin.post("/clock", "/clock", now="2020-05-11T17:01")
    run_calendar()
    page = text_of(admin.get("/clock/runs"))
    assert re.search(r"窗口\S* 2020-05-11 17:00 1 项 已完成", page), page
    assert "已失效" in text_of(li.get("/batches"))


def test_it_shows_when_each_scheduled_job_comes_next(admin: Browser, batch_no: str) -> None:
    page = text_of(admin.get("/clock"))
    assert re.search(r"窗口\S* 2020-05-11 17:00", page), page


def test_what_is_overdue_is_told_from_what_comes(admin: Browser, batch_no: str) -> None:
    run_calendar()
    assert "正在补做" not in text_of(admin.get("/clock/runs"))
    admin.post("/clock", "/clock", now="2020-05-11T17:01")
    page = text_of(admin.get("/clock/runs"))
    assert re.search(r"窗口\S* 正在补做 2020-05-11 17:00", page), page


def test_moving_the_clock_rings_for_the_calendar(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[bool] = []
    monkeypatch.setattr(clock, "ring_calendar", lambda: rung.append(True))
    admin.post("/clock", "/clock", now="2020-05-11T17:00")
    assert rung == [True]
