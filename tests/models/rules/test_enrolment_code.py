import pytest

from models.rules.enrolment_code import check_enrolment_code
from models.rules.refusal import Refused
from tests.models.rules.plan_years import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES["enrolment_code"], ids=lambda each: each["input"])
def test_enrolment_codes_are_judged_as_in_the_examples(example):
    if example["ok"]:
        assert check_enrolment_code(example["input"]) == example["input"].upper()
    else:
        with pytest.raises(Refused, match="COD-003"):
            check_enrolment_code(example["input"])


def test_a_pasted_code_with_blanks_and_full_width_letters_is_made_right():
    assert check_enrolment_code(" ０９０００ｘ\n") == "09000X"
