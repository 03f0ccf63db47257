from datetime import date

import pytest

from models.rules.findings import Outcome
from models.rules.roster import CheckedRow, TypedRow, check_rows, mark_duplicates
from tests.builders import a_passport_row, a_typed_row
from tests.models.rules.plan_years import PLAN_2020


def checked(*typed: TypedRow) -> list[CheckedRow]:
    rows = list(check_rows(typed, PLAN_2020, date(2020, 4, 20), PLAN_2020.coverage_start))
    mark_duplicates(rows)
    return rows


def others(row: CheckedRow) -> list[tuple[str, str | int]]:
    return [(finding.code, finding.values["other"]) for finding in row.findings]


def test_of_equal_rows_the_first_counts_and_the_others_are_duplicates_of_it():
    first, second, third = checked(a_typed_row(row=2), a_typed_row(row=5), a_typed_row(row=9))
    assert (first.outcome, first.findings) == (None, [])
    assert second.outcome is third.outcome is Outcome.DUPLICATE
    assert others(second) == others(third) == [("ROW-008", 2)]


def test_rows_are_compared_by_what_they_mean_and_not_by_how_they_are_typed():
    first, second = checked(
        a_typed_row(row=2, mobile="13912345678"),
        a_typed_row(
            row=3, name=" 王豆豆", id_no="１１０１０１199003079091", birth="1990-03-07", mobile="+86 139 1234 5678"
        ),
    )
    assert first.outcome is None
    assert second.outcome is Outcome.DUPLICATE


@pytest.mark.parametrize("difference", [{"name": "王豆"}, {"mobile": "13912345678"}, {"has_si": "否"}])
def test_if_rows_with_one_number_differ_all_of_them_are_invalid(difference):
    first, second, third = checked(a_typed_row(row=2), a_typed_row(row=3), a_typed_row(row=7, **difference))
    assert first.outcome is second.outcome is third.outcome is Outcome.INVALID
    assert others(first) == [("ROW-008", 3)]
    assert others(second) == others(third) == [("ROW-008", 2)]


@pytest.mark.parametrize("difference", [{"birth": "1998-12-10"}, {"sex": "女"}])
def test_passports_with_one_number_differ_by_birth_and_sex_too(difference):
    first, second = checked(a_passport_row(row=2), a_passport_row(row=3, **difference))
    assert first.outcome is second.outcome is Outcome.INVALID


def test_a_row_with_another_finding_is_never_the_first():
    wrong, good, again = checked(a_typed_row(row=2, mobile="1"), a_typed_row(row=3), a_typed_row(row=4))
    assert [finding.code for finding in wrong.findings] == ["ROW-010"]
    assert good.outcome is None
    assert others(again) == [("ROW-008", 3)]


def test_different_numbers_have_nothing_to_do_with_each_other():
    rows = checked(a_typed_row(row=2), a_passport_row(row=3), a_passport_row(row=4, id_no="H801213602Y"))
    assert [row.outcome for row in rows] == [None, None, None]
