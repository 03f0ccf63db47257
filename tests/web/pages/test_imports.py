"""An upload until it has ended: received, waiting, worked on, cancelled, repeated."""

from __future__ import annotations

import io
import re

from sqlalchemy import select

from config.settings import settings
from models.records.database import database_seconds, reading, writing
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from tests.web.conftest import Browser, Town, import_of, imported, text_of, work
from tests.workbooks import WANG_DOUDOU, a_workbook, some_people

WRONG = ("李惊蛰", "身份证", "110101199003079092", "", "", "1380000", "有")


def job_of(import_id: int) -> Job:
    with reading() as records:
        return records.scalars(
            select(Job).join(RosterImport, RosterImport.job_id == Job.id).where(RosterImport.id == import_id)
        ).one()


def set_job(import_id: int, **values: object) -> None:
    with writing() as records:
        job = records.get_one(Job, job_of(import_id).id)
        for name, value in values.items():
            setattr(job, name, value)


def test_an_upload_is_answered_by_its_receipt(li: Browser, batch_no: str) -> None:
    answer = li.upload(batch_no, a_workbook(), name="清册/总装\u200b分厂.xlsx")
    page = text_of(li.get(answer.location))
    assert "文件名 总装分厂.xlsx" in page
    assert "回执号 R20200420-0001" in page
    assert "收到时间 2020-04-20 09:00" in page
    assert "文件已收到，不会丢失。" in page
    assert "马上开始" in page


def test_who_waits_is_told_how_many_are_ahead(li: Browser, zhou: Browser, town: Town, batch_no: str) -> None:
    zhou.upload(zhou.open_batch(town.zhou.code), a_workbook(some_people(2)))
    import_id = import_of(li.upload(batch_no, a_workbook()))
    assert "前面还有1个文件" in text_of(li.get(f"/imports/{import_id}"))


def test_no_file_and_projects_that_do_not_go_together_are_refused_at_the_form(li: Browser, batch_no: str) -> None:
    roster = f"/batches/{batch_no}/roster"
    missing = li.post(f"/batches/{batch_no}/imports", roster)
    assert missing.status_code == 422
    assert "请填写“清册文件”。 SYS-002" in text_of(missing)
    only_enhanced = li.upload(batch_no, a_workbook(), projects=["A1"])
    assert only_enhanced.status_code == 422
    assert "PRJ-003" in text_of(only_enhanced)


def test_a_file_over_10_mb_is_refused_by_a_page(li: Browser, batch_no: str) -> None:
    li.get(f"/batches/{batch_no}/roster")
    content = io.BytesIO(b"0" * (11 * 1024 * 1024))
    answer = li.client.post(
        f"/batches/{batch_no}/imports", data={"csrf_token": li.token(), "file": (content, "大.xlsx")}
    )
    assert answer.status_code == 413
    assert "文件不能超过10MB。" in text_of(answer)
    assert "IMP-008" in text_of(answer)
    just_over = li.upload(batch_no, b"0" * (10 * 1024 * 1024 + 1))
    assert just_over.status_code == 413
    assert "IMP-008" in text_of(just_over)


def test_the_progress_shows_five_stages_and_polls(li: Browser, batch_no: str) -> None:
    import_id = import_of(li.upload(batch_no, a_workbook(some_people(10))))
    assert 'hx-trigger="every 2s"' in li.get(f"/imports/{import_id}/progress").get_data(as_text=True)
    stages = [{"stage": "read", "rows": 4986, "seconds": 0.6}, {"stage": "validate", "rows": 4986, "seconds": 3.1}]
    set_job(
        import_id,
        state=JobState.RUNNING,
        stage="dedupe",
        done=2493,
        total=4986,
        attempt=2,
        progress={"stages": stages, "found": {"invalid": 52, "occupied": 5}},
    )
    part = li.get(f"/imports/{import_id}/progress").get_data(as_text=True)
    assert 'hx-trigger="every 1s"' in part
    assert "<html" not in part
    page = text_of(li.get(f"/imports/{import_id}"))
    assert "正在查重 57%" in page  # 10 + 25 + half of 45, cut off
    assert re.search(r"读取 .*4,986 行 0\.6 秒 校验 .*查重 2,493 / 4,986 行 .*计费 .*未开始 入册 .*未开始", page)
    assert "目前发现 52 行有误、 5 行已被占用；这些行不入册，其余照常。" in page
    assert "处理中断过一次，已自动从头再来（第 2 次）。" in page


