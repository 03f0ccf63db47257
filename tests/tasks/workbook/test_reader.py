"""A roster as a whole: which sheet, which header, which rows, and what is refused (DOMAIN 7.5)."""

import pytest

from tasks.workbook.header import HEADERS
from tasks.workbook.reader import Roster, read_roster
from tasks.workbook.rejections import NobodyInside, RosterRejected, TooBig, TooManyPeople, WrongTemplate
from tests.raw_workbooks import HEADER_ROW, PERSON_ROW, inline, raw_workbook, row, sheet_of
from tests.workbooks import WANG_DOU, WANG_DOUDOU, a_workbook, some_people

INSTRUCTIONS = sheet_of(row(1, "填写说明"))


def read(*sheets: str, max_people: int = 5000, **how: object) -> Roster:
    return read_roster(raw_workbook(*sheets, **how), max_people)


def rejection(*sheets: str, max_people: int = 5000, **how: object) -> RosterRejected:
    with pytest.raises(RosterRejected) as caught:
        read(*sheets, max_people=max_people, **how)
    return caught.value


@pytest.mark.parametrize("writer", ["openpyxl", "xlsxwriter"])
def test_the_handbooks_two_people_are_read_as_they_are_typed(writer: str) -> None:
    roster = read_roster(a_workbook([WANG_DOUDOU, WANG_DOU], writer=writer), 5000)
    assert roster.rows == [(2, WANG_DOUDOU), (3, WANG_DOU)]
    assert roster.notes_ignored == 0


def test_blank_rows_are_skipped_and_the_row_numbers_stay_those_of_the_sheet() -> None:
    roster = read_roster(a_workbook([(), WANG_DOUDOU, (" ", "\u3000\n"), WANG_DOU]), 5000)
    assert [typed.row for typed in roster.rows] == [3, 5]


def test_white_space_in_a_filled_row_stays_as_it_was_typed() -> None:
    (typed,) = read_roster(a_workbook([(" 王豆豆\n", " ", *WANG_DOUDOU[2:])]), 5000).rows
    assert typed.cells[:2] == (" 王豆豆\n", " ")


# The header


@pytest.mark.parametrize(
    "header",
    [
        HEADERS,
        [text.replace(" ", "") for text in HEADERS],
        [text.replace("(", "（").replace(")", "）") for text in HEADERS],
        [f" {text}\n" for text in HEADERS],
        ["*姓 名", *HEADERS[1:]],
        [*HEADERS, "错误原因", "错误代码"],
        [*HEADERS, "", "", "错误代码"],
        [*HEADERS, " "],
    ],
)
def test_a_header_that_differs_in_white_space_and_brackets_is_the_templates(header: list[str]) -> None:
    assert len(read_roster(a_workbook(header=header), 5000).rows) == 1


@pytest.mark.parametrize(
    "header",
    [
        [],
        HEADERS[:6],
        ["姓名", *HEADERS[1:]],
        [HEADERS[1], HEADERS[0], *HEADERS[2:]],
        [*HEADERS[:5], "", *HEADERS[5:]],
        [*HEADERS, "部门"],
        [*HEADERS, 1],
        [*HEADERS, HEADERS[0]],
        [HEADERS[0], *HEADERS],
        [1, *HEADERS[1:]],
    ],
)
def test_another_header_refuses_the_file(header: list[str]) -> None:
    with pytest.raises(WrongTemplate) as caught:
        read_roster(a_workbook(header=header), 5000)
    assert caught.value.code == "IMP-002"


def test_a_header_below_row_1_refuses_the_file() -> None:
    assert isinstance(rejection(sheet_of(row(2, *HEADERS) + row(3, *WANG_DOUDOU))), WrongTemplate)


def test_a_second_header_among_the_people_refuses_the_file() -> None:
    with pytest.raises(WrongTemplate):
        read_roster(a_workbook([WANG_DOUDOU, HEADERS, WANG_DOU]), 5000)


# Right of the table


def test_loose_notes_up_to_column_az_are_counted_and_ignored() -> None:
    notes = f'<row r="2">{inline("A2", "王豆豆")}{inline("I2", "问人事")}{inline("AZ2", " x")}{inline("K2", " ")}</row>'
    beside = f'<row r="9">{inline("J9", "合计")}</row>'
    roster = read(sheet_of(HEADER_ROW + notes + beside))
    assert (len(roster.rows), roster.notes_ignored) == (1, 3)


def test_what_a_returned_workbook_says_in_its_two_columns_is_no_note() -> None:
    roster = read_roster(
        a_workbook([(*WANG_DOUDOU, "姓名不能为空。", "ROW-001", "note")], header=[*HEADERS, "错误原因", "错误代码"]),
        5000,
    )
    assert roster.rows == [(2, WANG_DOUDOU)]
    assert roster.notes_ignored == 1


@pytest.mark.parametrize("reference", ["BA1", "BA2"])
def test_a_value_beyond_column_az_refuses_the_file(reference: str) -> None:
    rows = f'<row r="{reference[2]}">{inline(reference, "x")}</row>'
    sheet = sheet_of(rows + PERSON_ROW) if reference == "BA1" else sheet_of(HEADER_ROW + rows)
    refused = rejection(sheet)
    assert isinstance(refused, TooBig)
    assert refused.code == "IMP-012"


