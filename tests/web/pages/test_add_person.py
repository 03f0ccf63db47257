"""新增人员 as a page, without scripts and as a sheet."""

from __future__ import annotations

import re

from tests.web.conftest import Browser, Town, text_of
from tests.web.forms import LI_LEI, add_person_by_form, enrolled_by, field, people

HTMX = {"HX-Request": "true"}


def test_a_person_is_added_by_the_form(li: Browser, batch_no: str) -> None:
    answer = add_person_by_form(li, batch_no)
    assert "已新增 李雷。" in text_of(li.get(answer.location))
    assert [person.name for person in people()] == ["李雷"]


def test_somebody_on_the_roster_is_updated_or_unchanged(li: Browser, batch_no: str) -> None:
    add_person_by_form(li, batch_no)
    same = add_person_by_form(li, batch_no)
    assert (same.status_code, "李雷 已在清册中，信息没有变化。" in text_of(same)) == (200, True)
    other = add_person_by_form(li, batch_no, mobile="13800000001")
    assert "李雷 已在清册中，手机号和是否有社保已按本次填写更新。" in text_of(li.get(other.location))


def test_somebody_elses_number_keeps_the_form_as_typed(li: Browser, batch_no: str) -> None:
    add_person_by_form(li, batch_no)
    answer = add_person_by_form(li, batch_no, name="韩梅梅")
    assert (answer.status_code, field(answer, "name")) == (422, "韩梅梅")
    assert "该证件号码已在名单中，姓名、出生日期或性别与本行不一致。" in text_of(answer)
    assert len(people()) == 1


def test_every_mistake_of_the_form_is_told_at_once(li: Browser, batch_no: str) -> None:
    answer = add_person_by_form(li, batch_no, name="", id_no="12", birth="", sex="", has_si="")
    codes = set(re.findall(r"[A-Z]{3}-[0-9]{3}", text_of(answer)))
    assert codes == {"ROW-001", "IDN-006", "ROW-005", "ROW-006", "ROW-004"}


def test_somebody_enrolled_elsewhere_is_named_with_whom_to_call(
    li: Browser, zhou: Browser, town: Town, batch_no: str
) -> None:
    enrolled_by(zhou, town)
    answer = add_person_by_form(li, batch_no)
    assert answer.status_code == 422
    assert "已被【上海豆苗仪表有限公司】占用" in text_of(answer)
    assert "清册没有变化。 REG-001" in text_of(answer)
    assert field(answer, "id_no") == "E12345678"


def test_from_a_sheet_one_comes_back_to_the_page_of_the_list_beneath(li: Browser, batch_no: str) -> None:
    token = (li.get(f"/batches/{batch_no}/people/add"), li.token())[1]
    answer = li.client.post(
        f"/batches/{batch_no}/people/add",
        data={**LI_LEI, "csrf_token": token},
        headers={**HTMX, "HX-Current-URL": f"http://localhost/batches/{batch_no}/roster?page=3&name=x"},
    )
    assert answer.headers["HX-Redirect"] == f"/batches/{batch_no}/roster?page=3&name=x"


def test_a_foreign_address_beneath_a_sheet_is_not_followed(li: Browser, batch_no: str) -> None:
    token = (li.get(f"/batches/{batch_no}/people/add"), li.token())[1]
    answer = li.client.post(
        f"/batches/{batch_no}/people/add",
        data={**LI_LEI, "csrf_token": token},
        headers={**HTMX, "HX-Current-URL": "https://elsewhere.example/?page=3"},
    )
    assert answer.headers["HX-Redirect"] == f"/batches/{batch_no}/roster"
