import pytest

from tests.statements import statements
from tests.web.clock import FIRST_INSTANT_MOMENT, LAST_CENTRAL_MINUTE, at
from tests.web.conftest import Browser, Town, imported, text_of
from tests.workbooks import some_people


def test_the_list_says_which_days_the_year_has(li: Browser) -> None:
    assert "参保年度为2020年4月1日至2021年3月31日。" in text_of(li.get("/batches"))


def test_a_batch_is_opened_after_the_unit_name_was_confirmed(li: Browser, town: Town) -> None:
    named = li.post("/batches/open/central", "/batches/open/central", code=" 0088d2 ")
    assert "上海豆豆精密机械有限公司" in text_of(named)
    assert "COD-005" in text_of(named)
    assert "SZSH" not in text_of(li.get("/batches"))
    opened = li.post("/batches/open/central", "/batches/open/central", code="0088D2", confirmed="1")
    assert (opened.status_code, opened.location) == (303, "/batches/SZSH202004200001/roster")
    page = text_of(li.get("/batches"))
    assert "SZSH202004200001 还没有人员" in page
    assert "05-11 17:00 前提交 还剩 21 天" in page


@pytest.mark.parametrize(
    ("code", "refusal"), [("999999", "COD-001"), ("0088D3", "COD-002"), ("12", "COD-003"), ("", "COD-003")]
)
def test_a_code_that_cannot_be_used_is_refused_beside_its_field(li: Browser, code: str, refusal: str) -> None:
    answer = li.post("/batches/open/central", "/batches/open/central", code=code)
    assert answer.status_code == 422
    assert refusal in text_of(answer)
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)


def test_a_second_central_batch_names_the_first(li: Browser, town: Town, batch_no: str) -> None:
    answer = li.post("/batches/open/central", "/batches/open/central", code=town.li.code, confirmed="1")
    assert answer.status_code == 409
    assert f"已有集中参保批次{batch_no}，不能重复办理。 BAT-001" in text_of(answer)


def test_inside_a_dialog_the_answer_is_the_dialog_alone(li: Browser, town: Town) -> None:
    dialog = li.get("/batches/open/central", **{"HX-Request": "true"}).get_data(as_text=True)
    assert dialog.lstrip().startswith("<dialog")
    assert "<html" not in dialog
    answer = li.client.post(
        "/batches/open/central",
        data={"csrf_token": li.token(), "code": town.li.code, "confirmed": "1"},
        headers={"HX-Request": "true"},
    )
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/batches/SZSH202004200001/roster")


def test_a_channel_that_is_closed_says_until_when_instead_of_opening(li: Browser) -> None:
    page = text_of(li.get("/batches"))
    assert "即时参保将于2020-05-12 00:00开放" in page
    answer = li.post("/batches/open/instant", "/batches/open/instant", code="0088D2")
    assert answer.status_code == 409
    assert "WIN-003" in text_of(answer)


def test_the_strip_follows_the_business_clock(li: Browser) -> None:
    assert "集中参保 5 月 11 日（周一）17:00 截止 ，还剩 21 天" in text_of(li.get("/batches"))
    at(LAST_CENTRAL_MINUTE)
    assert "还剩 1 分钟" in text_of(li.get("/batches")) or "不到 1 分钟" in text_of(li.get("/batches"))
    at(FIRST_INSTANT_MOMENT)
    page = text_of(li.get("/batches"))
    assert "即时参保办理中，3 月 30 日（周二）24:00 截止" in page
    assert "集中参保已于2020-05-11 17:00截止" in page


def test_the_list_is_filtered_by_number_unit_and_state(li: Browser, batch_no: str) -> None:
    for query, found in (
        (f"batch_no={batch_no}", True),
        ("batch_no=SZSH2019", False),
        ("unit=豆豆", True),
        ("unit=豆苗", False),
        ("status=roster_draft", True),
        ("status=enrolled", False),
        ("status=nonsense&page=x", True),
    ):
        page = text_of(li.get(f"/batches?{query}"))
        assert (batch_no in page) is found, query
        assert ("没有符合条件的批次" in page) is not found, query


def test_another_unit_does_not_see_the_batch_but_staff_do(zhou: Browser, reviewer: Browser, batch_no: str) -> None:
    assert batch_no not in text_of(zhou.get("/batches"))
    page = text_of(reviewer.get("/batches"))
    assert batch_no in page
    assert "集中参保办理" not in page


def test_the_list_asks_as_often_for_three_batches_as_for_one(li: Browser, town: Town, batch_no: str) -> None:
    with statements() as for_one:
        li.get("/batches")
    at(FIRST_INSTANT_MOMENT)
    for first in (0, 100):
        imported(li, li.open_batch(town.li.code, "instant"), some_people(3, first))
    with statements() as for_three:
        li.get("/batches")
    assert len(for_three) == len(for_one)
