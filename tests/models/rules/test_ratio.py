from dataclasses import replace

import pytest

from models.rules.ratio import ratio
from tests.models.rules.plan_years import EXAMPLES, PLAN_2020

RULE = PLAN_2020.ratio_rule


@pytest.mark.parametrize(
    "example", EXAMPLES["ratio"], ids=lambda each: f"{each['planned_in_service']} of {each['total_in_service']}"
)
def test_every_share_is_judged_as_in_the_examples(example):
    small = example["small_unit_rule"]
    rule = replace(RULE, small_unit_max_headcount=small, small_unit_percent=100 if small else None)
    judged = ratio("X100", example["planned_in_service"], example["total_in_service"], rule, exempt=example["exempt"])
    expected = example["expected"]
    assert {True: "pass", False: "fail", None: "skipped"}[judged.ok] == expected["result"]
    if expected["result"] != "skipped":
        assert (judged.min_percent, judged.need) == (expected["required_percent"], expected["minimum_people"])


def test_a_share_just_below_never_reads_75():
    judged = ratio("X100", 74_999, 100_000, RULE)
    assert (judged.ok, judged.percent) == (False, "74.99")


def test_a_unit_whose_total_is_unknown_has_neither_a_share_nor_a_least_number():
    judged = ratio("X100", 5, None, RULE)
    assert (judged.percent, judged.need) == ("", None)


def test_the_number_asked_for_is_the_least_that_passes():
    judged = ratio("X100", 5, 7, RULE)
    assert ratio("X100", judged.need, 7, RULE).ok is True
    assert ratio("X100", judged.need - 1, 7, RULE).ok is False
