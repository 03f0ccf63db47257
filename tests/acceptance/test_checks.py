"""清册校验 and 清册提交: over age, 职退情况 “-”, no 社保编码, what may be done when, groups (AC10 to AC14, AC20)."""

from __future__ import annotations

import re

import pytest

from models.records.database import reading
from models.records.person import BatchPerson
from models.records.roster_import import ImportFinding, ImportRow, RosterImport
from tests.premiums import BASICS
from tests.web.checks import (
    checked,
    headcount,
    ids_by_name,
    insured,
    over_age_rows,
    pledge_fields,
    promised,
    submitted,
)
from tests.web.conftest import Browser, imported, text_of
from tests.web.forms import add_person_by_form
from tests.web.pages.test_batches import buttons
from tests.web.pages.test_projects import generated
from tests.web.withdrawals import delete_by_form
from tests.workbooks import WANG_DOU, WANG_DOUDOU, some_people

PROMISE = "本单位承诺：此超龄人员为本单位在职职工，且医保享受在职待遇，如误参保，不予给付保障金且不退还保费。"
SI, OTHER_SI = "31018801", "31018802"


def state(browser: Browser, batch_no: str) -> str:
    """批次状态 as the list shows it."""
    found = re.search(r"普通 2020 (\S+)", text_of(browser.get(f"/batches?batch_no={batch_no}")))
    assert found
    return found[1]


def roster_of(browser: Browser, batch_no: str, query: str = "") -> str:
    return text_of(browser.get(f"/batches/{batch_no}/roster{query}"))


def set_in_service(browser: Browser, batch_no: str, name: str) -> None:
    """设置在职, 确定."""
    person = ids_by_name()[name]
    assert "确认该职工在职且正常缴纳社保？" in text_of(browser.get(f"/batches/{batch_no}/people/{person}/in-service"))
    browser.post(f"/batches/{batch_no}/people/in-service", pick=person, confirmed="1")


def premium_detail(browser: Browser, batch_no: str) -> str:
    """What each person pays under the three basic projects."""
    submitted(browser, batch_no)
    generated(browser, batch_no, projects=BASICS)
    return text_of(browser.get(f"/batches/{batch_no}/premium"))


@pytest.fixture
def two_over_age(li: Browser, batch_no: str) -> dict[str, int]:
    """王豆豆, and 老甲 and 老乙 who are over age and in service; their ids by name."""
    imported(li, batch_no, [WANG_DOUDOU, *over_age_rows()])
    return ids_by_name()


def test_ac10_each_over_age_person_in_service_is_ticked_before_the_roster_passes(
    li: Browser, batch_no: str, two_over_age: dict[str, int]
) -> None:
    assert "有2名在职超龄人员未处理，请移除或勾选“医保享受在职待遇”。 VAL-002" in text_of(submitted(li, batch_no))
    assert PROMISE in text_of(li.get(f"/batches/{batch_no}/people/{two_over_age['老甲']}/promise"))
    promised(li, batch_no, two_over_age["老甲"])
    assert "有1名在职超龄人员未处理" in text_of(submitted(li, batch_no)), "one tick is not enough"
    assert state(li, batch_no) == "清册校验不通过"
    promised(li, batch_no, two_over_age["老乙"])
    assert "我已阅读并同意" in text_of(li.get(f"/batches/{batch_no}/submission"))
    assert "清册已提交，3 人" in text_of(submitted(li, batch_no))
    assert state(li, batch_no) == "清册校验通过"


def test_ac10_one_may_be_removed_and_the_other_ticked(li: Browser, batch_no: str, two_over_age: dict[str, int]) -> None:
    submitted(li, batch_no)
    li.post(f"/batches/{batch_no}/people/remove", "/batches", only=two_over_age["老甲"], confirmed="1")
    assert "有1名在职超龄人员未处理" in text_of(submitted(li, batch_no)), "one removal is not enough either"
    promised(li, batch_no, two_over_age["老乙"])
    assert "清册已提交，2 人" in text_of(submitted(li, batch_no))


