"""What accounts were told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.records.batch import Batch
from models.records.notice import Notice
from models.records.viewer import Viewer


def notices_after(session: Session, viewer: Viewer, after: int | None, limit: int) -> Sequence[tuple[Notice, str]]:
    """What the account was told, latest first, each with the number of its batch, if it has one: from behind the one
    of this id, and one more than `limit`, if there is a next page. One statement.
    """
    statement = (
        select(Notice, Batch.batch_no)
        .outerjoin(Batch, Batch.id == Notice.batch_id)
        .where(Notice.account_id == viewer.account_id)
        .order_by(Notice.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(Notice.id < after)
    return [(notice, batch_no or "") for notice, batch_no in session.execute(statement)]
