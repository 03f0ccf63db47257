"""In which order several processes take the tests: what takes long first, so that they end at the same time.

xdist gives each process an equal part of the list, and who has nothing left takes from the end of another's part.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Protocol, TypeVar

LONG = {
    "web/test_schemathesis.py": 230,
    "web/commands/test_demo.py": 200,
    "browser/test_keyboard.py": 200,
    "browser/test_accessibility.py": 200,
    "hostile/test_mutated_workbooks.py": 150,
    "web/commands/test_bench.py": 150,
    "load/test_twenty_clerks.py": 130,
    "web/test_permission_matrix.py": 120,
    "browser/test_mending.py": 120,
    "year/test_whole_year.py": 300, "year/test_missed_and_doubled.py": 200,
    "faults/test_several_hosts.py": 200, "faults/test_killed_calendar.py": 150,
    "load": 30, "walks": 360, "privacy": 80, "hostile": 40, "faults": 40, "browser": 60,
}  # fmt: skip
"""Seconds of test modules, or of each module of a folder, by the path in `tests`; no need to be exact."""


class Item(Protocol):
    """What is known of a test."""

    @property
    def path(self) -> PurePath:
        """Its module."""


Test = TypeVar("Test", bound=Item)


def seconds(module: PurePath) -> int:
    """How long the module takes, if it takes long; otherwise 0."""
    parts = module.parts[module.parts.index("tests") + 1 :] if "tests" in module.parts else ()
    return LONG.get("/".join(parts)) or (LONG.get(parts[0], 0) if parts else 0)


def dealt(tests: Sequence[Test], processes: int) -> list[Test]:
    """The same tests, modules in one piece where they take long: at the beginning of each process's part."""
    modules: dict[PurePath, list[Test]] = {}
    short: list[Test] = []
    for test in tests:
        if seconds(test.path):
            modules.setdefault(test.path, []).append(test)
        else:
            short.append(test)
    hands: list[tuple[int, list[Test]]] = [(0, []) for _ in range(processes)]
    for module in sorted(modules, key=lambda module: (-seconds(module), str(module))):
        lightest = min(range(processes), key=lambda number: hands[number][0])
        weight, hand = hands[lightest]
        hands[lightest] = (weight + seconds(module), hand + modules[module])
    ordered: list[Test] = []
    for number, (_, hand) in enumerate(hands):
        part = len(tests) * (number + 1) // processes - len(ordered)
        taken = max(0, part - len(hand))
        ordered += hand + short[:taken]
        del short[:taken]
    return ordered + short
