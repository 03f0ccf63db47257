"""Sheets and texts that are small in the zip and endless outside it, and the big ones that must pass."""

from pathlib import Path

import pytest

from tests.hostile.files import Entry, swollen, with_part
from tests.hostile.measured import measure
from tests.raw_workbooks import HEADER_ROW, MAIN, PERSON_ROW, SHEET, parts_of_a_workbook, raw_workbook, row, sheet_of
from tests.workbooks import a_workbook, some_people

GOOD = parts_of_a_workbook(sheet_of(HEADER_ROW + PERSON_ROW), shared_strings="", styles="")
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
SST = f'<sst xmlns="{MAIN}">'.encode()
CELL_XFS = f'<styleSheet xmlns="{MAIN}"><cellXfs>'.encode()
MEGABYTE = 2**20


def sheet(block: bytes, megabytes: int, *, before: bytes = b"", after: bytes = b"", prolog: bytes = b"") -> Entry:
    """A sheet with the template's header and so many megabytes of the block, a thousand times repeated for each."""
    head = prolog + f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER_ROW}'.encode() + before
    tail = after + b"</sheetData></worksheet>"
    return swollen(SHEET, head, block * 1000, megabytes * MEGABYTE // (len(block) * 1000), tail)


def strings(block: bytes, times: int, *, before: bytes = b"", after: bytes = b"") -> Entry:
    return swollen(STRINGS, SST + before, block * 1000, times // 1000, after + b"</sst>")


FULL_ROW = row(2, *"一二三四五六七").replace('<row r="2">', "<row>").encode()
for column in "ABCDEFG":
    FULL_ROW = FULL_ROW.replace(f' r="{column}2"'.encode(), b"")
MANY_ATTRIBUTES = b"".join(b' a%d=""' % number for number in range(500))
LONG_STRING = b"<si><t>" + b"y" * 32_000 + "😀</t></si>".encode()


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(strings(b"<si/>", 20_000_000), id="20 million shared strings"),
        pytest.param(strings(b"<si/>", 13_000_000), id="as many shared strings as fit"),
        pytest.param(strings(b"<t/>", 15_000_000, before=b"<si>", after=b"</si>"), id="a string of millions of texts"),
        pytest.param(strings(b"<r/>", 15_000_000, before=b"<si>", after=b"</si>"), id="a string of millions of runs"),
        pytest.param(strings(b"y" * 100, 600_000, before=b"<si><t>", after=b"</t></si>"), id="a string of 60 MB"),
        pytest.param(swollen(STRINGS, SST, LONG_STRING, 2000, b"</sst>"), id="long strings, 4 bytes each"),
        pytest.param(sheet(FULL_ROW, 250), id="more people than are counted"),
        pytest.param(sheet(b"<row/>", 250), id="more rows than a sheet has"),
        pytest.param(sheet(b"<c/>", 250, before=b"<row>", after=b"</row>"), id="one row of empty cells"),
        pytest.param(sheet(b"<c><v/></c>", 250, before=b"<row>", after=b"</row>"), id="one row of cells without value"),
        pytest.param(sheet(b"<c>", 250, before=b"<row>"), id="cells inside cells"),
        pytest.param(sheet(b"<a>", 250), id="unknown elements inside each other"),
        pytest.param(sheet(b"<a/>", 250), id="unknown elements"),
        pytest.param(sheet(b"<b/>", 250, before=b"<a>", after=b"</a>"), id="unknown elements in an unknown one"),
        pytest.param(sheet(b"y" * 100, 250, before=b'<row x="', after=b'"/>'), id="an attribute of 250 MB"),
        pytest.param(sheet(b"y" * 100, 250, before=b"<row><c><v>", after=b"</v></c></row>"), id="a value of 250 MB"),
        pytest.param(sheet(b"y" * 100, 250, before=b"<!--", after=b"-->"), id="a comment of 250 MB"),
        pytest.param(swollen(SHEET, b"<", b"y" * MEGABYTE, 250, b"/>"), id="a name of 250 MB"),
        pytest.param(sheet(b"<row" + MANY_ATTRIBUTES + b"/>", 250), id="rows with 500 attributes"),
        pytest.param(sheet(b"<a" + MANY_ATTRIBUTES + b"/>", 250), id="unknown elements with 500 attributes"),
        pytest.param(sheet(b"y" * 100, 250, prolog=b"<?x ", before=b"?>"), id="an instruction without end"),
        pytest.param(
            swollen(STYLES, CELL_XFS, b"<xf/>" * 1000, 12_000, b"</cellXfs></styleSheet>"), id="12 million styles"
        ),
        pytest.param(
            swollen("xl/workbook.xml", f'<workbook xmlns="{MAIN}">'.encode(), b"<sheet/>" * 1000, 7000, b"</workbook>"),
            id="7 million sheets",
        ),
        pytest.param(
            swollen(
                "[Content_Types].xml",
                b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">',
                b"<Override/>" * 1000,
                5000,
                b"</Types>",
            ),
            id="5 million content types",
        ),
    ],
)
def test_what_swells_is_refused_within_five_seconds_and_400_megabytes(part: Entry, tmp_path: Path) -> None:
    measured = measure(with_part(GOOD, part), tmp_path)
    assert measured.code == "IMP-012", measured
    assert measured.seconds < 5
    assert measured.both_megabytes < 400


