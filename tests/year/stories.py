"""Two hundred units and what each does in the year, as plain data. Nothing here asks the program for anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

UNITS = 200
FEWER_UNITS = int(os.environ.get("CANBAO_TEST_FEWER_UNITS", "60"))
"""How many the year has when it is only its end that counts: three of each story, or as many as somebody asks for."""
DAY = timedelta(days=1)


def on(month: int, day: int, later: int = 0, year: int = 2020) -> date:
    """A day of the year, some days later."""
    return date(year, month, day) + later * DAY


@dataclass(frozen=True)
class Unit:
    """One unit. `acts`: day -> what its clerk, or the association, does at ten o'clock, in this order."""

    number: int
    story: str
    acts: Mapping[date, tuple[str, ...]] = field(default_factory=dict)
    former: bool = False
    """It took part in the year before."""
    bound: bool = True
    """Its code belongs to an account."""
    disabled: bool = False

    @property
    def code(self) -> str:
        return f"{self.number:04d}Y{self.number % 10}"

    @property
    def name(self) -> str:
        return f"上海第{self.code}号机械有限公司"

    @property
    def email(self) -> str:
        return f"{self.code.lower()}@unit.example"


Story = Callable[[int], Mapping[date, tuple[str, ...]]]

STORIES: Mapping[str, Story] = {
    "does nothing, was there last year": lambda _: {},
    "belongs to nobody": lambda _: {},
    "does nothing": lambda _: {},
    "is disabled": lambda i: {on(4, 2, i): ("open central",)},
    "leaves a draft": lambda i: {on(4, 2, i): ("open central",)},
    "fails its checks": lambda i: {on(4, 3, i): ("open central",), on(4, 4, i): ("fail",)},
    "is never priced": lambda i: {on(4, 3, i): ("open central",), on(4, 5, i): ("submit",)},
    "never pays": lambda i: {on(4, 5, i): ("open central", "submit", "confirm")},
    "is enrolled": lambda i: {
        on(4, 6, i): ("open central", "submit", "confirm"),
        on(4, 20, i): ("pay",),
        on(4, 23, i): ("approve",),
    },
    "is reviewed late": lambda i: {
        on(4, 10, i): ("open central", "submit", "confirm"),
        on(4, 24, i): ("pay",),
        on(6, 15, i): ("approve",),
    },
    "is rejected": lambda i: {
        on(4, 18): ("open central", "submit", "confirm"),
        on(5, 17, i % 3): ("pay",),
        on(6, 1, i): ("reject",),
    },
    "has more time": lambda i: {on(4, 10, i): ("open central",), on(4, 21): ("extend",)},
    "leaves an instant draft": lambda i: {on(6, 1, i): ("open instant",)},
    "never confirms": lambda i: {on(6, 5, i): ("open instant", "submit")},
    "never pays for its instant batch": lambda i: {on(6, 20, i): ("open instant", "submit", "confirm")},
    "is enrolled at once": lambda i: {
        on(7, 10, i): ("open instant", "submit", "confirm"),
        on(7, 11, i): ("pay", "approve"),
    },
    "deletes its batch": lambda i: {on(4, 8, i): ("open central",), on(4, 9, i): ("delete",)},
    "takes its roster back": lambda i: {
        on(4, 10, i): ("open central", "submit"),
        on(4, 12, i): ("withdraw",),
    },
    "is reinstated": lambda _: {
        on(4, 7): ("open central", "submit", "confirm"),
        on(6, 2): ("reinstate",),
    },
    "applies for a code": lambda i: {on(4, 7, i): ("apply",), on(4, 13, i): ("grant the code",)},
}

FORMER = {"does nothing, was there last year", "belongs to nobody", "is disabled", "deletes its batch", "is enrolled"}


def units(count: int = UNITS) -> list[Unit]:
    """So many of them, the stories in turns."""
    names = list(STORIES)
    found = []
    for number in range(count):
        story, place = names[number % len(names)], number // len(names)
        found.append(
            Unit(
                number,
                story,
                STORIES[story](place),
                former=story in FORMER or (story == "leaves a draft" and place % 2 == 0),
                bound=story != "belongs to nobody",
                disabled=story == "is disabled",
            )
        )
    return found
