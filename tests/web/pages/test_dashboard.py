"""工作台: figures that lead to their lists, and alarms where staff must act."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.actions.calendar.window_close import WINDOW_CLOSE
from models.records.database import writing
from models.records.delivery_line import DeliveryLine
from models.records.heartbeat import BEAT, note_heartbeat
from models.records.job import Job, JobState
from models.records.notice import MessageState, OutgoingMessage
from models.records.reconciliation import Reconciliation
from models.records.scheduled_job import ScheduledJob
from models.records.unit import Unit
from models.rules.books import Comparison
from models.rules.lifecycle import BatchState
from tests.conftest import use_environment
from tests.jobs import a_job
from tests.quick_passwords import quick_passwords
from tests.web.conftest import MORNING, Browser, Person, Town, imported, text_of
from tests.workbooks import some_people

__all__ = ["quick_passwords"]

PAGE = "/dashboard"


@pytest.fixture(autouse=True)
def counted_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted is not kept for a minute."""
    monkeypatch.setattr("web.dashboard_figures.SECONDS_KEPT", 0.0)


def links_of(browser: Browser, page: str = PAGE) -> set[str]:
    return set(re.findall(r'href="(/[^"#]*)"', browser.get(page).get_data(as_text=True).replace("&amp;", "&")))


def beat_ticked() -> None:
    with writing() as records:
        note_heartbeat(records, BEAT)


def test_staff_begin_at_it(reviewer: Browser) -> None:
    assert reviewer.get("/").location == PAGE


def test_handlers_begin_at_their_batches(li: Browser) -> None:
    assert li.get("/").location == "/batches"


def test_windows_tell_how_much_time_is_left(reviewer: Browser) -> None:
    page = text_of(reviewer.get(PAGE))
    assert "集中参保 还剩 21 天" in page
    assert "即时参保 未开始" in page


def test_every_figure_opens_a_list_that_is_there(reviewer: Browser, li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(3))
    a_job("roster.import", JobState.FAILED, code="IMP-001")
    for address in sorted(links_of(reviewer) - {"/"}):
        assert reviewer.get(address).status_code == 200, address


def test_units_are_counted_by_union(reviewer: Browser, li: Browser, batch_no: str, town: Town) -> None:
    with writing() as records:
        for unit in records.query(Unit):
            unit.district_union = "机电" if unit.name.startswith("上海豆豆") else ""
    page = text_of(reviewer.get(PAGE))
    assert "2 / 2 家" in page
    assert "机电 0 1 0 1 1" in page
    assert "未登记 1 0 0 1 1" in page


def test_a_silent_beat_is_an_alarm_and_a_ticking_one_is_not(reviewer: Browser) -> None:
    assert "定时程序没有运行" in text_of(reviewer.get(PAGE))
    beat_ticked()
    assert "定时程序没有运行" not in text_of(reviewer.get(PAGE))


def test_a_job_that_waits_over_a_minute_is_an_alarm(reviewer: Browser) -> None:
    a_job("roster.import", JobState.QUEUED, age=timedelta(seconds=50))
    assert "超过 60 秒说明" not in text_of(reviewer.get(PAGE))
    a_job("roster.import", JobState.QUEUED, age=timedelta(seconds=75))
    assert "有作业已等候 1 分 15 秒" in text_of(reviewer.get(PAGE))


def test_todays_failures_stand_with_their_reason_and_are_tried_again_by_an_administrator(
    admin: Browser, reviewer: Browser
) -> None:
    job_id = a_job("roster.submit", JobState.FAILED, code="JOB-001", values={"reason": "磁盘已满"})
    assert "磁盘已满" in text_of(reviewer.get(PAGE))
    assert f"/jobs/{job_id}/retry" not in reviewer.get(PAGE).get_data(as_text=True)
    assert f"/jobs/{job_id}/retry" in admin.get(PAGE).get_data(as_text=True)


