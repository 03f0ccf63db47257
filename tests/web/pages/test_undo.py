from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.person import BatchPerson
from models.records.roster_import import RosterImport
from models.rules.lifecycle import BatchState
from tasks.roster_import.undo import undo_import
from tests.statements import statements
from tests.web.conftest import Browser, imported, text_of
from tests.workbooks import a_workbook, some_people

PEOPLE = some_people(20)


def names_on(batch_no: str) -> set[str]:
    with reading() as records:
        return set(records.scalars(select(BatchPerson.name).join(Batch).where(Batch.batch_no == batch_no)))


def confirm_in_service(browser: Browser, batch_no: str, name: str) -> None:
    """设置在职, so that somebody has changed since the import."""
    with reading() as records:
        person_id = records.scalars(select(BatchPerson.id).where(BatchPerson.name == name)).one()
    answer = browser.post(
        f"/batches/{batch_no}/people/in-service", f"/batches/{batch_no}/roster", pick=person_id, confirmed="1"
    )
    assert "已将 1 人设置为在职。" in text_of(browser.get(answer.location))


def undo_job_of(import_id: int) -> int:
    with reading() as records:
        job_id = records.get_one(RosterImport, import_id).undo_job_id
    assert job_id is not None
    return job_id


def undone(browser: Browser, import_id: int) -> None:
    """Press the button, and do what a worker does."""
    answer = browser.post(f"/imports/{import_id}/undo", f"/imports/{import_id}/undo")
    assert answer.status_code == 303, text_of(answer)
    undo_import(undo_job_of(import_id))


@pytest.fixture
def import_id(li: Browser, batch_no: str) -> int:
    """Three people came first; this import updates one of them, leaves one as it was and adds five."""
    imported(li, batch_no, PEOPLE[:3])
    changed = (*PEOPLE[0][:5], "13900000000", PEOPLE[0][6])
    return imported(li, batch_no, [changed, PEOPLE[1], (*PEOPLE[3][:6], "否"), *PEOPLE[4:8]])


def test_the_question_names_the_counts_before_and_after(li: Browser, import_id: int) -> None:
    page = text_of(li.get(f"/imports/{import_id}/undo"))
    assert "清册将从 8 人变为 3 人" in page
    assert "移除本次新增、之后未改动的 5 人" in page
    assert "恢复原手机号、是否有社保的 1 人" in page
    assert "予以保留的 0 人" in page