def test_the_screen_reader_is_told_only_of_what_is_new(li: Browser, batch_no: str) -> None:
    import_id = import_of(li.upload(batch_no, a_workbook()))
    set_job(import_id, state=JobState.RUNNING, stage="validate", done=1, total=4)
    first = li.get(f"/imports/{import_id}/progress").get_data(as_text=True)
    assert 'id="job-says" hx-swap-oob="true"' in first
    said = re.search(r"said=(\w+)", first)
    assert said
    assert "hx-swap-oob" not in li.get(f"/imports/{import_id}/progress?said={said[1]}").get_data(as_text=True)


def test_the_last_poll_brings_the_summary_and_no_trigger(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WANG_DOUDOU, WRONG])
    part = li.get(f"/imports/{import_id}/progress").get_data(as_text=True)
    assert 'id="job-live"' in part
    assert "hx-trigger" not in part
    assert "1 人已在清册中，1 行没有入册。" in part
    assert f'href="/imports/{import_id}"' in part


def test_a_poll_without_a_log_in_is_refused_and_not_redirected(stranger: Browser, li: Browser, batch_no: str) -> None:
    import_id = import_of(li.upload(batch_no, a_workbook()))
    answer = stranger.get(f"/imports/{import_id}/progress", **{"HX-Request": "true"})
    assert answer.status_code == 401


def test_the_same_file_again_shows_the_earlier_result_and_may_be_repeated_deliberately(
    li: Browser, batch_no: str
) -> None:
    content = a_workbook([WANG_DOUDOU])
    import_id = import_of(li.upload(batch_no, content))
    work(import_id)
    answer = li.upload(batch_no, content, name="同一份.xlsx")
    assert answer.location == f"/imports/{import_id}?seen=1"
    page = text_of(li.get(answer.location))
    assert "该文件已于2020-04-20 09:00导入过，结果见下；如需再次导入，请确认。" in page
    again = import_of(li.post(f"/imports/{import_id}/repeat", answer.location))
    assert again != import_id
    work(again)
    assert "未变化 1" in text_of(li.get(f"/imports/{again}"))


def test_the_poll_that_finds_nobody_stored_leads_to_the_whole_page(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [])
    answer = li.get(f"/imports/{import_id}/progress", **{"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/imports/{import_id}"


def test_before_the_check_has_begun_nothing_is_said_about_problems(li: Browser, batch_no: str) -> None:
    import_id = import_of(li.upload(batch_no, a_workbook()))
    set_job(import_id, state=JobState.RUNNING, stage="read")
    assert "目前没有发现问题" not in text_of(li.get(f"/imports/{import_id}"))
    set_job(import_id, stage="validate", progress={"stages": [{"stage": "read", "rows": 1, "seconds": 0.1}]})
    assert "目前没有发现问题" in text_of(li.get(f"/imports/{import_id}"))


def test_an_import_that_nobody_works_on_promises_no_time(li: Browser, batch_no: str) -> None:
    import_id = import_of(li.upload(batch_no, a_workbook()))
    began = {"stages": [{"stage": "read", "rows": 4, "seconds": 5.0}]}
    with reading() as records:
        now = records.scalar(select(database_seconds()))
    assert now is not None
    lease = settings().lease_seconds
    set_job(
        import_id, state=JobState.RUNNING, stage="validate", done=1, total=4, progress=began, lease_until=now + lease
    )
    assert "约还需" in text_of(li.get(f"/imports/{import_id}"))
    set_job(import_id, lease_until=now - 11 + lease)
    page = text_of(li.get(f"/imports/{import_id}"))
    assert "约还需" not in page
    assert "正在等待处理继续，无需重新上传。" in page


def test_a_failed_import_offers_its_kept_file_again(li: Browser, batch_no: str) -> None:
    import_id = import_of(li.upload(batch_no, a_workbook()))
    set_job(import_id, state=JobState.FAILED, code="JOB-001", values={"reason": "系统内部错误"})
    page = text_of(li.get(f"/imports/{import_id}"))
    assert "导入没有完成，清册没有变化。" in page
    assert "JOB-001" in page
    again = import_of(li.post(f"/imports/{import_id}/repeat", f"/imports/{import_id}"))
    work(again)
    assert "1 人已在清册中" in text_of(li.get(f"/imports/{again}"))


def test_cancelling_asks_first_and_then_writes_nobody(li: Browser, batch_no: str) -> None:
    import_id = import_of(li.upload(batch_no, a_workbook()))
    assert "一个都不会" in text_of(li.get(f"/imports/{import_id}/cancel"))
    assert job_of(import_id).state == JobState.QUEUED
    li.post(f"/imports/{import_id}/cancel")
    assert "已取消。 没有人写入清册" in text_of(li.get(f"/imports/{import_id}"))
    work(import_id)
    assert "参保名单为空" in text_of(li.get(f"/batches/{batch_no}/roster"))