def test_yesterdays_failures_are_no_alarm(reviewer: Browser) -> None:
    job_id = a_job("roster.submit", JobState.FAILED, code="JOB-001", values={"reason": "磁盘已满"})
    with writing() as records:
        records.get_one(Job, job_id).finished_at = datetime.now(UTC) - timedelta(days=1)
    assert "未完成的作业" not in text_of(reviewer.get(PAGE))


def test_a_clerks_wrong_file_is_no_alarm_and_hides_no_failure(reviewer: Browser) -> None:
    wrong = a_job("roster.import", JobState.FAILED, code="IMP-001")
    assert "未完成的作业" not in text_of(reviewer.get(f"{PAGE}/live"))
    failed = a_job("roster.submit", JobState.FAILED, code="JOB-001", values={"reason": "磁盘已满"})
    assert "今日有 1 个作业未完成" in text_of(reviewer.get(PAGE))
    [behind] = {link for link in links_of(reviewer) if link.startswith("/jobs?") and "cause=" in link}
    listed = set(re.findall(r'<th scope="row" data-label="作业">(\d+)<', reviewer.get(behind).get_data(as_text=True)))
    assert listed == {str(failed)} != {str(wrong)}


def test_a_scheduled_job_that_failed_is_an_alarm_until_one_goes_well(reviewer: Browser) -> None:
    failed = a_job(WINDOW_CLOSE.kind, JobState.FAILED, code="JOB-001", values={"reason": "1项未能处理"})
    with writing() as records:
        records.get_one(Job, failed).finished_at = datetime.now(UTC) - timedelta(days=3)
        records.add(ScheduledJob(code=WINDOW_CLOSE.code, period=MORNING, job_id=failed))
    page = text_of(reviewer.get(PAGE))
    assert f"定时事项“{WINDOW_CLOSE.text}”没有全部完成" in page
    assert "今日有" not in page
    assert f"/jobs?state=failed&kind={WINDOW_CLOSE.kind}" in links_of(reviewer)
    well = a_job(WINDOW_CLOSE.kind, JobState.DONE)
    with writing() as records:
        records.get_one(ScheduledJob, WINDOW_CLOSE.code).job_id = well
    assert "没有全部完成" not in text_of(reviewer.get(PAGE))


def test_the_polled_part_comes_alone_and_asks_again(reviewer: Browser) -> None:
    part = reviewer.get(f"{PAGE}/live").get_data(as_text=True)
    assert part.lstrip().startswith('<div id="workbench-live"')
    assert 'hx-trigger="every 10s"' in part


