from datetime import date

import pytest

from models.rules.findings import Column, Outcome
from models.rules.person import IdType, Person, Sex
from models.rules.roster import CheckedRow, Odd, TypedRow, check_row
from tests.builders import a_passport_row, a_typed_row, resident_id
from tests.models.rules.plan_years import PLAN_2020

TODAY = date(2020, 4, 20)
ODD = {
    "number": Odd("number", "1"),
    "date": Odd("date", "1990-03-07"),
    "boolean": Odd("boolean", "TRUE"),
    "error": Odd("error", "#N/A"),
    "formula": Odd("formula", "=A1"),
}


def check(typed: TypedRow, reference: date = PLAN_2020.coverage_start) -> CheckedRow:
    return check_row(typed, PLAN_2020, TODAY, reference)


def codes(typed: TypedRow) -> list[tuple[Column | None, str]]:
    """Column and code of every finding; a row with any has no person and is invalid."""
    row = check(typed)
    assert row.person is None
    assert row.outcome is Outcome.INVALID
    return [(finding.column, finding.code) for finding in row.findings]


def test_the_templates_own_sample_rows_are_accepted():
    assert check(a_typed_row()).person == Person(
        "王豆豆", IdType.RESIDENT_ID, "110101199003079091", date(1990, 3, 7), Sex.MALE, None, True
    )
    assert check(a_passport_row()).person == Person(
        "王豆", IdType.PASSPORT, "H801213602X", date(1998, 12, 9), Sex.MALE, None, False
    )


def test_an_accepted_row_has_neither_findings_nor_an_outcome_yet():
    row = check(a_typed_row())
    assert (row.findings, row.outcome) == ([], None)


def test_blanks_around_and_full_width_forms_are_made_right_in_every_column():
    row = check(
        a_passport_row(
            name="　王豆\n",
            id_type=" 护照",
            id_no=" ｈ８０１２１３６０２ｘ ",
            birth="１９９８－１２－０９ ",
            sex="男\xa0",
            mobile="+86 139-1234-5678",
            has_si="　否",
        )
    )
    assert row.person == Person(
        "王豆", IdType.PASSPORT, "H801213602X", date(1998, 12, 9), Sex.MALE, "13912345678", False
    )


def test_a_mobile_typed_as_a_number_is_made_text():
    row = check(a_typed_row(mobile=Odd("number", "13912345678")))
    assert row.person is not None
    assert row.person.mobile == "13912345678"


@pytest.mark.parametrize("text", ["13912345678.5", "8613912345678", "12012345678", "1.3912345678E+15"])
def test_a_mobile_typed_as_another_number_is_refused(text):
    assert codes(a_typed_row(mobile=Odd("number", text))) == [(Column.MOBILE, "ROW-010")]


def test_a_date_cell_counts_as_the_date_of_birth():
    row = check(a_passport_row(birth=Odd("date", "1998-12-09")))
    assert row.person is not None
    assert row.person.birth == date(1998, 12, 9)


def test_birth_and_sex_beside_a_resident_number_may_be_given_if_they_agree():
    row = check(a_typed_row(birth="1990-03-07", sex="男"))
    assert row.person is not None


@pytest.mark.parametrize("blank", ["", " ", "　", "\n"])
def test_blank_cells_are_empty_cells(blank):
    assert check(a_typed_row(birth=blank, sex=blank, mobile=blank)).person is not None
    assert codes(a_typed_row(name=blank, id_type=blank, id_no=blank, has_si=blank)) == [
        (Column.NAME, "ROW-001"),
        (Column.ID_TYPE, "ROW-002"),
        (Column.ID_NO, "ROW-003"),
        (Column.HAS_SI, "ROW-004"),
    ]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("name", "王豆1", "ROW-014"),
        ("name", "王" * 51, "ROW-014"),
        ("name", "王\x00豆", "ROW-014"),
        ("name", "王_x0000_豆", "ROW-014"),
        ("name", "\u200b", "ROW-014"),
        ("id_type", "居民身份证", "ROW-002"),
        ("id_type", "身 份证", "ROW-002"),
        ("id_type", "身份证\u200b", "ROW-002"),
        ("id_no", "110101199003079092", "IDN-005"),
        ("id_no", "110101900307909", "IDN-002"),
        ("id_no", "1.10101E+17", "IDN-008"),
        ("id_no", "\u200b", "IDN-008"),
        ("birth", "1990-3-7", "ROW-007"),
        ("birth", "1990/03/07", "ROW-007"),
        ("birth", "19900307", "ROW-007"),
        ("birth", "1990-02-30", "ROW-007"),
        ("birth", "1990-03-07 00:00:00", "ROW-007"),
        ("birth", "1899-12-31", "ROW-007"),
        ("birth", "2020-04-21", "ROW-007"),
        ("birth", "1990-03-07\u200b", "ROW-007"),
        ("birth", "1990-W10-3", "ROW-007"),
        ("birth", "1990-03-08", "ROW-011"),
        ("sex", "女", "ROW-012"),
        ("sex", "M", "ROW-019"),
        ("mobile", "1391234567", "ROW-010"),
        ("mobile", "无", "ROW-010"),
        ("has_si", "有", "ROW-004"),
        ("has_si", "Y", "ROW-004"),
    ],
)
def test_a_wrong_cell_refuses_the_row_with_its_code(column, cell, code):
    assert codes(a_typed_row(**{column: cell})) == [(Column(column), code)]


