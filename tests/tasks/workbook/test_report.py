"""标注文件: what a clerk gets back, and uploads again."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from config.plans import plan_data
from models.rules.findings import Column, Finding
from models.rules.plan import PlanYear
from models.rules.roster import Odd, TypedRow, check_row
from tasks.workbook.header import HEADERS, RETURN_HEADERS
from tasks.workbook.reader import read_roster
from tasks.workbook.report import MarkedRow, marked_workbook
from tests.builders import a_typed_row

PLAN = PlanYear.from_data(plan_data("2020"))
TODAY = date(2020, 4, 20)
WRONG_NUMBER = "110101199003079092"


def marked(*rows: TypedRow) -> bytes:
    """The workbook for rows as the rules judge them."""
    return marked_workbook(MarkedRow(row, check_row(row, PLAN, TODAY, PLAN.coverage_start).findings) for row in rows)


def sheet(content: bytes) -> Worksheet:
    return load_workbook(io.BytesIO(content)).worksheets[0]


def coloured(cells: tuple[Cell | MergedCell, ...]) -> list[str]:
    return [cell.coordinate[0] for cell in cells if cell.fill.fill_type == "solid"]


def test_the_layout_is_the_templates_with_reason_and_code_at_the_end() -> None:
    first_row = next(sheet(marked(a_typed_row(id_no=WRONG_NUMBER))).iter_rows(values_only=True))
    assert first_row == (*HEADERS, *RETURN_HEADERS)


def test_only_the_wrong_cells_are_coloured() -> None:
    row = a_typed_row(name="", id_no=WRONG_NUMBER, has_si="有")
    assert coloured(sheet(marked(row))[2]) == ["A", "C", "G"]


def test_an_empty_cell_that_must_be_filled_is_coloured_too() -> None:
    assert coloured(sheet(marked(a_typed_row(has_si="")))[2]) == ["G"]


def test_the_reason_names_the_row_of_the_clerks_own_file_with_every_finding_and_its_remedy() -> None:
    reason = sheet(marked(a_typed_row(row=17, id_no=WRONG_NUMBER, mobile="1")))["H2"].value
    assert reason == (
        "原文件第17行：\n"
        "身份证号码校验位不正确，请核对。对照身份证逐位核对，最后一位可能是 X。\n"
        "手机号格式不正确。填 11 位手机号，或留空。"
    )


def test_the_codes_stand_in_the_last_column_once_each() -> None:
    assert sheet(marked(a_typed_row(id_no=WRONG_NUMBER, mobile="1")))["I2"].value == "IDN-005 ROW-010"


def test_a_row_of_an_occupied_person_says_who_was_first() -> None:
    values = {
        "name": "王豆豆", "id": "1101*****9091", "unit": "甲单位", "year": "2020", "handler": "李四", "phone": "021-1",
    }  # fmt: skip
    occupied = Finding(5, Column.ID_NO, "REG-001", "110101199003079091", values)
    reason = sheet(marked_workbook([MarkedRow(a_typed_row(row=5), [occupied])]))["H2"].value
    assert "已被【甲单位】占用" in str(reason)
    assert "李四" in str(reason)


def test_a_hint_is_told_and_colours_nothing() -> None:
    wrong = Finding(3, Column.MOBILE, "ROW-010", "1")
    hint = Finding(3, Column.HAS_SI, "ROW-018", "否")
    page = sheet(marked_workbook([MarkedRow(a_typed_row(row=3), [wrong, hint])]))
    assert coloured(page[2]) == ["F"]
    assert page["I2"].value == "ROW-010 ROW-018"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Odd("formula", "=1+1"), "=1+1"),
        (Odd("number", "1.10101199003079E+17"), "1.10101199003079E+17"),
        (Odd("error", "#N/A"), "#N/A"),
        (Odd("boolean", "TRUE"), "TRUE"),
        (Odd("date", "1990-03-07"), "1990-03-07"),
    ],
    ids=["formula", "number", "error", "boolean", "date"],
)
def test_every_cell_that_was_no_text_is_text(cell: Odd, text: str) -> None:
    page = sheet(marked(a_typed_row(id_no=cell)))
    assert (page["C2"].value, page["C2"].data_type) == (text, "s")


def test_an_id_number_is_a_string_in_a_text_cell() -> None:
    cell = sheet(marked(a_typed_row(id_no=WRONG_NUMBER)))["C2"]
    assert (cell.value, cell.data_type, cell.number_format) == (WRONG_NUMBER, "s", "@")


def test_a_name_with_nul_does_not_break_the_workbook() -> None:
    content = marked(a_typed_row(name="王\x00豆"))
    assert read_roster(content, 5000).rows[0].cells[0] == "王\x00豆"


def test_the_workbook_comes_back_as_it_was_typed_and_its_own_columns_are_not_read() -> None:
    rows = [a_typed_row(row=9, id_no=WRONG_NUMBER, mobile="12"), a_typed_row(row=40, name="", has_si="=1+1")]
    again = read_roster(marked(*rows), 5000)
    assert [row.cells for row in again.rows] == [row.cells for row in rows]
    assert again.notes_ignored == 0


def test_a_corrected_workbook_is_accepted_as_it_is() -> None:
    workbook = load_workbook(io.BytesIO(marked(a_typed_row(row=9, id_no=WRONG_NUMBER, mobile="12"))))
    workbook.worksheets[0]["C2"] = "110101199003079091"
    workbook.worksheets[0]["F2"] = None
    stream = io.BytesIO()
    workbook.save(stream)
    (row,) = read_roster(stream.getvalue(), 5000).rows
    assert check_row(row, PLAN, TODAY, PLAN.coverage_start).findings == []
