import pytest

from models.rules.form_fields import FormRefused
from models.rules.receipt import REMARK_LENGTH, TITLE_LENGTH, ReceiptLine, TypedLine, read_lines


def test_lines_are_read_without_blanks_and_blank_ones_are_none():
    typed = [
        TypedLine(" 上海YYYY公司 ", "9,000"),
        TypedLine(" ", "", " "),
        TypedLine("上海XXX公司", "450.5", "工会经费", "7"),
    ]
    assert read_lines(typed) == [
        ReceiptLine("上海YYYY公司", 900_000),
        ReceiptLine("上海XXX公司", 45_050, "工会经费", 7),
    ]


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        (TypedLine("", "1"), {"title-2": "RCP-003"}),
        (TypedLine("甲", ""), {"amount-2": "RCP-002"}),
        (TypedLine("甲", "0"), {"amount-2": "RCP-002"}),
        (TypedLine("甲", "1.001"), {"amount-2": "RCP-002"}),
        (TypedLine("甲" * (TITLE_LENGTH + 1), "1"), {"title-2": "SYS-003"}),
        (
            TypedLine("", "x", "备" * (REMARK_LENGTH + 1)),
            {"title-2": "RCP-003", "amount-2": "RCP-002", "remark-2": "SYS-003"},
        ),
    ],
)
def test_each_cell_says_what_is_wrong_with_it(typed, problems):
    with pytest.raises(FormRefused) as caught:
        read_lines([TypedLine("乙", "1"), typed])
    assert {place: refused.code for place, refused in caught.value.problems.items()} == problems


@pytest.mark.parametrize("typed", ["", "x", "²", "9" * 19])
def test_what_is_no_id_is_none(typed):
    assert read_lines([TypedLine("甲", "1", "", typed)])[0].id is None
