"""What a withdrawal would mean for the people of a batch: counted for the question before it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.queries.vouchers import live_voucher_of
from models.records.batch import Batch
from models.records.person import BatchPerson


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Everybody on the roster; who of them has a promise; whether a draft of a voucher loses the batch."""

    people: int
    promised: int
    leaves_voucher: bool


def withdrawn_with(session: Session, batch: Batch) -> Withdrawn:
    """As the batch is now; 2 statements."""
    counted = select(func.count(), func.count(BatchPerson.promised_at)).where(BatchPerson.batch_id == batch.id)
    people, promised = session.execute(counted).one()
    return Withdrawn(people, promised, live_voucher_of(session, batch.id) is not None)
