"""清册校验 and its report, as clerks walk through them without scripts."""

from __future__ import annotations

import re

from models.records.database import writing
from models.records.job import Job, JobState
from models.rules.lifecycle import BatchState
from models.rules.person import EmploymentStatus
from tests.statements import statements
from tests.web.checks import batch_now, check_jobs, checked, headcount, insured, over_age_rows
from tests.web.conftest import Browser, Town, imported, text_of
from tests.web.forms import LI_LEI, add_person_by_form, enrolled_by
from tests.workbooks import WANG_DOU, WANG_DOUDOU, a_workbook, some_people


def test_the_roster_offers_both_buttons_and_an_empty_one_neither(li: Browser, batch_no: str) -> None:
    assert "清册提交…" not in text_of(li.get(f"/batches/{batch_no}/roster"))
    imported(li, batch_no, [WANG_DOUDOU])
    page = text_of(li.get(f"/batches/{batch_no}/roster"))
    assert "清册校验" in page
    assert "清册提交…" in page


def test_before_any_check_the_page_says_what_is_checked(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    page = text_of(li.get(f"/batches/{batch_no}/validation"))
    assert "清册尚未校验" in page
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
