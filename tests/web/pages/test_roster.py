from __future__ import annotations

from sqlalchemy import select

from models.records.database import reading
from models.records.person import BatchPerson
from tests.web.conftest import MORNING, Browser, counted_statements, imported, text_of
from tests.web.pages.test_batches import LAST_CENTRAL_MINUTE, at
from tests.workbooks import WANG_DOU, WANG_DOUDOU, some_people


def people_ids() -> list[int]:
    with reading() as records:
        return list(records.scalars(select(BatchPerson.id).order_by(BatchPerson.id)))


def test_an_empty_roster_offers_the_upload(li: Browser, batch_no: str) -> None:
    page = text_of(li.get(f"/batches/{batch_no}/roster"))
    assert "参保名单为空" in page
    assert "上传并导入" in page


def test_people_are_counted_and_their_numbers_masked(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    page = text_of(li.get(f"/batches/{batch_no}/roster"))
    assert "参保人员 2 人 在职 1 退休 0 “-” 1 超龄 0" in page
    assert "1101*****9091" in page
    assert "H8***2X" in page


def test_somebody_over_age_cannot_take_part(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [("王老", "护照", "E12345678", "1950-01-01", "男", "", "是")])
    page = li.get(f"/batches/{batch_no}/roster?over_age=true")
    assert "否(超龄)" in text_of(page)
    assert "没有符合条件的人员" in text_of(li.get(f"/batches/{batch_no}/roster?over_age=false"))


def test_the_filter_by_number_never_stands_in_an_address(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    roster = f"/batches/{batch_no}/roster"
    answer = li.post(f"{roster}/search", roster, id_no="110101199003079091")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "王豆豆" in page
    assert "H8***2X" not in page
    assert "110101199003079091" not in "".join(part for part in page.split('"') if part.startswith(("/", "http")))
    assert "王豆豆" in text_of(li.post(f"{roster}/search", id_no="110101"))
    assert "没有符合条件的人员" in text_of(li.post(f"{roster}/search", id_no="310101"))
    assert "王豆豆" in text_of(li.get(f"{roster}?id_no=310101")), "a number in an address is not looked at"


def test_other_filters_become_an_address_that_can_be_kept(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    roster = f"/batches/{batch_no}/roster"
    answer = li.post(f"{roster}/search", roster, name="豆豆", employment="in_service", over_age="")
    assert answer.status_code == 303
    page = text_of(li.get(answer.location))
    assert "1101*****9091" in page
    assert "H8***2X" not in page
    nobody = text_of(li.get(f"{roster}?name=谷雨&over_age=true"))
    assert "姓名含“谷雨” · 是否超龄：超龄。清册共 2 人。" in nobody


def test_pages_of_20_50_and_100(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(60))
    roster = f"/batches/{batch_no}/roster"
    assert "第 1–20 条，共 60 条" in text_of(li.get(roster))
    assert "第 51–60 条，共 60 条" in text_of(li.get(f"{roster}?size=50&page=2"))
    assert "第 1–60 条，共 60 条" in text_of(li.get(f"{roster}?size=100"))
    assert "第 1–20 条，共 60 条" in text_of(li.get(f"{roster}?size=5000&page=-1"))


def test_pages_of_a_search_by_number_are_buttons_of_its_form(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(30))
    roster = f"/batches/{batch_no}/roster"
    first = li.post(f"{roster}/search", roster, id_no="310101")
    assert 'form="people-filter" name="page" value="2"' in first.get_data(as_text=True)
    assert "第 21–30 条，共 30 条" in text_of(li.post(f"{roster}/search", id_no="310101", page="2"))


def test_removing_names_how_many_before_anybody_is_gone(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(3))
    first, second, third = people_ids()
    roster = f"/batches/{batch_no}/roster"
    asked = li.post(f"/batches/{batch_no}/people/remove", roster, pick=[first, second])
    assert "确认移除已选的2名人员？ 清册现有 3 人 移除 2 人 移除后 1 人" in text_of(asked)
    assert people_ids() == [first, second, third]
    done = li.post(f"/batches/{batch_no}/people/remove", pick=[first, second], confirmed="1")
    assert done.status_code == 303
    assert "已移除 2 人。" in text_of(li.get(roster))
    assert people_ids() == [third]


def test_nobody_ticked_removes_nobody(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(2))
    roster = f"/batches/{batch_no}/roster"
    answer = li.post(f"/batches/{batch_no}/people/remove", roster, confirmed="1")
    assert "请先勾选需要移除的人员。 RST-006" in text_of(li.get(answer.location))
    assert len(people_ids()) == 2


def test_one_persons_own_button_counts_alone(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(3))
    first, second, _ = people_ids()
    asked = li.post(f"/batches/{batch_no}/people/remove", f"/batches/{batch_no}/roster", only=first, pick=second)
    assert "确认移除已选的1名人员？" in text_of(asked)


def test_everybody_is_removed_after_a_question_of_its_own(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(3))
    asked = li.get(f"/batches/{batch_no}/people/remove-all")
    assert "是否要移除全部名单？共3人。" in text_of(asked)
    li.post(f"/batches/{batch_no}/people/remove-all", confirmed="1")
    assert people_ids() == []


def test_after_the_window_the_roster_can_only_be_read(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(2))
    at(LAST_CENTRAL_MINUTE.replace(hour=17, minute=0))
    page = text_of(li.get(f"/batches/{batch_no}/roster"))
    assert "上传并导入" not in page
    assert "集中参保已于2020-05-11 17:00截止" in page
    li.post(f"/batches/{batch_no}/people/remove", f"/batches/{batch_no}/roster", pick=people_ids(), confirmed="1")
    assert "WIN-002" in text_of(li.get(f"/batches/{batch_no}/roster"))
    assert len(people_ids()) == 2
    at(MORNING)


def test_a_roster_asks_as_often_for_60_people_as_for_2(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(2))
    with counted_statements() as for_two:
        li.get(f"/batches/{batch_no}/roster?size=100")
    imported(li, batch_no, some_people(60))
    with counted_statements() as for_sixty:
        li.get(f"/batches/{batch_no}/roster?size=100")
    assert len(for_sixty) == len(for_two)


def test_the_template_comes_under_its_chinese_name(li: Browser) -> None:
    answer = li.get("/template.xlsx")
    assert answer.data.startswith(b"PK")
    disposition = answer.headers["Content-Disposition"]
    disposition.encode("latin-1")
    assert "filename*=UTF-8''" in disposition