@pytest.mark.parametrize("kind", ["number", "date", "boolean", "error", "formula"])
@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("name", "ROW-014"),
        ("id_type", "ROW-002"),
        ("id_no", "ROW-013"),
        ("birth", "ROW-007"),
        ("sex", "ROW-019"),
        ("mobile", "ROW-010"),
        ("has_si", "ROW-004"),
    ],
)
def test_a_cell_that_is_not_text_refuses_the_row_with_the_columns_code(column, code, kind):
    if (column, kind) == ("birth", "date"):
        assert check(a_typed_row(birth=ODD["date"])).person is not None
    else:
        assert codes(a_typed_row(**{column: ODD[kind]})) == [(Column(column), code)]


@pytest.mark.parametrize("text", ["-1", "60", "2958466", "33005"])
def test_a_date_serial_that_is_not_formatted_as_a_date_is_refused(text):
    assert codes(a_passport_row(birth=Odd("number", text))) == [(Column.BIRTH, "ROW-007")]


def test_a_date_cell_in_the_future_is_refused():
    assert codes(a_passport_row(birth=Odd("date", "2020-04-21"))) == [(Column.BIRTH, "ROW-007")]


def test_passports_need_birth_and_sex():
    assert codes(a_passport_row(birth="", sex="")) == [(Column.BIRTH, "ROW-005"), (Column.SEX, "ROW-006")]


def test_a_resident_number_entered_as_a_passport_is_refused():
    assert codes(a_passport_row(id_no="110101199003079091")) == [(Column.ID_NO, "IDN-007")]


def test_a_row_is_refused_for_all_its_reasons_in_the_order_of_its_columns():
    row = a_typed_row(
        name="", id_no="1101011990030790①", birth="1990-13-01", sex="?", mobile="12", has_si=Odd("boolean", "TRUE")
    )
    assert codes(row) == [
        (Column.NAME, "ROW-001"),
        (Column.ID_NO, "IDN-008"),
        (Column.BIRTH, "ROW-007"),
        (Column.SEX, "ROW-019"),
        (Column.MOBILE, "ROW-010"),
        (Column.HAS_SI, "ROW-004"),
    ]


def test_a_number_is_not_judged_where_nobody_knows_its_kind():
    assert codes(a_typed_row(id_type="?", id_no="x")) == [(Column.ID_TYPE, "ROW-002")]


def test_birth_and_sex_are_not_compared_with_a_number_that_is_wrong():
    assert codes(a_typed_row(id_no="110101199003079092", birth="1980-01-01", sex="女")) == [(Column.ID_NO, "IDN-005")]


def test_a_finding_holds_row_number_typed_text_and_the_wrong_character():
    (finding,) = check(a_typed_row(row=43, id_no="110101199\u200b003079091")).findings
    assert (finding.row, finding.typed) == (43, "110101199\u200b003079091")
    assert finding.values == {"char": "U+200B"}
    (finding,) = check(a_typed_row(id_no=Odd("number", "1.10101199003079E+17"))).findings
    assert finding.typed == "1.10101199003079E+17"


def test_16_years_count_from_the_birthday_on_the_day_cover_starts():
    start = date(2020, 4, 1)
    sixteen = a_typed_row(id_no=resident_id(date(2004, 4, 1)))
    younger = a_typed_row(id_no=resident_id(date(2004, 4, 2)))
    assert check(sixteen, start).person is not None
    assert [(each.column, each.code) for each in check(younger, start).findings] == [(Column.ID_NO, "ROW-016")]
    assert check(younger, date(2020, 4, 2)).person is not None


def test_a_young_person_with_a_passport_is_found_by_the_date_of_birth():
    assert codes(a_passport_row(birth="2010-01-01")) == [(Column.BIRTH, "ROW-016")]
