"""The order in which several processes take the tests loses none and begins with the longest."""

from dataclasses import dataclass
from pathlib import PurePath

import pytest

from tests.order import dealt, seconds


@dataclass(frozen=True)
class ATest:
    path: PurePath
    number: int


def some(module: str, count: int) -> list[ATest]:
    return [ATest(PurePath("/x/tests") / module, number) for number in range(count)]


TESTS = [*some("browser/test_keyboard.py", 3), *some("models/test_a.py", 40), *some("web/test_schemathesis.py", 5)]


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
def test_every_test_is_dealt_once(processes: int) -> None:
    assert sorted(dealt(TESTS, processes), key=str) == sorted(TESTS, key=str)


def test_each_process_begins_with_what_takes_long() -> None:
    order = dealt(TESTS, 2)
    assert order[:5] == some("web/test_schemathesis.py", 5)
    assert order[24:27] == some("browser/test_keyboard.py", 3)


def test_more_long_tests_than_a_process_has_are_dealt_all_the_same() -> None:
    assert len(dealt([*some("web/test_schemathesis.py", 9), *some("models/test_a.py", 1)], 3)) == 10


@pytest.mark.parametrize(("module", "long"), [("faults/test_x.py", True), ("models/rules/test_plan.py", False)])
def test_a_folder_speaks_for_its_modules(module: str, long: bool) -> None:
    assert bool(seconds(PurePath("/x/tests") / module)) == long
