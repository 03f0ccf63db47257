"""清册校验, promises, the pledge and 清册提交, as clerks walk through them without scripts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.actions.move_clock import move_clock
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.person import BatchPerson
from models.records.validation import PledgeAcceptance
from models.rules.lifecycle import BatchState
from models.rules.person import EmploymentStatus
from tests.statements import statements
from tests.web.checks import (
    check_jobs,
    checked,
    headcount,
    ids_by_name,
    insured,
    over_age_rows,
    pledge_fields,
    promised,
    submitted,
    work_on_checks,
)
from tests.web.conftest import MORNING, Browser, Town, imported, text_of
from tests.web.forms import LI_LEI, add_person_by_form, enrolled_by, field
from tests.workbooks import WANG_DOU, WANG_DOUDOU, a_workbook, some_people


def batch_now(batch_no: str) -> Batch:
    with reading() as records:
        return records.scalars(select(Batch).where(Batch.batch_no == batch_no)).one()


def changed(batch_no: str, **values: object) -> None:
    with writing() as records:
        records.execute(update(Batch).where(Batch.batch_no == batch_no).values(**values))


@pytest.fixture
def old(li: Browser, batch_no: str) -> dict[str, int]:
    """王豆豆, and 老甲 and 老乙 who are over age and in service; their ids by name."""
    imported(li, batch_no, [WANG_DOUDOU, *over_age_rows()])
    return ids_by_name()


def test_the_roster_offers_both_buttons_and_an_empty_one_neither(li: Browser, batch_no: str) -> None:
    assert "清册提交…" not in text_of(li.get(f"/batches/{batch_no}/roster"))
    imported(li, batch_no, [WANG_DOUDOU])
    page = text_of(li.get(f"/batches/{batch_no}/roster"))
    assert "清册校验" in page
    assert "清册提交…" in page


def test_before_any_check_the_page_says_what_is_checked(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    page = text_of(li.get(f"/batches/{batch_no}/validation"))
    assert "清册还没有校验过" in page
    assert "清册现有 2 人" in page


def test_while_the_roster_is_checked_the_page_asks_for_itself(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    answer = li.post(f"/batches/{batch_no}/validation", f"/batches/{batch_no}/roster")
    page = li.get(answer.location)
    assert "马上开始" in text_of(page)
    assert f'hx-get="/batches/{batch_no}/validation/progress"' in page.get_data(as_text=True)
    part = li.get(f"/batches/{batch_no}/validation/progress", **{"HX-Request": "true"})
    assert "<html" not in part.get_data(as_text=True)


def test_the_poll_leads_to_the_report_when_the_check_has_ended(
    li: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    checked(li, batch_no)
    part = li.get(f"/batches/{batch_no}/validation/progress", **{"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == f"/batches/{batch_no}/validation"


def test_a_good_roster_passes_and_waits_to_be_submitted(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    page = text_of(checked(li, batch_no))
    assert "校验通过，可以提交" in page
    assert "清册待校验（已通过，待提交）" in page
    assert "2020-04-20 09:00 校验 · 2 人 · 起保日 2020-04-01（年龄按此日计算）" in page
    assert batch_now(batch_no).state == BatchState.ROSTER_DRAFT


def test_a_double_click_makes_one_job_and_shows_it(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    li.post(f"/batches/{batch_no}/validation", f"/batches/{batch_no}/roster")
    answer = li.post(f"/batches/{batch_no}/validation")
    assert answer.location == f"/batches/{batch_no}/validation"
    page = text_of(li.get(answer.location))
    assert "该批次正在处理清册校验，请稍后。 BAT-007" in page
    assert len(check_jobs(batch_no)) == 1


def test_while_an_import_runs_the_check_leads_to_the_import(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    running = li.upload(batch_no, a_workbook(some_people(2))).location
    answer = li.post(f"/batches/{batch_no}/validation", f"/batches/{batch_no}/roster")
    assert answer.location == running
    assert "该批次正在处理清册导入，请稍后。 BAT-007" in text_of(li.get(answer.location))
    assert check_jobs(batch_no) == []


def test_people_over_age_are_listed_with_what_the_clerk_may_do(li: Browser, batch_no: str, old: dict[str, int]) -> None:
    page = text_of(checked(li, batch_no))
    assert "还有 1 项需要处理" in page
    assert "有2名在职超龄人员未处理，请移除或勾选“医保享受在职待遇”。 VAL-002" in page
    assert "2 人超龄： 0 人已承诺， 2 人待处理（2 人待承诺或移除）" in page
    assert "女满 55 周岁、男满 60 周岁为超龄" in page
    assert re.search(r"老甲 \d{4}\*{5}\d{3}[\dX] 身份证 – 60 否\(超龄\) 承诺…", page)
    assert batch_now(batch_no).state == BatchState.ROSTER_FAILED


def test_a_promise_is_asked_for_in_the_handbooks_words(li: Browser, batch_no: str, old: dict[str, int]) -> None:
    checked(li, batch_no)
    sheet = li.get(f"/batches/{batch_no}/people/{old['老甲']}/promise", **{"HX-Request": "true"})
    assert (
        "本单位承诺：此超龄人员为本单位在职职工，且医保享受在职待遇，如误参保，不予给付保障金且不退还保费。"
        in text_of(sheet)
    )
    assert re.search(r"<a [^>]*autofocus[^>]*>取消</a>", sheet.get_data(as_text=True))


def test_a_ticked_promise_stands_in_the_row_and_the_rest_is_still_to_be_done(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    checked(li, batch_no)
    answer = promised(li, batch_no, old["老甲"])
    assert answer.location.endswith(f"#p{old['老甲']}")
    page = text_of(li.get(answer.location))
    assert "是(超龄已承诺) 已承诺 04-20 09:00 老甲 医保享受在职待遇" in page
    assert "有1名在职超龄人员未处理" in page


def test_once_all_have_promised_the_roster_may_be_submitted_without_another_check(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    checked(li, batch_no)
    promised(li, batch_no, old["老甲"])
    promised(li, batch_no, old["老乙"])
    page = text_of(li.get(f"/batches/{batch_no}/validation"))
    assert "需要处理的都已处理，可以提交" in page
    assert "VAL-011" not in page
    submitted(li, batch_no)
    assert batch_now(batch_no).state == BatchState.ROSTER_SUBMITTED


def test_a_promise_is_taken_back_and_stands_in_the_way_again(li: Browser, batch_no: str, old: dict[str, int]) -> None:
    promised(li, batch_no, old["老甲"])
    promised(li, batch_no, old["老乙"])
    assert "校验通过，可以提交" in text_of(checked(li, batch_no))
    assert "取消后，老甲 须移除或重新承诺" in text_of(li.get(f"/batches/{batch_no}/people/{old['老甲']}/promise"))
    promised(li, batch_no, old["老甲"], keep=False)
    page = text_of(li.get(f"/batches/{batch_no}/validation"))
    assert "还有 1 项需要处理" in page
    assert "已通过，待提交" not in page


def test_the_promise_of_an_old_page_is_refused_and_nothing_is_promised(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    checked(li, batch_no)
    stale = field(li.get(f"/batches/{batch_no}/people/{old['老甲']}/promise"), "version")
    promised(li, batch_no, old["老乙"])
    answer = li.post(f"/batches/{batch_no}/people/{old['老甲']}/promise", promised="1", version=stale)
    assert "批次信息已被更新，请刷新后重试。 BAT-004" in text_of(li.get(answer.location))
    with reading() as records:
        assert records.get_one(BatchPerson, old["老甲"]).promised_at is None


def test_somebody_without_social_insurance_is_set_in_service_before_the_promise(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, over_age_rows(1, has_si="否"))
    person_id = ids_by_name()["老甲"]
    page = text_of(checked(li, batch_no))
    assert "无社保，不可承诺 VAL-005 设置在职 移除" in page
    answer = li.post(
        f"/batches/{batch_no}/people/{person_id}/promise", promised="1", version=batch_now(batch_no).version
    )
    assert "老甲为超龄且无社保人员，不可参保" in text_of(li.get(answer.location))


def test_a_promise_from_before_a_withdrawal_counts_and_is_shown_for_confirmation(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    promised(li, batch_no, old["老甲"])
    promised(li, batch_no, old["老乙"])
    later = MORNING + timedelta(hours=1)
    changed(batch_no, withdrawn_at=later)
    with writing() as records:
        move_clock(records, later + timedelta(hours=1))
    page = text_of(checked(li, batch_no))
    assert "校验通过，可以提交" in page
    assert "2名超龄人员的承诺作于批次撤回之前，仍然有效，请再确认一次。" in page
    assert "撤回前已承诺，请确认 老甲" in page
    assert "医保享受在职待遇" in text_of(li.get(f"/batches/{batch_no}/people/{old['老甲']}/promise"))
    answer = promised(li, batch_no, old["老甲"])
    assert "已承诺 04-20 11:00 老甲" in text_of(li.get(answer.location))


def test_whoever_is_removed_from_a_tab_makes_the_report_stale_and_leaves_it(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    checked(li, batch_no)
    beneath = f"http://localhost/batches/{batch_no}/validation?tab=over_age"
    answer = li.client.post(
        f"/batches/{batch_no}/people/remove",
        data={"csrf_token": li.token(), "only": old["老甲"], "pick": old["老甲"], "confirmed": "1"},
        headers={"HX-Request": "true", "HX-Current-URL": beneath},
    )
    assert answer.headers["HX-Redirect"] == f"/batches/{batch_no}/validation?tab=over_age"
    page = text_of(li.get(answer.headers["HX-Redirect"]))
    assert "清册已变更，上次校验结果已过期。 VAL-011" in page
    assert "重新校验" in page
    assert "老甲" not in page
    assert "老乙" in page


def test_retired_people_have_a_tab_of_their_own_with_removal_for_all_ticked(li: Browser, batch_no: str) -> None:
    rows = some_people(3, first=1)
    insured(rows[1], "31018801", EmploymentStatus.RETIRED)
    imported(li, batch_no, rows)
    page = text_of(checked(li, batch_no))
    assert "名单中有1名退休人员，请移除。 VAL-004" in page
    assert "退休人员 1" in page
    assert f"{rows[1][0]} 3101*****" in page
    assert "31***01 否(退休) 移除" in page
    assert "批量移除" in page
    assert rows[0][0] not in page


def test_each_code_of_the_ratio_is_shown_with_its_people_on_demand(li: Browser, batch_no: str) -> None:
    rows = some_people(4, first=1)
    for row, code in zip(rows, ("31018801", "31018801", "31018802", "31018803"), strict=True):
        insured(row, code)
    headcount("31018801", 3)
    headcount("31018802", 1)
    imported(li, batch_no, rows)
    page = text_of(checked(li, batch_no))
    assert "单位社保编码31018801参保比例为2/3（66.66%），低于75%，至少需参保3人。 VAL-003" in page
    assert "单位社保比例校验(75%) 3" in page
    assert "31018801 2 3 66.66% 3 还差 1 人" in page
    assert "31018802 1 1 100.00% 1 达标" in page
    assert "31018803 1 未知 – – 不校验 暂无在职人员总数 VAL-010" in page
    assert rows[0][0] not in page
    people = text_of(li.get(f"/batches/{batch_no}/validation?tab=ratio&si=31018801"))
    assert "社保编码 31018801 ：本清册 2 人，其中社保在职 2 人" in people
    assert rows[0][0] in people
    assert rows[2][0] not in people


def test_whoever_others_have_enrolled_is_shown_with_whom_to_call(
    li: Browser, zhou: Browser, town: Town, batch_no: str
) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    add_person_by_form(li, batch_no)
    enrolled_by(zhou, town)
    page = text_of(checked(li, batch_no))
    assert "名单中有1人已在本保障年度参保，请查看明细并移除。 VAL-006" in page
    assert "李雷 E1***78 护照 上海豆苗仪表有限公司 REG-001 2020-04-20 周谷雨 021-55500142 移除" in page


def test_whoever_knows_the_number_only_is_not_told_the_unit(
    li: Browser, zhou: Browser, town: Town, batch_no: str
) -> None:
    add_person_by_form(li, batch_no, name="李蕾")
    enrolled_by(zhou, town)
    page = text_of(checked(li, batch_no))
    assert "李蕾 E1***78 护照 与登记信息不一致，不显示单位 REG-002" in page
    assert "上海豆苗仪表有限公司" not in page
    assert LI_LEI["name"] not in page


def test_people_without_a_code_are_a_notice_only(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    page = text_of(checked(li, batch_no, "notices"))
    assert "提示 无社保编码 有2人无社保编码，无社保编码不影响正常参保。 VAL-009" in page
    assert "校验通过" in page


def test_only_tabs_with_something_in_them_are_offered(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    page = checked(li, batch_no).get_data(as_text=True)
    assert re.findall(r'class="nav-link[^>]*>([^<]+)<', page) == ["提示"]


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


def test_an_empty_roster_is_neither_checked_well_nor_submitted(li: Browser, batch_no: str) -> None:
    assert "参保名单为空，请先添加参保人员。 VAL-001" in text_of(li.get(f"/batches/{batch_no}/validation"))
    answer = li.get(f"/batches/{batch_no}/submission")
    assert "VAL-001" in text_of(li.get(answer.location))
    assert "VAL-001" in text_of(checked(li, batch_no))


def test_a_check_that_broke_off_says_so_and_may_be_asked_for_again(
    li: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    li.post(f"/batches/{batch_no}/validation", f"/batches/{batch_no}/roster")
    with writing() as records:
        job = records.get_one(Job, check_jobs(batch_no)[-1].id)
        job.state, job.code, job.values = JobState.FAILED, "JOB-001", {"reason": "系统内部错误"}
    page = text_of(li.get(f"/batches/{batch_no}/validation"))
    assert "校验没有完成，清册没有变化。 处理失败：系统内部错误。" in page
    assert "校验通过" in text_of(checked(li, batch_no))


def test_staff_read_the_report_and_change_nothing(
    li: Browser, reviewer: Browser, zhou: Browser, batch_no: str, old: dict[str, int]
) -> None:
    checked(li, batch_no)
    page = text_of(reviewer.get(f"/batches/{batch_no}/validation"))
    assert "老甲" in page
    assert not {"移除 老甲", "清册提交…", "重新校验"} & set(page.split(" "))
    assert reviewer.get(f"/batches/{batch_no}/submission").status_code == 403
    assert zhou.get(f"/batches/{batch_no}/validation").status_code == 404


def test_no_number_stands_on_the_report_in_full(li: Browser, batch_no: str, old: dict[str, int]) -> None:
    page = checked(li, batch_no).get_data(as_text=True)
    assert not re.search(r"\d{17}[\dX]", page)


def test_the_last_page_of_a_tab_is_shown_when_the_one_asked_for_is_gone(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    checked(li, batch_no)
    answer = li.get(f"/batches/{batch_no}/validation?tab=over_age&page=9")
    assert answer.location == f"/batches/{batch_no}/validation?tab=over_age&page=1"


def test_the_report_asks_as_often_whatever_it_holds(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOU, *over_age_rows(1)])
    checked(li, batch_no)
    with statements() as few:
        li.get(f"/batches/{batch_no}/validation")
    imported(li, batch_no, [*some_people(60), *over_age_rows(8)])
    checked(li, batch_no)
    with statements() as many:
        li.get(f"/batches/{batch_no}/validation")
    assert len(many) == len(few)
