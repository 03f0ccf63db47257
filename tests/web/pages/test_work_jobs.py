"""作业: staff read the jobs, administrators try failed ones again and cancel."""

from __future__ import annotations

import re

from models.records.database import reading
from models.records.job import Job, JobState
from tests.jobs import a_job
from tests.quick_passwords import quick_passwords
from tests.web.audit_entries import entries
from tests.web.conftest import Browser, Town, account_id, text_of

__all__ = ["quick_passwords"]

FORM = "/account/password"
KIND = "roster.submit"


def a_failed_job(**more: object) -> int:
    return a_job(KIND, JobState.FAILED, **{"code": "JOB-001", "values": {"reason": "磁盘已满"}, **more})


def state_of(job_id: int) -> str:
    with reading() as records:
        return records.get_one(Job, job_id).state


def test_a_reviewer_reads_why_a_job_failed_and_finds_no_button(reviewer: Browser) -> None:
    a_failed_job()
    page = reviewer.get("/jobs?state=failed")
    assert "清册提交 roster.submit" in text_of(page)
    assert "磁盘已满" in text_of(page)
    assert "/retry" not in page.get_data(as_text=True)


def test_the_list_keeps_its_filters(reviewer: Browser) -> None:
    a_failed_job()
    page = reviewer.get(f"/jobs?state=cancelled&kind={KIND}").get_data(as_text=True)
    assert 'value="cancelled" selected' in page
    assert f'value="{KIND}" selected' in page
    assert "没有符合条件的作业" in page


def test_each_reason_lists_failed_jobs_alone(reviewer: Browser) -> None:
    a_job("roster.validate", JobState.DONE)
    of_file = a_job("roster.import", JobState.FAILED, code="IMP-001")
    other = a_failed_job()
    assert (listed(reviewer, "file"), listed(reviewer, "other")) == ([of_file], [other])


def listed(browser: Browser, cause: str) -> list[int]:
    page = browser.get(f"/jobs?cause={cause}").get_data(as_text=True)
    return [int(number) for number in re.findall(r'data-label="作业">(\d+)<', page)]


def test_a_run_of_the_calendar_says_how_much_it_did_and_counts_no_rows(reviewer: Browser) -> None:
    a_job("calendar.payment_due", JobState.DONE, total=1, progress={"found": {"done": 1_234, "failed": 0}})
    page = reviewer.get("/jobs").get_data(as_text=True)
    assert "处理 1,234 项" in page
    assert '<td class="num" data-label="行数">–</td>' in page


def test_a_failed_job_is_queued_again_and_the_list_comes_back_as_it_was(admin: Browser, town: Town) -> None:
    job_id = a_failed_job()
    answer = admin.post(f"/jobs/{job_id}/retry", FORM, next="/jobs?state=failed")
    assert (answer.status_code, answer.location) == (303, "/jobs?state=failed")
    assert state_of(job_id) == JobState.QUEUED
    assert f"作业 {job_id} 已重新排队" in text_of(admin.get("/jobs"))
    assert (entries()[-1].action, entries()[-1].account_id) == ("retry_job", account_id(town.admin))


def test_a_job_whose_file_is_at_fault_is_not_tried_again(admin: Browser) -> None:
    job_id = a_job("roster.import", JobState.FAILED, code="IMP-001")
    assert "须重新上传文件" in text_of(admin.get("/jobs"))
    admin.post(f"/jobs/{job_id}/retry", FORM)
    assert "没有重试：请经办人修改后重新上传" in text_of(admin.get("/jobs"))
    assert state_of(job_id) == JobState.FAILED


def test_a_job_that_somebody_else_tried_again_is_left_alone(admin: Browser) -> None:
    job_id = a_job(KIND, JobState.DONE)
    admin.post(f"/jobs/{job_id}/retry", FORM)
    assert "不是“未完成”，没有重试" in text_of(admin.get("/jobs"))
    assert state_of(job_id) == JobState.DONE


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_step(admin: Browser) -> None:
    waiting, running = a_job(KIND, JobState.QUEUED), a_job(KIND, JobState.RUNNING)
    admin.post(f"/jobs/{waiting}/cancel", FORM)
    admin.post(f"/jobs/{running}/cancel")
    assert (state_of(waiting), state_of(running)) == (JobState.CANCELLED, JobState.RUNNING)
    page = text_of(admin.get("/jobs"))
    assert f"作业 {running} 正在取消" in page


def test_a_job_that_is_over_is_not_cancelled(admin: Browser) -> None:
    job_id = a_job(KIND, JobState.DONE)
    admin.post(f"/jobs/{job_id}/cancel", FORM)
    assert "已经结束，没有取消" in text_of(admin.get("/jobs"))


def test_nobody_is_sent_to_a_strangers_page(admin: Browser) -> None:
    answer = admin.post(f"/jobs/{a_failed_job()}/retry", FORM, next="https://elsewhere.example/")
    assert answer.location == "/jobs"
