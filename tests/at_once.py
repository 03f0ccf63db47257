"""Two acts at once: the second begins while the first is not committed yet."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from sqlalchemy.orm import Session

from models.records.database import writing

Outcome = TypeVar("Outcome")

HEAD_START_SECONDS = 0.5
"""How long the second act has to come to where it waits for the first."""


def at_once(first: Callable[[Session], object], second: Callable[[Session], Outcome]) -> Outcome:
    """Do both in transactions of their own; what becomes of the second, or what it raises."""
    with ThreadPoolExecutor(1) as threads:
        with writing() as session:
            first(session)
            session.flush()
            later = threads.submit(_written, second)
            wait([later], HEAD_START_SECONDS)
        return later.result(30)


def _written(act: Callable[[Session], Outcome]) -> Outcome:
    with writing() as session:
        return act(session)