def test_the_focus_starts_on_the_harmless_button(li: Browser, import_id: int) -> None:
    page = li.get(f"/imports/{import_id}/undo", **{"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in page
    assert re.search(r"<a [^>]*autofocus[^>]*>不撤销</a>", page)


def test_the_question_names_who_is_kept_and_why(li: Browser, batch_no: str, import_id: int) -> None:
    confirm_in_service(li, batch_no, PEOPLE[3][0])
    imported(li, batch_no, [PEOPLE[4], *PEOPLE[8:10]])
    page = text_of(li.get(f"/imports/{import_id}/undo"))
    assert "予以保留的 2 人" in page
    assert f"{PEOPLE[3][0]} 第 4 行 · 导入后被编辑过" in page
    assert f"{PEOPLE[4][0]} 第 5 行 · 之后的导入也包含此人（回执 R20200420-0003）" in page


def test_asking_changes_nothing(li: Browser, batch_no: str, import_id: int) -> None:
    li.get(f"/imports/{import_id}/undo")
    assert len(names_on(batch_no)) == 8
    with reading() as records:
        assert records.get_one(RosterImport, import_id).undo_job_id is None


def test_the_page_waits_until_the_import_is_taken_back(li: Browser, import_id: int) -> None:
    li.post(f"/imports/{import_id}/undo", f"/imports/{import_id}/undo")
    page = li.get(f"/imports/{import_id}")
    assert "正在撤销" in text_of(page)
    assert "hx-trigger" in page.get_data(as_text=True)
    undo_import(undo_job_of(import_id))
    part = li.get(f"/imports/{import_id}/undo/progress")
    assert "hx-trigger" not in part.get_data(as_text=True)
    assert "撤销完成。 已移除 5 人，恢复 1 人，保留 0 人。 IMP-011" in text_of(part)
    assert "<title>撤销完成 · 参保</title>" in part.get_data(as_text=True)


def test_a_double_click_makes_one_job(li: Browser, import_id: int) -> None:
    li.post(f"/imports/{import_id}/undo", f"/imports/{import_id}/undo")
    first = undo_job_of(import_id)
    li.post(f"/imports/{import_id}/undo")
    assert undo_job_of(import_id) == first


def test_an_undone_import_lists_whom_it_took_back_and_offers_no_grid(
    li: Browser, batch_no: str, import_id: int
) -> None:
    confirm_in_service(li, batch_no, PEOPLE[3][0])
    undone(li, import_id)
    assert names_on(batch_no) == {row[0] for row in PEOPLE[:4]}
    page = text_of(li.get(f"/imports/{import_id}"))
    assert "已撤销" in page
    assert "撤销完成。 已移除 4 人，恢复 1 人，保留 1 人（导入后有变动的予以保留）。 IMP-011" in page
    assert f"4 {PEOPLE[3][0]} 导入后被编辑过" in page
    assert "在线修改" not in page
    assert "撤销本次导入" not in page
    removed = text_of(li.get(f"/imports/{import_id}?tab=removed"))
    assert all(row[0] in removed for row in PEOPLE[4:8])
    assert PEOPLE[0][0] in text_of(li.get(f"/imports/{import_id}?tab=restored"))
    grid = li.get(f"/imports/{import_id}/corrections")
    assert grid.status_code == 303


def test_the_history_says_that_an_import_was_undone(li: Browser, batch_no: str, import_id: int) -> None:
    undone(li, import_id)
    assert "已撤销 已移除 5 人，恢复 1 人，保留 0 人" in text_of(li.get(f"/batches/{batch_no}/imports"))


def test_a_submitted_roster_keeps_its_imports(li: Browser, batch_no: str, import_id: int) -> None:
    li.get(f"/imports/{import_id}/undo")
    with writing() as records:
        batch = records.scalars(select(Batch).where(Batch.batch_no == batch_no)).one()
        batch.state = BatchState.ROSTER_SUBMITTED
    question = li.get(f"/imports/{import_id}/undo")
    assert question.status_code == 409
    assert "IMP-010" in text_of(question)
    answer = li.post(f"/imports/{import_id}/undo")
    page = text_of(li.get(answer.location))
    assert "清册已提交，本次导入不能撤销。 IMP-010" in page
    assert "撤销本次导入…" not in page


def test_an_undo_that_failed_says_so_and_may_be_asked_for_again(li: Browser, import_id: int) -> None:
    li.post(f"/imports/{import_id}/undo", f"/imports/{import_id}/undo")
    with writing() as records:
        job = records.get_one(Job, undo_job_of(import_id))
        job.state, job.code, job.values = JobState.FAILED, "JOB-001", {"reason": "系统内部错误"}
    page = text_of(li.get(f"/imports/{import_id}"))
    assert "撤销没有完成，清册没有变化。 处理失败：系统内部错误。" in page
    assert "撤销本次导入…" in page
    assert "撤销没有完成，清册没有变化。" in text_of(li.get(f"/imports/{import_id}/undo/progress"))


def test_a_check_has_nothing_to_undo(li: Browser, batch_no: str) -> None:
    checked = imported(li, batch_no, PEOPLE[:2], check_only="1")
    assert "撤销本次导入" not in text_of(li.get(f"/imports/{checked}"))
    assert "BAT-002" in text_of(li.get(f"/imports/{checked}/undo"))


def test_undoing_is_the_units_own(zhou: Browser, reviewer: Browser, import_id: int) -> None:
    for browser, status in ((zhou, 404), (reviewer, 403)):
        browser.get("/batches")
        assert browser.get(f"/imports/{import_id}/undo").status_code == status
        assert browser.post(f"/imports/{import_id}/undo").status_code == status
    assert zhou.get(f"/imports/{import_id}/undo/progress").status_code == 404
    assert reviewer.get(f"/imports/{import_id}/undo/progress").status_code == 200
    assert "撤销本次导入" not in text_of(reviewer.get(f"/imports/{import_id}"))


def test_the_file_of_an_undone_import_may_be_uploaded_again(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, PEOPLE[:2])
    undone(li, import_id)
    assert li.upload(batch_no, a_workbook(PEOPLE[:2])).location != f"/imports/{import_id}?seen=1"


def test_the_question_and_the_lists_ask_as_often_whatever_they_hold(li: Browser, batch_no: str) -> None:
    small = imported(li, batch_no, PEOPLE[:1])
    large = imported(li, batch_no, some_people(60, first=100))
    with statements() as few:
        li.get(f"/imports/{small}/undo")
    with statements() as many:
        li.get(f"/imports/{large}/undo")
    assert len(many) == len(few)
    undone(li, small)
    undone(li, large)
    with statements() as few:
        li.get(f"/imports/{small}?tab=removed")
    with statements() as many:
        li.get(f"/imports/{large}?tab=removed")
    assert len(many) == len(few)
