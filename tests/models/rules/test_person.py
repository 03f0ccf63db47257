import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.findings import Column
from models.rules.person import EmploymentStatus, IdType, Sex, mask_id_no, mask_typed
from tests.models.rules.plan_years import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES["masking"], ids=lambda each: each["input"])
def test_numbers_are_masked_as_in_the_examples(example):
    assert mask_id_no(example["input"]) == example["expected"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("110101199003079092", "1101*****9092"),
        (" 110101199003079092\n", "1101*****9092"),
        ("110101 199003079092", "11***92"),
        ("1.10101E+17", "1.***17"),
        ("E12345", "***"),
        ("E123456", "E1***56"),
        ("", ""),
    ],
)
def test_the_numbers_column_is_always_masked(typed, shown):
    assert mask_typed(Column.ID_NO, typed) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("王豆豆", "王豆豆"),
        ("13912345678", "13912345678"),
        ("王110101199003079091豆", "王1101*****9091豆"),
        ("11010519491231002x", "1101*****002x"),
        ("110101900307909", "11***09"),
        ("110101 19900307 9091", "11***91"),
        ("１１０１０１１９９００３０７９０９１", "１１０１*****９０９１"),
        ("12345678901234", "12345678901234"),
    ],
)
def test_a_number_in_the_wrong_column_is_masked_and_the_rest_shown_as_typed(typed, shown):
    assert mask_typed(Column.NAME, typed) == shown
    assert mask_typed(None, typed) == shown


@given(st.text(), st.from_regex("[0-9]{17}[0-9Xx]", fullmatch=True), st.text(), st.sampled_from(Column))
def test_no_18_character_number_survives_masking(before, number, after, column):
    assert number not in mask_typed(column, before + number + after)


def test_every_kind_has_its_word():
    assert [kind.text for kind in IdType] == ["身份证", "护照"]
    assert [sex.text for sex in Sex] == ["男", "女"]
    assert [status.text for status in EmploymentStatus] == ["在职", "退休", "-"]
