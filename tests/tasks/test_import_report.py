"""The marked workbook of an import: mended as it is, it brings everybody in."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from models.records.job import JobState
from tasks.import_report import make_report
from tasks.workbook.header import RETURN_HEADERS
from tests.builders import a_person
from tests.imports import a_rival_with, an_import, imported, marked_workbook_of, roster_of, typed
from tests.records import BatchOf, a_batch_to_fill, a_roster
from tests.workbooks import some_people

RIGHT = some_people(14)
MISTAKES: list[tuple[int, str | int]] = [
    (0, ""), (1, "军官证"), (2, 12345678901234567), (2, "310101197001010010"), (3, "1970/01/01"), (4, "M"), (5, "139"),
    (6, "有"), (0, "=1+1"), (2, ""),
]  # fmt: skip
"""Column and what stands there instead, for row 2 and the following."""


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def spoilt_rows() -> list[list[str | int]]:
    rows: list[list[str | int]] = [list(row) for row in RIGHT]
    for row, (column, value) in zip(rows, MISTAKES, strict=False):
        row[column] = value
    return rows


def sheet_of(content: bytes) -> list[list[str]]:
    rows = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def test_the_marked_workbook_holds_the_wrong_rows_and_no_others(batch: BatchOf) -> None:
    done = an_import(batch, spoilt_rows())
    header, *rows = sheet_of(marked_workbook_of(done))
    assert tuple(header[7:9]) == RETURN_HEADERS
    assert len(rows) == len(MISTAKES) == done.counts["invalid"]


def test_each_row_says_why_and_where_it_stood(batch: BatchOf) -> None:
    _, first, *_ = sheet_of(marked_workbook_of(an_import(batch, spoilt_rows())))
    assert first[7].startswith("原文件第2行：")
    assert ("姓名不能为空" in first[7], first[8]) == (True, "ROW-001")


def test_wrong_cells_are_coloured_and_right_ones_are_not(batch: BatchOf) -> None:
    content = marked_workbook_of(an_import(batch, spoilt_rows()))
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert (sheet["A2"].fill.fgColor.rgb, sheet["B2"].fill.fill_type) == ("00FFC7CE", None)


def test_mended_as_it_is_the_marked_workbook_brings_everybody_in(batch: BatchOf) -> None:
    workbook = load_workbook(io.BytesIO(marked_workbook_of(an_import(batch, spoilt_rows()))))
    sheet = workbook.worksheets[0]
    for place, (column, _) in enumerate(MISTAKES):
        sheet.cell(place + 2, column + 1).value = RIGHT[place][column] or None
    mended = io.BytesIO()
    workbook.save(mended)
    again = an_import(batch, mended.getvalue())
    assert (again.counts, again.findings) == ({"added": len(MISTAKES)}, [])
    assert sorted(person.id_no for person in roster_of(batch)) == sorted(row[2] for row in RIGHT)


def test_uploaded_as_it_came_it_says_the_same_again(batch: BatchOf) -> None:
    done = an_import(batch, spoilt_rows())
    again = an_import(batch, marked_workbook_of(done))
    assert again.counts == {"invalid": len(MISTAKES)}


def test_an_occupied_person_is_in_it_with_whom_to_call(batch: BatchOf) -> None:
    a_rival_with([a_person()])
    _, row = sheet_of(marked_workbook_of(an_import(batch, [typed(a_person())])))
    assert (row[2], row[8]) == ("110101199003079091", "REG-001")
    assert "14200000001" in row[7]


def test_a_formula_comes_back_as_text(batch: BatchOf) -> None:
    content = marked_workbook_of(an_import(batch, spoilt_rows()))
    cell = load_workbook(io.BytesIO(content)).worksheets[0].cell(2 + 8, 1)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_an_import_without_wrong_rows_has_none(batch: BatchOf) -> None:
    assert an_import(batch, RIGHT).upload.report_job_id is None


def test_its_job_ends_and_a_second_delivery_changes_nothing(batch: BatchOf) -> None:
    done = an_import(batch, a_roster(60, 1, "0.3"))
    first = marked_workbook_of(done)
    assert done.upload.report_job_id is not None
    make_report(done.upload.report_job_id)
    assert imported(done.upload.id).upload.report() == first


def test_its_job_does_not_hold_up_the_next_upload(batch: BatchOf) -> None:
    an_import(batch, spoilt_rows())
    assert an_import(batch, some_people(1, 500)).job.state == JobState.DONE