def test_ac10_all_over_age_people_are_found_ticked_and_removed_together(
    li: Browser, batch_no: str, two_over_age: dict[str, int]
) -> None:
    roster = f"/batches/{batch_no}/roster"
    found = li.get(li.post(f"{roster}/search", roster, over_age="true").location)
    ticks = re.findall(r'name="pick" value="(\d+)"', found.get_data(as_text=True))
    assert {int(one) for one in ticks} == {two_over_age["老甲"], two_over_age["老乙"]}
    asked = li.post(f"/batches/{batch_no}/people/remove", pick=ticks)
    assert "确认移除已选的2名人员？" in text_of(asked)
    li.post(f"/batches/{batch_no}/people/remove", pick=ticks, confirmed="1")
    assert "清册已提交，1 人" in text_of(submitted(li, batch_no))


def test_ac11_whoever_is_a_dash_is_charged_without_a0(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    detail = premium_detail(li, batch_no)
    assert "王豆豆 1101*****9091 是 A0 B0 C0 190.00 10.00 100% 180.00" in detail
    assert "王豆 H8***2X 否 B0 C0 70.00 – 100% 70.00" in detail


def test_ac11_whoever_was_set_in_service_is_charged_with_a0(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    set_in_service(li, batch_no, "王豆")
    assert "王豆 H8***2X 是 A0 B0 C0 190.00 10.00 100% 180.00" in premium_detail(li, batch_no)


def test_ac11_cancelling_changes_nothing(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    before = roster_of(li, batch_no)
    sheet = li.get(f"/batches/{batch_no}/people/{ids_by_name()['王豆']}/in-service").get_data(as_text=True)
    cancel = re.search(r'href="([^"]+)"[^>]*>取消</a>', sheet)
    assert cancel
    assert text_of(li.get(cancel[1])) == before


def test_ac11_the_filter_finds_exactly_the_dashes(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU, *some_people(12)])
    names = [row[0] for row in some_people(12) if row[-1] == "否"]
    page = li.get(f"/batches/{batch_no}/roster?employment=unknown").get_data(as_text=True)
    assert re.findall(r'aria-label="选择 ([^"]+)"', page) == ["王豆", *names]


@pytest.fixture
def without_codes(li: Browser, batch_no: str) -> str:
    """Three people of a 社保编码 with four in service, one in service without a code, one “-” without a code."""
    rows = [*some_people(4, first=1), WANG_DOU]
    for row in rows[:3]:
        insured(row, SI)
    headcount(SI, 4)
    imported(li, batch_no, rows)
    return batch_no


def test_ac12_people_without_a_code_are_a_notice_do_not_block_and_do_not_count_in_the_ratio(
    li: Browser, without_codes: str
) -> None:
    page = text_of(checked(li, without_codes, "notices"))
    assert "有2人无社保编码，无社保编码不影响正常参保。 VAL-009" in page
    assert "校验通过，可以提交" in page
    ratio = text_of(li.get(f"/batches/{without_codes}/validation?tab=ratio"))
    assert f"{SI} 3 4 75.00% 3 达标" in ratio


def test_ac12_set_in_service_they_get_a0_and_still_do_not_count_in_the_ratio(li: Browser, without_codes: str) -> None:
    set_in_service(li, without_codes, "王豆")
    assert f"{SI} 3 4 75.00% 3 达标" in text_of(checked(li, without_codes, "ratio"))
    assert "有2人无社保编码" in text_of(li.get(f"/batches/{without_codes}/validation?tab=notices"))
    assert "王豆 H8***2X 是 A0 B0 C0" in premium_detail(li, without_codes)


def test_ac13_a_draft_is_viewed_and_changed(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    assert state(li, batch_no) == "清册待校验"
    viewed = text_of(li.get(f"/batches/{batch_no}/people/{ids_by_name()['王豆豆']}"))
    assert "证件号码 110101199003079091" in viewed
    assert add_person_by_form(li, batch_no).status_code == 303
    assert "参保人员 2 人" in roster_of(li, batch_no)
    li.post(f"/batches/{batch_no}/people/remove", "/batches", only=ids_by_name()["李雷"], confirmed="1")
    assert "参保人员 1 人" in roster_of(li, batch_no)


def test_ac13_a_deletion_erases_the_people_and_nothing_brings_them_back(
    li: Browser, admin: Browser, batch_no: str
) -> None:
    wrong = (*WANG_DOU[:4], "无", *WANG_DOU[5:])
    import_id = imported(li, batch_no, [WANG_DOUDOU, wrong])
    assert "将被删除且不可恢复，确认删除？ BAT-003" in text_of(li.get(f"/batches/{batch_no}/delete"))
    assert delete_by_form(li, batch_no).status_code == 303
    with reading() as records:
        assert [records.query(table).count() for table in (BatchPerson, ImportRow, ImportFinding)] == [0, 0, 0]
        assert records.get_one(RosterImport, import_id).content_sealed is None
    for browser in (li, admin):
        for path in ("", "/roster", "/validation"):
            assert browser.get(f"/batches/{batch_no}{path}").status_code == 404
        assert batch_no not in text_of(browser.get("/batches"))
    assert li.post(f"/imports/{import_id}/repeat", "/batches").status_code == 404


def test_ac14_after_a_failure_the_roster_can_be_changed_promised_for_and_submitted_again(
    li: Browser, batch_no: str, two_over_age: dict[str, int]
) -> None:
    checked(li, batch_no)
    assert state(li, batch_no) == "清册校验不通过"
    assert buttons(li, batch_no)["保障项目选择"] == "disabled"
    promised(li, batch_no, two_over_age["老甲"])
    assert state(li, batch_no) == "清册校验不通过"
    li.post(f"/batches/{batch_no}/people/remove", "/batches", only=two_over_age["老乙"], confirmed="1")
    assert set(ids_by_name()) == {"王豆豆", "老甲"}
    assert "清册已提交，2 人" in text_of(submitted(li, batch_no))


def test_ac14_a_roster_that_passes_is_submitted_with_the_pledge_and_then_projects_are_chosen(
    li: Browser, batch_no: str
) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    assert "校验通过，可以提交" in text_of(checked(li, batch_no))
    assert buttons(li, batch_no)["保障项目选择"] == "disabled"
    unread = li.post(f"/batches/{batch_no}/submission", **pledge_fields(li, batch_no) | {"agreed": ""})
    assert "请阅读承诺书并勾选“我已阅读并同意”。 VAL-007" in text_of(unread)
    submitted(li, batch_no)
    assert state(li, batch_no) == "清册校验通过"
    assert buttons(li, batch_no)["保障项目选择"] == "primary"
    assert "生成保费信息" in text_of(li.get(f"/batches/{batch_no}/projects"))


def test_ac20_the_ratio_of_each_code_on_one_list_is_checked_and_the_failing_one_named(
    li: Browser, batch_no: str
) -> None:
    rows = some_people(8, first=1)
    for row, code in zip(rows, [SI] * 4 + [OTHER_SI] * 4, strict=True):
        insured(row, code)
    headcount(SI, 4)
    headcount(OTHER_SI, 4)
    imported(li, batch_no, rows[:6])
    page = text_of(checked(li, batch_no, "ratio"))
    assert f"单位社保编码{OTHER_SI}参保比例为2/4（50.00%），低于75%，至少需参保3人。 VAL-003" in page
    assert f"单位社保编码{SI}参保比例" not in page
    assert f"{SI} 4 4 100.00% 3 达标" in page
    assert f"{OTHER_SI} 2 4 50.00% 3 还差 1 人" in page
    assert state(li, batch_no) == "清册校验不通过"
    imported(li, batch_no, rows[6:7])
    assert f"{OTHER_SI} 3 4 75.00% 3 达标" in text_of(checked(li, batch_no, "ratio"))
    assert "清册已提交，7 人" in text_of(submitted(li, batch_no))