def test_a_formatted_cell_beyond_column_az_is_nothing() -> None:
    assert len(read(sheet_of(HEADER_ROW + PERSON_ROW + '<row r="3"><c r="XFD3" s="1"/></row>')).rows) == 1


# How many


def test_a_roster_of_5000_people_is_read_to_the_last() -> None:
    people = some_people(5000)
    assert [typed.cells for typed in read_roster(a_workbook(people, writer="xlsxwriter"), 5000).rows] == people


def test_a_roster_of_5001_people_is_refused_as_a_whole() -> None:
    with pytest.raises(TooManyPeople) as caught:
        read_roster(a_workbook(some_people(5001)), 5000)
    assert (caught.value.code, caught.value.values) == ("IMP-003", {"n": 5001})


def test_blank_rows_and_notes_do_not_count_as_people() -> None:
    rows = [WANG_DOUDOU, (), WANG_DOUDOU, (" ",), ("", "", "", "", "", "", "", "note"), ("", "护照"), (1,)]
    with pytest.raises(TooManyPeople) as caught:
        read_roster(a_workbook(rows), 1)
    assert caught.value.values == {"n": 4}


@pytest.mark.parametrize(
    "sheets",
    [
        [sheet_of("")],
        [sheet_of(HEADER_ROW)],
        [sheet_of(HEADER_ROW + row(2, " "))],
        [sheet_of(HEADER_ROW + f'<row r="3">{inline("I3", "note")}</row>')],
        [sheet_of(""), sheet_of('<row r="1"><c r="A1" s="1"/></row>')],
    ],
)
def test_a_file_without_people_is_told_so(sheets: list[str]) -> None:
    refused = rejection(*sheets)
    assert isinstance(refused, NobodyInside)
    assert refused.code == "IMP-004"


# Which sheet


def test_the_templates_second_sheet_and_others_behind_are_not_read() -> None:
    assert len(read(sheet_of(HEADER_ROW + PERSON_ROW), INSTRUCTIONS, sheet_of(HEADER_ROW + PERSON_ROW)).rows) == 1


def test_another_filled_sheet_in_front_refuses_the_file() -> None:
    assert isinstance(rejection(INSTRUCTIONS, sheet_of(HEADER_ROW + PERSON_ROW)), WrongTemplate)


def test_a_blank_sheet_in_front_is_passed_over() -> None:
    assert len(read(sheet_of('<row r="1"><c r="A1" s="1"/></row>'), sheet_of(HEADER_ROW + PERSON_ROW)).rows) == 1


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_in_front_is_passed_over(state: str) -> None:
    assert len(read(INSTRUCTIONS, sheet_of(HEADER_ROW + PERSON_ROW), states={0: state}).rows) == 1


def test_a_chart_sheet_in_front_is_passed_over() -> None:
    assert len(read("<chartsheet/>", sheet_of(HEADER_ROW + PERSON_ROW), kinds={0: "chartsheet"}).rows) == 1


def test_a_workbook_of_hidden_sheets_has_nobody_inside() -> None:
    assert isinstance(rejection(sheet_of(HEADER_ROW + PERSON_ROW), states={0: "hidden"}), NobodyInside)


# Merged cells


@pytest.mark.parametrize("area", ["A2:A3", "B2:C2", "G2:H2", "A1:A2", "A1:B1", "E1:G9"])
def test_merged_cells_among_the_data_refuse_the_file(area: str) -> None:
    merged = f'<mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'
    assert isinstance(rejection(sheet_of(HEADER_ROW + PERSON_ROW + row(3, *WANG_DOU), after=merged)), WrongTemplate)


@pytest.mark.parametrize("area", ["H2:I3", "A9:G9", "A2:A2", "A2"])
def test_merged_cells_beside_and_below_the_data_are_of_no_concern(area: str) -> None:
    merged = f'<mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'
    assert len(read(sheet_of(HEADER_ROW + PERSON_ROW, after=merged)).rows) == 1


# Structure


@pytest.mark.parametrize(
    "rows",
    [
        HEADER_ROW + PERSON_ROW + PERSON_ROW,
        HEADER_ROW + HEADER_ROW + PERSON_ROW,
        HEADER_ROW + '<row r="0"/>',
        HEADER_ROW + '<row r="1048577"/>',
        HEADER_ROW + '<row r="x"/>',
        HEADER_ROW + '<row r="-1"/>',
        inline("A2", "outside of any row"),
    ],
)
def test_rows_that_no_program_writes_refuse_the_file(rows: str) -> None:
    refused = rejection(sheet_of(rows))
    assert isinstance(refused, TooBig)
    assert refused.code == "IMP-012"


def test_the_worst_reason_is_told_first_when_there_are_several() -> None:
    people = "".join(row(number, "王豆豆") for number in range(2, 5))
    assert rejection(sheet_of(row(1, "姓名") + people), max_people=2).code == "IMP-002"
