from datetime import date

import pytest

from models.rules.batch_number import batch_no
from tests.models.rules.plan_years import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES["batch_no"], ids=lambda each: each["expected"])
def test_batch_numbers_are_those_of_the_examples(example):
    assert batch_no(date.fromisoformat(example["day"]), example["sequence"]) == example["expected"]
