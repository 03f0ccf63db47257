"""Builds rosters in the template's layout, by either of the two libraries that write workbooks."""

import io
from collections.abc import Iterable, Sequence
from datetime import date

import xlsxwriter
from openpyxl import Workbook

from tasks.workbook.header import HEADERS

Value = str | int | float | bool | date | None

WANG_DOUDOU = ("王豆豆", "身份证", "110101199003079091", "", "", "", "是")
WANG_DOU = ("王豆", "护照", "H801213602X", "1998-12-09", "男", "", "否")
"""The two people that the handbook prints (DOMAIN 7.5)."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def a_workbook(
    rows: Iterable[Sequence[Value]] = (WANG_DOUDOU,),
    *,
    header: Sequence[Value] = HEADERS,
    writer: str = "openpyxl",
) -> bytes:
    """A roster with these rows below the header, from row 2 on; an empty sequence leaves a blank row.

    Strings are written as text whatever they look like, numbers as numbers, dates as date cells, None and "" not at
    all.
    `writer` is "openpyxl" or "xlsxwriter".
    """
    table = [header, *rows]
    return _by_xlsxwriter(table) if writer == "xlsxwriter" else _by_openpyxl(table)


def some_people(count: int, first: int = 0) -> list[tuple[str, ...]]:
    """Rows of people who exist nowhere, all different, all well-formed: numbers `first` to `first + count - 1`."""
    return [_somebody(number) for number in range(first, first + count)]


def _somebody(number: int) -> tuple[str, ...]:
    day = date.fromordinal(date(1970, 1, 1).toordinal() + number // 500 % 10_000)
    body = f"31010{1 + number // 5_000_000 % 9}{day:%Y%m%d}{number % 500 + 1:03d}"
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]
    name = "张王李赵陈刘杨黄周吴"[number % 10] + "".join("一二三四五六七八九十"[int(digit)] for digit in f"{number}")
    return (name, "身份证", body + check, "", "", f"13{number % 10**9:09d}", "否" if number % 10 == 0 else "是")


def _by_openpyxl(table: Sequence[Sequence[Value]]) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    for row, values in enumerate(table, start=1):
        for column, value in enumerate(values, start=1):
            if value not in (None, ""):
                cell = sheet.cell(row, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _by_xlsxwriter(table: Sequence[Sequence[Value]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for row, values in enumerate(table):
            for column, value in enumerate(values):
                if isinstance(value, bool):
                    sheet.write_boolean(row, column, value)
                elif isinstance(value, date):
                    sheet.write_datetime(row, column, value, day)
                elif isinstance(value, int | float):
                    sheet.write_number(row, column, value)
                elif value:
                    sheet.write_string(row, column, value)
    return stream.getvalue()
