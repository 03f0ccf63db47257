"""The template as clerks get it, judged by openpyxl and by the reader that takes it back."""

import io
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from models.rules.roster import Odd
from tasks.workbook.header import HEADERS
from tasks.workbook.reader import read_roster
from tasks.workbook.rejections import NobodyInside
from tasks.workbook.template import (
    SAMPLE_PEOPLE,
    ErrorValue,
    Formula,
    WrittenCell,
    storable,
    template_workbook,
    write_roster,
)


@pytest.fixture
def template() -> Workbook:
    return load_workbook(io.BytesIO(template_workbook()))


def written(*rows: list[WrittenCell]) -> bytes:
    stream = io.BytesIO()
    write_roster(rows, stream)
    return stream.getvalue()


def test_the_first_sheet_holds_the_header_alone(template: Workbook) -> None:
    first = template.worksheets[0]
    assert [tuple(row) for row in first.iter_rows(values_only=True)] == [HEADERS]


def test_the_header_stays_in_sight_while_scrolling(template: Workbook) -> None:
    assert template.worksheets[0].freeze_panes == "A2"


def test_every_column_is_text_so_that_a_typed_number_keeps_its_18_digits(template: Workbook) -> None:
    columns = template.worksheets[0].column_dimensions
    assert {columns[letter].number_format for letter in "ABCDEFG"} == {"@"}


def test_three_columns_offer_their_words_as_a_list(template: Workbook) -> None:
    offered = {str(choice.sqref): choice.formula1 for choice in template.worksheets[0].data_validations.dataValidation}
    assert offered == {"B2:B5001": '"身份证,护照"', "E2:E5001": '"男,女"', "G2:G5001": '"是,否"'}


def test_the_second_sheet_explains_and_shows_the_two_people_of_the_handbook(template: Workbook) -> None:
    second = template.worksheets[1]
    assert second.title == "填写说明"
    rows = [tuple(cell or "" for cell in row) for row in second.iter_rows(values_only=True, max_col=7)]
    assert tuple(rows[-2:]) == SAMPLE_PEOPLE
    assert rows[-3] == HEADERS


def test_the_empty_template_is_refused_because_nobody_is_inside() -> None:
    with pytest.raises(NobodyInside):
        read_roster(template_workbook(), 5000)


def test_the_template_is_the_same_bytes_every_time() -> None:
    assert template_workbook() == template_workbook()


def test_the_handbooks_two_people_come_back_as_they_are_printed() -> None:
    roster = read_roster(written(list(SAMPLE_PEOPLE[0]), list(SAMPLE_PEOPLE[1])), 5000)
    assert [(row.row, row.cells) for row in roster.rows] == [(2, SAMPLE_PEOPLE[0]), (3, SAMPLE_PEOPLE[1])]


def test_text_that_looks_like_a_formula_or_an_error_is_written_as_text() -> None:
    row: list[WrittenCell] = ["=1+1", "#N/A", "-2+3", "+1", "@SUM(1)", "'x", "TRUE"]
    assert read_roster(written(row), 5000).rows[0].cells == tuple(row)


def test_cells_that_are_no_text_can_be_written_for_samples() -> None:
    content = written(
        [Formula("=1+1"), True, 1.10101199003079e17, date(1990, 3, 7), ErrorValue("#N/A"), 13912345678, ""]
    )
    cells = read_roster(content, 5000).rows[0].cells
    kinds = [cell.kind if isinstance(cell, Odd) else "text" for cell in cells]
    assert kinds == ["formula", "boolean", "number", "date", "error", "number", "text"]


@pytest.mark.parametrize(
    "text",
    ["王\x00豆", "a\x0bb", "_x0041_", "\ufffe", "tab\tand\nnewline", " blanks at both ends ", "𠮷田", "王\u200b豆"],
    ids=["NUL", "control", "looks escaped", "no character", "white space", "blanks", "surrogate pair", "zero-width"],
)
def test_any_text_survives_writing_and_reading(text: str) -> None:
    assert read_roster(written([text, "", "", "", "", "", ""]), 5000).rows[0].cells[0] == text


def test_what_xml_cannot_carry_is_written_in_the_workbooks_own_notation() -> None:
    assert storable("王\x00\r豆_x0041_") == "王_x0000__x000D_豆_x005F_x0041_"
