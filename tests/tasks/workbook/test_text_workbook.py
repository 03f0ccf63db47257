"""A streamed workbook of text, judged by openpyxl and by the reader of our own."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator, Sequence
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tasks.workbook.header import HEADERS
from tasks.workbook.reader import read_roster
from tasks.workbook.template import storable
from tasks.workbook.text_workbook import TextColumn, text_workbook

TWO = (TextColumn("姓名", 14), TextColumn("证件号码", 24))
ROSTER = [TextColumn(header, 20) for header in HEADERS]

HOSTILE = {
    "formula": "=1+1",
    "plus": "+1",
    "at": "@SUM(A1)",
    "error": "#N/A",
    "number": "110101199003079091",
    "truth": "TRUE",
    "quote": "'x",
    "markup": "<c>&amp;]]></c>",
    "looks escaped": "_x0041_",
    "NUL": "王\x00豆",
    "control": "a\x0bb\rc",
    "white space": " a\tb\nc ",
    "rare Han": "𠮷田𬱖宁",
    "zero-width": "王\u200b豆",
    "no character": "\ufffe",
}


def sheet(rows: Sequence[Sequence[str]]) -> Worksheet:
    content = b"".join(text_workbook("参保清册", TWO, rows))
    return load_workbook(io.BytesIO(content)).worksheets[0]


def test_headings_and_rows_stand_where_they_were_given() -> None:
    made = sheet([("王豆豆", "1"), ("李雷", "2")])
    assert made.title == "参保清册"
    assert list(made.iter_rows(values_only=True)) == [("姓名", "证件号码"), ("王豆豆", "1"), ("李雷", "2")]


def test_the_heading_stays_in_sight_and_the_columns_are_as_wide_as_asked() -> None:
    made = sheet([])
    assert made.freeze_panes == "A2"
    assert [made.column_dimensions[letter].width for letter in "AB"] == [14, 24]


def test_an_empty_text_is_an_empty_cell() -> None:
    assert [cell.value for cell in sheet([("", "2")])[2]] == [None, "2"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_every_cell_is_text_whatever_it_looks_like(text: str) -> None:
    cell = sheet([(text, "x")])["A2"]
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert cell.value == storable(text), "openpyxl leaves the workbook's own notation as it is"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_text_comes_back_as_it_was(text: str) -> None:
    row = (text, "身份证", "110101199003079091", "", "", "", "是")
    content = b"".join(text_workbook("参保人员", ROSTER, [row]))
    assert read_roster(content, 5000).rows[0].cells == row


def test_a_column_of_amounts_holds_numbers_that_add_up() -> None:
    columns = (TextColumn("姓名", 14), TextColumn("实际费用", 12, amount=True))
    content = b"".join(text_workbook("保费详情", columns, [("王豆豆", "1195.00"), ("李雷", "7.50"), ("韩梅", "")]))
    cells = [row[1] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=1)]
    assert [cell.value for cell in cells] == ["实际费用", 1195, 7.5, None]
    assert [(cell.data_type, cell.number_format) for cell in cells[1:3]] == [("n", "#,##0.00")] * 2


def test_the_first_bytes_come_before_the_first_row_is_asked_for() -> None:
    asked = []

    def rows() -> Iterator[tuple[str, str]]:
        asked.append("a row")
        yield ("", "")

    assert next(text_workbook("参保清册", TWO, rows())).startswith(b"PK")
    assert asked == []


def test_a_hundred_thousand_rows_are_never_in_memory_together() -> None:
    tracemalloc.start()
    rows = ((f"第{number}人", f"{number:018d}") for number in range(100_000))
    size = sum(len(block) for block in text_workbook("参保清册", TWO, rows))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 500_000
    assert peak < 5_000_000, f"{peak:,} bytes at once"


def test_the_archive_is_sound_though_it_was_written_without_going_back() -> None:
    content = b"".join(text_workbook("参保清册", TWO, [("王豆豆", "1")] * 1000))
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
