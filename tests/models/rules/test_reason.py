"""Reasons as they are stored."""

from __future__ import annotations

import pytest

from models.rules.reason import read_reason
from models.rules.refusal import Refused
from tests.refusals import refused


def test_a_reason_has_no_blanks_around_it_and_is_at_most_so_long():
    assert read_reason(" 因 为\n", "原因", 3) == "因 为"
    with refused("SYS-003", field="更正原因"):
        read_reason("因" * 4, "更正原因", 3)


def test_none_is_refused_as_the_caller_says():
    with refused("SYS-002", field="更正原因"):
        read_reason(" \n", "更正原因", 3)
    with refused("WDR-001"):
        read_reason("", "撤回原因", 3, Refused("WDR-001"))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("号码110101199003079091有误", "号码1101*****9091有误"),
        ("应为11010519491231002X", "应为1101*****002X"),
        ("旧号 110101900307909", "旧号 11***09"),
        ("回执20200420001，电话14200000001，护照E12345678", "回执20200420001，电话14200000001，护照E12345678"),
    ],
)
def test_what_looks_like_a_certificate_number_is_masked(typed, stored):
    assert read_reason(typed, "原因", 200) == stored


def test_the_length_counts_as_typed():
    typed = "110101199003079091"
    assert read_reason(typed, "原因", 18) == "1101*****9091"
    with refused("SYS-003"):
        read_reason(typed, "原因", 17)
