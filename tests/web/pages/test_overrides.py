"""管理 → 退休核定: numbers are typed once, and never shown in full again."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.builders import resident_id
from tests.quick_passwords import quick_passwords
from tests.web.conftest import Browser, text_of

__all__ = ["quick_passwords"]

NUMBER = resident_id(sequence=7)
MASKED = f"{NUMBER[:4]}*****{NUMBER[-4:]}"


def grant(admin: Browser, **typed: str) -> TestResponse:
    fields = {"plan_year": "2020", "id_type": "resident_id", "id_no": NUMBER, "reason": "返聘，缴纳社保"}
    return admin.post("/desk/overrides", "/desk/overrides", **{**fields, **typed})


def test_without_decisions_the_list_says_so(admin: Browser) -> None:
    assert "还没有退休核定" in text_of(admin.get("/desk/overrides"))


def test_a_decision_is_listed_with_its_reason_and_a_masked_number(admin: Browser) -> None:
    answer = grant(admin)
    page = admin.get(answer.location)
    assert f"{MASKED} 身份证 2020 返聘，缴纳社保 admin一号" in text_of(page)
    assert NUMBER not in page.get_data(as_text=True)
    assert NUMBER not in answer.location


def test_lists_are_filtered_by_year(admin: Browser) -> None:
    grant(admin)
    assert MASKED in text_of(admin.get("/desk/overrides?year=2020"))
    assert "2019 保障年度没有核定" in text_of(admin.get("/desk/overrides?year=2019"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": ""}, "请填写“原因”。"),
        ({"id_no": NUMBER[:-1]}, "身份证号码应为18位"),
        ({"plan_year": ""}, "请填写“保障年度”。"),
        ({"plan_year": "1999"}, "“保障年度”格式不正确。"),
        ({"id_type": ""}, "请填写“证件类型”。"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    admin: Browser, typed: dict[str, str], said: str
) -> None:
    answer = grant(admin, **typed)
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert f'value="{typed.get("reason", "返聘，缴纳社保")}"' in answer.get_data(as_text=True)
    assert "还没有退休核定" in text_of(admin.get("/desk/overrides"))


def test_a_second_decision_for_the_same_person_is_told(admin: Browser) -> None:
    grant(admin)
    answer = grant(admin)
    assert (answer.status_code, "2020 保障年度已有核定，没有再次保存。 SYS-004" in text_of(answer)) == (422, True)


def test_a_decision_is_withdrawn_after_a_question(admin: Browser) -> None:
    grant(admin)
    sheet = "/desk/overrides/1/withdraw"
    assert admin.post(sheet, sheet).location == sheet
    assert MASKED in text_of(admin.get("/desk/overrides"))
    answer = admin.post(sheet, sheet, confirmed="1")
    assert f"已撤销 {MASKED} 在 2020 保障年度的核定。" in text_of(admin.get(answer.location))
    assert "还没有退休核定" in text_of(admin.get("/desk/overrides"))


def test_a_decision_that_is_gone_is_not_found(admin: Browser) -> None:
    assert admin.get("/desk/overrides/7/withdraw").status_code == 404
