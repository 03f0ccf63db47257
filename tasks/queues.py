"""Queues by size, and which job goes where: small files never wait behind large ones."""

from __future__ import annotations

ROSTER_SMALL = "roster.small"
ROSTER_LARGE = "roster.large"
CALENDAR = "calendar"
UPKEEP = "upkeep"
MESSAGES = "messages"
"""Of a worker of its own: a mail server that is slow must hold up nothing else, and nothing else the codes."""

QUEUES = (ROSTER_SMALL, ROSTER_LARGE, CALENDAR, UPKEEP, MESSAGES)

SMALL_FILE_BYTES = 40_000
"""About 500 people; a larger file is a large one."""

SMALL_ROSTER_PEOPLE = 500


def roster_queue(size: int) -> str:
    """The queue of an upload of so many bytes."""
    return ROSTER_SMALL if size <= SMALL_FILE_BYTES else ROSTER_LARGE


def people_queue(people: int) -> str:
    """The queue of work on a roster of so many people."""
    return ROSTER_SMALL if people <= SMALL_ROSTER_PEOPLE else ROSTER_LARGE
