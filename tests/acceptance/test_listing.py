"""docs/acceptance.md is what the tests say, and no criterion is without a test."""

from __future__ import annotations

import pytest

from tests.acceptance.criteria import CRITERIA, Criterion
from tests.acceptance.listing import PAGE, by_criterion, page


def test_the_list_is_what_its_command_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it again: python -m tests.acceptance.listing"


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.number)
def test_each_criterion_has_a_test_named_after_it(criterion: Criterion) -> None:
    assert by_criterion().get(criterion.number)


def test_no_test_is_named_after_a_criterion_that_there_is_not() -> None:
    assert set(by_criterion()) == {criterion.number for criterion in CRITERIA}
    assert [criterion.number for criterion in CRITERIA] == [f"AC{number:02}" for number in range(1, 32)]
