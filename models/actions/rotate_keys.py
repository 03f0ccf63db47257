"""Sealing everything anew with another key, a few rows at a time, while people work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, tuple_, update
from sqlalchemy.orm import Session

from models.records.job import Job, JobState
from models.records.sealed_columns import SEALED_COLUMNS, SealedColumn
from models.records.sealing import seal, unseal


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one chunk did. `last` is the primary key to go on after; None: the pass is over."""

    rows: int
    last: tuple[Any, ...] | None


def reseal_some(session: Session, column: SealedColumn, key_id: int, after: tuple[Any, ...] | None) -> Resealed:
    """Seal the next rows that another key than `key_id`, the current one, has sealed.

    They are locked while it happens, so that no change of theirs is lost, and those that somebody else has locked are
    left for the next pass: an import that changes many people never waits for this in a circle.
    """
    waiting = select(*column.key, *column.bound, column.column).where(_sealed_otherwise(column, key_id))
    if after is not None:
        waiting = waiting.where(tuple_(*column.key) > tuple_(*after))
    waiting = waiting.order_by(*column.key).limit(column.chunk).with_for_update(skip_locked=True, key_share=True)
    rows = session.execute(waiting).all()
    if not rows:
        return Resealed(0, None)
    width = len(column.key)
    anew = [
        {
            "sealed": seal(unseal(row[-1], place := column.place(*row[width:-1])), place),
            **{f"key_{place_in_key}": row[place_in_key] for place_in_key in range(width)},
        }
        for row in rows
    ]
    change = update(column.table).values({column.column: bindparam("sealed")})
    for place_in_key, part in enumerate(column.key):
        change = change.where(part == bindparam(f"key_{place_in_key}"))
    session.connection().execute(change, anew)
    return Resealed(len(rows), tuple(rows[-1][:width]))


def rows_by_key(session: Session) -> dict[int, int]:
    """How many values each key has sealed; reads every table that holds some."""
    found: Counter[int] = Counter()
    for column in SEALED_COLUMNS:
        byte = column.first_byte()
        counted = select(byte, func.count()).where(column.column.is_not(None)).group_by(byte)
        for key, rows in session.execute(counted):
            found[key[0]] += rows
    return dict(found)


def holders_of_leases(session: Session) -> set[str]:
    """The tokens of the jobs that run now: what they have sealed and not yet stored, they sealed before now."""
    running = select(Job.token).where(Job.state == JobState.RUNNING, Job.token.is_not(None))
    return {token for token in session.scalars(running) if token}


def still_held(session: Session, tokens: Collection[str]) -> list[int]:
    """The jobs that still run under one of these tokens."""
    return [
        job_id
        for job_id, token in session.execute(select(Job.id, Job.token).where(Job.state == JobState.RUNNING))
        if token in tokens
    ]


def _sealed_otherwise(column: SealedColumn, key_id: int) -> Any:
    return column.column.is_not(None) & (column.first_byte() != bytes((key_id,)))
