"""统一社会信用代码."""

import pytest

from models.rules.uscc import credit_code
from tests.models.rules.plan_years import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES["uscc"], ids=lambda each: each["input"])
def test_codes_are_judged_as_in_the_examples(example):
    assert credit_code(example["input"]) == (example["input"] if example["ok"] else None)


@pytest.mark.parametrize(
    "typed", [" 91350100m000100y43\n", "９１３５０１００Ｍ０００１００Ｙ４３", "91350100 M000100Y43"]
)
def test_case_width_and_blanks_do_not_matter(typed):
    assert credit_code(typed) == "91350100M000100Y43"


@pytest.mark.parametrize(
    "typed",
    ["", "91350100M000100Y4", "91350100M000100Y433", "9135010AM000100Y43", "913501O0M000100Y43", "91350100-M000100Y43"],
)
def test_anything_else_is_no_code(typed):
    assert credit_code(typed) is None


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_character_is_noticed(place):
    right = "91350100M000100Y43"
    wrong = "2" if right[place] != "2" else "3"
    assert credit_code(right[:place] + wrong + right[place + 1 :]) is None
