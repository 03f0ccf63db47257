"""Workbooks as Excel, WPS, LibreOffice and lesser programs write them: correct, and never quite alike."""

import pytest

from tasks.workbook.reader import read_roster
from tests.raw_workbooks import (
    HEADER_ROW,
    MAIN,
    PERSON_ROW,
    RELATIONSHIPS,
    STRICT_MAIN,
    inline,
    parts_of_a_workbook,
    raw_workbook,
    row,
    sheet_of,
    zipped,
)
from tests.workbooks import WANG_DOU, WANG_DOUDOU

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
SHEET = "xl/worksheets/sheet1.xml"
GOOD = parts_of_a_workbook(sheet_of(HEADER_ROW + PERSON_ROW))
EXPECTED = [(2, WANG_DOUDOU)]


def rows_of(content: bytes) -> list[tuple[int, tuple[object, ...]]]:
    return [tuple(typed) for typed in read_roster(content, 5000).rows]


def test_excel_with_its_extensions_and_foreign_namespaces() -> None:
    header = HEADER_ROW.replace("<row ", '<row spans="1:7" x14ac:dyDescent="0.2" ')
    sheet = (
        f'{DECLARATION}<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" '
        'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" xr:uid="{00000000-0001-0000-0000}">'
        '<sheetPr codeName="Sheet1"><tabColor rgb="FFFF0000"/></sheetPr><dimension ref="A1:G2"/>'
        '<sheetViews><sheetView tabSelected="1" workbookViewId="0"><selection sqref="A1"/></sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="14.25" x14ac:dyDescent="0.2"/><cols><col min="1" max="7" width="20"/></cols>'
        f"<sheetData>{header}{PERSON_ROW}"
        '<row r="3" s="1" customFormat="1" ht="20" customHeight="1"/></sheetData>'
        '<sheetProtection sheet="1"/><autoFilter ref="A1:G2"/><phoneticPr fontId="1" type="noConversion"/>'
        '<conditionalFormatting sqref="A2"><cfRule type="expression" priority="1"><formula>A2=""</formula></cfRule>'
        '</conditionalFormatting><dataValidations count="1"><dataValidation type="list" sqref="G2">'
        '<formula1>"是,否"</formula1></dataValidation></dataValidations>'
        '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        '<extLst><ext uri="{X}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        f'<x14:row><c xmlns="{MAIN}" r="A9"><v>9</v></c></x14:row></ext></extLst></worksheet>'
    )
    assert rows_of(zipped(GOOD | {SHEET: sheet})) == EXPECTED


def test_every_name_with_a_prefix() -> None:
    sheet = sheet_of(HEADER_ROW + PERSON_ROW).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    workbook = str(GOOD["xl/workbook.xml"]).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    changed = {SHEET: sheet.replace("xmlns=", "xmlns:x="), "xl/workbook.xml": workbook.replace("xmlns=", "xmlns:x=")}
    assert rows_of(zipped(GOOD | changed)) == EXPECTED


def test_the_strict_edition_of_the_standard() -> None:
    assert rows_of(raw_workbook(sheet_of(HEADER_ROW + PERSON_ROW, namespace=STRICT_MAIN), strict=True)) == EXPECTED


def test_rows_and_cells_that_do_not_say_where_they_are() -> None:
    sheet = sheet_of(HEADER_ROW + PERSON_ROW)
    for number in (1, 2):
        sheet = sheet.replace(f' r="{number}"', "")
        for column in "ABCDEFG":
            sheet = sheet.replace(f' r="{column}{number}"', "")
    sheet = sheet.replace(
        '<c t="inlineStr"><is><t xml:space="preserve">是', "<c/><c/><c s='1'/>" + '<c t="inlineStr"><is><t>是'
    )
    assert rows_of(zipped(GOOD | {SHEET: sheet})) == EXPECTED


def test_a_row_without_number_follows_the_one_before_it() -> None:
    last = '<row><c t="str"><v>王豆</v></c></row>'
    rows = rows_of(raw_workbook(sheet_of(HEADER_ROW + row(7, *WANG_DOUDOU) + last)))
    assert [number for number, _ in rows] == [7, 8]


def test_a_cell_without_reference_follows_the_one_before_it() -> None:
    cells = f'{inline("A2", "王豆豆")}<c/><c s="1"/><c r="D2" t="str"><v>1990-03-07</v></c><c t="str"><v>男</v></c>'
    ((_, typed),) = rows_of(raw_workbook(sheet_of(f'{HEADER_ROW}<row r="2">{cells}</row>')))
    assert typed == ("王豆豆", "", "", "1990-03-07", "男", "", "")


