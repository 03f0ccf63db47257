from __future__ import annotations

import io
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.person import put_on_roster, roster_entry
from models.rules.person import EmploymentStatus, Sex
from tasks.workbook.people_workbook import COLUMNS
from tests.builders import a_person, resident_id
from tests.statements import statements
from tests.web.clock import LAST_CENTRAL_MINUTE, at
from tests.web.conftest import MORNING, Browser, Town, account_id, imported, text_of
from tests.web.forms import people_ids
from tests.workbooks import WANG_DOU, WANG_DOUDOU, some_people


def crowd_on(batch_no: str, people: int, *, after: int = 0) -> None:
    """So many people on the roster without an import."""
    with writing() as records:
        batch_id = records.scalars(select(Batch.id).where(Batch.batch_no == batch_no)).one()
        entries = []
        for number in range(after, after + people):
            birth = date(1990, 1, 1) + timedelta(days=number)
            id_no = resident_id(birth, Sex.FEMALE, sequence=5, province="310101")
            person = a_person(name=f"第{number}一", id_no=id_no, birth=birth, sex=Sex.FEMALE)
            entries.append(roster_entry(batch_id, person, EmploymentStatus.IN_SERVICE))
        put_on_roster(records, entries)


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
    assert answer.status_code == 303
    assert "110101" not in answer.location
    page = li.get(answer.location).get_data(as_text=True)
    assert "王豆豆" in page
    assert "H8***2X" not in page
    assert "110101199003079091" not in "".join(part for part in page.split('"') if part.startswith(("/", "http")))
    assert "王豆豆" in text_of(li.get(f"{roster}?id_no=310101")), "a number in an address is not looked at"


@pytest.mark.parametrize(("typed", "found"), [("110101", True), ("1101011990", True), ("310101", False)])
def test_a_part_of_a_number_is_searched_for_by_an_address_that_can_be_reloaded(
    li: Browser, batch_no: str, typed: str, found: bool
) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    roster = f"/batches/{batch_no}/roster"
    address = li.post(f"{roster}/search", roster, id_no=typed).location
    for _ in range(2):
        page = text_of(li.get(address))
        assert ("1101*****9091" in page) is found
        assert ("没有符合条件的人员 证件号" in page) is not found


@pytest.mark.parametrize("field", ["name", "si"])
def test_a_number_typed_into_another_field_stands_in_no_address_either(li: Browser, batch_no: str, field: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    roster = f"/batches/{batch_no}/roster"
    answer = li.post(f"{roster}/search", roster, **{field: "110101199003079091"})
    assert "110101" not in answer.location
    assert "没有符合条件的人员" in text_of(li.get(answer.location))


def test_a_sealed_search_opens_for_nobody_else_and_for_no_other_batch(
    li: Browser, zhou: Browser, town: Town, batch_no: str
) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    roster = f"/batches/{batch_no}/roster"
    address = li.post(f"{roster}/search", roster, id_no="110101").location
    assert zhou.get(address).status_code == 404
    assert zhou.post(f"{roster}/search", "/batches", id_no="110101").status_code == 404
    theirs = zhou.open_batch(town.zhou.code)
    answer = zhou.get(address.replace(batch_no, theirs))
    assert answer.location == f"/batches/{theirs}/roster"
    assert "搜索条件已过期，请重新搜索。" in text_of(zhou.get(answer.location))


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


def test_pages_of_a_search_by_number_are_links_like_all_others(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(30))
    roster = f"/batches/{batch_no}/roster"
    address = li.post(f"{roster}/search", roster, id_no="310101").location
    assert f'href="{address}&amp;page=2"' in li.get(address).get_data(as_text=True)
    assert "第 21–30 条，共 30 条" in text_of(li.get(f"{address}&page=2"))


def test_a_page_beyond_the_last_is_the_last(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(30))
    answer = li.get(f"/batches/{batch_no}/roster?name=张&page=9")
    assert parse_qs(urlsplit(answer.location).query) == {"name": ["张"], "page": ["1"]}


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


EVERY_FILTER = [
    {},
    {"name": "一"},
    {"si": "310101"},
    {"employment": "in_service"},
    {"over_age": "false"},
    {"id_no": "310101"},
    {"id_no": "31010119"},
    {"id_no": "310101199001010"},
    {"id_no": "310101199001010010"},
]


@pytest.mark.parametrize("asked", EVERY_FILTER, ids=lambda asked: "-".join(asked) + str(asked.get("id_no", "")))
def test_a_roster_asks_as_often_for_3000_people_as_for_30(
    li: Browser, town: Town, batch_no: str, asked: dict[str, str]
) -> None:
    crowd_on(batch_no, 30)
    roster = f"/batches/{batch_no}/roster"
    address = li.post(f"{roster}/search", roster, size="20", **asked).location
    with statements() as for_thirty:
        assert li.get(address).status_code == 200
    crowd_on(batch_no, 2970, after=30)
    with statements() as for_three_thousand:
        assert li.get(address).status_code == 200
    assert len(for_three_thousand) == len(for_thirty) <= 15


def test_the_export_holds_everybody_with_what_the_list_and_the_view_show(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, ("王老", "护照", "E12345678", "1950-01-01", "男", "14200000001", "是")])
    answer = li.get(f"/batches/{batch_no}/people.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert list(sheet.iter_rows(values_only=True)) == [
        tuple(column.heading for column in COLUMNS),
        ("王豆豆", "110101199003079091", "身份证", "是", "否", "在职", "是", "1990-03-07", "男", None, None, None),
        ("王老", "E12345678", "护照", "是", "否", "在职", "否(超龄)", "1950-01-01", "男", "14200000001", None, None),
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert (
        f"filename*=UTF-8''%E5%8F%82%E4%BF%9D%E6%B8%85%E5%86%8C_{batch_no}.xlsx"
        in answer.headers["Content-Disposition"]
    )


def test_an_export_is_written_down_before_its_first_byte(li: Browser, town: Town, batch_no: str) -> None:
    imported(li, batch_no, some_people(3))
    answer = li.client.get(f"/batches/{batch_no}/people.xlsx", buffered=False)
    with reading() as records:
        entry = records.query(AuditEntry).filter_by(action="export_people").one()
    assert (entry.account_id, entry.details["people"]) == (account_id(town.li), 3)
    assert b"".join(answer.response).startswith(b"PK")


def test_nobody_but_the_unit_itself_exports_its_roster(
    li: Browser, zhou: Browser, reviewer: Browser, batch_no: str
) -> None:
    imported(li, batch_no, some_people(3))
    assert zhou.get(f"/batches/{batch_no}/people.xlsx").status_code == 404
    assert reviewer.get(f"/batches/{batch_no}/people.xlsx").status_code == 403
    with reading() as records:
        assert records.query(AuditEntry).filter_by(action="export_people").count() == 0


def test_the_template_comes_under_its_chinese_name(li: Browser) -> None:
    answer = li.get("/template.xlsx")
    assert answer.data.startswith(b"PK")
    disposition = answer.headers["Content-Disposition"]
    disposition.encode("latin-1")
    assert "filename*=UTF-8''" in disposition
