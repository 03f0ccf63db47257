"""Rows in runs of their ids."""

from __future__ import annotations

import pytest

from models.queries import pieces
from models.records.batch import Batch
from models.records.database import reading
from models.rules.lifecycle import BatchState
from tests.imports import another_batch
from tests.records import a_batch_to_fill
from tests.stages import put_into


def test_rows_that_are_asked_for_are_in_one_piece_each_and_others_make_none_shorter(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 2)
    first = a_batch_to_fill()
    others = [another_batch(first.viewer, f"0088A{number}", now=first.now) for number in range(5)]
    put_into(others[0], BatchState.DELETED)
    with reading() as session:
        found = pieces.pieces(session, Batch.id, [Batch.state != BatchState.DELETED])
        told = [[batch.id for batch in pieces.batches_of(session, piece, ())] for piece in found[1:]]
    ids = [first.batch_id, *(batch.batch_id for batch in others)]
    assert (found, told) == ([(ids[0], ids[2]), (ids[3], ids[4]), (ids[5], ids[5])], [ids[3:5], ids[5:]])
