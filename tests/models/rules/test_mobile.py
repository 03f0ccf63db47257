import pytest

from models.rules.mobile import mobile_from_number_cell, mobile_number
from tests.models.rules.plan_years import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES["mobile"], ids=lambda each: str(each["input"]))
def test_mobiles_are_judged_as_in_the_examples(example):
    typed = example["input"]
    mobile = mobile_number(typed) if isinstance(typed, str) else mobile_from_number_cell(str(typed))
    assert mobile == example["expected"].get("normalised")


@pytest.mark.parametrize(
    "typed", ["１３９１２３４５６７８", "139-1234-5678", "+86-139-1234-5678", " 13912345678\n", "86 13912345678"]
)
def test_what_people_write_between_the_digits_is_dropped(typed):
    assert mobile_number(typed) == "13912345678"


@pytest.mark.parametrize(
    "typed", ["1391234567\u200b8", "008613912345678", "868613912345678", "1391234567８９", "13912345678/13", ""]
)
def test_anything_else_is_no_mobile(typed):
    assert mobile_number(typed) is None
