"""Rows in runs of their ids, so that what is done to many of them is neither one transaction nor one list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.records.account import Account
from models.records.batch import Batch

PIECE = 200
"""Rows that are told in one transaction."""

Condition = ColumnElement[bool]


class Piece(NamedTuple):
    """A run of ids, both ends among them."""

    first: int
    last: int


def pieces(session: Session, ids: InstrumentedAttribute[int], conditions: Iterable[Condition]) -> list[Piece]:
    """The rows under these conditions by their ids, so many in each piece; one statement."""
    place = func.row_number().over(order_by=ids) - 1
    numbered = select(ids.label("id"), (place // PIECE).label("piece")).where(*conditions).subquery()
    first = func.min(numbered.c.id)
    found = session.execute(select(first, func.max(numbered.c.id)).group_by(numbered.c.piece).order_by(first))
    return [Piece(*row) for row in found]


def batches_of(session: Session, piece: Piece, conditions: Iterable[Condition]) -> Sequence[Batch]:
    """The batches of a piece that the conditions still hold for, and whose accounts can be told; one statement."""
    batches = select(Batch).join(Account, Account.id == Batch.account_id).where(Account.disabled_at.is_(None))
    return session.scalars(batches.where(Batch.id.between(*piece), *conditions).order_by(Batch.id)).all()
