"""Our reader against openpyxl, cell by cell, on generated workbooks of every writer that is at hand."""

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.rules.roster import Cell, Odd
from models.rules.white_space import is_blank
from tasks.workbook.header import HEADERS
from tasks.workbook.parser import read_workbook
from tasks.workbook.rejections import NobodyInside
from tests.workbooks import Value, a_workbook

Table = Sequence[Sequence[Value]]


class Formula(str):
    """A cell to be written as a formula."""

    __slots__ = ()


def by_openpyxl(table: Table) -> bytes:
    stream = io.BytesIO(a_workbook([[_unless_formula(value) for value in values] for values in table]))
    workbook = openpyxl.load_workbook(stream)
    for row, values in enumerate(table, start=2):
        for column, value in enumerate(values, start=1):
            if isinstance(value, Formula):
                workbook.active.cell(row, column, str(value))
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def by_xlsxwriter(table: Table, *, inline: bool = False) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "constant_memory": inline}) as workbook:
        sheet = workbook.add_worksheet()
        days = [workbook.add_format({"num_format": code}) for code in ("yyyy-mm-dd", 'yyyy"年"m"月"d"日"', 14, 22)]
        for row, values in enumerate([HEADERS, *table]):
            for column, value in enumerate(values):
                if isinstance(value, Formula):
                    sheet.write_formula(row, column, value, None, "男" if column % 2 else 1)
                elif isinstance(value, bool):
                    sheet.write_boolean(row, column, value)
                elif isinstance(value, date):
                    sheet.write_datetime(row, column, value, days[row % len(days)])
                elif isinstance(value, int | float):
                    sheet.write_number(row, column, value)
                elif value is not None:
                    sheet.write_string(row, column, value)
    return stream.getvalue()


def by_xlsxwriter_inline(table: Table) -> bytes:
    return by_xlsxwriter(table, inline=True)


def by_libreoffice(table: Table) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder, "before.xlsx")
        before.write_bytes(by_xlsxwriter(table))
        profile = f"-env:UserInstallation=file://{folder}/profile"
        options = ["--headless", "--convert-to", "xlsx", "--outdir", f"{folder}/after"]
        subprocess.run(["soffice", profile, *options, before], check=True, capture_output=True, timeout=120)
        return Path(folder, "after", "before.xlsx").read_bytes()


WRITERS: dict[str, tuple[Callable[[Table], bytes], int]] = {
    "openpyxl": (by_openpyxl, 40),
    "xlsxwriter": (by_xlsxwriter, 40),
    "xlsxwriter, inline strings": (by_xlsxwriter_inline, 40),
}
"""Each with the number of examples that its speed allows."""
if shutil.which("soffice"):
    WRITERS["LibreOffice"] = (by_libreoffice, 3)

IN_XML = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n")
TEXTS = (
    st.text(IN_XML, max_size=30).filter(lambda text: "_x" not in text)  # which openpyxl does not decode; see the cells
    | st.sampled_from(
        ["王豆豆", "𠮷野家", "身份证", " 110101199003079091 ", "Ａ１\u3000", "a\nb", "=1+1", "#N/A", "TRUE", " ", "\n"]
    )
)
FORMULAS = st.sampled_from(
    [Formula("=1+1"), Formula('=IF(A2="","是","否")'), Formula("=SUM(A1:B2)"), Formula("=A1&B1")]
)
VALUES = st.one_of(
    st.none(),
    TEXTS,
    TEXTS,
    st.integers(-(10**18), 10**18),
    st.floats(-1e300, 1e300),
    st.booleans(),
    st.dates(date(1900, 3, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 30)).map(lambda moment: moment.replace(microsecond=0)),  # noqa: DTZ001 -- a spreadsheet knows no time zones
    FORMULAS,
)
TABLES = st.lists(st.lists(VALUES, max_size=7), max_size=12)


@pytest.mark.parametrize("writer", WRITERS)
def test_our_reader_and_openpyxl_see_the_same_cells(writer: str) -> None:
    write, examples = WRITERS[writer]

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), database=None)
    @given(TABLES)
    def agree(table: Table) -> None:
        content = write(table)
        assert ours(content) == openpyxls(content)

    agree()


@settings(max_examples=60)
@given(st.text(IN_XML | st.characters(categories=["Cc"]), min_size=1, max_size=40))
def test_every_text_that_xlsxwriter_can_store_comes_back_as_it_was(text: str) -> None:
    ((_, cells),) = ours(by_xlsxwriter([["名", text]]))
    assert cells[1] == text


def ours(content: bytes) -> list[tuple[int, list[Cell]]]:
    try:
        rows = read_workbook(content, 5000).people()
    except NobodyInside:
        return []
    return [(row, [cell if isinstance(cell, str) else Odd(*cell) for cell in cells]) for row, cells in rows]


def openpyxls(content: bytes) -> list[tuple[int, list[Cell]]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    table = [
        (row, [_as_cell(sheet.cell(row, column)) for column in range(1, 8)]) for row in range(2, sheet.max_row + 1)
    ]
    return [(row, cells) for row, cells in table if not all(isinstance(cell, str) and is_blank(cell) for cell in cells)]


def _as_cell(cell: openpyxl.cell.Cell) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in {"f", "e"}:
        return Odd({"f": "formula", "e": "error"}[cell.data_type], value)
    if isinstance(value, bool):
        return Odd("boolean", str(value).upper())
    if isinstance(value, date):
        return Odd("date", f"{value:%Y-%m-%d}")
    if isinstance(value, int | float):
        return Odd("number", f"{value:.15G}")
    return str(value)


def _unless_formula(value: Value) -> Value:
    return None if isinstance(value, Formula) else value
