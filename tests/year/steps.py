"""The year in larger steps: every day on which somebody does something, and every tenth day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from tests.year.expected import FIRST_DAY, LAST_DAY, Day, Told, whole_year
from tests.year.stories import DAY
from tests.year.town import Town

REST = 10


def steps(town: Town) -> Iterator[date]:
    """In their order; the first and the last day of the year are among them."""
    acts = {day for unit in town.units for day in unit.acts}
    day, rested = FIRST_DAY, 0
    while day <= LAST_DAY:
        if day in acts or rested % REST == 0 or day == LAST_DAY:
            rested = 0
            yield day
        rested += 1
        day += DAY


def all_told(year: Mapping[date, Day]) -> Counter[Told]:
    """Everything of the year, but for what tells of a day's state: of days that were missed only the last is told."""
    return _lasting(sum((day.told for day in year.values()), Counter[Told]()))


def differences_at_the_end(town: Town) -> list[str]:
    """In what the year did not end as the plain list says."""
    year = whole_year(town.units, town.reviewers)
    told, wanted, found = _lasting(town.told()), all_told(year), []
    found += [f"told, but should not: {each}" for each in (told - wanted).elements()]
    found += [f"not told: {each}" for each in (wanted - told).elements()]
    last = year[LAST_DAY]
    for what, is_so, should_be in (
        ("claims", town.claims(), last.claims),
        ("people", town.people(), last.people),
        ("states", town.states(), last.states),
    ):
        if is_so != should_be:
            found.append(f"{what}: {is_so}, should be {should_be}")
    return found


def _lasting(told: Counter[Told]) -> Counter[Told]:
    return Counter({(whom, text): times for (whom, text), times in told.items() if "项待审核" not in text})
