"""The staff's page of a town in the middle of its central window, in a real browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from models.actions.calendar.schedule import SCHEDULE
from models.records.database import writing
from models.records.heartbeat import BEAT, note_heartbeat
from models.records.job import Job, JobState
from models.records.scheduled_job import ScheduledJob
from models.rules.permissions import Role
from tasks.demonstration import BEGINS_AT
from tests.benchmarks.city import City, fill
from tests.browser.conftest import PASSWORD, Site, on_one_database, with_password
from tests.browser.pictures import picture
from tests.jobs import a_job
from tests.records import open_window
from tests.vouchers import staff

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TOWN = City(units=640, people=9_600, jobs=900, jobs_today=260)
LISTS = {
    "/units/unfinished": "staff-units",
    "/jobs": "staff-jobs",
    "/dashboard/due": "staff-due",
    "/dashboard/reminders": "staff-reminders",
}


@pytest.fixture
def administrator(site: Site, chromium: Browser) -> Page:
    """An administrator's browser, logged in, in a town with much to look after."""
    with writing() as session:
        open_window(session, BEGINS_AT + timedelta(hours=5))
        fill(session, TOWN)
        note_heartbeat(session, BEAT)
    the_calendar_has_run()
    email = with_password(staff(Role.ADMIN, BEGINS_AT))
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"{site.url}/log-in")
    page.locator('[name="email"]').fill(email)
    page.locator('[name="password"]').fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/dashboard")
    return page


def the_calendar_has_run() -> None:
    """Each of its jobs once, this morning."""
    for place, scheduled in enumerate(SCHEDULE):
        job_id = a_job(scheduled.kind, JobState.DONE, progress={"found": {"done": place * 37 % 90, "failed": 0}})
        with writing() as session:
            period = BEGINS_AT - timedelta(minutes=10 * place)
            session.add(ScheduledJob(code=scheduled.code, period=period, job_id=job_id))


@on_one_database
def test_figures_renew_themselves_and_open_their_lists(site: Site, administrator: Page) -> None:
    page = administrator
    expect(page.get_by_role("heading", name="尚未完成的单位，按工委")).to_be_visible()
    picture(page, "staff-dashboard")
    page.get_by_text("以表格查看（").click()
    rows = page.get_by_role("region", name="各工委尚未完成的单位表格").get_by_role("row")
    expect(rows.first).to_be_visible()
    with writing() as session:
        session.execute(update(Job).where(Job.state.in_(("queued", "running"))).values(state="cancelled"))
    expect(page.get_by_text("现在没有作业在处理或等候。")).to_be_visible(timeout=20_000)
    expect(rows.first).to_be_visible()


@on_one_database
def test_its_lists_and_small_screens_show_all_of_it(site: Site, administrator: Page) -> None:
    page = administrator
    for address, name in LISTS.items():
        page.goto(site.url + address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        picture(page, name)
    page.set_viewport_size({"width": 390, "height": 844})
    with writing() as session:
        note_heartbeat(session, BEAT)
    for address, name in {"/dashboard": "staff-dashboard-390", "/units/unfinished": "staff-units-390"}.items():
        page.goto(site.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        picture(page, name)


@on_one_database
def test_a_failed_job_is_tried_again_from_the_page(administrator: Page) -> None:
    page = administrator
    page.get_by_role("button", name="重试作业").first.click()
    expect(page.get_by_role("status").filter(has_text="已重新排队")).to_be_visible()
    assert page.url.endswith("/dashboard?year=2020")
