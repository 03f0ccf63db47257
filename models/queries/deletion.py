"""What goes with a batch that is deleted: counted for the question before it, and for the audit log."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.queries.roster import people_on
from models.records.batch import Batch
from models.records.roster_import import RosterImport
from models.rules.lifecycle import BatchState

BOUND_BY_BATCH = "first_batch"
"""How a code is bound that nobody approved for the account: such a binding ends with the last batch (DOMAIN 12.3)."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What is erased: people, and uploaded files with their results."""

    people: int
    uploads: int
    frees_code: bool
    """Whether another account may use the enrolment code afterwards."""


def erased_with(session: Session, batch: Batch) -> Erased:
    """What would be erased with the batch as it is now; 3 statements.

    The code is freed by the account's own last batch (DOMAIN 12.3): one that another account has kept binds nobody.
    """
    uploads = select(func.count()).select_from(RosterImport).where(RosterImport.batch_id == batch.id)
    others = select(Batch.id).where(
        Batch.code_id == batch.code_id,
        Batch.account_id == batch.account_id,
        Batch.id != batch.id,
        Batch.state != BatchState.DELETED,
    )
    last = session.scalar(others.limit(1)) is None
    return Erased(
        people_on(session, batch.id), session.scalar(uploads) or 0, last and batch.code.bound_by == BOUND_BY_BATCH
    )
