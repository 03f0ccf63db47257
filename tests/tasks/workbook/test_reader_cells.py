"""What single cells say: text in all the ways it is stored, and what is not text (written by hand, as programs do)."""

from datetime import date

import pytest

from models.rules.roster import Cell
from tasks.workbook.reader import read_roster
from tasks.workbook.rejections import NotAWorkbook, TooBig
from tests.raw_workbooks import HEADER_ROW, STRICT_MAIN, raw_workbook, roster_with, sheet_of
from tests.workbooks import WANG_DOUDOU, a_workbook

STYLES = (
    '<numFmts count="5">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/>'
    '<numFmt numFmtId="166" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="167" formatCode="0.00E+00"/>'
    '<numFmt numFmtId="168" formatCode="&quot;day &quot;0_d"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    "<cellXfs>"
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 31, 57, 164, 165, 166, 167, 168, 49, 46))
    + "</cellXfs>"
    '<dxfs><dxf><numFmt numFmtId="167" formatCode="yyyy"/></dxf></dxfs>'
)
DATE_STYLES = (1, 2, 3, 4, 5)
OTHER_STYLES = (0, 6, 7, 8, 9, 10, 99)


def birth_of(cell: str, **how: object) -> Cell:
    """What is read from this cell, put into the birthday column of a row with a name."""
    name = '<c r="A2" t="inlineStr"><is><t>王豆豆</t></is></c>'
    (row,) = read_roster(raw_workbook(roster_with(name + cell), **how), 5000).rows
    return row.cells[3]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="D2" t="s"><v>1</v></c>', "second"),
        ('<c r="D2" t="inlineStr"><is><t>in place</t></is></c>', "in place"),
        ('<c r="D2" t="inlineStr"><is><r><rPr><b/></rPr><t>in </t></r><r><t>runs</t></r></is></c>', "in runs"),
        ('<c r="D2" t="inlineStr"><is><t>王</t><rPh sb="0" eb="1"><t>wang</t></rPh></is></c>', "王"),
        ('<c r="D2" t="str"><v>no formula</v></c>', "no formula"),
        ('<c r="D2" t="str"><v>a &amp; b &#x4E00;</v></c>', "a & b 一"),
        ('<c r="D2" t="str"><v><![CDATA[<c r="E2"/>]]></v></c>', '<c r="E2"/>'),
        ('<c r="D2" t="s"><v>2</v></c>', "rich text"),
        ('<c r="D2" t="s"><v>3</v></c>', " spaces\n"),
        ('<c r="D2" t="s"><v>4</v></c>', "a\rb"),
        ('<c r="D2" t="s"><v>5</v></c>', "_x0041_"),
        ('<c r="D2" t="s"><v>6</v></c>', "𠮷😀\ufffd"),
        ('<c r="D2" t="s"><v>7</v></c>', "\0"),
        ('<c r="D2" t="s"><v>8</v></c>', ""),
        ('<c r="D2" s="1" t="s"><v> 0 </v></c>', "first"),
        ('<c r="D2" t="s"><v/></c>', ""),
        ('<c r="D2" s="1"/>', ""),
        ('<c r="D2" t="inlineStr"><is/></c>', ""),
        ('<c r="D2" t="d"><v>next year</v></c>', "next year"),
        ('<c r="D2" t="d"><v>1990-02-30</v></c>', "1990-02-30"),
    ],
)
def test_text_is_read_however_it_is_stored(cell: str, text: str) -> None:
    strings = (
        "<si><t>first</t></si><si><t>second</t></si>"
        "<si><r><rPr><sz val='9'/></rPr><t>rich </t></r><r><t>text</t></r><rPh sb='0' eb='1'><t>no</t></rPh></si>"
        "<si><t xml:space='preserve'> spaces\n</t></si><si><t>a_x000D_b</t></si><si><t>_x005F_x0041_</t></si>"
        "<si><t>𠮷_xD83D__xDE00__xD83D_</t></si><si><t>_x0000_</t></si><si/>"
    )
    assert birth_of(cell, shared_strings=strings) == text


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        ('<c r="D2"><v>13912345678</v></c>', "number", "13912345678"),
        ('<c r="D2" t="n"><v>110101199003079091</v></c>', "number", "1.10101199003079E+17"),
        ('<c r="D2"><v>1.1010119900307909E+17</v></c>', "number", "1.10101199003079E+17"),
        ('<c r="D2"><v>0.1</v></c>', "number", "0.1"),
        ('<c r="D2"><v>0.30000000000000004</v></c>', "number", "0.3"),
        ('<c r="D2"><v>-1</v></c>', "number", "-1"),
        ('<c r="D2"><v>1e400</v></c>', "number", "1e400"),
        ('<c r="D2"><v>nan</v></c>', "number", "nan"),
        ('<c r="D2" t="b"><v>1</v></c>', "boolean", "TRUE"),
        ('<c r="D2" t="b"><v>0</v></c>', "boolean", "FALSE"),
        ('<c r="D2" t="e"><v>#N/A</v></c>', "error", "#N/A"),
        ('<c r="D2"><f>1+1</f><v>2</v></c>', "formula", "=1+1"),
        ('<c r="D2"><f>1+1</f></c>', "formula", "=1+1"),
        ('<c r="D2" t="str"><f>"男"</f><v>男</v></c>', "formula", '="男"'),
        ('<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "formula", "=1/0"),
        ('<c r="D2"><f t="shared" si="0"/><v>2</v></c>', "formula", "="),
        ('<c r="D2" t="d"><v>1990-03-07</v></c>', "date", "1990-03-07"),
        ('<c r="D2" t="d"><v>1990-03-07T12:30:00.000</v></c>', "date", "1990-03-07"),
    ],
)
def test_what_is_not_text_is_told_by_its_kind(cell: str, kind: str, text: str) -> None:
    assert birth_of(cell) == (kind, text)