def test_counts_are_kept_for_a_minute(
    app: Flask, reviewer: Browser, li: Browser, batch_no: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.dashboard_figures.SECONDS_KEPT", 60.0)
    assert "整理清册" not in text_of(reviewer.get(PAGE))
    before = text_of(reviewer.get(PAGE))
    put_all_into(BatchState.ENROLLED)
    assert ("2 / 2 家" in before, "2 / 2 家" in text_of(reviewer.get(PAGE))) == (True, True)
    monkeypatch.setattr("web.dashboard_figures.SECONDS_KEPT", 0.0)
    app.extensions.pop("canbao.workbench")
    assert "1 / 2 家" in text_of(reviewer.get(PAGE))


def put_all_into(state: BatchState) -> None:
    from models.records.batch import Batch

    with writing() as records:
        for batch in records.query(Batch):
            batch.state = state


def test_flower_is_linked_where_the_proxy_shows_it(
    town: Town, applications: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, CANBAO_FLOWER_PREFIX="/flower/")
    staff = Browser(applications.now().test_client()).log_in(town.reviewer)  # type: ignore[attr-defined]
    assert "/flower/" in links_of(staff)


@pytest.mark.parametrize(("who", "status"), [("reviewer", 204), ("admin", 204), ("li", 403)])
def test_the_proxy_lets_staff_in_and_nobody_else(app: Flask, town: Town, who: str, status: int) -> None:
    person: Person = getattr(town, who)
    assert Browser(app.test_client()).log_in(person).get("/auth/staff").status_code == status


def test_the_proxy_is_told_that_nobody_is_logged_in(client: FlaskClient) -> None:
    assert client.get("/auth/staff").status_code == 401


def test_the_proxy_lets_nobody_in_who_must_first_change_the_password(app: Flask, town: Town) -> None:
    from models.records.account import Account

    browser = Browser(app.test_client()).log_in(town.reviewer)
    with writing() as records:
        for account in records.query(Account).filter(Account.email == town.reviewer.email):
            account.must_change_password = True
    assert browser.get("/auth/staff").status_code == 403


def a_message(state: MessageState, channel: str = "email", age: timedelta = timedelta()) -> None:
    made_at = datetime.now(UTC) - age
    with writing() as records:
        records.add(OutgoingMessage(channel=channel, recipient="x@unit.example", created_at=made_at, state=state))


def test_messages_that_wait_for_a_server_that_is_away_are_an_alarm_and_lead_an_administrator_to_them(
    admin: Browser, reviewer: Browser
) -> None:
    with writing() as records:
        records.add(DeliveryLine(channel="email", failures=1, last_error="SMTPAuthenticationError 535"))
    a_message(MessageState.WAITING)
    assert "没有发出" not in text_of(reviewer.get(PAGE))
    a_message(MessageState.WAITING, age=timedelta(minutes=5, seconds=30))
    page = text_of(reviewer.get(PAGE))
    assert "有邮件已等候 5 分" in page
    assert "上次没有成功：服务器不接受用户名或密码（535）。" in page
    assert "/deliveries?state=waiting" in links_of(admin)
    assert "/deliveries?state=waiting" not in links_of(reviewer)


def test_sms_that_wait_for_over_an_hour_are_an_alarm_though_the_gateway_said_nothing(reviewer: Browser) -> None:
    a_message(MessageState.WAITING, "sms", timedelta(minutes=61))
    page = text_of(reviewer.get(PAGE))
    assert "有短信已等候 61 分" in page
    assert "上次没有成功" not in page


def test_messages_that_did_not_arrive_are_an_alarm_and_lead_an_administrator_to_them(
    admin: Browser, reviewer: Browser
) -> None:
    a_message(MessageState.FAILED)
    assert "有 1 封邮件或短信没有送达" in text_of(reviewer.get(PAGE))
    assert "/deliveries?state=failed" in links_of(admin)
    assert "/deliveries?state=failed" not in links_of(reviewer)


def compared(kind: Comparison, disagreeing: int, expected: int, found: int) -> None:
    """What the night before found."""
    with writing() as records:
        records.add(
            Reconciliation(
                kind=kind,
                plan_year="2020",
                period=MORNING,
                made_at=MORNING,
                compared=5,
                expected=expected,
                found=found,
                disagreeing=disagreeing,
            )
        )


def test_books_that_do_not_agree_are_an_alarm(admin: Browser, reviewer: Browser) -> None:
    compared(Comparison.CHARGES, 0, 90_000, 90_000)
    assert "账目核对" not in text_of(admin.get(PAGE))
    compared(Comparison.CLAIMS, 3, 5, 2)
    page = text_of(admin.get(PAGE))
    assert "账目核对有 3 处不一致" in page
    assert "社保登记数据已过期" not in page
    assert "/desk/books" in links_of(admin)
    assert "/desk/books" not in links_of(reviewer)


def test_an_old_register_is_told_as_that_and_not_as_books_that_disagree(admin: Browser, reviewer: Browser) -> None:
    compared(Comparison.REGISTER, 1, 60, 62)
    page = text_of(admin.get(PAGE))
    assert "社保登记数据已过期。" in page
    assert "账目核对" not in page
    assert "/desk/reference" in links_of(admin)
    assert "/desk/reference" not in links_of(reviewer)
