"""An enrolment code with its batches, locked: nobody opens, deletes or changes one meanwhile."""

from __future__ import annotations

from sqlalchemy import ColumnExpressionArgument, select
from sqlalchemy.orm import Session

from models.actions.batch_change import lock_batch
from models.records.batch import Batch
from models.records.unit import EnrolmentCode
from models.rules.lifecycle import BatchState
from models.rules.refusal import Refused

CODE_LOCK = {"of": EnrolmentCode, "key_share": True}
"""As opening and deleting a batch lock it: not against the foreign keys of others."""


def lock_code(session: Session, code: EnrolmentCode, *conditions: ColumnExpressionArgument[bool]) -> None:
    """Batches come first, in the order of their ids, then the code: whoever deletes a batch locks them so.

    Refused BAT-004 where one was opened while this waited.
    """
    of_code = select(Batch).where(Batch.code_id == code.id, Batch.state != BatchState.DELETED, *conditions)
    batches = session.scalars(of_code.order_by(Batch.id)).all()
    for batch in batches:
        lock_batch(session, batch)
    session.refresh(code, with_for_update=CODE_LOCK)
    if {batch.id for batch in batches} < set(session.scalars(of_code.with_only_columns(Batch.id))):
        raise Refused("BAT-004")