@pytest.mark.parametrize("style", DATE_STYLES)
def test_a_number_in_a_date_format_is_a_date(style: int) -> None:
    assert birth_of(f'<c r="D2" s="{style}"><v>32939.75</v></c>', styles=STYLES) == ("date", "1990-03-07")


@pytest.mark.parametrize("style", OTHER_STYLES)
def test_a_number_in_another_format_is_a_number(style: int) -> None:
    assert birth_of(f'<c r="D2" s="{style}"><v>32939</v></c>', styles=STYLES) == ("number", "32939")


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("61", "1900-03-01"),
        ("32938.999999999996", "1990-03-07"),
        ("2958465", "9999-12-31"),
        ("2958465.9", "9999-12-31"),
    ],
)
def test_a_serial_number_is_its_day(serial: str, day: str) -> None:
    assert birth_of(f'<c r="D2" s="1"><v>{serial}</v></c>', styles=STYLES) == ("date", day)


@pytest.mark.parametrize("serial", ["-1", "-0.5", "0", "0.5", "60", "60.5", "2958466", "1E+17"])
def test_a_serial_number_without_a_day_stays_a_number(serial: str) -> None:
    assert birth_of(f'<c r="D2" s="1"><v>{serial}</v></c>', styles=STYLES) == ("number", serial)


@pytest.mark.parametrize(("serial", "day"), [("0", "1904-01-01"), ("60", "1904-03-01"), ("31477", "1990-03-07")])
def test_a_workbook_from_1904_counts_from_there(serial: str, day: str) -> None:
    cell = f'<c r="D2" s="1"><v>{serial}</v></c>'
    assert birth_of(cell, styles=STYLES, workbook_properties='<workbookPr date1904="1"/>') == ("date", day)


@pytest.mark.parametrize("serial", ["-1", "2957004"])
def test_a_workbook_from_1904_has_an_end_too(serial: str) -> None:
    cell = f'<c r="D2" s="1"><v>{serial}</v></c>'
    assert birth_of(cell, styles=STYLES, workbook_properties='<workbookPr date1904="1"/>') == ("number", serial)


def test_a_date_cell_of_a_strict_workbook_is_read() -> None:
    cells = '<c r="A2" t="str"><v>王豆豆</v></c><c r="D2" t="d"><v>1990-03-07</v></c>'
    sheet = sheet_of(f'{HEADER_ROW}<row r="2">{cells}</row>', namespace=STRICT_MAIN)
    (row,) = read_roster(raw_workbook(sheet, strict=True), 5000).rows
    assert row.cells[3] == ("date", "1990-03-07")


@pytest.mark.parametrize("writer", ["openpyxl", "xlsxwriter"])
def test_a_date_cell_of_either_library_is_read(writer: str) -> None:
    (row,) = read_roster(a_workbook([(*WANG_DOUDOU[:3], date(1990, 3, 7))], writer=writer), 5000).rows
    assert row.cells[3] == ("date", "1990-03-07")


@pytest.mark.parametrize("number", ["1", "-1", "x", "1.5"])
def test_a_shared_string_that_does_not_exist_means_damage(number: str) -> None:
    with pytest.raises(NotAWorkbook) as caught:
        birth_of(f'<c r="D2" t="s"><v>{number}</v></c>', shared_strings="<si><t>only</t></si>")
    assert caught.value.code == "IMP-005"


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="D3"><v>1</v></c>',
        '<c r="D2"><v>1</v></c><c r="D2"><v>2</v></c>',
        '<c r="D2"><v>1</v><v>2</v></c>',
        '<c r="4"><v>1</v></c>',
        '<c r="d2"><v>1</v></c>',
        '<c r="BA2"><v>1</v></c>',
        '<c r="XFE2"><v>1</v></c>',
        '<c r="XFD2"/><c><v>1</v></c>',
        '<c r="D2" t="x"><v>1</v></c>',
        f'<c r="D2" t="str"><v>{"y" * 32_768}</v></c>',
        f'<c r="D2" t="inlineStr"><is><r><t>{"y" * 20_000}</t></r><r><t>{"y" * 20_000}</t></r></is></c>',
    ],
)
def test_cells_that_no_program_writes_refuse_the_file(cells: str) -> None:
    with pytest.raises(TooBig) as caught:
        birth_of(cells)
    assert caught.value.code == "IMP-012"