def test_one_long_text_in_every_cell_does_not_swell_the_process_that_waits(tmp_path: Path) -> None:
    cells = "".join(f'<c r="{column}{{0}}" t="s"><v>0</v></c>' for column in "ABCDEFG")
    rows = "".join(f'<row r="{number}">{cells.format(number)}</row>' for number in range(2, 5002))
    content = raw_workbook(sheet_of(HEADER_ROW + rows), shared_strings=f"<si><t>{'长' * 32_000}</t></si>")
    measured = measure(content, tmp_path)
    assert measured.code == "IMP-012"
    assert measured.both_megabytes < 400


def test_values_in_the_sheets_far_corners_are_refused(tmp_path: Path) -> None:
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    measured = measure(raw_workbook(sheet_of(corners)), tmp_path)
    assert measured.code == "IMP-012"
    assert measured.seconds < 5
    assert measured.both_megabytes < 200


def test_5001_people_are_refused_with_their_number(tmp_path: Path) -> None:
    measured = measure(a_workbook(some_people(5001), writer="xlsxwriter"), tmp_path)
    assert (measured.code, measured.values) == ("IMP-003", {"n": 5001})
    assert measured.seconds < 5


def test_5000_people_are_read_in_less_than_200_megabytes_together(tmp_path: Path) -> None:
    measured = measure(a_workbook(some_people(5000)), tmp_path)
    assert (measured.code, measured.people) == ("", 5000)
    assert measured.both_megabytes < 200


def test_sixty_thousand_people_are_counted_to_the_last(tmp_path: Path) -> None:
    part = swollen(
        SHEET,
        f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER_ROW}'.encode(),
        (FULL_ROW + b"<row/>" + b'<row><c t="inlineStr"><is><t> </t></is></c></row>') * 1000,
        60,
        b"</sheetData></worksheet>",
    )
    measured = measure(with_part(GOOD, part), tmp_path)
    assert (measured.code, measured.values) == ("IMP-003", {"n": 60_000})
    assert measured.seconds < 5
    assert measured.both_megabytes < 200


def test_a_million_rows_that_are_formatted_and_empty_pass(tmp_path: Path) -> None:
    cells = "".join(f'<c r="{column}{{0}}" s="1"/>' for column in "ABC")
    rows = "".join(f'<row r="{number}">{cells.format(number)}</row>' for number in range(3, 1_000_003))
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="49"/></cellXfs>'
    measured = measure(raw_workbook(sheet_of(HEADER_ROW + PERSON_ROW + rows), styles=styles), tmp_path)
    assert (measured.code, measured.people) == ("", 1)
    assert measured.both_megabytes < 200


def test_a_quarter_of_a_gigabyte_of_formatted_and_empty_cells_passes(tmp_path: Path) -> None:
    measured = measure(
        with_part(GOOD, sheet(b'<c r="A2" s="1"/>', 250, before=b'<row r="2">', after=b"</row>")), tmp_path
    )
    assert measured.code == "IMP-004"
    assert measured.both_megabytes < 200
