"""查看, 编辑, 设置在职 and 新增人员 as pages, without scripts and as sheets."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.database import reading, writing
from models.rules.lifecycle import BatchState
from tests.statements import statements
from tests.web.clock import LAST_CENTRAL_MINUTE, at
from tests.web.conftest import Browser, Town, imported, text_of
from tests.web.forms import LI_LEI, add_person_by_form, cells_of, enrolled_by, field, people
from tests.workbooks import some_people

HTMX = {"HX-Request": "true"}


def entries(action: str) -> list[AuditEntry]:
    with reading() as records:
        return list(records.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_viewing_shows_the_full_number_and_every_column(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    page = text_of(li.get(f"/batches/{batch_no}/people/{two[0]}"))
    assert "证件号码 110101199003079091 出生日期 1990-03-07 性别 男 手机号 –" in page
    assert "是否有社保 是 职退情况 在职 单位社保号 – 个人社保登记号 – 是否建议名单 否 是否可参保 是" in page


def test_every_view_is_written_down_without_the_number(
    li: Browser, reviewer: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    li.get(f"/batches/{batch_no}/people/{two[0]}")
    reviewer.get(f"/batches/{batch_no}/people/{two[0]}")
    seen = entries("view_person")
    assert [entry.details["name"] for entry in seen] == ["王豆豆", "王豆豆"]
    assert len({entry.account_id for entry in seen}) == 2
    assert "110101199003079091" not in str([entry.details for entry in seen])


def test_a_reviewer_may_view_a_person_and_not_change_one(
    reviewer: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    address = f"/batches/{batch_no}/people"
    assert reviewer.get(f"{address}/{two[1]}").status_code == 200
    for page in (f"{address}/{two[1]}/edit", f"{address}/{two[1]}/in-service", f"{address}/add"):
        assert reviewer.get(page).status_code == 403
    for form in (f"{address}/{two[1]}/edit", f"{address}/in-service", f"{address}/add"):
        assert reviewer.post(form, **LI_LEI, pick=two[1], confirmed="1").status_code == 403


def test_another_units_clerk_finds_nobody(zhou: Browser, batch_no: str, two: tuple[int, int]) -> None:
    address = f"/batches/{batch_no}/people"
    for page in (f"{address}/{two[1]}", f"{address}/{two[1]}/edit", f"{address}/{two[1]}/in-service", f"{address}/add"):
        assert zhou.get(page).status_code == 404
    for form in (f"{address}/{two[1]}/edit", f"{address}/in-service", f"{address}/add"):
        assert zhou.post(form, **LI_LEI, pick=two[1], confirmed="1").status_code == 404
    assert entries("view_person") == []


@pytest.mark.parametrize("person_id", [999_999, 10**30])
def test_an_unknown_person_looks_like_another_units(li: Browser, batch_no: str, person_id: int) -> None:
    assert "BAT-005" in text_of(li.get(f"/batches/{batch_no}/people/{person_id}"))


def test_somebody_of_another_batch_is_not_found_under_this_one(
    li: Browser, zhou: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    other = zhou.open_batch("0088D3")
    assert zhou.get(f"/batches/{other}/people/{two[0]}").status_code == 404


def test_a_row_offers_what_may_be_done_to_that_person(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    page = li.get(f"/batches/{batch_no}/roster").get_data(as_text=True)
    offered = re.findall(r'aria-label="(查看|编辑|设置在职|移除) (\S+)"', page)
    doudou = [("查看", "王豆豆"), ("移除", "王豆豆")]
    assert offered == [*doudou, ("查看", "王豆"), ("编辑", "王豆"), ("设置在职", "王豆"), ("移除", "王豆")]


def test_after_the_window_a_row_can_only_be_viewed(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    at(LAST_CENTRAL_MINUTE.replace(hour=17, minute=0))
    page = li.get(f"/batches/{batch_no}/roster")
    assert set(re.findall(r'aria-label="(查看|编辑|设置在职|移除) ', page.get_data(as_text=True))) == {"查看"}
    assert "新增人员" not in text_of(page)
    assert "WIN-002" in text_of(li.get(f"/batches/{batch_no}/people/{two[1]}/edit"))


def test_an_edit_is_saved_and_told(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    address = f"/batches/{batch_no}/people/{two[1]}/edit"
    form = li.get(address)
    answer = li.post(address, **cells_of(form) | {"name": "王豆芽", "mobile": "13800000001"})
    assert answer.status_code == 303, text_of(answer)
    assert "已保存 王豆芽 的信息。" in text_of(li.get(answer.location))
    assert (people()[1].name, people()[1].mobile) == ("王豆芽", "13800000001")


def test_opening_the_edit_form_is_written_down_like_a_view(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    assert field(li.get(f"/batches/{batch_no}/people/{two[1]}/edit"), "id_no") == "H801213602X"
    assert [entry.details["why"] for entry in entries("view_person")] == ["edit"]


def test_wrong_data_are_told_beside_their_fields_and_stay_typed(
    li: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    address = f"/batches/{batch_no}/people/{two[1]}/edit"
    answer = li.post(address, **cells_of(li.get(address)) | {"birth": "1998-02-30", "mobile": "12"})
    assert answer.status_code == 422
    assert field(answer, "birth") == "1998-02-30"
    assert "有 2 处需要修改，清册没有变化。" in text_of(answer)
    assert re.findall(r'id="cell-(\w+)"[^>]*aria-invalid="true"', answer.get_data(as_text=True)) == ["mobile", "birth"]
    assert "出生日期应为真实且不晚于今天的日期" in text_of(answer)
    assert "行：" not in text_of(answer)


def test_a_number_enrolled_elsewhere_is_told_by_the_roster_and_not_by_the_edit_form(
    li: Browser, zhou: Browser, town: Town, batch_no: str, two: tuple[int, int]
) -> None:
    enrolled_by(zhou, town)
    address = f"/batches/{batch_no}/people/{two[1]}/edit"
    answer = li.post(address, **cells_of(li.get(address)) | LI_LEI)
    assert answer.status_code == 303
    assert "已保存 李雷 的信息。" in text_of(roster := li.get(answer.location))
    assert "否(已被占用)" in text_of(roster)


def test_an_edit_into_somebody_who_is_there_already_is_told_so(
    li: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    add_person_by_form(li, batch_no)
    address = f"/batches/{batch_no}/people/{two[1]}/edit"
    answer = li.post(address, **cells_of(li.get(address)) | LI_LEI)
    assert answer.status_code == 422
    assert "姓名、出生日期和性别也相同，同一人不能在名单中出现两次。移除其中一人" in text_of(answer)


def test_a_resident_is_not_edited(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    answer = li.get(f"/batches/{batch_no}/people/{two[0]}/edit")
    assert (answer.status_code, "RST-001" in text_of(answer)) == (409, True)


def test_a_form_that_is_stale_is_refused_and_keeps_what_was_typed(
    li: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    address = f"/batches/{batch_no}/people/{two[1]}/edit"
    form = cells_of(li.get(address))
    li.post(address, **form | {"mobile": "13800000001"})
    answer = li.post(address, **form | {"name": "王豆芽"})
    assert (answer.status_code, field(answer, "name")) == (409, "王豆芽")
    assert "您填写的内容仍在下面，请核对后再提交。 BAT-004" in text_of(answer)
    assert "清册中现为：13800000001" in text_of(answer)
    again = li.post(address, **cells_of(answer))
    assert again.status_code == 303
    assert people()[1].name == "王豆芽"


def test_an_edit_of_a_submitted_roster_is_refused_with_the_form(
    li: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    address = f"/batches/{batch_no}/people/{two[1]}/edit"
    form = cells_of(li.get(address))
    with writing() as records:
        records.scalars(select(Batch)).one().state = BatchState.ROSTER_SUBMITTED
    answer = li.post(address, **form | {"name": "王豆芽"})
    assert (answer.status_code, "RST-010" in text_of(answer)) == (409, True)
    assert people()[1].name == "王豆"


def test_setting_in_service_asks_first_and_then_does_it(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    asked = li.get(f"/batches/{batch_no}/people/{two[1]}/in-service")
    assert "确认该职工在职且正常缴纳社保？ 姓名 王豆 证件号码 H8***2X" in text_of(asked)
    assert people()[1].employment_status == "unknown"
    done = li.post(f"/batches/{batch_no}/people/in-service", pick=two[1], confirmed="1")
    assert "已将 1 人设置为在职。" in text_of(li.get(done.location))
    assert (people()[1].employment_status, people()[1].has_si) == ("in_service", True)
    assert "没有符合条件的人员" in text_of(li.get(f"/batches/{batch_no}/roster?employment=unknown"))


def test_the_question_begins_at_the_button_that_changes_nothing(
    li: Browser, batch_no: str, two: tuple[int, int]
) -> None:
    asked = li.get(f"/batches/{batch_no}/people/{two[1]}/in-service", **HTMX).get_data(as_text=True)
    assert asked.lstrip().startswith("<dialog")
    assert re.findall(r"<(?:a|button)[^>]*autofocus[^>]*>([^<]+)<", asked) == ["取消"]


def test_ticked_people_are_counted_before_they_are_set(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    asked = li.post(f"/batches/{batch_no}/people/in-service", f"/batches/{batch_no}/roster", pick=list(two))
    assert "确认所选1名职工在职且正常缴纳社保？ 已选 2 人 “-” → 在职 1 人 其余不变 1 人" in text_of(asked)
    done = li.post(f"/batches/{batch_no}/people/in-service", pick=list(two), confirmed="1")
    assert "已将 1 人设置为在职。" in text_of(li.get(done.location))


def test_nobody_ticked_sets_nobody(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    answer = li.post(f"/batches/{batch_no}/people/in-service", f"/batches/{batch_no}/roster", confirmed="1")
    assert "请先勾选需要设置在职的人员。" in text_of(li.get(answer.location))
    assert people()[1].employment_status == "unknown"


def test_ticked_people_of_other_statuses_are_told_to_stay(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    answer = li.post(f"/batches/{batch_no}/people/in-service", f"/batches/{batch_no}/roster", pick=two[0])
    assert "所选人员的职退情况都不是“-”，清册没有变化。" in text_of(li.get(answer.location))
    single = li.get(f"/batches/{batch_no}/people/{two[0]}/in-service")
    assert (single.status_code, "RST-004" in text_of(single)) == (409, True)


@pytest.mark.parametrize("page", ["edit", "add", "in-service"])
def test_a_form_without_its_token_does_nothing(li: Browser, batch_no: str, two: tuple[int, int], page: str) -> None:
    address = f"/batches/{batch_no}/people/" + (f"{two[1]}/edit" if page == "edit" else page)
    answer = li.client.post(address, data={**LI_LEI, "pick": two[1], "confirmed": "1"})
    assert answer.status_code == 400
    assert [(person.name, person.employment_status) for person in people()] == [
        ("王豆豆", "in_service"), ("王豆", "unknown"),
    ]  # fmt: skip


def test_a_sheet_asks_as_often_beside_60_people_as_beside_2(li: Browser, batch_no: str, two: tuple[int, int]) -> None:
    addresses = [f"/batches/{batch_no}/people/{two[1]}{page}" for page in ("", "/edit", "/in-service")]
    with statements() as beside_two:
        for address in addresses:
            li.get(address)
    imported(li, batch_no, some_people(60))
    with statements() as beside_sixty:
        for address in addresses:
            li.get(address)
    assert len(beside_sixty) == len(beside_two)