def test_rows_and_cells_out_of_order() -> None:
    cells = inline("G2", "是") + inline("C2", WANG_DOUDOU[2]) + inline("A2", "王豆豆") + inline("B2", "身份证")
    sheet = sheet_of(row(3, *WANG_DOU) + f'<row r="2">{cells}</row>' + HEADER_ROW)
    assert rows_of(raw_workbook(sheet)) == [(2, WANG_DOUDOU), (3, WANG_DOU)]


def test_hidden_rows_are_read() -> None:
    hidden = row(3, *WANG_DOU).replace('<row r="3"', '<row r="3" hidden="1"')
    assert len(rows_of(raw_workbook(sheet_of(HEADER_ROW + PERSON_ROW + hidden)))) == 2


@pytest.mark.parametrize("dimension", ["A1", "A1:B1", "A1:XFD1048576", "nonsense"])
def test_a_false_dimension_means_nothing(dimension: str) -> None:
    sheet = sheet_of(HEADER_ROW + PERSON_ROW, before=f'<dimension ref="{dimension}"/>')
    assert rows_of(raw_workbook(sheet)) == EXPECTED


def test_indented_xml_with_comments() -> None:
    sheet = (
        sheet_of(HEADER_ROW + PERSON_ROW).replace("<row", "\n  <!-- a <c r='A9'/> --><row").replace("<c ", "\n    <c ")
    )
    sheet = sheet.replace("<is>", "\n<is>\n").replace("</is>", "\n</is>\n").replace("</t>", "</t>\n")
    assert rows_of(zipped(GOOD | {SHEET: sheet})) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_xml_in_another_encoding(encoding: str) -> None:
    name = "UTF-16" if encoding == "utf-16" else "UTF-8"
    sheet = f'<?xml version="1.0" encoding="{name}"?>{sheet_of(HEADER_ROW + PERSON_ROW)}'
    assert rows_of(zipped(GOOD | {SHEET: sheet.encode(encoding)})) == EXPECTED


@pytest.mark.parametrize(
    "target",
    ["/xl/worksheets/sheet1.xml", "./worksheets/sheet1.xml", "../xl/worksheets/sheet1.xml", "Worksheets/Sheet1.xml"],
)
def test_a_sheet_is_found_by_absolute_and_relative_targets(target: str) -> None:
    name = "xl/_rels/workbook.xml.rels"
    assert rows_of(zipped(GOOD | {name: str(GOOD[name]).replace("worksheets/sheet1.xml", target)})) == EXPECTED


def test_the_main_part_may_have_another_name() -> None:
    renamed = {
        name.replace("workbook.xml", "book.xml").replace("xl/", "excel/"): str(part).replace(
            "xl/workbook.xml", "/excel/book.xml"
        )
        for name, part in GOOD.items()
    }
    renamed["[Content_Types].xml"] = renamed["[Content_Types].xml"].replace("//", "/")
    assert rows_of(zipped(renamed)) == EXPECTED


def test_names_with_backslashes() -> None:
    assert rows_of(zipped({name.replace("/", "\\"): part for name, part in GOOD.items()})) == EXPECTED


def test_many_formatted_cells_between_people_are_dropped_and_nothing_else() -> None:
    rows, people = [HEADER_ROW], []
    for number in range(2, 20_002):
        if number % 2000 == 0:
            people.append((number, (f"人{number}", "", "", "", "", "", "是")))
            rows.append(
                f'<row r="{number}">{inline(f"A{number}", f"人{number}")}<c r="B{number}" s="1"/><c/><c s="1"></c>'
                f'<c r="E{number}"/><c r="F{number}" s="1" />{inline(f"G{number}", "是")}</row>'
            )
        elif number % 2000 == 1:
            people.append((number, ("", "", "身份证", "", "", "", "")))
            rows.append(f'<row r="{number}"><c s="1"/><c/><c t="str"><v>身份证</v></c></row>')
        else:
            rows.append(
                f'<row r="{number}" s="1">' + "".join(f'<c r="{c}{number}" s="1"/>' for c in "ABCDEFG") + "</row>"
            )
    assert rows_of(raw_workbook(sheet_of("".join(rows)))) == people
