"""The pledge and 清册提交, as clerks walk through them without scripts."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.records.database import reading
from models.records.validation import PledgeAcceptance
from models.rules.lifecycle import BatchState
from tests.web.checks import batch_now, check_jobs, checked, pledge_fields, promised, submitted, work_on_checks
from tests.web.conftest import Browser, text_of
from tests.web.forms import add_person_by_form, field


def test_the_pledge_is_shown_with_how_many_people_it_is_about(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    checked(li, batch_no)
    page = text_of(li.get(f"/batches/{batch_no}/submission"))
    assert "提交人数 2 人" in page
    assert "社保 / 非社保 1 / 1 人" in page
    assert "一、所提交的参保名单真实、准确、完整" in page
    assert "如有不实，由本单位承担相应责任。" in page


def test_opening_and_closing_the_pledge_changes_nothing(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    checked(li, batch_no)
    before = batch_now(batch_no).version
    sheet = li.get(f"/batches/{batch_no}/submission")
    assert f'href="/batches/{batch_no}/validation" data-close' in sheet.get_data(as_text=True)
    assert (batch_now(batch_no).version, len(check_jobs(batch_no))) == (before, 1)


@pytest.mark.parametrize("sent", [{"agreed": ""}, {"pledge_version": "2019-1"}], ids=["not ticked", "another text"])
def test_without_agreeing_to_this_text_nothing_is_submitted(
    li: Browser, batch_no: str, two: tuple[int, int], sent: dict[str, str]
) -> None:
    answer = li.post(f"/batches/{batch_no}/submission", **pledge_fields(li, batch_no) | sent)
    assert answer.status_code == 422
    assert "请阅读承诺书并勾选“我已阅读并同意”。 VAL-007" in text_of(answer)
    assert 'id="agreed" name="agreed" value="1" checked' not in answer.get_data(as_text=True)
    assert check_jobs(batch_no) == []


def test_a_pledge_for_a_roster_that_has_changed_is_shown_again_with_its_tick(
    li: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    fields = pledge_fields(li, batch_no)
    add_person_by_form(li, batch_no)
    answer = li.post(f"/batches/{batch_no}/submission", **fields)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "BAT-004" in page
    assert "提交人数 3 人" in page
    assert 'name="agreed" value="1" checked' in answer.get_data(as_text=True)
    assert check_jobs(batch_no) == []
    again = {name: field(answer, name) for name in ("version", "pledge_version")} | {"agreed": "1"}
    assert li.post(f"/batches/{batch_no}/submission", **again).status_code == 303


def test_a_submitted_roster_says_what_was_fixed_and_what_comes_next(
    li: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    answer = submitted(li, batch_no)
    page = text_of(answer)
    assert "清册已提交，2 人已登记为 2020 年度参保人员" in page
    assert "提交时间 2020-04-20 09:0" in page
    assert "保障期 2020-04-01 起，至 2021-03-31" in page
    assert "还没有完成参保：请接着选择保障项目" in page
    assert f'href="/batches/{batch_no}/projects"' in answer.get_data(as_text=True)
    assert "清册提交…" not in page
    with reading() as records:
        assert records.scalars(select(PledgeAcceptance)).one().people == 2


def test_a_roster_that_failed_is_submitted_once_nothing_stands_in_the_way(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    page = text_of(submitted(li, batch_no))
    assert "还有 1 项需要处理" in page
    assert "提交时校验" in page
    assert batch_now(batch_no).state == BatchState.ROSTER_FAILED
    assert "还有 1 项需要处理。提交时会重新校验" in text_of(li.get(f"/batches/{batch_no}/submission"))
    promised(li, batch_no, old["老甲"])
    promised(li, batch_no, old["老乙"])
    assert "清册已提交，3 人" in text_of(submitted(li, batch_no))


def test_two_presses_of_submit_make_one_job(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    fields = pledge_fields(li, batch_no)
    li.post(f"/batches/{batch_no}/submission", **fields)
    answer = li.post(f"/batches/{batch_no}/submission", **fields)
    assert "该批次正在处理清册提交，请稍后。 BAT-007" in text_of(li.get(answer.location))
    assert len(check_jobs(batch_no)) == 1
    work_on_checks(batch_no)
    page = text_of(li.get(li.post(f"/batches/{batch_no}/submission", **fields).location))
    assert "清册已提交，2 人" in page
    assert "BAT-002" not in page
