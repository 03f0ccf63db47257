"""参保清册: files, the suggested list, 职退情况, 证件类型, 移除 (AC07 to AC09, AC15, AC16, AC26)."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from models.records.database import writing
from models.records.unit import EnrolmentCode
from models.rules.lifecycle import ROSTER_EDITABLE, BatchState
from tasks.workbook.header import HEADERS
from tests.stages import put_into
from tests.web.api.conftest import Program, code_of
from tests.web.checks import checked, ids_by_name, over_age_rows
from tests.web.conftest import MORNING, Browser, Town, imported, text_of, work
from tests.web.conftest import import_of as import_id_of
from tests.web.forms import cells_of, fields_of, people
from tests.web.pages.test_suggested import copied, former, pressed
from tests.web.premiums import batch_of
from tests.web.suggestions import remember_last_year
from tests.workbooks import WANG_DOU, WANG_DOUDOU, a_workbook, some_people

__all__ = ["former"]

RARE = ("欧阳·买买提", "赵䶮", "𠮷田　花子", "Jean-Luc O'Neill")
"""Names that a wrong encoding would spoil; the third with a full-width blank."""
LAST_COLUMN_FIRST = (HEADERS[-1], *HEADERS[:-1])
WRONG_FILES = {
    "a changed header": (a_workbook([WANG_DOUDOU], header=("员工姓名", *HEADERS[1:])), "清册.xlsx", "IMP-002"),
    "a moved column": (
        a_workbook([(WANG_DOUDOU[-1], *WANG_DOUDOU[:-1])], header=LAST_COLUMN_FIRST), "清册.xlsx", "IMP-002",
    ),
    "comma-separated text": (",".join(WANG_DOUDOU).encode("gb18030"), "清册.csv", "IMP-001"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "清册.xls", "IMP-001"),
}  # fmt: skip
OTHER_STATES = [state for state in BatchState if state not in ROSTER_EDITABLE | {BatchState.DELETED}]


def uploaded(browser: Browser, batch_no: str, content: bytes, name: str = "清册.xlsx") -> str:
    """Upload a file and have it done; returns its result."""
    import_id = import_id_of(browser.upload(batch_no, content, name))
    work(import_id)
    return text_of(browser.get(f"/imports/{import_id}"))


def roster_of(browser: Browser, batch_no: str, query: str = "") -> str:
    return text_of(browser.get(f"/batches/{batch_no}/roster{query}"))


def template_with(browser: Browser, rows: list[tuple[str, ...]]) -> bytes:
    """The template as it is downloaded, filled in as a spreadsheet program does it."""
    workbook = load_workbook(io.BytesIO(browser.get("/template.xlsx").data))
    sheet = workbook.worksheets[0]
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            if value:
                sheet.cell(number, column, value)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def test_ac07_a_wrong_file_is_refused_as_a_whole_and_its_data_load_from_a_fresh_template(
    li: Browser, batch_no: str
) -> None:
    for wrong, (content, name, code) in WRONG_FILES.items():
        refused = uploaded(li, batch_no, content, name)
        assert "清册导入失败：" in refused, wrong
        assert code in refused, wrong
        assert "参保名单为空" in roster_of(li, batch_no), wrong
    assert "1 人已在清册中" in uploaded(li, batch_no, template_with(li, [WANG_DOUDOU]))


def test_ac07_chinese_text_survives_the_import_the_check_and_the_export_unchanged(li: Browser, batch_no: str) -> None:
    rows = [(name, *row[1:]) for name, row in zip(RARE, some_people(len(RARE), 1), strict=True)]
    uploaded(li, batch_no, template_with(li, rows))
    before = roster_of(li, batch_no)
    expected = [name.replace("\u3000", " ") for name in RARE]
    assert all(name in before for name in expected)
    checked(li, batch_no)
    assert all(name in roster_of(li, batch_no) for name in expected)
    exported = load_workbook(io.BytesIO(li.get(f"/batches/{batch_no}/people.xlsx").data)).worksheets[0]
    assert [row[0].value for row in exported.iter_rows(min_row=2)] == expected


def test_ac07_5001_people_are_refused_5000_accepted_and_another_file_is_added_to_them(
    li: Browser, batch_no: str
) -> None:
    rows = some_people(5001)
    refused = uploaded(li, batch_no, a_workbook(rows, writer="xlsxwriter"))
    assert "单个模板导入上限5000人，本文件5001人，请分多个文件逐个上传。 IMP-003" in refused
    assert "参保名单为空" in roster_of(li, batch_no)
    assert "5,000 人已在清册中" in uploaded(li, batch_no, a_workbook(rows[:5000], writer="xlsxwriter"))
    assert "1 人已在清册中" in uploaded(li, batch_no, a_workbook(rows[5000:]))
    assert "参保人员 5,001 人" in roster_of(li, batch_no)


def test_ac26_the_limit_stands_at_the_upload_and_the_templates_sample_rows_load_as_printed(
    li: Browser, batch_no: str
) -> None:
    assert "最多 5000 人、10 MB" in roster_of(li, batch_no)
    template = load_workbook(io.BytesIO(li.get("/template.xlsx").data))
    printed = [tuple(cell or "" for cell in row) for row in template.worksheets[1].iter_rows(values_only=True)]
    assert printed[-2:] == [WANG_DOUDOU, WANG_DOU]
    assert "2 人已在清册中，没有被退回的行" in uploaded(li, batch_no, template_with(li, printed[-2:]))
    doudou, dou = people()
    assert (doudou.name, doudou.id_no, doudou.birth.isoformat(), doudou.sex) == (
        "王豆豆", "110101199003079091", "1990-03-07", "male",
    )  # fmt: skip
    assert (dou.name, dou.id_no, dou.birth.isoformat(), dou.sex) == ("王豆", "H801213602X", "1998-12-09", "male")
    assert (doudou.has_si, dou.has_si) == (True, False)


def test_ac08_people_of_the_year_before_are_shown_without_a_search(li: Browser, batch_no: str, former: str) -> None:
    page = copied(li, batch_no)
    assert "清册共 1 人" in page
    assert former in page


def test_ac08_pressed_again_nothing_changes_and_nobody_is_to_be_removed(
    li: Browser, li_calls: Program, batch_no: str, former: str
) -> None:
    copied(li, batch_no)
    before = li_calls.get(f"/batches/{batch_no}").json
    page = copied(li, batch_no)
    assert former in page
    assert "是否要移除全部名单" not in page
    assert li_calls.get(f"/batches/{batch_no}").json["people"] == before["people"] == 1


def test_ac08_a_code_whose_binding_nobody_verified_tells_nothing(li: Browser, batch_no: str, town: Town) -> None:
    name = remember_last_year(town.li.code)
    with writing() as records:
        records.query(EnrolmentCode).update({"bound_by": "first_batch"})
    page = text_of(li.get(pressed(li, batch_no)))
    assert f"参保编码{town.li.code}尚未核实归属，不能获取上年度建议名单；请联系市职保会核实。 COD-006" in page
    assert name not in page


def test_ac09_imported_with_social_insurance_is_in_service_without_is_a_dash_until_set_in_service(
    li: Browser, batch_no: str
) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    page = roster_of(li, batch_no)
    assert "王豆豆 1101*****9091 身份证 是 否 在职 是" in page
    assert "王豆 H8***2X 护照 否 否 “-” 是" in page
    li.get(f"/batches/{batch_no}/people/{ids_by_name()['王豆']}/in-service")
    li.post(f"/batches/{batch_no}/people/in-service", pick=ids_by_name()["王豆"], confirmed="1")
    assert "王豆 H8***2X 护照 是 否 在职 是" in roster_of(li, batch_no)


def test_ac15_no_screen_changes_the_kind_of_certificate(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    doudou, dou = people()
    form = li.get(f"/batches/{batch_no}/people/{dou.id}/edit")
    assert 'name="id_type"' not in form.get_data(as_text=True)
    sent = li.post(f"/batches/{batch_no}/people/{dou.id}/edit", **cells_of(form), id_type="身份证")
    assert "证件类型不可变更。 RST-002" in text_of(sent)
    assert "RST-001" in text_of(li.get(f"/batches/{batch_no}/people/{doudou.id}/edit"))
    assert [one.id_type for one in people()] == ["resident_id", "passport"]


def test_ac15_no_import_changes_the_kind_of_certificate_and_no_mended_row(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    as_passport = (WANG_DOUDOU[0], "护照", WANG_DOUDOU[2], "1990-03-07", "男", "", "是")
    as_resident = (WANG_DOU[0], "身份证", WANG_DOU[2], "", "", "", "否")
    import_id = imported(li, batch_no, [as_passport, as_resident])
    grid = f"/imports/{import_id}/corrections"
    for changed in ({}, {"r2-mobile": "14200000001", "r3-mobile": "14200000002"}):
        if changed:
            li.client.post(grid, data=fields_of(li.get(grid)) | changed)
        page = text_of(li.get(f"/imports/{import_id}?tab=rows"))
        assert "IDN-007" in page
        assert "IDN-008" in page
        assert [(one.name, one.id_type) for one in people()] == [("王豆豆", "resident_id"), ("王豆", "passport")]


def test_ac15_no_program_changes_the_kind_of_certificate(li: Browser, li_calls: Program, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    doudou, dou = (f"/batches/{batch_no}/people/{one.id}" for one in people())
    assert code_of(li_calls.call("PATCH", dou, json={"id_type": "resident_id"})) == (422, "RST-002")
    assert code_of(li_calls.call("PATCH", doudou, json={"id_type": "passport"})) == (409, "RST-001")
    assert [one.id_type for one in people()] == ["resident_id", "passport"]


@pytest.mark.parametrize("state", ["清册待校验", "清册校验不通过"])
def test_ac16_one_person_is_removed_while_the_roster_can_be_changed(li: Browser, batch_no: str, state: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, *over_age_rows()])
    if state == "清册校验不通过":
        checked(li, batch_no)
    assert state in roster_of(li, batch_no)
    roster, only = f"/batches/{batch_no}/roster", ids_by_name()["老甲"]
    asked = li.post(f"/batches/{batch_no}/people/remove", roster, only=only)
    assert "移除人员 老甲 清册现有 3 人 移除 1 人 移除后 2 人" in text_of(asked)
    li.post(f"/batches/{batch_no}/people/remove", pick=only, confirmed="1")
    assert set(ids_by_name()) == {"王豆豆", "老乙"}


def test_ac16_in_every_other_state_nobody_is_removed(li: Browser, li_calls: Program, town: Town, batch_no: str) -> None:
    """RST-010; what has expired says so itself (BAT-006), since there is nothing to be withdrawn."""
    imported(li, batch_no, [WANG_DOUDOU])
    (person,) = ids_by_name().values()
    for state in OTHER_STATES:
        put_into(batch_of(town.li, batch_no), state, expired_at=MORNING, expired_reason="逾期未缴费")
        assert "移除" not in roster_of(li, batch_no), state
        code = "BAT-006" if state is BatchState.EXPIRED else "RST-010"
        answer = li.post(f"/batches/{batch_no}/people/remove", "/batches", pick=person, confirmed="1")
        assert code in text_of(li.get(answer.location)), state
        assert code_of(li_calls.call("DELETE", f"/batches/{batch_no}/people/{person}")) == (409, code), state
    assert len(people()) == 1
